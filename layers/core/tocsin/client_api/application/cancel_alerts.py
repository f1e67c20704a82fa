"""Stop what has not gone out yet."""

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
    """What an entry of `/cancelalerts` names."""

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
    """What became of one entry.

    Attributes:
        cancelled_at: when it was cancelled, the first time if it was cancelled before.
        open: messages that were not handed over for good when it was cancelled, of all alerts of a link; some of these
            may still go out.
    """

    success: bool
    cancelled_at: datetime | None = None
    open: int | None = None
    failure_reason: str | None = None


@dataclass(frozen=True, slots=True)
class CancelAlerts:
    """Cancel live alerts of the calling key, best effort, and triggers of its stored alerts, which is certain.

    A worker remembers an alert for up to two seconds, and what it has claimed it sends. Everything else comes to rest
    as `cancelled`: slices that come up by themselves, and the others as soon as the sweeper has seen them.

    A link is cancelled first and its alerts then: what joins it earlier is found, what would join it later cannot. It
    need not have begun: its alerts may all be scheduled.

    `schedules`, `escalations`: None where there are none; escalations end before their alerts are cancelled.
    """

    alerts: AlertRepository
    dispatch_progress: DispatchProgress
    clock: Clock
    links: LinkSets
    schedules: ChangeSchedule | None = None
    escalations: CancelEscalations | None = None
    end_trigger: EndTrigger | None = None

    def __call__(self, key: ApiKey, elements: Sequence[CancelElement]) -> list[CancelItemResult]:
        """Return what became of each entry, in order. Cancelling again changes nothing and succeeds.

        Raises:
            StorageUnavailable: some may be cancelled; ask again.
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
        # Unknown, over and somebody else's look the same from outside.
        if alert is None or alert.key_id != key.id or alert.expired(now):
            return CancelItemResult(False, failure_reason="there is no alert of this id")
        if self.escalations is not None:
            self.escalations.of_alert(alert, now)
        cancelled_at = self.alerts.cancel(key.tenant, element.alert, now)
        if cancelled_at is None:
            return CancelItemResult(False, failure_reason="there is no alert of this id")
        return CancelItemResult(True, cancelled_at, self._hurry(alert, self._unsettled(alert), now))

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
        """Cancel an alert of a link if anything of it is still to go out; return how many messages that are."""
        alert = self.alerts.get(link.tenant, ref)
        if alert is None or alert.expired(now) or not (left := self._unsettled(alert)):
            return 0
        self.alerts.cancel(link.tenant, ref, now)
        return self._hurry(alert, left, now)

    def _unsettled(self, alert: Alert) -> dict[Batch, int]:
        """Return the slices that are owed something, each with how many messages."""
        by_number = self.dispatch_progress.of_alert(alert.tenant, alert.ref)
        left = ((batch, by_number[batch.number]) for batch in alert.batches())
        return {batch: progress.pending for batch, progress in left if not progress.terminal}

    def _hurry(self, alert: Alert, left: Mapping[Batch, int], now: datetime) -> int:
        """Let the sweeper look at whatever is unsettled; return how many messages that are."""
        try:
            for work in dict.fromkeys(map(WorkKey.of, left)):
                self.dispatch_progress.check_again(work, now)
        except StorageUnavailable:
            # It is cancelled all the same; the sweeper comes by in its own time.
            _log.warning("cancelled_not_hurried", extra={"tenant": alert.tenant, "alert": alert.ref})
        return sum(left.values())


def _cancel_schedule(change: ChangeSchedule, key: ApiKey, id: ScheduleId) -> CancelItemResult:
    """Remove a schedule; the store of its alert stays, and so does what earlier runs have sent."""
    try:
        return CancelItemResult(True, change(key, id, Change.CANCEL).ended_at)
    except NotFound:
        return CancelItemResult(False, failure_reason="there is no scheduled alert of this id")
