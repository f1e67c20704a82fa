"""Reports of a day that a person asks for."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.unit.reports.worlds import ACME, BEGIN, DAY, HOUR, ReportWorld, call
from tocsin.reports.application.read_reports import DayState, ReadReports
from tocsin.reports.domain.report_kind import ReportKind

SUNDAY = date(2026, 11, 29)


def reading(world: ReportWorld, seconds: Callable[[], float] = lambda: 0.0) -> ReadReports:
    return ReadReports(world.store, world.count, world.figures, lambda tenant: world.zone, world.clock, seconds)


@pytest.mark.parametrize(
    ("days", "state"),
    [
        (1, DayState.TO_COME),
        (0, DayState.UNTIL_NOW),
        (-1, DayState.UNTIL_NOW),  # it is seven o'clock
        (-2, DayState.COMPLETE),
        (-34, DayState.COMPLETE),
        (-35, DayState.FORGOTTEN),
    ],
)
def test_a_day_says_how_far_it_can_be_read(days: int, state: DayState) -> None:
    world = ReportWorld(now=BEGIN + timedelta(hours=7))

    shown = reading(world)(ACME, SUNDAY + timedelta(days=days))

    assert shown.state is state
    readable = state in (DayState.UNTIL_NOW, DayState.COMPLETE)
    assert [report.kind for report in shown.reports] == (list(ReportKind) if readable else [])
    assert (shown.first, shown.last) == (SUNDAY - timedelta(days=34), SUNDAY)


@pytest.mark.parametrize(
    ("zone", "told"), [("Europe/London", date(2026, 10, 24)), ("Europe/London", date(2027, 3, 27))]
)
def test_up_11_a_day_is_complete_at_eight_of_the_accounts_clock(zone: str, told: date) -> None:
    """The clocks change in the night after: 08:00 is nine or seven hours after the day."""
    eight = datetime(told.year, told.month, told.day, 8, tzinfo=ZoneInfo(zone)) + DAY
    world = ReportWorld(zone, eight - timedelta(seconds=1))
    read = reading(world)

    assert read(ACME, None).day == told
    assert read(ACME, None).state is DayState.UNTIL_NOW
    world.clock.at_least(eight)
    assert read(ACME, None).state is DayState.COMPLETE


def test_a_look_at_a_day_keeps_nothing_and_what_was_counted_is_shown() -> None:
    world = ReportWorld(now=BEGIN + 2 * DAY)
    world.add(call(BEGIN + HOUR))

    shown = reading(world)(ACME, SUNDAY)

    assert "1 call: 1 in" in shown.reports[0].sentences[0]
    assert not shown.quiet
    assert world.store.counts == {}


def test_a_quiet_day_is_one_on_which_nothing_is_counted() -> None:
    world = ReportWorld(now=BEGIN + 2 * DAY)

    assert reading(world)(ACME, SUNDAY).quiet
    world.totals.add(ACME, BEGIN + HOUR, {"calls": 1, "call_cost": 20})
    assert not reading(world)(ACME, SUNDAY).quiet


def test_a_day_of_too_many_events_is_not_counted_while_a_person_waits() -> None:
    world = ReportWorld(now=BEGIN + 2 * DAY)

    shown = reading(world, itertools.count(0, 5).__next__)(ACME, SUNDAY)

    assert (shown.state, shown.reports) == (DayState.TOO_MANY, ())
