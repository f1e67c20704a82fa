"""Send the stored alert of a due run: the action of the run's timer.

    due ──sent──► alert and run in one transaction ──► event `keyword` of the alert
     └─ failed ─► reason in the run ──► notice for the key

Safe to repeat: the run keeps its state and its alert, and events and notices with the same id are stored once.
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
from tocsin.identity.ports.keys import ApiKeyRepository
from tocsin.kernel.domain.errors import Forbidden, InvalidRequest, RequestTooLarge, Superseded
from tocsin.kernel.domain.ids import TenantId
from tocsin.notices.ports.account_notices import AccountNotices
from tocsin.results.domain.result_event import ResultEvent, event_about
from tocsin.results.ports import EventPublisher
from tocsin.stored_content.domain.stored_content import ContentType, StoreRef
from tocsin.stored_content.ports import StoredContentRepository
from tocsin.timers.domain.timer import Timer
from tocsin.triggers.application.notices import notice_of
from tocsin.triggers.domain.trigger import NotFiredReason, TriggerRun, TriggerRunId, TriggerRunSent, TriggerRunState
from tocsin.triggers.ports import Triggers


@dataclass(frozen=True, slots=True)
class SendTriggered:
    """Send the stored alert of one run."""

    triggers: Triggers
    keys: ApiKeyRepository
    stores: StoredContentRepository
    alerts: AlertRepository
    send: SendAlert
    read: ReadAlert
    event_publisher: EventPublisher
    notices: AccountNotices

    def __call__(self, timer: Timer, now: datetime) -> None:
        """Send the alert, and publish its event or write a notice. Safe to repeat.

        Raises:
            StorageUnavailable: repeat the call.
        """
        trigger_run = self._trigger_run(timer.key.tenant, TriggerRunId(timer.key.subject))
        if trigger_run is not None and trigger_run.state is TriggerRunState.DUE:
            reason = self._send(trigger_run, now)
            if reason is not None:
                self.triggers.fail(replace(trigger_run, state=TriggerRunState.FAILED, reason=reason))
            trigger_run = self._trigger_run(trigger_run.tenant, trigger_run.id)
        if trigger_run is None:
            return
        if trigger_run.alert is not None and (alert := self.alerts.get(trigger_run.tenant, trigger_run.alert)):
            self.event_publisher.publish(alert, keyword_event(alert, trigger_run))
        elif notice := notice_of(trigger_run):
            self.notices.notify(notice)

    def _trigger_run(self, tenant: TenantId, trigger_run: TriggerRunId) -> TriggerRun | None:
        return self.triggers.trigger_run(tenant, trigger_run)

    def _send(self, trigger_run: TriggerRun, now: datetime) -> NotFiredReason | None:
        """Send the stored alert; return the reason if that is not possible."""
        key = self.keys.get(trigger_run.tenant, trigger_run.key_id)
        if key is None or not key.enabled:
            return NotFiredReason.KEY_DISABLED
        key = key.on_behalf(trigger_run.made)
        store = self.stores.get(
            trigger_run.tenant, trigger_run.key_id, StoreRef(trigger_run.store_id), ContentType.ALERT, now
        )
        if store is None:
            return NotFiredReason.STORE_GONE
        cause = Cause(CauseKind.TRIGGER, trigger_run.store_id, trigger_run.id, trigger_run.at)
        try:
            request = self.read(store.content, trigger_run.client_ref, store.created_at)
            result = self.send(key, request, origin=Origin(cause, (TriggerRunSent(trigger_run),)))
        except Superseded:
            left = self._trigger_run(trigger_run.tenant, trigger_run.id)
            # An earlier worker has sent the alert, or the linked set was cancelled.
            return None if left is None or left.state is not TriggerRunState.DUE else NotFiredReason.LINK_CANCELLED
        except (InvalidRequest, Forbidden, RequestTooLarge):
            return NotFiredReason.NOT_SENDABLE
        if not result.success:
            return NotFiredReason.NO_RECEIVER_REACHED
        self.stores.touch(store, now)
        return None


def keyword_event(alert: Alert, trigger_run: TriggerRun) -> ResultEvent:
    """Return the event that says who sent an alert by a keyword, and by which one.

    The sender of the keyword is also the event's alertee, so that erasure of this person finds the event.
    """
    details = {"alerter": trigger_run.alerter, "keyword": trigger_run.word.keyword, "storeId": trigger_run.store_id}
    late = {"late": True} if trigger_run.late else {}
    return event_about(
        alert,
        "keyword",
        ("keyword", trigger_run.id),
        channel=trigger_run.channel,
        tag=trigger_run.word.tag,
        alertee=trigger_run.alerter,
        contact_id=trigger_run.contact_id,
        whence=trigger_run.at,
        details=details | late,
    )
