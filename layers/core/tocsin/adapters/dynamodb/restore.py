"""The record of a settlement after a restore: one row for the whole table, `RESTORE` / `SETTLED`."""

from __future__ import annotations

from datetime import datetime

from tocsin.adapters.dynamodb.table.actions import put
from tocsin.adapters.dynamodb.table.rows import key, time
from tocsin.adapters.dynamodb.table.table import Table

_KEY = key("RESTORE", "SETTLED")


class DynamoDbRestoreLedger:
    """Holds times and the name of the table, and belongs to no tenant."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def settled(self) -> bool:
        """Whether a settlement of this table was recorded, strongly consistent."""
        row = self._table.get(_KEY)
        return row is not None and row["table"]["S"] == self._table.name

    def record(self, restored_to: datetime, at: datetime) -> None:
        """Record a settlement."""
        self._table.write(
            put({**_KEY, "table": {"S": self._table.name}, "restored_to": time(restored_to), "at": time(at)})
        )
