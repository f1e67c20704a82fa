"""When a stored alert is sent by itself: once, or again and again until an end.

    armed ──due──► (run) ──► armed (next occurrence) | finished
      │ ▲
      │ └─ resumed
      ├─ paused
      └─ cancelled

Every change raises the generation, so that a timer that was set for an older one does nothing: a pause or a cancel that
was confirmed before an occurrence is due wins over it.

An occurrence that comes up late, after an outage, still runs if it is at most MISFIRE_GRACE late and no later one is
due as well; all others are missed, and never made up for. Occurrences that fall into a pause are not missed: nobody
wanted them.
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
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, StoreId, TenantId
from tocsin.stored_content.domain.stored_content import StoredContent
from tocsin.timers.domain.timer import Timer, TimerKey, TimerKind

MISFIRE_GRACE = timedelta(minutes=15)
"""How late an occurrence may still run (T5)."""


KEPT = timedelta(days=30)
"""How long a schedule that is over can still be looked at."""


ScheduleId = NewType("ScheduleId", str)
"""One schedule: a UUID version 7."""


class ScheduleState(StrEnum):
    """Where a schedule stands."""

    ACTIVE = "active"
    PAUSED = "paused"
    FINISHED = "finished"
    CANCELLED = "cancelled"


class RunFailure(StrEnum):
    """Stable words for why a run sent nothing."""

    KEY_DISABLED = "key_disabled"
    STORE_GONE = "store_gone"  # deleted, or replaced by something that is no alert
    UNREADABLE = "unreadable"  # what lies in the store is no alert that can be sent any more
    NOT_ALLOWED = "not_allowed"  # the key has lost a right the alert needs
    TOO_LARGE = "too_large"  # its lists have grown over the limits of one call
    NO_CAPACITY = "no_capacity"
    NO_RECEIVER_LEFT = "no_receiver_left"  # no receiver has a usable address, or everybody has answered
    OUTSIDE_WINDOWS = "outside_time_windows"  # all its elements have time windows, and none was open: as was asked
    LINK_CANCELLED = "link_cancelled"  # its linked set was cancelled
    NOT_AVAILABLE = "not_available"  # it asks for a feature that this version does not serve


@dataclass(frozen=True, slots=True)
class Schedule:
    """One schedule of one API key. Times are in whole milliseconds.

    Attributes:
        store_id: the stored alert that each run sends.
        client_ref: of the runs; None = the one in the store.
        zone: IANA name of the account's zone when it was made; calendar steps are counted in it.
        first: its first occurrence.
        wall: what the zone's clocks were to show at the first occurrence, where they never do (a gap); else None.
        interval: from one occurrence to the next; `Interval().none` = it runs once.
        generation: number of changes, runs included; from 1.
        next_at: the occurrence that is due next; of a paused one, the one that was; None when there is none any more.
        runs, missed: occurrences that sent something, and that came up too late.
        missed_lately: of `missed`, those directly before the latest time it came up.
        last_at, last_alert: the latest occurrence that was to run, and the alert it made (None: see `last_failure`).
        moved_at: when it last came up, whatever became of it.
        ended_at: when it was finished or cancelled.
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

    @property
    def over(self) -> bool:
        """Whether nothing can bring it to run again."""
        return self.state in {ScheduleState.FINISHED, ScheduleState.CANCELLED}

    @property
    def timer(self) -> Timer | None:
        """The timer that stands for it; None while it waits for nothing."""
        if self.state is not ScheduleState.ACTIVE or self.next_at is None:
            return None
        return Timer(timer_key(self.tenant, self.key_id, self.id), self.generation, self.next_at)

    @property
    def expires_at(self) -> datetime | None:
        """When it may be forgotten; None = not as things stand."""
        if self.ended_at is not None:
            return self.ended_at + KEPT
        # A paused one whose end passes cannot run any more, and nobody will come by to say so.
        return None if self.end is None or self.interval.none else self.end + KEPT

    def forgotten(self, now: datetime) -> bool:
        """Whether it is as if it had never been, although its row may still be there."""
        return self.expires_at is not None and now >= self.expires_at

    def after(self, at: datetime) -> datetime | None:
        """Return its first occurrence later than `at`, None if there is none."""
        return next_run(self.wall or self.first, self.interval, self.end, self._zone, at)

    def due_by(self, now: datetime) -> tuple[int, datetime]:
        """Return how many occurrences there are from the next one until `now`, and the latest of them."""
        assert self.next_at is not None
        return due_by(self.wall or self.first, self.interval, self.end, self._zone, self.next_at, now)

    @property
    def _zone(self) -> ZoneInfo:
        return zone_named(self.zone) or ZoneInfo("UTC")


