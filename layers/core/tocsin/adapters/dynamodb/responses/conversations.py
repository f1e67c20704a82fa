"""What was said to whom: a row per message, in a partition per pair of numbers that is named by their fingerprint."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import islice

from tocsin.adapters.dynamodb.table.client import Backoff, ConditionFailed, DynamoDb, Item, errors_mapped, every_page
from tocsin.adapters.dynamodb.table.instants import instant
from tocsin.adapters.dynamodb.table.layout import conversation_pk, expiry, inbound_key, key, said_place, said_sk, time
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.kernel.ports import Sealer
from tocsin.responses.domain.attribution import Because, Verdict
from tocsin.responses.domain.two_way import Said


class DynamoDbConversations:
    """Rows name messages; who the people are does not stand in them. `backoff`: for writes that are turned away."""

    def __init__(self, dynamodb: DynamoDb, table_name: str, sealer: Sealer, backoff: Backoff | None = None) -> None:
        self._dynamodb = dynamodb
        self._table = table_name
        self._sealer = sealer
        self._backoff = backoff or Backoff(tries=3)

    def remember(self, tenant: TenantId, said: Sequence[tuple[str, str, Said]]) -> None:
        """Add up to 25 messages in one call. Raises StorageUnavailable if some were turned away to the last try."""
        # BatchWriteItem refuses a call that names a row twice.
        rows = {
            (pk, said_sk(one)): {**key(pk, said_sk(one)), **expiry(one.expires_at)}
            for ours, theirs, one in said
            for pk in [self._partition(tenant, ours, theirs)]
        }
        owed: list[Item] = [{"PutRequest": {"Item": row}} for row in rows.values()]
        for _ in self._backoff if owed else ():
            with errors_mapped():
                answer = self._dynamodb.batch_write_item(RequestItems={self._table: owed})
            owed = answer.get("UnprocessedItems", {}).get(self._table, [])
            if not owed:
                return
        if owed:
            raise StorageUnavailable(f"{len(owed)} rows were throttled to the last try")

    def newest(self, tenant: TenantId, ours: str, theirs: str, limit: int) -> Sequence[Said]:
        """Return the latest messages between the two, newest first, over or not, strongly consistent."""
        rows = every_page(
            self._dynamodb,
            TableName=self._table,
            KeyConditionExpression="pk = :pk",
            ExpressionAttributeValues={":pk": {"S": self._partition(tenant, ours, theirs)}},
            ScanIndexForward=False,
            ConsistentRead=True,
            Limit=limit,
        )
        return [_said(tenant, row) for row in islice(rows, limit)]

    def decide(self, tenant: TenantId, inbound_id: str, verdict: Verdict, until: datetime) -> Verdict:
        """Keep the verdict unless there is one; return the one that stands."""
        row: Item = {
            **inbound_key(tenant, inbound_id),
            "because": {"S": verdict.because.value},
            "late": {"BOOL": verdict.late},
            "said": {"L": [_written(said) for said in verdict.answered]},
            **expiry(until),
        }
        try:
            with errors_mapped():
                self._dynamodb.put_item(
                    TableName=self._table,
                    Item=row,
                    ConditionExpression="attribute_not_exists(pk)",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
        except ConditionFailed as failed:
            if failed.current is None:
                raise
            there = failed.current
            answered = tuple(_read(tenant, written["M"]) for written in there["said"]["L"])
            return Verdict(Because(there["because"]["S"]), answered, there["late"]["BOOL"])
        return verdict

    def _partition(self, tenant: TenantId, ours: str, theirs: str) -> str:
        return conversation_pk(tenant, self._sealer.fingerprint(tenant, "conversation", f"{ours}|{theirs}".encode()))


def _said(tenant: TenantId, row: Item) -> Said:
    at, _, place = row["sk"]["S"].partition("#")
    return _placed(tenant, place, instant(int(at)), row)


def _written(said: Said) -> Item:
    ends = {"exp": time(said.expires_at)} if said.expires_at else {}
    return {"M": {"place": {"S": said_place(said)}, "at": time(said.at), **ends}}


def _read(tenant: TenantId, written: Item) -> Said:
    return _placed(tenant, written["place"]["S"], instant(int(written["at"]["N"])), written)


def _placed(tenant: TenantId, place: str, at: datetime, row: Item) -> Said:
    alert, item, chunk, position = place.split("#")
    ends = instant(int(row["exp"]["N"])) if "exp" in row else None
    return Said(ChunkKey(tenant, AlertRef(alert), int(item), int(chunk)), int(position), at, ends)
