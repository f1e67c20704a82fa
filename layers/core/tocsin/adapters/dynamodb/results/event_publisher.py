"""Publishes single result events, such as replies: packs of one event, in the same outbox as the packs of batches."""

from __future__ import annotations

from datetime import datetime

from tocsin.adapters.dynamodb.alerts.keys import alert_pk
from tocsin.adapters.dynamodb.results.event_row import to_list
from tocsin.adapters.dynamodb.results.pack_keys import DUE_PACKS, event_sk, waiting_event_sk, waiting_pk
from tocsin.adapters.dynamodb.table.actions import FREE, put
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.indexes import due_in
from tocsin.adapters.dynamodb.table.rows import expiry, key, number
from tocsin.adapters.dynamodb.table.sealing import seal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.alerts.domain.alert import Alert
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
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
        if alert.notification.delivered:
            place = due_in(DUE_PACKS, f"{alert.ref}#{event.event_id}", event.whence + ORDER_PATIENCE)
        else:
            place = _waiting(alert.tenant, alert.key_id, event)
        return self._add(alert.tenant, event, alert.expires_at, place)

    def publish_to_key(self, tenant: TenantId, key_id: ApiKeyId, event: ResultEvent, expires_at: datetime) -> bool:
        """Add one event of no alert, once per `event.event_id`; return whether this call did."""
        return self._add(tenant, event, expires_at, _waiting(tenant, key_id, event))

    def _add(self, tenant: TenantId, event: ResultEvent, expires_at: datetime | None, place: Item) -> bool:
        row = key(alert_pk(tenant, event.alert), event_sk(event.event_id))
        row |= {"n": number(1), "taken": number(0), **expiry(expires_at), **place}
        row |= seal(self._sealer, tenant, row, [to_list(event)])
        return self._table.write_if(put(row, FREE))


def _waiting(tenant: TenantId, key_id: ApiKeyId, event: ResultEvent) -> Item:
    """Return the attributes by which an event waits to be collected."""
    return {"gsi1pk": {"S": waiting_pk(tenant, key_id)}, "gsi1sk": {"S": waiting_event_sk(event)}}
