"""Waiting result events in DynamoDB: packs, each written once for a batch and collected in parts.

A pack's key is made from the progress at which it begins, so a publication that is repeated after a crash finds the
first one and keeps it. For this the row stays when its events are collected; it only leaves the index of waiting packs.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from datetime import datetime

from tocsin.adapters.dynamodb.alerts.keys import alert_pk
from tocsin.adapters.dynamodb.delivery.progress_text import from_text, to_text
from tocsin.adapters.dynamodb.results.event_row import from_list, to_list
from tocsin.adapters.dynamodb.results.pack_keys import DUE_PACKS, PACK, pack_sk, waiting_pk, waiting_sk
from tocsin.adapters.dynamodb.table.actions import update
from tocsin.adapters.dynamodb.table.client import ConditionFailed, Item
from tocsin.adapters.dynamodb.table.indexes import GSI1, due_in
from tocsin.adapters.dynamodb.table.rows import expired, expiry, key, key_of, number
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import STATEMENTS, Table
from tocsin.alerts.domain.alert import Batch, Lane
from tocsin.delivery.domain.progress import BatchProgress
from tocsin.delivery.ports.results import Publication
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, TenantId
from tocsin.kernel.ports import Sealer
from tocsin.results.domain.result_event import ResultEvent
from tocsin.webhooks.domain.callback import ORDER_PATIENCE


class DynamoDbResultEvents:
    """Packs beside their alert; those with events left stand in `gsi1` under their key, oldest first."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def publish(
        self,
        batch: Batch,
        key_id: ApiKeyId,
        previous: BatchProgress,
        progress: BatchProgress,
        events: Sequence[ResultEvent],
        expires_at: datetime | None,
        *,
        callback: Lane | None = None,
    ) -> BatchProgress:
        """Add the events between two states of progress, once; return the progress up to which events are published.

        A publication without events is written too: without its row a slower worker could still publish from the
        same progress, and its events would come again with the next publication.
        """
        if progress.versions == previous.versions:
            return progress
        there = self._table.insert(
            self._row(Publication(batch, previous, progress, events), key_id, expires_at, callback)
        )
        return progress if there is None else from_text(there["upto"]["S"])

    def publish_all(
        self,
        publications: Sequence[Publication],
        key_id: ApiKeyId,
        expires_at: datetime | None,
        *,
        callback: Lane | None = None,
    ) -> Sequence[BatchProgress]:
        """Publish events of several batches, 25 packs a call; a pack that is stored already is kept, as with `publish`.

        Raises:
            StorageUnavailable: some packs were throttled at every try, or no response came.
        """
        stands = [publication.progress for publication in publications]
        rows = {
            place: self._row(publication, key_id, expires_at, callback)
            for place, publication in enumerate(publications)
            if publication.progress.versions != publication.previous.versions
        }
        if len(rows) == 1:  # a put costs DynamoDB less time than a batch of one statement, and as many units
            ((place, row),) = rows.items()
            if there := self._table.insert(row):
                stands[place] = from_text(there["upto"]["S"])
            return stands
        places = list(rows)
        for first in range(0, len(places), STATEMENTS):
            batch = {place: self._table.insertion(rows[place]) for place in places[first : first + STATEMENTS]}
            for place in self._table.run(batch, "packs"):
                stands[place] = self._upto(rows[place])
        return stands

    def _upto(self, row: Item) -> BatchProgress:
        there = self._table.get(key_of(row))
        if there is None:
            raise StorageUnavailable("a pack was removed while it was read")
        return from_text(there["upto"]["S"])

    def _row(
        self, publication: Publication, key_id: ApiKeyId, expires_at: datetime | None, callback: Lane | None
    ) -> Item:
        batch, events = publication.batch, publication.events
        tenant = batch.key.tenant
        row = key(alert_pk(tenant, batch.key.alert), pack_sk(batch, publication.previous))
        row |= {"n": number(len(events)), "taken": number(0), "upto": {"S": to_text(publication.progress)}}
        row |= expiry(expires_at)
        row |= seal(self._sealer, tenant, row, [to_list(event) for event in events])
        if events and callback:
            next_check_at = max(event.whence for event in events) + ORDER_PATIENCE
            row |= due_in(DUE_PACKS, f"{batch.key.alert}#{batch.number}", next_check_at)
        elif events:
            row["gsi1pk"] = {"S": waiting_pk(tenant, key_id)}
            row["gsi1sk"] = {"S": waiting_sk(min(event.whence for event in events), batch)}
        return row

    def collect(
        self, tenant: TenantId, key_id: ApiKeyId, alert: AlertRef | None, limit: int, now: datetime
    ) -> Sequence[ResultEvent]:
        """Take up to `limit` waiting events, oldest pack first; each is taken once."""
        mark = secrets.token_urlsafe(6)
        collected: list[ResultEvent] = []
        # A pack has at least one event; a few more packs are read in case others were emptied a moment ago.
        for pack in self._waiting(tenant, key_id, alert, now, page=limit + 10):
            if len(collected) == limit:
                break
            collected += self._take(tenant, pack, limit - len(collected), mark)
        return sorted(collected, key=lambda event: event.whence)

    def peek(
        self, tenant: TenantId, key_id: ApiKeyId, alert: AlertRef | None, limit: int, now: datetime
    ) -> Sequence[ResultEvent]:
        """Return up to `limit` waiting events, oldest pack first, and take none. At most 100 packs are read."""
        packs: list[Item] = []
        owed = limit
        for pack in self._waiting(tenant, key_id, alert, now, page=limit + 10):
            if owed <= 0:
                break
            packs.append(key_of(pack))
            owed -= _left(pack)
        found = [
            event
            for pack in sorted(self._table.get_all(packs, "packs"), key=_oldest)
            for event in self._events(tenant, pack, int(pack["taken"]["N"]), int(pack["n"]["N"]))
        ]
        return sorted(found[:limit], key=lambda event: event.whence)

    def remaining(self, tenant: TenantId, key_id: ApiKeyId, alert: AlertRef | None, now: datetime) -> int:
        """Return how many events still wait. Of a whole key it may be a moment old."""
        return sum(_left(pack) for pack in self._waiting(tenant, key_id, alert, now))

    def _waiting(
        self, tenant: TenantId, key_id: ApiKeyId, alert: AlertRef | None, now: datetime, page: int = 1000
    ) -> Iterator[Item]:
        packs = self._of_key(tenant, key_id, page) if alert is None else self._of_alert(tenant, key_id, alert)
        return (pack for pack in packs if not expired(pack, now))

    def _of_key(self, tenant: TenantId, key_id: ApiKeyId, page: int) -> Iterator[Item]:
        waiting = {":pk": {"S": waiting_pk(tenant, key_id)}}
        return self._table.query("gsi1pk = :pk", waiting, IndexName=GSI1, Limit=page)

    def _of_alert(self, tenant: TenantId, key_id: ApiKeyId, alert: AlertRef) -> Iterator[Item]:
        packs = self._table.query(
            "pk = :pk AND begins_with(sk, :packs)",
            {
                ":pk": {"S": alert_pk(tenant, alert)},
                ":packs": {"S": PACK},
                ":waiting": {"S": waiting_pk(tenant, key_id)},
            },
            FilterExpression="gsi1pk = :waiting",
            ProjectionExpression="pk, sk, gsi1sk, n, taken, #exp",
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
                # An earlier try of this call took the events, and its response was lost.
                if (current.get("by"), current["taken"]) != ({"S": mark}, {"N": str(last)}):
                    continue
            return self._events(tenant, current, first, last)
        return []

    def _events(self, tenant: TenantId, pack: Item, first: int, last: int) -> Sequence[ResultEvent]:
        alert = AlertRef(pack["pk"]["S"].rpartition("#")[2])
        return [from_list(alert, values) for values in unseal(self._sealer, tenant, pack)[first:last]]

    def _advance(self, pack: Item, first: int, last: int, mark: str) -> Item:
        leave_index = " REMOVE gsi1pk, gsi1sk" if last == int(pack["n"]["N"]) else ""
        values = {":first": number(first), ":last": number(last), ":mark": {"S": mark}}
        change = f"SET taken = :last, #by = :mark{leave_index}"
        return self._table.change(update(key_of(pack), change, "taken = :first", values))


def _oldest(pack: Item) -> str:
    """Return the place of a pack among those that wait; a pack that was emptied a moment ago has none."""
    return str(pack["gsi1sk"]["S"]) if "gsi1sk" in pack else ""


def _left(pack: Item) -> int:
    return int(pack["n"]["N"]) - int(pack["taken"]["N"])
