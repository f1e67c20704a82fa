"""The record of a settlement after a restore: one row for the whole table, `RESTORE` / `SETTLED`."""

from __future__ import annotations

from datetime import datetime

from tocsin.adapters.dynamodb.table.actions import delete, put
from tocsin.adapters.dynamodb.table.rows import key, time
from tocsin.adapters.dynamodb.table.table import Table

_KEY = key("RESTORE", "SETTLED")


class DynamoDbRestoreLedger:
    """Holds times only, and belongs to no tenant."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def settled(self) -> bool:
        """Whether a settlement was recorded, strongly consistent."""
        return self._table.get(_KEY) is not None

    def record(self, restored_to: datetime, at: datetime) -> None:
        """Record a settlement."""
        self._table.write(put({**_KEY, "restored_to": time(restored_to), "at": time(at)}))

    def forget(self) -> None:
        """Remove the record."""
        self._table.write(delete(_KEY))
