"""The schedule's state machine: what runs, what is missed, and what pause, resumption and cancellation leave of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import KEY, TENANT
from tests.fakes.time import NOON
from tocsin.calendar.domain.repeat import Interval, parse_interval, runs
from tocsin.calendar.domain.time_zone import zone as zone_named
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, StoreId
from tocsin.schedules.domain.schedule import (
    KEPT,
    MISFIRE_GRACE,
    RunFailure,
    Schedule,
    ScheduleId,
    ScheduleState,
    cancelled,
    due,
    paused,
    resumed,
    schedule_of,
    whole,
)

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TICK = timedelta(milliseconds=1)
ID = ScheduleId("019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90")


def a_schedule(
    repeat: str | None = None, first: datetime = NOON, end: datetime | None = None, **more: object
) -> Schedule:
    """Return an armed schedule in UTC that is due at noon."""
    schedule = Schedule(
        TENANT,
        ApiKeyId(KEY),
        ID,
        StoreId("s"),
        None,
        "UTC",
        first,
        parse_interval(repeat) if repeat else Interval(),
        end,
        ScheduleState.ACTIVE,
        1,
        NOON - DAY,
        first,
    )
    return replace(schedule, **more)  # type: ignore[arg-type]


def test_t1_nothing_runs_before_it_is_due() -> None:
    assert due(a_schedule(), NOON - TICK) is None
    assert due(a_schedule(), NOON) is not None


def test_one_that_runs_once_is_finished_by_its_run() -> None:
    decision = due(a_schedule(), NOON)
    assert decision is not None
    after = decision.ran(AlertRef("a"))
    assert (decision.run, after.state, after.next_at, after.runs, after.last_alert) == (
        NOON,
        ScheduleState.FINISHED,
        None,
        1,
        "a",
    )
    assert (after.ended_at, after.expires_at, after.generation) == (NOON, NOON + KEPT, 2)


def test_ah_125_a_repeating_one_goes_on_until_its_end() -> None:
    schedule = a_schedule("1d", end=NOON + DAY)
    first = due(schedule, NOON)
    assert first is not None
    assert (first.moved.state, first.moved.next_at) == (ScheduleState.ACTIVE, NOON + DAY)
    second = due(first.moved, NOON + DAY)
    assert second is not None
    assert (second.run, second.moved.state) == (NOON + DAY, ScheduleState.FINISHED)


@pytest.mark.parametrize(
    ("late", "run", "missed"),
    [
        (timedelta(0), 0, 0),
        (MISFIRE_GRACE, 0, 0),
        (MISFIRE_GRACE + TICK, None, 1),
        (HOUR, 1, 1),
        (2 * HOUR + MISFIRE_GRACE, 2, 2),
        (2 * HOUR + MISFIRE_GRACE + TICK, None, 3),
        (24 * HOUR, 24, 24),
    ],
)
def test_t5_after_an_outage_at_most_the_latest_runs_and_all_others_are_missed(
    late: timedelta, run: int | None, missed: int
) -> None:
    decision = due(a_schedule("1h", end=NOON + 100 * DAY), NOON + late)
    assert decision is not None
    assert decision.run == (None if run is None else NOON + run * HOUR)
    assert (decision.moved.missed, decision.moved.missed_lately) == (missed, missed)
    assert decision.moved.next_at == NOON + (late // HOUR + 1) * HOUR


def test_t5_one_that_runs_once_and_came_up_too_late_is_over() -> None:
    decision = due(a_schedule(), NOON + MISFIRE_GRACE + TICK)
    assert decision is not None
    assert (decision.run, decision.moved.state, decision.moved.missed) == (None, ScheduleState.FINISHED, 1)


def test_t5_a_year_of_missed_minutes_is_counted_without_walking_through_them() -> None:
    decision = due(a_schedule("1m", end=NOON + 400 * DAY), NOON + 365 * DAY)
    assert decision is not None
    assert decision.moved.missed == 365 * 24 * 60
    past_its_end = due(a_schedule("1m", end=NOON + HOUR), NOON + 365 * DAY)
    assert past_its_end is not None
    assert (past_its_end.run, past_its_end.moved.missed, past_its_end.moved.state) == (None, 61, ScheduleState.FINISHED)


def test_a_failed_run_moves_on_and_says_why() -> None:
    schedule = a_schedule("1d", end=NOON + 9 * DAY, last_alert=AlertRef("a"), runs=1)
    decision = due(schedule, NOON)
    assert decision is not None
    after = decision.failed(RunFailure.STORE_GONE)
    assert (after.next_at, after.runs, after.last_at, after.last_alert, after.last_failure) == (
        NOON + DAY,
        1,
        NOON,
        None,
        RunFailure.STORE_GONE,
    )
    again = due(after, NOON + DAY)
    assert again is not None
    assert again.ran(AlertRef("b")).last_failure is None


def test_ah_125_a_paused_one_does_not_run_until_it_is_resumed() -> None:
    schedule = paused(a_schedule())
    assert (schedule.state, schedule.generation, schedule.timer) == (ScheduleState.PAUSED, 2, None)
    assert due(schedule, NOON + HOUR) is None
    assert paused(schedule) is schedule


def test_one_that_runs_once_keeps_a_time_that_is_still_ahead_and_runs_at_once_if_it_has_passed() -> None:
    schedule = paused(a_schedule())
    assert resumed(schedule, NOON - HOUR).next_at == NOON
    late = resumed(schedule, NOON + DAY)
    assert (late.next_at, late.state) == (NOON + DAY, ScheduleState.ACTIVE)
    decision = due(late, NOON + DAY)
    assert decision is not None
    assert (decision.run, decision.moved.missed) == (NOON + DAY, 0)


def test_a_repeating_one_goes_on_at_its_next_regular_occurrence() -> None:
    schedule = paused(a_schedule("1d", end=NOON + 9 * DAY))
    after = resumed(schedule, NOON + 3 * DAY + HOUR)
    assert (after.next_at, after.missed, after.generation) == (NOON + 4 * DAY, 0, 3)
    assert resumed(schedule, NOON + 10 * DAY).state is ScheduleState.FINISHED


def test_what_is_not_paused_is_not_resumed_and_what_is_over_stays_over() -> None:
    armed = a_schedule()
    assert resumed(armed, NOON) is armed
    gone = cancelled(armed, NOON - HOUR)
    assert (gone.state, gone.timer, gone.ended_at) == (ScheduleState.CANCELLED, None, NOON - HOUR)
    assert cancelled(gone, NOON) is gone
    assert paused(gone) is gone
    assert resumed(gone, NOON) is gone
    assert due(gone, NOON) is None


def test_the_timer_names_the_schedule_and_its_generation() -> None:
    timer = a_schedule().timer
    assert timer is not None
    assert (schedule_of(timer.key), timer.generation, timer.due_at) == ((KEY, ID), 1, NOON)


def test_a_paused_one_whose_end_has_passed_may_be_forgotten() -> None:
    assert a_schedule("1d", end=NOON + DAY).expires_at == NOON + DAY + KEPT
    assert paused(a_schedule()).expires_at is None


def test_times_are_whole_milliseconds_and_never_early() -> None:
    assert whole(NOON + timedelta(microseconds=1)) == NOON + TICK
    assert whole(NOON) == NOON


STEPS = st.sampled_from(["1m", "7m", "1h", "5h", "1d", "2w", "1M"])


@given(
    repeat=STEPS,
    length=st.integers(0, 60),
    looks=st.lists(st.floats(0, 20, allow_nan=False), max_size=30),
    name=st.sampled_from(["UTC", "Europe/London", "Australia/Lord_Howe", "America/Santiago"]),
)
def test_every_occurrence_runs_once_or_is_missed_once(repeat: str, length: int, looks: list[float], name: str) -> None:
    first = datetime(2026, 10, 1, 1, 30, tzinfo=UTC)
    zone = zone_named(name)
    assert zone is not None
    interval = parse_interval(repeat)
    every = []
    for at in runs(first, interval, None, zone):
        every.append(at)
        if len(every) > length:
            break
    schedule = a_schedule(repeat, first, every[-1], zone=name)
    step = interval.span or timedelta(days=interval.days or 30)
    ran: list[datetime] = []
    now = first
    for look in looks:
        now = whole(now + step * look)
        if (decision := due(schedule, now)) is None:
            continue
        schedule = decision.ran(AlertRef("a")) if decision.run else decision.moved
        if decision.run is not None:
            assert timedelta(0) <= now - decision.run <= MISFIRE_GRACE
            ran.append(decision.run)
    assert ran == sorted(set(ran))
    assert set(ran) <= set(every)
    assert schedule.runs == len(ran)
    behind = [at for at in every if schedule.next_at is None or at < schedule.next_at]
    assert schedule.runs + schedule.missed == (len(behind) if schedule.generation > 1 else 0)
