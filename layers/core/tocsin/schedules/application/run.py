"""A schedule is due: one transaction accepts its alert and moves the schedule to its next occurrence.

If the alert cannot be sent, the schedule moves on without one, and the key gets a notice.

Safe to repeat for the same generation of the timer: the alert's id derives from the occurrence, and the schedule moves
on only from the generation that was read. If a worker dies after the transaction, the next one extends the store's
lifetime, writes the notices and returns the timer's next time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from tocsin.alerts.application.draft import Origin
from tocsin.alerts.application.prepare_elements import OUTSIDE_WINDOWS
from tocsin.alerts.application.read_alert import ReadAlert
from tocsin.alerts.application.send import SendAlert
from tocsin.alerts.domain.cause import Cause, CauseKind
from tocsin.alerts.domain.result import SendResult
from tocsin.alerts.ports.together import CommitTogether, UnitOfWork
from tocsin.identity.ports.keys import ApiKeyRepository
from tocsin.kernel.domain.errors import Forbidden, InvalidRequest, RequestTooLarge, Superseded
from tocsin.linked_alerts.application.join import LINK_CANCELLED
from tocsin.notices.ports.account_notices import AccountNotices
from tocsin.schedules.application.begin import keep_store
from tocsin.schedules.domain.notices import schedule_notices
from tocsin.schedules.domain.schedule import (
    MISFIRE_GRACE,
    Due,
    RunFailure,
    Schedule,
    ScheduleRun,
    ScheduleState,
    due,
    schedule_of,
)
from tocsin.schedules.ports import Schedules
from tocsin.stored_content.domain.stored_content import ContentType, StoreRef
from tocsin.stored_content.ports import StoredContentRepository
from tocsin.timers.domain.timer import Timer


@dataclass(frozen=True, slots=True)
class RunSchedule:
    """The action of timers of kind SCHEDULE. `grace`: as for `due`; None = every due occurrence is missed."""

    schedules: Schedules
    write: CommitTogether
    stores: StoredContentRepository
    keys: ApiKeyRepository
    send: SendAlert
    read: ReadAlert
    notices: AccountNotices
    grace: timedelta | None = MISFIRE_GRACE

    def __call__(self, timer: Timer, now: datetime) -> datetime | None:
        """Run the schedule; return when its timer is due next, None = never.

        Raises:
            StorageUnavailable: the timer must be delivered again.
        """
        schedule = self._standing(timer)
        if schedule is not None and schedule.generation == timer.generation:
            self._run_due(schedule, now)
            schedule = self._standing(timer)
        if schedule is None or schedule.generation != timer.generation + 1:
            # The schedule was paused, resumed or cancelled, and its timer in the same transaction.
            return schedule.next_at if schedule is not None and schedule.state is ScheduleState.ACTIVE else None
        self._follow_up(schedule, now)
        return schedule.next_at if schedule.state is ScheduleState.ACTIVE else None

    def _standing(self, timer: Timer) -> Schedule | None:
        key_id, id = schedule_of(timer.key)
        return self.schedules.get(timer.key.tenant, key_id, id)

    def _run_due(self, schedule: Schedule, now: datetime) -> None:
        """Move a due schedule on. If another worker was first, its write stays."""
        decision = due(schedule, now, self.grace)
        if decision is None:
            return
        if decision.run is None:
            self._move(schedule, decision.moved)
        elif (failure := self._run(schedule, decision, decision.run)) is not None:
            self._move(schedule, decision.failed(failure))

    def _run(self, schedule: Schedule, decision: Due, at: datetime) -> RunFailure | None:
        """Send the alert of an occurrence; return the reason if that is not possible."""
        key = self.keys.get(schedule.tenant, schedule.key_id)
        if key is None or not key.enabled:
            return RunFailure.KEY_DISABLED
        key = key.on_behalf(schedule.made)
        ref = StoreRef(store_id=schedule.store_id)
        store = self.stores.get(key.tenant, key.id, ref, ContentType.ALERT, at)
        if store is None:
            return RunFailure.STORE_GONE
        cause = Cause(CauseKind.SCHEDULE, schedule.id, at.isoformat(), at)
        move = ScheduleRun(schedule, decision.ran(cause.alert_ref(key.tenant)))
        origin = Origin(cause, (move,), again_at=decision.moved.next_at)
        try:
            request = self.read(store.content, schedule.client_ref, store.created_at)
            request = replace(request, schedule=None, deferral=None, trigger=None)
            result = self.send(key, request, None, origin)
        except Superseded as superseded:
            # Either the linked set was cancelled, or another worker has moved the schedule on.
            return RunFailure.LINK_CANCELLED if superseded.reason == LINK_CANCELLED else None
        except InvalidRequest as error:
            erased = all(fault.code == "NO_RECEIVERS" for fault in error.faults)
            return RunFailure.NO_RECEIVER_LEFT if erased else RunFailure.UNREADABLE
        except Forbidden:
            return RunFailure.NOT_ALLOWED
        except RequestTooLarge:
            return RunFailure.TOO_LARGE
        return None if result.success else _why(result)

    def _move(self, before: Schedule, after: Schedule) -> None:
        """Move the schedule on without an alert. A conflict means that another worker has moved the schedule."""
        at = after.moved_at or before.created_at
        self.write(UnitOfWork(before.tenant, before.key_id, at, (), (ScheduleRun(before, after),)))

    def _follow_up(self, schedule: Schedule, now: datetime) -> None:
        """Extend the store's lifetime to the next run and write the notices of the latest move. Safe to repeat."""
        if schedule.state is ScheduleState.ACTIVE:
            store = self.stores.find(schedule.tenant, schedule.key_id, schedule.store_id, now)
            if store is not None:
                keep_store(self.stores, store, now, schedule.next_at)
        for notice in schedule_notices(schedule):
            self.notices.notify(notice)


def _why(result: SendResult) -> RunFailure:
    if all(item.failure_reason == OUTSIDE_WINDOWS for item in result.items):
        return RunFailure.OUTSIDE_WINDOWS
    used_up = any(item.remaining == 0 and item.requested for item in result.items)
    return RunFailure.NO_CAPACITY if used_up else RunFailure.NO_RECEIVER_LEFT
