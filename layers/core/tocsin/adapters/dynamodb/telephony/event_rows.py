"""Telephony events in DynamoDB: a row each, inserted 25 at a time, listed by the hour of receipt.

Everything that the sender wrote is sealed. In the clear are the name, which is a hash, and times.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime

from tocsin.adapters.dynamodb.table.actions import update
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.indexes import GSI1, due_in, due_rows
from tocsin.adapters.dynamodb.table.rows import expiry, key, key_of, time
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.stored_event import EVENT_KEPT, ORDER_PATIENCE, StoredEvent

_DUE = "DUE#EVT"
_SHARDS = 4
_TRIES = 3
_OWED, _DONE = "owed", "done"


class DynamoDbEventRows:
    """Rows `T#<t>#EV#<first 2 hex of the name>` / `<name>`."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def insert(self, tenant: TenantId, events: Sequence[StoredEvent]) -> Collection[str]:
        """Insert up to 25 events in one call; return the names of those that stood already."""
        rows = {each.name: self._row(tenant, each) for each in events}
        return self._table.run({name: self._table.insertion(row) for name, row in rows.items()}, "events")

    def read(self, tenant: TenantId, names: Collection[str], now: datetime) -> Mapping[str, StoredEvent]:
        """Return the events of these names, strongly consistent."""
        rows = self._table.get_all([_key(tenant, name) for name in names], "events")
        found = [self._event(tenant, row) for row in rows]
        return {each.name: each for each in found if not each.expired(now)}

    def of_hour(
        self, tenant: TenantId, hour: datetime, limit: int, now: datetime, before: str | None = None
    ) -> Sequence[StoredEvent]:
        """Return events of an hour, newest first: a Query per part of the index, and their rows."""
        places: dict[str, Item] = {}
        for shard in range(_SHARDS):
            pk = {":pk": {"S": _hour_pk(tenant, hour, shard)}}
            terms = ("gsi1pk = :pk", pk)
            if before is not None:
                terms = ("gsi1pk = :pk AND gsi1sk < :before", pk | {":before": {"S": before}})
            first = next(self._table.pages(*terms, IndexName=GSI1, ScanIndexForward=False, Limit=limit))
            places |= {row["gsi1sk"]["S"]: key_of(row) for row in first["Items"]}
        newest = sorted(places, reverse=True)[:limit]
        rows = self._table.get_all([places[place] for place in newest], "events")
        found = sorted((self._event(tenant, row) for row in rows), key=lambda each: each.place, reverse=True)
        return [each for each in found if not each.expired(now)]

    def count_of_hour(self, tenant: TenantId, hour: datetime) -> int:
        """Return how many events the index has of an hour."""
        pages = (
            page
            for shard in range(_SHARDS)
            for page in self._table.pages(
                "gsi1pk = :pk", {":pk": {"S": _hour_pk(tenant, hour, shard)}}, IndexName=GSI1, Select="COUNT"
            )
        )
        return sum(page["Count"] for page in pages)

    def done(self, tenant: TenantId, name: str) -> bool:
        """Take an event that is owed out of the due index."""
        values = {":owed": {"S": _OWED}, ":done": {"S": _DONE}}
        change = "SET #st = :done REMOVE #due, duesk"
        return self._table.write_if(update(_key(tenant, name), change, "#st = :owed", values))

    def forget_secrets(self, tenant: TenantId, name: str) -> None:
        """Seal an event again without passwords and PINs, unless an erasure changed it meanwhile: then once more."""
        for _ in range(_TRIES):
            row = self._table.get(_key(tenant, name))
            stored = None if row is None else self._event(tenant, row)
            if row is None or stored is None or (kept := stored.without_secrets()) is stored:
                return
            values = {":before": row["sealed"], ":after": self._sealed(tenant, kept)["sealed"]}
            if self._table.write_if(update(key_of(row), "SET sealed = :after", "sealed = :before", values)):
                return
        raise StorageUnavailable("the event changed at every try")

    def owed(self, now: datetime, limit: int) -> Sequence[tuple[TenantId, str]]:
        """Return events that are owed for too long, of all tenants, oldest first."""
        rows = due_rows(self._table, _DUE, now, limit)
        return [(TenantId(row["pk"]["S"].split("#")[1]), row["sk"]["S"]) for row in rows]

    def defer(self, tenant: TenantId, name: str, at: datetime) -> None:
        """Move an owed event in the due index."""
        values = {":owed": {"S": _OWED}, ":at": time(at)}
        self._table.write_if(update(_key(tenant, name), "SET duesk = :at", "#st = :owed", values))

    def _row(self, tenant: TenantId, stored: StoredEvent) -> Item:
        event = stored.event
        row = _key(tenant, stored.name) | self._sealed(tenant, stored) | expiry(event.received_at + EVENT_KEPT)
        row["gsi1pk"] = {"S": _hour_pk(tenant, event.received_at, int(stored.name[-1], 16) % _SHARDS)}
        row["gsi1sk"] = {"S": stored.place}
        if stored.owed:
            row |= {"st": {"S": _OWED}, **due_in(_DUE, stored.name, event.received_at + ORDER_PATIENCE)}
        return row

    def _sealed(self, tenant: TenantId, stored: StoredEvent) -> Item:
        event = stored.event
        value = {
            "event": [
                event.source, event.id, event.type, event.at.isoformat(), event.received_at.isoformat(), event.data,
            ],
            "acts": stored.acts,
            "more": stored.extensions,
            **({"sandbox": True} if stored.sandbox else {}),
            **({"depth": event.depth} if event.depth else {}),
        }  # fmt: skip
        return seal(self._sealer, tenant, _key(tenant, stored.name), value)

    def _event(self, tenant: TenantId, row: Item) -> StoredEvent:
        value = unseal(self._sealer, tenant, row)
        source, id, type, at, received_at, data = value["event"]
        times = datetime.fromisoformat(at), datetime.fromisoformat(received_at)
        how = {"sandbox": value.get("sandbox", False), "depth": value.get("depth", 0)}
        event = TelephonyEvent(source, id, type, *times, data, **how)
        owed = row.get("st", {}).get("S") == _OWED
        return StoredEvent(row["sk"]["S"], event, tuple(value["acts"]), owed, value["more"])


def _key(tenant: TenantId, name: str) -> Item:
    return key(f"T#{tenant}#EV#{name[:2]}", name)


def _hour_pk(tenant: TenantId, at: datetime, shard: int) -> str:
    return f"T#{tenant}#EVT#{at.astimezone(UTC):%Y%m%d%H}#{shard}"
