"""A schedule: when a stored alert is sent, once or repeatedly until an end.

    active ──due──► (run) ──► active (next occurrence) | finished
      │ ▲
      │ └─ resumed
      ├─ paused
      └─ cancelled

Every change raises the generation, so a timer of an older generation does nothing. A pause or a cancellation that is
confirmed before an occurrence is due therefore prevents its run.

After an outage, a late occurrence still runs if it is at most MISFIRE_GRACE late and no later one is due. All others
are missed and never made up for. Occurrences during a pause are not missed, because no run was requested.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NewType
from zoneinfo import ZoneInfo

from tocsin.alerts.domain.participants import Participant
from tocsin.calendar.domain.repeat import Interval, due_by, next_run
from tocsin.calendar.domain.time_zone import zone as zone_named
from tocsin.identity.domain.visibility import BY_NO_PERSON, Made
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, StoreId, TenantId
from tocsin.stored_content.domain.stored_content import StoredContent
from tocsin.timers.domain.timer import Timer, TimerKey, TimerKind

MISFIRE_GRACE = timedelta(minutes=15)
"""The greatest delay with which an occurrence still runs (T5)."""


KEPT = timedelta(days=30)
"""How long a schedule can be read after its end."""


ScheduleId = NewType("ScheduleId", str)
"""Id of a schedule: a UUID version 7."""


class ScheduleState(StrEnum):
    """The state of a schedule."""

    ACTIVE = "active"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class RunFailure(StrEnum):
    """Why a run sent nothing; the values are stable."""

    KEY_DISABLED = "key_disabled"
    STORE_GONE = "store_gone"  # deleted, or replaced by content that is not an alert
    UNREADABLE = "unreadable"  # the stored alert is no longer valid
    NOT_ALLOWED = "not_allowed"  # the key has lost a right that the alert needs
    TOO_LARGE = "too_large"  # its lists have grown beyond the limits of one call
    NO_CAPACITY = "no_capacity"
    NO_RECEIVER_LEFT = "no_receiver_left"  # no receiver has a usable address, or all have answered
    OUTSIDE_WINDOWS = "outside_time_windows"  # all its elements have time windows, and none was open; no failure
    LINK_CANCELLED = "link_cancelled"  # its linked set was cancelled


@dataclass(frozen=True, slots=True)
class Schedule:
    """One schedule of one API key. Times are in whole milliseconds.

    Attributes:
        store_id: the stored alert that each run sends.
        client_ref: of the alerts of its runs; None = the one in the store.
        zone: IANA name of the account's zone at creation, for calendar steps.
        first: the first occurrence.
        wall: wall-clock time of the first occurrence if it is in a gap; else None.
        interval: from one occurrence to the next; an empty interval = one run.
        end: the latest time of an occurrence; None = no end.
        generation: from 1; each change and each run adds 1.
        next_at: the next occurrence; while paused, the one that was next; None = no occurrence is left.
        runs, missed: number of occurrences that sent an alert, and that were too late.
        missed_lately: number of missed occurrences in the latest move.
        last_at, last_alert: the latest occurrence that ran, and its alert (None: see `last_failure`).
        moved_at: when the schedule was last due and moved on.
        ended_at: when the schedule finished or was cancelled.
        made: who made it, and for which company; what it sends is marked likewise.
    """

    tenant: TenantId
    key_id: ApiKeyId
    id: ScheduleId
    store_id: StoreId
    client_ref: str | None
    zone: str
    first: datetime
    interval: Interval
    end: datetime | None
    state: ScheduleState
    generation: int
    created_at: datetime
    next_at: datetime | None
    wall: datetime | None = None
    runs: int = 0
    missed: int = 0
    missed_lately: int = 0
    last_at: datetime | None = None
    last_alert: AlertRef | None = None
    last_failure: RunFailure | None = None
    moved_at: datetime | None = None
    ended_at: datetime | None = None
    made: Made = BY_NO_PERSON

    @property
    def over(self) -> bool:
        """Whether the schedule can never run again."""
        return self.state in {ScheduleState.FINISHED, ScheduleState.CANCELLED}

    @property
    def timer(self) -> Timer | None:
        """The timer of its next occurrence; None = the schedule is not active."""
        if self.state is not ScheduleState.ACTIVE or self.next_at is None:
            return None
        return Timer(timer_key(self.tenant, self.key_id, self.id), self.generation, self.next_at)

    @property
    def expires_at(self) -> datetime | None:
        """From when on its row may be deleted; None = not in this state."""
        if self.ended_at is not None:
            return self.ended_at + KEPT
        # A paused schedule cannot run after its end, and no timer will finish it.
        return None if self.end is None or self.interval.none else self.end + KEPT

    def forgotten(self, now: datetime) -> bool:
        """Whether the schedule has expired, although its row may still exist."""
        return self.expires_at is not None and now >= self.expires_at

    def after(self, at: datetime) -> datetime | None:
        """Return the first occurrence later than `at`; None = no later occurrence."""
        return next_run(self.wall or self.first, self.interval, self.end, self._zone, at)

    def due_by(self, now: datetime) -> tuple[int, datetime]:
        """Return the number of occurrences from `next_at` until `now`, and the latest of them."""
        assert self.next_at is not None
        return due_by(self.wall or self.first, self.interval, self.end, self._zone, self.next_at, now)

    @property
    def _zone(self) -> ZoneInfo:
        return zone_named(self.zone) or ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Due:
    """What is due for a schedule.

    Attributes:
        run: the occurrence that runs now; None = all due occurrences are missed.
        moved: the schedule afterwards, without the result of the run.
    """

    run: datetime | None
    moved: Schedule

    def ran(self, alert: AlertRef) -> Schedule:
        """Return the schedule after a run that sends this alert."""
        return replace(self.moved, runs=self.moved.runs + 1, last_at=self.run, last_alert=alert, last_failure=None)

    def failed(self, why: RunFailure) -> Schedule:
        """Return the schedule after a run that sends nothing."""
        return replace(self.moved, last_at=self.run, last_alert=None, last_failure=why)


def due(schedule: Schedule, now: datetime, grace: timedelta | None = MISFIRE_GRACE) -> Due | None:
    """Return what is due at `now`; None = nothing.

    Args:
        grace: the greatest delay with which an occurrence still runs; None = none runs.
    """
    if schedule.state is not ScheduleState.ACTIVE or schedule.next_at is None or now < schedule.next_at:
        return None
    count, latest = schedule.due_by(now)
    run = latest if grace is not None and now - latest <= grace else None
    missed = count if run is None else count - 1
    following = None if schedule.interval.none else schedule.after(now)
    moved = _changed(schedule, ScheduleState.FINISHED if following is None else ScheduleState.ACTIVE, following, now)
    moved = replace(moved, missed=schedule.missed + missed, missed_lately=missed, moved_at=whole(now))
    return Due(run, moved)


def paused(schedule: Schedule) -> Schedule:
    """Return the schedule paused. Only an active schedule changes."""
    if schedule.state is not ScheduleState.ACTIVE:
        return schedule
    return replace(schedule, state=ScheduleState.PAUSED, generation=schedule.generation + 1)


def resumed(schedule: Schedule, now: datetime) -> Schedule:
    """Return the schedule active again. Only a paused schedule changes.

    A schedule without repeats keeps its time, or runs now if that time has passed. A repeating schedule continues with
    its next regular occurrence, or finishes if none is left.
    """
    if schedule.state is not ScheduleState.PAUSED:
        return schedule
    if schedule.interval.none:
        return _changed(schedule, ScheduleState.ACTIVE, max(schedule.next_at or schedule.first, whole(now)), now)
    following = schedule.after(now)
    state = ScheduleState.FINISHED if following is None else ScheduleState.ACTIVE
    return _changed(schedule, state, following, now)


def cancelled(schedule: Schedule, now: datetime) -> Schedule:
    """Return the schedule cancelled. A schedule that is over does not change."""
    return schedule if schedule.over else _changed(schedule, ScheduleState.CANCELLED, None, now)


def _changed(schedule: Schedule, state: ScheduleState, next_at: datetime | None, now: datetime) -> Schedule:
    over = state in {ScheduleState.FINISHED, ScheduleState.CANCELLED}
    return replace(
        schedule,
        state=state,
        generation=schedule.generation + 1,
        next_at=next_at,
        ended_at=whole(now) if over else None,
    )


def whole(at: datetime) -> datetime:
    """Return `at` in UTC, rounded up to whole milliseconds, the precision of rows and timers."""
    at = at.astimezone(UTC)
    return at + timedelta(microseconds=-at.microsecond % 1000)


def timer_key(tenant: TenantId, key_id: ApiKeyId, id: ScheduleId) -> TimerKey:
    """Return the key of a schedule's timer."""
    return TimerKey(tenant, TimerKind.SCHEDULE, f"{key_id}.{id}")


def schedule_of(timer: TimerKey) -> tuple[ApiKeyId, ScheduleId]:
    """Return the API key and id of a timer's schedule."""
    key_id, _, id = timer.subject.partition(".")
    return ApiKeyId(key_id), ScheduleId(id)


@dataclass(frozen=True, slots=True)
class ScheduleBegun(Participant):
    """A new schedule with its timer, and the store of its alert (None = the store exists)."""

    schedule: Schedule
    store: StoredContent | None = None


@dataclass(frozen=True, slots=True)
class ScheduleChanged(Participant):
    """A schedule is paused, resumed or cancelled, together with its timer. Condition: the row equals `before`."""

    before: Schedule
    after: Schedule


@dataclass(frozen=True, slots=True)
class ScheduleRun(Participant):
    """A schedule moves on, with or without the alert of a run. The worker of timers moves its timer afterwards."""

    before: Schedule
    after: Schedule
