"""The two indexes: `gsi1` for lists, and `due` for rows that the sweeper checks."""

from __future__ import annotations

import zlib
from datetime import datetime

from tocsin.adapters.dynamodb.table.actions import update
from tocsin.adapters.dynamodb.table.client import Item, errors_mapped
from tocsin.adapters.dynamodb.table.rows import time
from tocsin.adapters.dynamodb.table.table import Table

GSI1 = "gsi1"
GSI1_INCLUDES = (
    "accepted",
    "cancelled",
    "exp",
    "head",
    "key",
    "lane",
    "mode",
    "n",
    "sandbox",
    "send_before",
    "taken",
)
"""Attributes `gsi1` carries beside the keys of table and index."""

_DUE = "due"
_SHARDS = 4


def due_in(kind: str, natural: str, at: datetime) -> Item:
    """Return the attributes that put a row into the due index, which holds keys only.

    Args:
        kind: which rows; each kind has 4 partitions.
        natural: name of the row, unique within its kind; it chooses the partition.
    """
    return {"due": {"S": f"{kind}#{zlib.crc32(natural.encode()) % _SHARDS}"}, "duesk": time(at)}


def due_rows(table: Table, kind: str, before: datetime, limit: int) -> list[Item]:
    """Return the keys of up to `limit` rows of one kind whose time has passed, oldest first, of all tenants."""
    waiting: list[Item] = []
    for shard in range(_SHARDS):
        found: list[Item] = []
        start: Item | None = {}
        while len(found) < limit and start is not None:
            with errors_mapped():
                page = table.dynamodb.query(
                    TableName=table.name,
                    IndexName=_DUE,
                    KeyConditionExpression="due = :shard AND duesk <= :before",
                    ExpressionAttributeValues={":shard": {"S": f"{kind}#{shard}"}, ":before": time(before)},
                    Limit=limit - len(found),
                    **({"ExclusiveStartKey": start} if start else {}),
                )
            found += page["Items"]
            start = page.get("LastEvaluatedKey")
        waiting += found
    waiting.sort(key=lambda row: int(row["duesk"]["N"]))
    return waiting[:limit]


def defer(table: Table, key: Item, at: datetime) -> None:
    """Set when a row is checked next; a row that has left the due index stays out of it."""
    table.write_if(update(key, "SET duesk = :at", "attribute_exists(due)", {":at": time(at)}))
