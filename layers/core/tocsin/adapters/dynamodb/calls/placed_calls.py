"""Placed calls in DynamoDB: a row each, outside of the tenants' partitions, with ids and times only."""

from __future__ import annotations

from datetime import datetime

from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expiry, key, number
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.delivery.domain.message_id import MessageId
from tocsin.kernel.domain.ids import AlertRef, TenantId


class DynamoDbPlacedCalls:
    """Lookups `C#<the provider's id of the call>` / `CALL`. A call that is placed again has the same id."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def remember(self, call_id: str, message: MessageId, until: datetime) -> None:
        """Note the try of a call, unless one is noted."""
        at = message.key
        row = _key(call_id) | {
            "tenant": {"S": at.tenant},
            "alert": {"S": at.alert},
            "item": number(at.item),
            "chunk": number(at.chunk),
            "position": number(message.position),
            "attempt": number(message.attempt),
            **expiry(until),
        }
        self._table.insert(row)

    def find(self, call_id: str) -> MessageId | None:
        """Return the try of a call, strongly consistent; None if none was noted."""
        row = self._table.get(_key(call_id))
        if row is None:
            return None
        tenant, alert = TenantId(row["tenant"]["S"]), AlertRef(row["alert"]["S"])
        item, chunk, position, attempt = (int(row[name]["N"]) for name in ("item", "chunk", "position", "attempt"))
        return MessageId(ChunkKey(tenant, alert, item, chunk), position, attempt)


def _key(call_id: str) -> Item:
    return key(f"C#{call_id}", "CALL")
