"""Rows with a version and a mark: written over exactly what was read, and a writer knows its own write."""

from __future__ import annotations

from collections.abc import Collection

from tocsin.adapters.dynamodb.table.actions import update
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import number
from tocsin.adapters.dynamodb.table.table import Table


def save_over(table: Table, key: Item, version: int, values: Item, moving: Collection[str]) -> bool:
    """Set the attributes that change of a row which still has this version.

    Args:
        values: what they are now: the new version `v` and the mark of this write `w` among them.
        moving: the names of all that change; those that have no value are removed.

    Returns:
        False if another writer was first. A row with our mark is our own try, whose answer was lost.
    """
    gone = [name for name in moving if name not in values]
    change = "SET " + ", ".join(f"#{name} = :{name}" for name in values)
    change += " REMOVE " + ", ".join(f"#{name}" for name in gone) if gone else ""
    now = {f":{name}": value for name, value in values.items()}
    there = table.write_or_find(update(key, change, "#v = :before", {**now, ":before": number(version)}))
    return there is None or there.get("w") == values["w"]
