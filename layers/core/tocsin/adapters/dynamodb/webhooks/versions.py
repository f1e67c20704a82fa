"""Rows with a version and a mark: a write replaces the version that was read, and a writer recognises its own."""

from __future__ import annotations

from collections.abc import Collection

from tocsin.adapters.dynamodb.table.actions import update
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import number
from tocsin.adapters.dynamodb.table.table import Table


def save_over(table: Table, key: Item, version: int, values: Item, moving: Collection[str]) -> bool:
    """Set the changed attributes of a row if it still has this version.

    Args:
        values: the new values, with the new version `v` and the mark `w` of this write.
        moving: names of all attributes that may change; those without a value are removed.

    Returns:
        False if another writer was first. A row with our mark was written by an earlier try whose response was lost.
    """
    gone = [name for name in moving if name not in values]
    change = "SET " + ", ".join(f"#{name} = :{name}" for name in values)
    change += " REMOVE " + ", ".join(f"#{name}" for name in gone) if gone else ""
    now = {f":{name}": value for name, value in values.items()}
    there = table.write_or_find(update(key, change, "#v = :before", {**now, ":before": number(version)}))
    return there is None or there.get("w") == values["w"]
