"""Cancel alerts, schedules, triggers and linked sets."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tocsin.alerts.domain.alert import Alert, Batch, ChunkKey
from tocsin.alerts.domain.link import LinkKey
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.alerts.ports.dispatch_queue import DispatchQueue
from tocsin.client_api.application.own_alert import may_act
from tocsin.client_api.domain.stopped_messages import StoppedMessages, stopped_messages
from tocsin.delivery.application.end_soon import end_soon, open_batches
from tocsin.delivery.ports.messages import DispatchProgress, MessageRows
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

_NO_LINK = "no linked set, scheduled alert or trigger of this key has this linkRef"

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
        messages: how many it stops, and how many may still go out; of all alerts of a link.
        failure_code: stable word for the reason.
    """

    success: bool
    cancelled_at: datetime | None = None
    messages: StoppedMessages | None = None
    failure_reason: str | None = None
    failure_code: str = "NOTHING_DONE"


@dataclass(frozen=True, slots=True)
class CancelAlerts:
    """Cancel alerts, schedules, triggers and linked sets of the calling key.

    A worker sends the messages that it had claimed by then; all other messages become `cancelled`: when their batch is
    processed, or when the sweeper checks it. The message rows are read after the cancellation is written, and a worker
    that claims a message later sees it, so a message that was counted as stopped never goes out. A trigger ends with
    the write.

    A linked set is cancelled first, and its alerts afterwards, so no alert can join in between. The set may have no
    alert yet, because all its alerts may be scheduled.

    `schedules`, `escalations`, `end_trigger`: None = this installation has none. Escalations end before their alerts.
    `queue`: None = this installation makes no calls.
    `names_link`: whether an alert that waits belongs to a linked set, by key, linkRef and time.
    `reads_at_most`: of message rows in one call, up to 250 messages each: about a second.
    """

    alerts: AlertRepository
    dispatch_progress: DispatchProgress
    rows: MessageRows
    clock: Clock
    links: LinkSets
    schedules: ChangeSchedule | None = None
    escalations: CancelEscalations | None = None
    end_trigger: EndTrigger | None = None
    names_link: Callable[[ApiKey, str, datetime], bool] = lambda key, link_ref, now: False
    reads_at_most: int = 80
    queue: DispatchQueue | None = None

    def __call__(self, key: ApiKey, elements: Sequence[CancelElement]) -> list[CancelItemResult]:
        """Return the result of each entry, in order. Safe to repeat.

        Raises:
            StorageUnavailable: some entries may be cancelled; repeat the call.
        """
        counter = _Counter(self.rows, self.reads_at_most)
        return [self._cancel(key, element, counter) for element in elements]

    def _cancel(self, key: ApiKey, element: CancelElement, counter: _Counter) -> CancelItemResult:
        if element.store is not None and self.end_trigger is not None:
            return self._end_trigger(key, element.store, self.end_trigger)
        if element.link_ref is not None:
            return self._cancel_link(key, element.link_ref, counter)
        if element.schedule is not None and self.schedules is not None:
            return _cancel_schedule(self.schedules, key, element.schedule)
        if element.alert is None:
            return CancelItemResult(False, failure_reason=f"{element.kind.value} are not available yet")
        now = self.clock()
        alert = self.alerts.get(key.tenant, element.alert)
        # Unknown alerts, expired alerts and those of other keys get the same answer.
        if alert is None or not may_act(key, alert) or alert.expired(now):
            return CancelItemResult(False, failure_reason="there is no alert of this id")
        if self.escalations is not None:
            self.escalations.of_alert(alert, now)
        cancelled_at, left = self.messages(alert, now)
        if cancelled_at is None:
            return CancelItemResult(False, failure_reason="there is no alert of this id")
        return CancelItemResult(True, cancelled_at, counter(left))

    def messages(self, alert: Alert, now: datetime) -> tuple[datetime | None, Mapping[Batch, int]]:
        """Cancel the messages of an alert; the sweeper checks its unfinished batches now. Safe to repeat.

        Returns:
            When the alert was first cancelled, None if there is no such alert; and its unfinished batches, each with
                the number of its open messages.

        Raises:
            StorageUnavailable: repeat the call.
        """
        cancelled_at = self.alerts.cancel(alert.tenant, alert.ref, now)
        left = open_batches(alert, self.dispatch_progress)
        try:
            end_soon(alert, left, now, self.dispatch_progress, self.queue)
        except StorageUnavailable:
            # The alert is cancelled, and the sweeper checks the batches at their regular time.
            _log.warning("cancelled_not_hurried", extra={"tenant": alert.tenant, "alert": alert.ref})
        return cancelled_at, {batch: progress.pending for batch, progress in left.items()}

    def _end_trigger(self, key: ApiKey, store: StoreRef, end: EndTrigger) -> CancelItemResult:
        if not end(key, store):
            return CancelItemResult(False, failure_reason="there is no trigger of this stored alert")
        return CancelItemResult(True, self.clock())

    def _cancel_link(self, key: ApiKey, link_ref: str, counter: _Counter) -> CancelItemResult:
        now, link = self.clock(), LinkKey.of(key.tenant, key.id, link_ref, key.made)
        if not self._names(key, link, link_ref, now):
            return CancelItemResult(False, failure_reason=_NO_LINK, failure_code="NOT_FOUND")
        until = LINK_LIFETIME.after(now)
        assert until is not None
        cancelled_at = self.links.cancel(link, now, until)
        if self.escalations is not None:
            self.escalations.of_link(link, now)
        stopped = (self._stop(link, ref, now, counter) for ref in self.links.members(link, now))
        return CancelItemResult(True, cancelled_at, sum(stopped, StoppedMessages()))

    def _names(self, key: ApiKey, link: LinkKey, link_ref: str, now: datetime) -> bool:
        """Return whether a linked set, an alert, a live schedule or a trigger of the key names a linked set."""
        return (
            self.links.standing(link, now) is not None
            or bool(self.links.members(link, now))
            or self.names_link(key, link_ref, now)
        )

    def _stop(self, link: LinkKey, ref: AlertRef, now: datetime, counter: _Counter) -> StoppedMessages:
        """Cancel an alert of a link if it has open messages; return their numbers."""
        alert = self.alerts.get(link.tenant, ref)
        if alert is None or alert.expired(now) or not open_batches(alert, self.dispatch_progress):
            return StoppedMessages()
        return counter(self.messages(alert, now)[1])


