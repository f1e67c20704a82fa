"""Cancel alerts, schedules, triggers and linked sets."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tocsin.alerts.domain.alert import Alert, Batch
from tocsin.alerts.domain.link import LinkKey
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.delivery.domain.progress import WorkKey
from tocsin.delivery.ports.messages import DispatchProgress
from tocsin.escalation.application.cancel import CancelEscalations
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import NotFound, StorageUnavailable
from tocsin.kernel.domain.ids import AlertRef
from tocsin.kernel.ports import Clock
from tocsin.linked_alerts.application.join import LINK_LIFETIME
from tocsin.linked_alerts.ports import LinkSets
from tocsin.schedules.application.change import Change, ChangeSchedule
from tocsin.schedules.domain.schedule import ScheduleId
from tocsin.stored_content.domain.stored_content import StoreRef
from tocsin.triggers.application.end import EndTrigger

_log = logging.getLogger(__name__)


class CancelKind(StrEnum):
    """What an entry of `/cancelalerts` cancels."""

    ALERT = "alerts"
    SCHEDULED = "scheduled alerts"
    TRIGGERED = "triggered alerts"
    LINKED = "linked alerts"


@dataclass(frozen=True, slots=True)
class CancelElement:
    """One thing to cancel.

    Attributes:
        alert, schedule, link_ref, store: of the kinds ALERT, SCHEDULED, LINKED and TRIGGERED only.
    """

    kind: CancelKind
    alert: AlertRef | None = None
    schedule: ScheduleId | None = None
    link_ref: str | None = None
    store: StoreRef | None = None


@dataclass(frozen=True, slots=True)
class CancelItemResult:
    """The result of one entry.

    Attributes:
        cancelled_at: when it was first cancelled.
        open: number of messages without a final state at that time, of all alerts of a link. Some of these messages may
            still be sent.
    """

    success: bool
    cancelled_at: datetime | None = None
    open: int | None = None
    failure_reason: str | None = None


@dataclass(frozen=True, slots=True)
class CancelAlerts:
    """Cancel alerts, schedules, triggers and linked sets of the calling key.

    A worker caches an alert for up to two seconds and sends the messages that it has claimed. All other messages become
    `cancelled`: when their batch is processed, or when the sweeper checks it. A trigger ends with the write.

    A linked set is cancelled first, and its alerts afterwards, so no alert can join in between. The set may have no
    alert yet, because all its alerts may be scheduled.

    `schedules`, `escalations`, `end_trigger`: None = this installation has none. Escalations end before their alerts.
    """

    alerts: AlertRepository
    dispatch_progress: DispatchProgress
    clock: Clock
    links: LinkSets
    schedules: ChangeSchedule | None = None
    escalations: CancelEscalations | None = None
    end_trigger: EndTrigger | None = None

    def __call__(self, key: ApiKey, elements: Sequence[CancelElement]) -> list[CancelItemResult]:
        """Return the result of each entry, in order. Safe to repeat.

        Raises:
            StorageUnavailable: some entries may be cancelled; repeat the call.
        """
        return [self._cancel(key, element) for element in elements]

    def _cancel(self, key: ApiKey, element: CancelElement) -> CancelItemResult:
        if element.store is not None and self.end_trigger is not None:
            return self._end_trigger(key, element.store, self.end_trigger)
        if element.link_ref is not None:
            return self._cancel_link(LinkKey.of(key.tenant, key.id, element.link_ref))
        if element.schedule is not None and self.schedules is not None:
            return _cancel_schedule(self.schedules, key, element.schedule)
        if element.alert is None:
            return CancelItemResult(False, failure_reason=f"{element.kind.value} are not available yet")
        now = self.clock()
        alert = self.alerts.get(key.tenant, element.alert)
        # Unknown alerts, expired alerts and those of other keys get the same answer.
        if alert is None or alert.key_id != key.id or alert.expired(now):
            return CancelItemResult(False, failure_reason="there is no alert of this id")
        if self.escalations is not None:
            self.escalations.of_alert(alert, now)
        cancelled_at = self.alerts.cancel(key.tenant, element.alert, now)
        if cancelled_at is None:
            return CancelItemResult(False, failure_reason="there is no alert of this id")
        return CancelItemResult(True, cancelled_at, self._check_soon(alert, self._unsettled(alert), now))

    def _end_trigger(self, key: ApiKey, store: StoreRef, end: EndTrigger) -> CancelItemResult:
        if not end(key, store):
            return CancelItemResult(False, failure_reason="there is no trigger of this stored alert")
        return CancelItemResult(True, self.clock())

    def _cancel_link(self, link: LinkKey) -> CancelItemResult:
        now = self.clock()
        until = LINK_LIFETIME.after(now)
        assert until is not None
        cancelled_at = self.links.cancel(link, now, until)
        if self.escalations is not None:
            self.escalations.of_link(link, now)
        return CancelItemResult(
            True, cancelled_at, sum(self._stop(link, ref, now) for ref in self.links.members(link, now))
        )

    def _stop(self, link: LinkKey, ref: AlertRef, now: datetime) -> int:
        """Cancel an alert of a link if it has open messages; return their number."""
        alert = self.alerts.get(link.tenant, ref)
        if alert is None or alert.expired(now) or not (left := self._unsettled(alert)):
            return 0
        self.alerts.cancel(link.tenant, ref, now)
        return self._check_soon(alert, left, now)

    def _unsettled(self, alert: Alert) -> dict[Batch, int]:
        """Return the batches with open messages, each with their number."""
        by_number = self.dispatch_progress.of_alert(alert.tenant, alert.ref)
        left = ((batch, by_number[batch.number]) for batch in alert.batches())
        return {batch: progress.pending for batch, progress in left if not progress.terminal}

    def _check_soon(self, alert: Alert, left: Mapping[Batch, int], now: datetime) -> int:
        """Let the sweeper check the batches with open messages now; return the number of these messages."""
        try:
            for work in dict.fromkeys(map(WorkKey.of, left)):
                self.dispatch_progress.check_again(work, now)
        except StorageUnavailable:
            # The alert is cancelled, and the sweeper checks the batches at their regular time.
            _log.warning("cancelled_not_hurried", extra={"tenant": alert.tenant, "alert": alert.ref})
        return sum(left.values())


def _cancel_schedule(change: ChangeSchedule, key: ApiKey, id: ScheduleId) -> CancelItemResult:
    """Cancel a schedule. Its store and the alerts of its runs stay."""
    try:
        return CancelItemResult(True, change(key, id, Change.CANCEL).ended_at)
    except NotFound:
        return CancelItemResult(False, failure_reason="there is no scheduled alert of this id")
