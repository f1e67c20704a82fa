"""Published packs that are called back: the same rows as in `results`, but due instead of waiting to be collected."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tocsin.adapters.dynamodb.results.event_row import from_list
from tocsin.adapters.dynamodb.table.client import ConditionFailed, DynamoDb, Item, errors_mapped
from tocsin.adapters.dynamodb.table.due_rows import due_rows, put_off
from tocsin.adapters.dynamodb.table.layout import DUE_PACKS, callback_pack_key, pack_of
from tocsin.adapters.dynamodb.table.sealing import unseal
from tocsin.kernel.ports import Sealer
from tocsin.results.domain.result_event import ResultEvent
from tocsin.webhooks.domain.callback import PackKey


class DynamoDbCallbackPacks:
    """A pack is open as long as it stands in the due index. Closed, it keeps its key and forgets its events."""

    def __init__(self, dynamodb: DynamoDb, table_name: str, sealer: Sealer) -> None:
        self._dynamodb = dynamodb
        self._table = table_name
        self._sealer = sealer

    def load(self, pack: PackKey) -> Sequence[ResultEvent] | None:
        """Return the events of an open pack, strongly consistent; None if there is none, or it is closed."""
        with errors_mapped():
            answer = self._dynamodb.get_item(TableName=self._table, Key=callback_pack_key(pack), ConsistentRead=True)
        row: Item | None = answer.get("Item")
        if row is None or "due" not in row:
            return None
        return [from_list(pack.alert, values) for values in unseal(self._sealer, pack.tenant, row, "sealed")]

    def close(self, pack: PackKey) -> None:
        """Take the pack out of the index, and what it says out of the row."""
        try:
            with errors_mapped():
                self._dynamodb.update_item(
                    TableName=self._table,
                    Key=callback_pack_key(pack),
                    UpdateExpression="REMOVE due, duesk, sealed",
                    ConditionExpression="attribute_exists(pk)",
                )
        except ConditionFailed:
            return

    def due(self, before: datetime, limit: int) -> Sequence[PackKey]:
        """Return open packs whose order should long have been worked off, oldest first, of all tenants."""
        return [pack_of(row) for row in due_rows(self._dynamodb, self._table, DUE_PACKS, before, limit)]

    def look_again(self, pack: PackKey, at: datetime) -> None:
        """Set when the sweeper looks at an open pack next."""
        put_off(self._dynamodb, self._table, callback_pack_key(pack), at)