class _Counter:
    """Counts the messages of cancelled alerts by their rows, within a limit of reads per call."""

    def __init__(self, rows: MessageRows, reads: int) -> None:
        self._rows = rows
        self._reads = reads

    def __call__(self, left: Mapping[Batch, int]) -> StoppedMessages:
        """Count the messages of batches; of those beyond the limit, all may still go out.

        Args:
            left: open messages by batch, of one alert.
        """
        found = StoppedMessages()
        chunks: dict[ChunkKey, list[Batch]] = {}
        for batch in left:
            chunks.setdefault(batch.key, []).append(batch)
        for key, batches in chunks.items():
            if self._reads == 0:
                found += StoppedMessages(may_still_go=sum(left[batch] for batch in batches))
                continue
            self._reads -= 1
            positions = range(batches[0].positions.start, batches[-1].positions.stop)
            rows = self._rows.load(key, positions)
            found += stopped_messages(rows.get(position) for batch in batches for position in batch.positions)
        return found


def _cancel_schedule(change: ChangeSchedule, key: ApiKey, id: ScheduleId) -> CancelItemResult:
    """Cancel a schedule. Its store and the alerts of its runs stay."""
    try:
        return CancelItemResult(True, change(key, id, Change.CANCEL).ended_at)
    except NotFound:
        return CancelItemResult(False, failure_reason="there is no scheduled alert of this id")