@dataclass(frozen=True, slots=True)
class Due:
    """What is to be done about a schedule that has come up.

    Attributes:
        run: the occurrence that is to run now; None: all that came up are missed.
        moved: the schedule after it, as far as that does not depend on what becomes of the run.
    """

    run: datetime | None
    moved: Schedule

    def ran(self, alert: AlertRef) -> Schedule:
        """Return the schedule after a run that sends this alert."""
        return replace(self.moved, runs=self.moved.runs + 1, last_at=self.run, last_alert=alert, last_failure=None)

    def failed(self, why: RunFailure) -> Schedule:
        """Return the schedule after a run that sends nothing."""
        return replace(self.moved, last_at=self.run, last_alert=None, last_failure=why)


def due(schedule: Schedule, now: datetime) -> Due | None:
    """Return what is to be done at `now`, None if it is not due."""
    if schedule.state is not ScheduleState.ACTIVE or schedule.next_at is None or now < schedule.next_at:
        return None
    count, latest = schedule.due_by(now)
    run = latest if now - latest <= MISFIRE_GRACE else None
    missed = count if run is None else count - 1
    following = None if schedule.interval.none else schedule.after(now)
    moved = _changed(schedule, ScheduleState.FINISHED if following is None else ScheduleState.ACTIVE, following, now)
    moved = replace(moved, missed=schedule.missed + missed, missed_lately=missed, moved_at=whole(now))
    return Due(run, moved)


def paused(schedule: Schedule) -> Schedule:
    """Return it so that it does not run until it is resumed; one that is paused is left as it is."""
    if schedule.state is not ScheduleState.ACTIVE:
        return schedule
    return replace(schedule, state=ScheduleState.PAUSED, generation=schedule.generation + 1)


def resumed(schedule: Schedule, now: datetime) -> Schedule:
    """Return it armed again; one that is not paused is left as it is.

    One that runs once keeps its time if that is still ahead, and runs at once if it has passed. A repeating one goes on
    at its next regular occurrence; if none is left it is finished.
    """
    if schedule.state is not ScheduleState.PAUSED:
        return schedule
    if schedule.interval.none:
        return _changed(schedule, ScheduleState.ACTIVE, max(schedule.next_at or schedule.first, whole(now)), now)
    following = schedule.after(now)
    state = ScheduleState.FINISHED if following is None else ScheduleState.ACTIVE
    return _changed(schedule, state, following, now)


def cancelled(schedule: Schedule, now: datetime) -> Schedule:
    """Return it so that it never runs again; one that is over is left as it is."""
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
    """Return the whole millisecond at or after `at`, in UTC: rows and timers keep no more."""
    at = at.astimezone(UTC)
    return at + timedelta(microseconds=-at.microsecond % 1000)


def timer_key(tenant: TenantId, key_id: ApiKeyId, id: ScheduleId) -> TimerKey:
    """Return which timer stands for a schedule."""
    return TimerKey(tenant, TimerKind.SCHEDULE, f"{key_id}.{id}")


def schedule_of(timer: TimerKey) -> tuple[ApiKeyId, ScheduleId]:
    """Return which schedule a timer stands for."""
    key_id, _, id = timer.subject.partition(".")
    return ApiKeyId(key_id), ScheduleId(id)


@dataclass(frozen=True, slots=True)
class ScheduleBegun(Participant):
    """A schedule is made, and its timer; and the store of its alert, unless that was there before."""

    schedule: Schedule
    store: StoredContent | None = None


@dataclass(frozen=True, slots=True)
class ScheduleChanged(Participant):
    """A schedule is paused, resumed or cancelled, and its timer with it: it must stand as `before` was read."""

    before: Schedule
    after: Schedule


@dataclass(frozen=True, slots=True)
class ScheduleRun(Participant):
    """A schedule moves on with the alert of its run, or without one. Its timer is moved by whoever runs timers."""

    before: Schedule
    after: Schedule
