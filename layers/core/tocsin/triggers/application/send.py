"""Send what a firing set off: the action of its timer.

    due ──sent──► the alert and the firing in one transaction ──► the event `keyword`, with the alert
     └─ failed ─► why ──► a message to the owner of the key

A repeat finds the firing as it was left: the alert is the same one, and is told of again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from tocsin.alerts.application.draft import Origin
from tocsin.alerts.application.read_alert import ReadAlert
from tocsin.alerts.application.send import SendAlert
from tocsin.alerts.domain.alert import Alert
from tocsin.alerts.domain.cause import Cause, CauseKind
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.identity.ports import ApiKeyRepository
from tocsin.kernel.domain.errors import Forbidden, InvalidRequest, NotYetAvailable, RequestTooLarge, Superseded
from tocsin.kernel.domain.ids import TenantId
from tocsin.notices.ports.client_messages import ClientMessages
from tocsin.results.domain.result_event import ResultEvent, event_about
from tocsin.results.ports import EventPublisher
from tocsin.stored_content.domain.stored_content import ContentType, StoreRef
from tocsin.stored_content.ports import StoredContentRepository
from tocsin.timers.domain.timer import Timer
from tocsin.triggers.application.notices import notice_of
from tocsin.triggers.domain.trigger import Firing, FiringId, FiringSent, FiringState, Refusal
from tocsin.triggers.ports import Triggers


@dataclass(frozen=True, slots=True)
class SendTriggered:
    """Send the stored alert of one firing."""

    triggers: Triggers
    keys: ApiKeyRepository
    stores: StoredContentRepository
    alerts: AlertRepository
    send: SendAlert
    read: ReadAlert
    event_publisher: EventPublisher
    messages: ClientMessages

    def __call__(self, timer: Timer, now: datetime) -> None:
        """Send once, tell once; safe to repeat.

        Raises:
            StorageUnavailable: do it again.
        """
        firing = self._firing(timer.key.tenant, FiringId(timer.key.subject))
        if firing is not None and firing.state is FiringState.DUE:
            reason = self._send(firing, now)
            if reason is not None:
                self.triggers.fail(replace(firing, state=FiringState.FAILED, reason=reason))
            firing = self._firing(firing.tenant, firing.id)
        if firing is None:
            return
        if firing.alert is not None and (alert := self.alerts.get(firing.tenant, firing.alert)):
            self.event_publisher.publish(alert, keyword_event(alert, firing))
        elif notice := notice_of(firing):
            self.messages.notify(notice)

    def _firing(self, tenant: TenantId, firing: FiringId) -> Firing | None:
        return self.triggers.firing(tenant, firing)

    def _send(self, firing: Firing, now: datetime) -> Refusal | None:
        """Send the stored alert; return why that is not possible."""
        key = self.keys.get(firing.tenant, firing.key_id)
        if key is None or not key.enabled:
            return Refusal.KEY_DISABLED
        store = self.stores.get(firing.tenant, firing.key_id, StoreRef(firing.store_id), ContentType.ALERT, now)
        if store is None:
            return Refusal.STORE_GONE
        cause = Cause(CauseKind.TRIGGER, firing.store_id, firing.id, firing.at)
        try:
            request = self.read(store.content, firing.client_ref, store.created_at)
            result = self.send(key, request, origin=Origin(cause, (FiringSent(firing),)))
        except Superseded:
            stands = self._firing(firing.tenant, firing.id)
            # Sent already, by whoever had this timer before; or its linked set was cancelled.
            return None if stands is None or stands.state is not FiringState.DUE else Refusal.LINK_CANCELLED
        except (InvalidRequest, Forbidden, RequestTooLarge, NotYetAvailable):
            return Refusal.NOT_SENDABLE
        if not result.success:
            return Refusal.NOBODY_REACHED
        self.stores.touch(store, now)
        return None


def keyword_event(alert: Alert, firing: Firing) -> ResultEvent:
    """Return the event that tells who set an alert off, and by which word.

    Its alertee is who said the word too: that is whom it is about, and whom erasure looks for.
    """
    details = {"alerter": firing.alerter, "keyword": firing.word.keyword, "storeId": firing.store_id}
    return event_about(
        alert,
        "keyword",
        ("keyword", firing.id),
        channel=firing.channel,
        tag=firing.word.tag,
        alertee=firing.alerter,
        contact_id=firing.contact_id,
        whence=firing.at,
        details=details,
    )
