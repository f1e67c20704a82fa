"""From what is asked to when it runs: AH-124, AH-125 and T3, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from tests.fakes.time import NOON
from tests.unit.calendar.test_repeat import VECTORS
from tocsin.alerts.domain.features import ScheduleOptions
from tocsin.calendar.domain.repeat import Interval, next_run, parse_interval
from tocsin.calendar.domain.time_zone import zone as zone_named
from tocsin.kernel.domain.errors import InvalidRequest
from tocsin.schedules.domain.plan import SchedulePlan, planned

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def plan(
    start: datetime | None = None,
    delay: str = "0m",
    repeat: str | None = None,
    end: datetime | None = None,
    zone: str = "UTC",
    now: datetime = NOON,
) -> SchedulePlan:
    interval = parse_interval(repeat) if repeat else None
    return planned(ScheduleOptions(start, parse_interval(delay), interval, end=end), zone, now, "/options/schedule")


def fault(**asked: object) -> tuple[str, str]:
    with pytest.raises(InvalidRequest) as caught:
        plan(**asked)  # type: ignore[arg-type]
    (found,) = caught.value.faults
    return found.pointer, found.code


def test_ah_124_now_and_a_delay() -> None:
    assert plan(None, "5m").next_at == NOON + timedelta(minutes=5)


def test_ah_124_the_delay_counts_from_an_explicit_start_too() -> None:
    assert plan(NOON + DAY, "1h").next_at == NOON + DAY + HOUR


def test_a_start_without_an_offset_is_the_accounts_wall_clock() -> None:
    start = datetime(2026, 12, 1, 9, 0)
    assert plan(start, zone="Europe/Berlin").next_at == datetime(2026, 12, 1, 8, 0, tzinfo=UTC)
    assert plan(start.replace(tzinfo=UTC), zone="Europe/Berlin").next_at == start.replace(tzinfo=UTC)


def test_a_delay_in_days_keeps_the_time_of_day() -> None:
    start = datetime(2027, 3, 27, 9, 0)
    assert plan(start, "1d", zone="Europe/London").next_at == datetime(2027, 3, 28, 8, 0, tzinfo=UTC)
    assert plan(start, "24h", zone="Europe/London").next_at == datetime(2027, 3, 28, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(("name", "wall", "at"), VECTORS)
def test_t3_every_vector_is_when_it_runs_first(name: str, wall: str, at: str) -> None:
    start, expected = datetime.fromisoformat(wall), datetime.fromisoformat(at)
    made = plan(start, zone=name, now=expected - DAY)
    assert (made.first, made.next_at) == (expected, expected)


@pytest.mark.parametrize(("name", "wall", "at"), VECTORS)
def test_t3_a_daily_one_is_back_at_its_time_of_day_on_the_next_day(name: str, wall: str, at: str) -> None:
    start, first = datetime.fromisoformat(wall), datetime.fromisoformat(at)
    made = plan(start, repeat="1d", end=start + timedelta(days=9), zone=name, now=first - DAY)
    clocks = zone_named(name)
    assert clocks is not None
    second = next_run(made.wall or made.first, made.interval, made.end, clocks, made.first + 2 * HOUR)
    assert second is not None
    assert second.astimezone(clocks).time() == start.time()


def test_t3_a_gap_is_passed_by_a_delay_in_days_as_well() -> None:
    made = plan(datetime(2027, 3, 27, 1, 30), "1d", zone="Europe/London")
    assert (made.first, made.wall) == (datetime(2027, 3, 28, 1, 0, tzinfo=UTC), datetime(2027, 3, 28, 1, 30))


def test_a_repetition_that_began_long_ago_goes_on_at_its_next_occurrence() -> None:
    made = plan(NOON - 10 * DAY - HOUR, repeat="1d", end=NOON + 9 * DAY)
    assert (made.first, made.next_at) == (NOON - 10 * DAY - HOUR, NOON + 23 * HOUR)


def test_a_start_a_few_minutes_ago_runs_at_once() -> None:
    assert plan(NOON - timedelta(minutes=10)).next_at == NOON - timedelta(minutes=10)


def test_what_cannot_be_is_refused_with_a_pointer() -> None:
    start, end, repeat = "/options/schedule/start", "/options/schedule/end", "/options/schedule/repeat"
    assert fault(start=NOON - HOUR) == (start, "OUT_OF_RANGE")
    assert fault(start=NOON + 3700 * DAY) == (start, "OUT_OF_RANGE")
    assert fault(delay="1200M") == (start, "OUT_OF_RANGE")
    assert fault(start=datetime(9999, 12, 31, tzinfo=UTC), delay="1M") == ("/options/schedule/delay", "OUT_OF_RANGE")
    assert fault(delay="1h", repeat="1d", end=NOON + HOUR / 2) == (end, "OUT_OF_RANGE")
    assert fault(end=NOON - HOUR) == (end, "OUT_OF_RANGE")
    assert fault(start=NOON - 9 * DAY, repeat="1d", end=NOON - HOUR) == (end, "OUT_OF_RANGE")
    assert fault(repeat="0d", end=NOON + DAY) == (repeat, "OUT_OF_RANGE")


def test_times_are_in_whole_milliseconds() -> None:
    at = NOON + timedelta(microseconds=1)
    assert plan(None, "1m", now=at).next_at == NOON + timedelta(minutes=1, milliseconds=1)
    assert plan(at.replace(tzinfo=None), repeat="1d", end=NOON + DAY).wall is None


@pytest.mark.parametrize("text", ["15m", "2h", "3d", "4w", "5M", "90m", "10d"])
def test_an_interval_is_written_as_it_is_read(text: str) -> None:
    assert parse_interval(str(parse_interval(text))) == parse_interval(text)
    assert str(Interval()) == ""
