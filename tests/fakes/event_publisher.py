"""Happenings in memory, among the result events of the same world."""

from __future__ import annotations

from datetime import datetime

from tests.fakes.outage import Outage
from tests.fakes.results import FakeResultEvents, Pack
from tocsin.alerts.domain.alert import Alert
from tocsin.delivery.domain.progress import BatchProgress
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.results.domain.result_event import ResultEvent, event_name
from tocsin.webhooks.domain.callback import ORDER_PATIENCE, PackKey


class FakeEventPublisher:
    """Args: results: where the client collects from."""

    def __init__(self, results: FakeResultEvents) -> None:
        self.results = results
        self.outage = Outage()

    def publish(self, alert: Alert, event: ResultEvent) -> bool:
        self.outage.check()
        if alert.notification is NotificationMode.NONE:
            return False
        callback = alert.lane if alert.notification.delivered else None
        next_check_at = event.whence + ORDER_PATIENCE if callback else None
        pack = Pack(alert.key_id, (event,), BatchProgress.blank(0), alert.expires_at, 0, callback, next_check_at)
        added = self.results.told.setdefault((alert.tenant, alert.ref, event.event_id), pack) is pack
        if added and callback:
            self.results.outbox[PackKey(alert.tenant, alert.ref, event_name(event.event_id))] = pack
        return added

    def publish_to_key(self, tenant: TenantId, key_id: ApiKeyId, event: ResultEvent, expires_at: datetime) -> bool:
        self.outage.check()
        pack = Pack(key_id, (event,), BatchProgress.blank(0), expires_at)
        return self.results.told.setdefault((tenant, event.alert, event.event_id), pack) is pack
