"""Subject references: `REF#<reference>`, written with the acceptance of their alert."""

from __future__ import annotations

from tocsin.adapters.dynamodb.table.client import DynamoDb, Item, errors_mapped
from tocsin.adapters.dynamodb.table.layout import expiry, reference_key
from tocsin.alerts.domain.alert import Alert
from tocsin.kernel.domain.ids import AlertRef, TenantId


class DynamoDbSubjectReferences:
    """Reads what `reference_row` makes."""

    def __init__(self, dynamodb: DynamoDb, table_name: str) -> None:
        self._dynamodb = dynamodb
        self._table = table_name

    def find(self, reference: str) -> tuple[TenantId, AlertRef] | None:
        """Return whose alert it stands for."""
        with errors_mapped():
            answer = self._dynamodb.get_item(TableName=self._table, Key=reference_key(reference))
        row: Item | None = answer.get("Item")
        return None if row is None else (TenantId(row["tenant"]["S"]), AlertRef(row["alert"]["S"]))


def reference_row(alert: Alert) -> Item | None:
    """Return the row of the alert's reference, None if it sends no email."""
    if alert.email_subject_ref is None:
        return None
    ids = {"tenant": {"S": alert.tenant}, "alert": {"S": alert.ref}}
    return {**reference_key(alert.email_subject_ref), **ids, **expiry(alert.expires_at)}
