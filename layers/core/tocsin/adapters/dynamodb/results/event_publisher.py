"""Publishes single result events, such as replies: packs of one event, in the same outbox as the packs of batches."""

from __future__ import annotations

from tocsin.adapters.dynamodb.alerts.keys import alert_pk
from tocsin.adapters.dynamodb.results.event_row import to_list
from tocsin.adapters.dynamodb.results.pack_keys import DUE_PACKS, event_sk, waiting_event_sk, waiting_pk
from tocsin.adapters.dynamodb.table.actions import FREE, put
from tocsin.adapters.dynamodb.table.indexes import due_in
from tocsin.adapters.dynamodb.table.rows import expiry, key, number
from tocsin.adapters.dynamodb.table.sealing import seal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.alerts.domain.alert import Alert
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.ports import Sealer
from tocsin.results.domain.result_event import ResultEvent
from tocsin.webhooks.domain.callback import ORDER_PATIENCE


class DynamoDbEventPublisher:
    """A pack's key is made from its event's id; the row stays when it is collected, so that no repeat adds it again."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = table
        self._sealer = sealer

    def publish(self, alert: Alert, event: ResultEvent) -> bool:
        """Add one event, once per `event.event_id`; return whether this call did."""
        if alert.notification is NotificationMode.NONE:
            return False
        row = key(alert_pk(alert.tenant, alert.ref), event_sk(event.event_id))
        row |= {"n": number(1), "taken": number(0), **expiry(alert.expires_at)}
        if alert.notification is NotificationMode.CALLBACK:
            row |= due_in(DUE_PACKS, f"{alert.ref}#{event.event_id}", event.whence + ORDER_PATIENCE)
        else:
            row["gsi1pk"] = {"S": waiting_pk(alert.tenant, alert.key_id)}
            row["gsi1sk"] = {"S": waiting_event_sk(event)}
        row |= seal(self._sealer, alert.tenant, row, [to_list(event)])
        return self._table.write_if(put(row, FREE))
