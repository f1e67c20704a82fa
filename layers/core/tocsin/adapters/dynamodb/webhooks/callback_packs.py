"""Published packs for callbacks and the bus: rows of `results` in the due index, not in the list to collect."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tocsin.adapters.dynamodb.alerts.keys import alert_pk
from tocsin.adapters.dynamodb.results.event_row import from_list
from tocsin.adapters.dynamodb.results.pack_keys import DUE_PACKS, PACK
from tocsin.adapters.dynamodb.table.actions import THERE, update
from tocsin.adapters.dynamodb.table.client import ConditionFailed, Item
from tocsin.adapters.dynamodb.table.indexes import defer, due_rows
from tocsin.adapters.dynamodb.table.rows import key, time, time_of
from tocsin.adapters.dynamodb.table.sealing import unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.kernel.ports import Sealer
from tocsin.results.domain.result_event import ResultEvent
from tocsin.webhooks.domain.callback import PackKey


class DynamoDbCallbackPacks:
    """A pack is open while it is in the due index. A closed pack keeps its key and has no events."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def load(self, pack: PackKey) -> Sequence[ResultEvent] | None:
        """Return the events of an open pack, strongly consistent; None if the pack is closed or not there."""
        row = self._table.get(_key(pack))
        if row is None or "due" not in row:
            return None
        return [from_list(pack.alert, values) for values in unseal(self._sealer, pack.tenant, row)]

    def close(self, pack: PackKey) -> None:
        """Remove the pack from the due index, and its events from the row."""
        self._table.write_if(update(_key(pack), "REMOVE due, duesk, sealed, failing", THERE))

    def due(self, before: datetime, limit: int) -> Sequence[PackKey]:
        """Return up to `limit` overdue open packs of all tenants, oldest first."""
        return [_pack_of(row) for row in due_rows(self._table, DUE_PACKS, before, limit)]

    def check_again(self, pack: PackKey, at: datetime) -> None:
        """Set when the sweeper checks an open pack next."""
        defer(self._table, _key(pack), at)

    def failing_since(self, pack: PackKey, now: datetime) -> datetime:
        """Record that an open pack could not be put on the bus; return when that was recorded first."""
        change = "SET failing = if_not_exists(failing, :now)"
        try:
            row = self._table.change(update(_key(pack), change, "attribute_exists(due)", {":now": time(now)}))
        except ConditionFailed:
            return now
        return time_of(row, "failing")


def _key(pack: PackKey) -> Item:
    return key(alert_pk(pack.tenant, pack.alert), PACK + pack.name)


def _pack_of(row: Item) -> PackKey:
    _, tenant, _, alert = row["pk"]["S"].split("#")
    return PackKey(TenantId(tenant), AlertRef(alert), row["sk"]["S"].removeprefix(PACK))
