"""Rows of callback work in the due index: found by the sweeper, put off, taken out."""

from __future__ import annotations

from datetime import datetime

from tocsin.adapters.dynamodb.table.client import ConditionFailed, DynamoDb, Item, errors_mapped
from tocsin.adapters.dynamodb.table.instants import milliseconds
from tocsin.adapters.dynamodb.table.layout import DUE, DUE_SHARDS, time


def due_rows(dynamodb: DynamoDb, table: str, kind: str, before: datetime, limit: int) -> list[Item]:
    """Return the keys of up to `limit` rows of one kind whose time has passed, oldest first, of all tenants."""
    waiting: list[Item] = []
    for shard in range(DUE_SHARDS):
        with errors_mapped():
            page = dynamodb.query(
                TableName=table,
                IndexName=DUE,
                KeyConditionExpression="due = :shard AND duesk <= :before",
                ExpressionAttributeValues={
                    ":shard": {"S": f"{kind}#{shard}"},
                    ":before": {"N": str(milliseconds(before))},
                },
                Limit=limit,
            )
        waiting += page["Items"]
    waiting.sort(key=lambda row: int(row["duesk"]["N"]))
    return waiting[:limit]


def put_off(dynamodb: DynamoDb, table: str, key: Item, at: datetime) -> None:
    """Set when a row is looked at next; one that is owed nothing any more stays so."""
    try:
        with errors_mapped():
            dynamodb.update_item(
                TableName=table,
                Key=key,
                UpdateExpression="SET duesk = :at",
                ConditionExpression="attribute_exists(due)",
                ExpressionAttributeValues={":at": time(at)},
            )
    except ConditionFailed:
        return
