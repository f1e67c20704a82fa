"""The lines of the provider in DynamoDB: one row for all of them, replaced on its version.

A lease takes about 60 bytes, so fifteen lines fit into the kilobyte that one write unit pays for.
"""

from __future__ import annotations

import hashlib
import json
from base64 import urlsafe_b64encode
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import TypeVar

from tocsin.adapters.dynamodb.table.actions import FREE, update
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import instant, key, milliseconds, number
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.calls.domain.line_leases import LineLease, LineLeases, LineWaiter
from tocsin.calls.ports.line_pool import WantedLine
from tocsin.delivery.domain.message_id import MessageId
from tocsin.identity.domain.tenant import LINES
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer

_KEY = key(f"T#{LINES}#POOL", "LEASES")
_BYTES = 12
"""Of a hash. Two tries or numbers with the same hash are as rare as two equal random UUIDs."""

Result = TypeVar("Result")


class DynamoDbLinePool:
    """Leases the lines. Numbers are keyed hashes, and tries hashes: the row does not tell who is called.

    Args:
        lines: how many there are, at most the provider's quota.
    """

    def __init__(self, table: Table, sealer: Sealer, lines: int) -> None:
        self._table = table
        self._sealer = sealer
        self._lines = lines

    def take(
        self, tenant: TenantId, wanted: Sequence[WantedLine], *, urgent: bool, now: datetime, until: datetime
    ) -> Collection[MessageId]:
        """Lease lines, in one write for all tries, and return the tries that hold one."""
        if not wanted:
            return ()
        asked = [LineLease(_holder(one.message), tenant, self._number(tenant, one.number), until) for one in wanted]
        held = self._change(lambda leases: leases.take(self._lines, asked, tenant, now, urgent=urgent))
        return [one.message for one, lease in zip(wanted, asked, strict=True) if lease.holder in held]

    def give_back(self, tenant: TenantId, lines: Sequence[WantedLine]) -> None:
        """End the leases of these tries, in one write."""
        if lines:
            holders = [_holder(one.message) for one in lines]
            self._change(lambda leases: (leases.give_back(holders), None))

    def _change(self, change: Callable[[LineLeases], tuple[LineLeases, Result]]) -> Result:
        """Replace the leases, and return what the change came to. Raises StorageUnavailable."""
        for _ in self._table.backoff:
            row = self._table.get(_KEY)
            before = LineLeases() if row is None else _read(row)
            after, result = change(before)
            if after == before:
                return result
            if self._save(after, version=0 if row is None else int(row["v"]["N"])):
                return result
        raise StorageUnavailable("other workers kept changing the lines")

    def _save(self, leases: LineLeases, version: int) -> bool:
        """Write over the version that was read. If the response of a write is lost, the next read finds it done."""
        values = {**_written(leases), ":before": number(version), ":after": number(version + 1)}
        change = "SET leases = :leases, waiters = :waiters, #v = :after"
        return self._table.write_if(update(_KEY, change, f"{FREE} OR #v = :before", values))

    def _number(self, tenant: TenantId, number: str) -> str:
        return _short(self._sealer.fingerprint(tenant, "line", number.encode()))


def _holder(message: MessageId) -> str:
    return _short(hashlib.sha256(str(message).encode()).digest())


def _short(digest: bytes) -> str:
    return urlsafe_b64encode(digest[:_BYTES]).decode()


def _written(leases: LineLeases) -> Item:
    return {
        ":leases": _json(
            [[each.holder, each.account, each.number, milliseconds(each.until)] for each in leases.leases]
        ),
        ":waiters": _json([[each.account, each.urgent, milliseconds(each.until)] for each in leases.waiters]),
    }


def _json(values: list[list[object]]) -> Item:
    return {"S": json.dumps(values, separators=(",", ":"))}


def _read(row: Item) -> LineLeases:
    leases, waiters = json.loads(row["leases"]["S"]), json.loads(row["waiters"]["S"])
    return LineLeases(
        tuple(LineLease(holder, account, called, instant(until)) for holder, account, called, until in leases),
        tuple(LineWaiter(account, urgent, instant(until)) for account, urgent, until in waiters),
    )
