"""Subject references: `REF#<reference>`, written with the acceptance of their alert."""

from __future__ import annotations

from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import expiry, key
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.alerts.domain.alert import Alert
from tocsin.kernel.domain.ids import AlertRef, TenantId


class DynamoDbSubjectReferences:
    """Finds alerts by their subject reference; `reference_row` makes the rows."""

    def __init__(self, table: Table) -> None:
        self._table = table

    def find(self, reference: str) -> tuple[TenantId, AlertRef] | None:
        """Return tenant and alert of a reference (with or without brackets). May be a moment old."""
        row = self._table.get(_key(reference), consistent=False)
        return None if row is None else (TenantId(row["tenant"]["S"]), AlertRef(row["alert"]["S"]))


def reference_row(alert: Alert) -> Item | None:
    """Return the row of the alert's reference, None if it sends no email."""
    if alert.email_subject_ref is None:
        return None
    ids = {"tenant": {"S": alert.tenant}, "alert": {"S": alert.ref}}
    return {**_key(alert.email_subject_ref), **ids, **expiry(alert.expires_at)}


def _key(reference: str) -> Item:
    return key(f"REF#{reference.strip('[]')}", "ALERT")
