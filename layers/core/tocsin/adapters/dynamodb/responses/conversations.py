"""Conversations: a row per message, in a partition per pair of numbers, named by the fingerprint of the pair."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expiry, instant, key, milliseconds, time, time_of, time_or_none
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.kernel.ports import Sealer
from tocsin.responses.domain.attribution import Attribution, AttributionReason
from tocsin.responses.domain.two_way import Said

_TRIES = 3


class DynamoDbConversations:
    """Rows name messages only. They hold no address and no number."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def remember(self, tenant: TenantId, said: Sequence[tuple[str, str, Said]]) -> None:
        """Add up to 25 messages in one call. Raises StorageUnavailable if some were throttled at every try."""
        # BatchWriteItem refuses a call that names a row twice.
        rows = {
            (pk, _sk(one)): {**key(pk, _sk(one)), **expiry(one.expires_at)}
            for ours, theirs, one in said
            for pk in [self._partition(tenant, ours, theirs)]
        }
        self._table.put_all(list(rows.values()), "rows", _TRIES)

    def newest(self, tenant: TenantId, ours: str, theirs: str, limit: int) -> Sequence[Said]:
        """Return the latest messages between the two, newest first, over or not, strongly consistent."""
        pk = {":pk": {"S": self._partition(tenant, ours, theirs)}}
        rows = self._table.query("pk = :pk", pk, ScanIndexForward=False, Limit=limit)
        return [_said(tenant, row) for row in islice(rows, limit)]

    def decide(self, tenant: TenantId, inbound_id: str, attribution: Attribution, until: datetime) -> Attribution:
        """Store the attribution unless there is one; return the stored one."""
        row: Item = {
            **_inbound_key(tenant, inbound_id),
            "reason": {"S": attribution.reason.value},
            "late": {"BOOL": attribution.late},
            "said": {"L": [_written(said) for said in attribution.answered]},
            **expiry(until),
        }
        there = self._table.insert(row)
        if there is None:
            return attribution
        answered = tuple(_read(tenant, written["M"]) for written in there["said"]["L"])
        return Attribution(AttributionReason(there["reason"]["S"]), answered, there["late"]["BOOL"])

    def _partition(self, tenant: TenantId, ours: str, theirs: str) -> str:
        fingerprint = self._sealer.fingerprint(tenant, "conversation", f"{ours}|{theirs}".encode())
        return f"T#{tenant}#PH#{fingerprint.hex()}"


def _sk(said: Said) -> str:
    """Return the sort key of one message of a conversation: by time, then by message."""
    return f"{milliseconds(said.at):014}#{_place(said)}"


def _place(said: Said) -> str:
    return f"{said.key.alert}#{said.key.item}#{said.key.chunk}#{said.position}"


def _inbound_key(tenant: TenantId, inbound_id: str) -> Item:
    """Return the key of an inbound message's attribution; spread over 256 partitions of its tenant."""
    hashed = hashlib.sha256(inbound_id.encode("utf-8", "surrogatepass")).hexdigest()
    return key(f"T#{tenant}#IN#{hashed[:2]}", hashed)


def _said(tenant: TenantId, row: Item) -> Said:
    at, _, place = row["sk"]["S"].partition("#")
    return _placed(tenant, place, instant(int(at)), row)


def _written(said: Said) -> Item:
    ends = {"exp": time(said.expires_at)} if said.expires_at else {}
    return {"M": {"place": {"S": _place(said)}, "at": time(said.at), **ends}}


def _read(tenant: TenantId, written: Item) -> Said:
    return _placed(tenant, written["place"]["S"], time_of(written, "at"), written)


def _placed(tenant: TenantId, place: str, at: datetime, row: Item) -> Said:
    alert, item, chunk, position = place.split("#")
    chunk_key = ChunkKey(tenant, AlertRef(alert), int(item), int(chunk))
    return Said(chunk_key, int(position), at, time_or_none(row, "exp"))
