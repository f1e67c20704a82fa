"""Result events that are no step of a message: packs of one, in the same queue, or outbox, as those of slices."""

from __future__ import annotations

from tocsin.adapters.dynamodb.results.event_row import to_list
from tocsin.adapters.dynamodb.table.client import ConditionFailed, DynamoDb, Item, errors_mapped
from tocsin.adapters.dynamodb.table.layout import (
    DUE_PACKS,
    alert_pk,
    due_in,
    expiry,
    happening_sk,
    key,
    waiting_happening_sk,
    waiting_pk,
)
from tocsin.adapters.dynamodb.table.sealing import seal
from tocsin.alerts.domain.alert import Alert
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.ports import Sealer
from tocsin.results.domain.result_event import ResultEvent
from tocsin.webhooks.domain.callback import ORDER_PATIENCE


class DynamoDbHappenings:
    """A pack's key is made from its event's id; the row stays when it is collected, so that no repeat adds it again."""

    def __init__(self, dynamodb: DynamoDb, table_name: str, sealer: Sealer) -> None:
        self._dynamodb = dynamodb
        self._table = table_name
        self._sealer = sealer

    def tell(self, alert: Alert, event: ResultEvent) -> bool:
        """Add one event, once per `event.event_id`; return whether this call did."""
        if alert.notification is NotificationMode.NONE:
            return False
        row: Item = key(alert_pk(alert.tenant, alert.ref), happening_sk(event.event_id))
        row |= {"n": {"N": "1"}, "taken": {"N": "0"}, **expiry(alert.expires_at)}
        if alert.notification is NotificationMode.CALLBACK:
            row |= due_in(DUE_PACKS, f"{alert.ref}#{event.event_id}", event.whence + ORDER_PATIENCE)
        else:
            row["gsi1pk"] = {"S": waiting_pk(alert.tenant, alert.key_id)}
            row["gsi1sk"] = {"S": waiting_happening_sk(event)}
        row["sealed"] = {"B": seal(self._sealer, alert.tenant, row, "sealed", [to_list(event)])}
        try:
            with errors_mapped():
                self._dynamodb.put_item(TableName=self._table, Item=row, ConditionExpression="attribute_not_exists(pk)")
        except ConditionFailed:
            return False
        return True
