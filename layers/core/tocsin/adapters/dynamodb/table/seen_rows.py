"""The rows that one step of work has read (ADR 0140)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tocsin.adapters.dynamodb.table.client import Item


class SeenRows:
    """Remembers rows within a block of `reading_once`, and nothing outside of one."""

    def __init__(self) -> None:
        self._rows: dict[str, Item | None] | None = None

    @contextmanager
    def reading_once(self) -> Iterator[None]:
        """Within this block a row is read once, and again only after a write that may have changed it.

        An update alone brings its row as it is then, so the row is not read after it either. Rows are as old as the
        block at most. It is for short work of one thread whose writes depend on the versions that it has read.
        """
        outer, self._rows = self._rows, {}
        try:
            yield
        finally:
            self._rows = outer

    def __contains__(self, key: Item) -> bool:
        """Whether the row of this key was read, or found not to be there."""
        return self._rows is not None and _name(key) in self._rows

    def __getitem__(self, key: Item) -> Item | None:
        """Return a row that was read; None if there was none. Raises KeyError."""
        return (self._rows or {})[_name(key)]

    def __setitem__(self, key: Item, row: Item | None) -> None:
        """Remember a row as it is now."""
        if self._rows is not None:
            self._rows[_name(key)] = row

    def forget(self, key: Item) -> bool:
        """Forget a row that is written; return whether there was one."""
        return self._rows is not None and self._rows.pop(_name(key), None) is not None

    def forget_all(self) -> None:
        """Forget every row: one of several is written."""
        if self._rows is not None:
            self._rows.clear()


def _name(key: Item) -> str:
    return f"{key['pk']['S']} {key['sk']['S']}"
