"""Waiting result events in DynamoDB: packs, each written once by a slice's publication and collected bit by bit.

A pack's key is made from the tally it begins at, so a publication that is repeated after a crash meets the first one
and abides by it. For that the row stays when its events are collected; it only leaves the index of what waits.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime

from tocsin.adapters.dynamodb.delivery.tally_text import from_text, to_text
from tocsin.adapters.dynamodb.results.event_row import from_list, to_list
from tocsin.adapters.dynamodb.table.client import Backoff, ConditionFailed, DynamoDb, Item, errors_mapped, every_page
from tocsin.adapters.dynamodb.table.layout import (
    DUE_PACKS,
    GSI1,
    PACK,
    alert_pk,
    due_in,
    expired,
    expiry,
    key,
    pack_sk,
    waiting_pk,
    waiting_sk,
)
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.statements import STATEMENTS, insertion, run
from tocsin.alerts.domain.alert import Slice
from tocsin.delivery.domain.progress import SliceTally
from tocsin.delivery.ports.results import Publication
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, TenantId
from tocsin.kernel.ports import Sealer
from tocsin.results.domain.result_event import ResultEvent
from tocsin.webhooks.domain.callback import ORDER_PATIENCE


class DynamoDbResultEvents:
    """Packs beside their alert; those with events left stand in `gsi1` under their key, oldest first."""

    def __init__(self, dynamodb: DynamoDb, table_name: str, sealer: Sealer, backoff: Backoff | None = None) -> None:
        self._dynamodb = dynamodb
        self._table = table_name
        self._sealer = sealer
        self._backoff = backoff or Backoff()

    def publish(
        self,
        piece: Slice,
        key_id: ApiKeyId,
        over: SliceTally,
        tally: SliceTally,
        events: Sequence[ResultEvent],
        expires_at: datetime | None,
        *,
        callback: bool = False,
    ) -> SliceTally:
        """Add the events between two tallies, once; return the tally up to which they are published.

        A publication without events is written too: without its row a slower worker could still publish from the
        same tally, and its events would come again with the next publication.
        """
        if tally.versions == over.versions:
            return tally
        row = self._row(Publication(piece, over, tally, events), key_id, expires_at, callback)
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
            return from_text(failed.current["upto"]["S"])
        return tally

    def publish_all(
        self,
        publications: Sequence[Publication],
        key_id: ApiKeyId,
        expires_at: datetime | None,
        *,
        callback: bool = False,
    ) -> Sequence[SliceTally]:
        """Publish of several slices, 25 a call; a pack that is there already stands, as with `publish`.

        Raises:
            StorageUnavailable: some packs were turned away to the last try, or no answer came.
        """
        stands = [publication.tally for publication in publications]
        rows = {
            number: self._row(publication, key_id, expires_at, callback)
            for number, publication in enumerate(publications)
            if publication.tally.versions != publication.over.versions
        }
        numbers = list(rows)
        for first in range(0, len(numbers), STATEMENTS):
            batch = {number: insertion(self._table, rows[number]) for number in numbers[first : first + STATEMENTS]}
            for number in run(self._dynamodb, batch, self._backoff, "packs"):
                stands[number] = self._upto(rows[number])
        return stands

    def _upto(self, row: Item) -> SliceTally:
        with errors_mapped():
            answer = self._dynamodb.get_item(
                TableName=self._table, Key=key(row["pk"]["S"], row["sk"]["S"]), ConsistentRead=True
            )
        if "Item" not in answer:
            raise StorageUnavailable("a pack went away while it was looked at")
        return from_text(answer["Item"]["upto"]["S"])

    def _row(self, publication: Publication, key_id: ApiKeyId, expires_at: datetime | None, callback: bool) -> Item:
        piece, events = publication.piece, publication.events
        tenant = piece.key.tenant
        row: Item = key(alert_pk(tenant, piece.key.alert), pack_sk(piece, publication.over))
        row |= {"n": {"N": str(len(events))}, "taken": {"N": "0"}, "upto": {"S": to_text(publication.tally)}}
        row |= expiry(expires_at)
        row["sealed"] = {"B": seal(self._sealer, tenant, row, "sealed", [to_list(event) for event in events])}
        if events and callback:
            look_at = max(event.whence for event in events) + ORDER_PATIENCE
            row |= due_in(DUE_PACKS, f"{piece.key.alert}#{piece.number}", look_at)
        elif events:
            row["gsi1pk"] = {"S": waiting_pk(tenant, key_id)}
            row["gsi1sk"] = {"S": waiting_sk(min(event.whence for event in events), piece)}
        return row

    def collect(
        self, tenant: TenantId, key_id: ApiKeyId, alert: AlertRef | None, limit: int, now: datetime
    ) -> Sequence[ResultEvent]:
        """Take up to `limit` waiting events, oldest pack first; each is taken once."""
        mark = secrets.token_urlsafe(6)
        collected: list[ResultEvent] = []
        # A pack has at least one event; the few more make up for packs that others emptied a moment ago.
        for pack in self._waiting(tenant, key_id, alert, now, page=limit + 10):
            if len(collected) == limit:
                break
            collected += self._take(tenant, pack, limit - len(collected), mark)
        return sorted(collected, key=lambda event: event.whence)

    def remaining(self, tenant: TenantId, key_id: ApiKeyId, alert: AlertRef | None, now: datetime) -> int:
        """Return how many events still wait. Of a whole key it may be a moment old."""
        return sum(_left(pack) for pack in self._waiting(tenant, key_id, alert, now))

    def _waiting(
        self, tenant: TenantId, key_id: ApiKeyId, alert: AlertRef | None, now: datetime, page: int = 1000
    ) -> Iterator[Item]:
        packs = self._of_key(tenant, key_id, page) if alert is None else self._of_alert(tenant, key_id, alert)
        return (pack for pack in packs if not expired(pack, now))

    def _of_key(self, tenant: TenantId, key_id: ApiKeyId, page: int) -> Iterator[Item]:
        return every_page(
            self._dynamodb,
            TableName=self._table,
            IndexName=GSI1,
            KeyConditionExpression="gsi1pk = :pk",
            ExpressionAttributeValues={":pk": {"S": waiting_pk(tenant, key_id)}},
            Limit=page,
        )

    def _of_alert(self, tenant: TenantId, key_id: ApiKeyId, alert: AlertRef) -> Iterator[Item]:
        packs = every_page(
            self._dynamodb,
            TableName=self._table,
            KeyConditionExpression="pk = :pk AND begins_with(sk, :packs)",
            FilterExpression="gsi1pk = :waiting",
            ProjectionExpression="pk, sk, gsi1sk, n, taken, #exp",
            ExpressionAttributeNames={"#exp": "exp"},
            ExpressionAttributeValues={
                ":pk": {"S": alert_pk(tenant, alert)},
                ":packs": {"S": PACK},
                ":waiting": {"S": waiting_pk(tenant, key_id)},
            },
            ConsistentRead=True,
        )
        return iter(sorted(packs, key=lambda pack: pack["gsi1sk"]["S"]))

    def _take(self, tenant: TenantId, pack: Item, limit: int, mark: str) -> Sequence[ResultEvent]:
        """Take up to `limit` events of one pack: those that follow what others have taken."""
        current = pack
        while (left := _left(current)) > 0:
            first = int(current["taken"]["N"])
            last = first + min(left, limit)
            try:
                current = self._advance(current, first, last, mark)
            except ConditionFailed as failed:
                if failed.current is None:
                    return []
                current = failed.current
                # Our own earlier try, whose answer was lost: the events are ours.
                if (current.get("by"), current["taken"]) != ({"S": mark}, {"N": str(last)}):
                    continue
            alert = AlertRef(current["pk"]["S"].rpartition("#")[2])
            events = unseal(self._sealer, tenant, current, "sealed")
            return [from_list(alert, values) for values in events[first:last]]
        return []

    def _advance(self, pack: Item, first: int, last: int, mark: str) -> Item:
        leave_index = " REMOVE gsi1pk, gsi1sk" if last == int(pack["n"]["N"]) else ""
        with errors_mapped():
            answer = self._dynamodb.update_item(
                TableName=self._table,
                Key={"pk": pack["pk"], "sk": pack["sk"]},
                UpdateExpression=f"SET taken = :last, #by = :mark{leave_index}",
                ConditionExpression="taken = :first",
                ExpressionAttributeNames={"#by": "by"},
                ExpressionAttributeValues={
                    ":first": {"N": str(first)},
                    ":last": {"N": str(last)},
                    ":mark": {"S": mark},
                },
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
            )
        row: Item = answer["Attributes"]
        return row


def _left(pack: Item) -> int:
    return int(pack["n"]["N"]) - int(pack["taken"]["N"])
