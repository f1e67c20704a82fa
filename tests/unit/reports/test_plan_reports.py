"""When reports are sent: at eight, once a day, to those who want them then."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.reports.worlds import ACME, ANA, BEGIN, BOB, DAY, HOUR, ReportWorld, call
from tocsin.reports.application.tell_reports import TURN
from tocsin.reports.domain.report_kind import ReportKind

NOON = BEGIN + 12 * HOUR


def test_up_11_who_switches_a_report_on_gets_the_next_one_and_then_one_a_day() -> None:
    world = ReportWorld(now=BEGIN + 7 * HOUR)
    world.switch_on(ANA, ReportKind.ACTIVITY)
    world.until(BEGIN + 2 * DAY + 9 * HOUR)
    assert world.told == [("daily_activity", f"2026-11-{day}") for day in (28, 29, 30)]
    assert {tuple(mail.to) for mail in world.mails.values()} == {(ANA,)}


def test_up_11_after_eight_the_next_report_is_that_of_today() -> None:
    world = ReportWorld(now=BEGIN + 8 * HOUR)
    world.switch_on()
    world.until(BEGIN + DAY + 8 * HOUR + timedelta(seconds=1))
    assert world.told == [(kind, "2026-11-29") for kind in ReportKind]


def test_up_11_a_day_on_which_nothing_happened_is_told() -> None:
    world = ReportWorld(now=NOON)
    world.switch_on()
    world.until(NOON + DAY)
    assert "no calls" in world.text(ReportKind.ACTIVITY)
    assert "No texts were received" in world.text(ReportKind.INBOUND_SMS)
    assert "No texts were sent" in world.text(ReportKind.OUTBOUND_SMS)
    assert "0.00 USD" in world.text(ReportKind.SPENDING)


def test_up_13_people_are_read_when_the_report_is_sent() -> None:
    world = ReportWorld(now=NOON)
    world.switch_on(ANA, ReportKind.ACTIVITY, ReportKind.SPENDING)
    world.switch_on(BOB, ReportKind.SPENDING)
    del world.wants[ANA]  # she is no admin any more
    world.until(NOON + DAY)
    assert [(mail.cause.parent, mail.to) for mail in world.mails.values()] == [("daily_spending", [BOB])]


def test_up_11_the_timer_ends_on_the_second_day_that_nobody_wants_a_report() -> None:
    world = ReportWorld(now=NOON)
    world.switch_on()
    world.wants.clear()
    world.until(NOON + DAY)
    assert world.timers.rows
    world.until(NOON + 2 * DAY)
    assert not world.timers.rows
    world.clock.advance(3 * DAY)
    world.switch_on()
    world.until(world.clock() + DAY)
    assert world.days == ["2026-12-04"], "days that nobody wanted are not told"


@pytest.mark.parametrize("days", [1, 2, 3, 30])
def test_up_13_who_may_get_no_reports_for_a_while_gets_the_next_one_afterwards(days: int) -> None:
    world = ReportWorld(now=NOON)
    world.switch_on(ANA)
    world.may_not.add(ANA)  # no admin any more, or disabled
    world.until(NOON + days * DAY)
    assert not world.mails

    world.may_not.clear()
    world.until(NOON + (days + 1) * DAY)
    assert world.days == [f"{BEGIN + days * DAY:%Y-%m-%d}"]


def test_up_11_off_and_on_again_tells_no_day_twice() -> None:
    world = ReportWorld(now=NOON)
    world.switch_on()
    world.until(NOON + DAY)
    for _ in range(3):
        world.wants.clear()
        world.switch_on()
    world.until(NOON + 3 * DAY)
    assert world.days == ["2026-11-29", "2026-11-30", "2026-12-01"]


def test_up_11_after_an_outage_the_days_of_a_week_are_told_in_their_order() -> None:
    world = ReportWorld(now=NOON)
    world.switch_on()
    world.clock.advance(10 * DAY)
    world.until(world.clock() + timedelta(seconds=1))
    assert world.days == [f"2026-12-{day:02}" for day in range(2, 9)]


ZONES = (
    "Europe/London",
    "Pacific/Auckland",
    "America/Los_Angeles",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "Asia/Kolkata",
)


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from(ZONES)), max_size=6))
def test_decided_5_15_moving_the_zone_tells_no_day_twice_and_loses_none(moves: list[tuple[int, str]]) -> None:
    world = ReportWorld(now=NOON)
    world.switch_on(ANA, ReportKind.ACTIVITY)
    for hours, zone in moves:
        world.until(world.clock() + hours * HOUR)
        world.zone = ZoneInfo(zone)
        world.plan.moved(ACME)
        (timer,) = world.timers.rows.values()
        local = timer.due_at.astimezone(world.zone)
        assert (local.hour, local.minute) == (8, 0)
    world.until(world.clock() + 4 * DAY)
    first = datetime(2026, 11, 29, tzinfo=UTC)
    assert world.days == [f"{first + n * DAY:%Y-%m-%d}" for n in range(len(world.days))]
    assert len(world.days) >= 3


@pytest.mark.parametrize("day", ["2026-11-29", "2027-03-28", "2026-10-25"])
@pytest.mark.parametrize("zone", ["Europe/London", "Asia/Kathmandu", "Asia/Kolkata", "Australia/Adelaide"])
def test_up_11_each_call_counts_on_one_day_of_its_zone(zone: str, day: str) -> None:
    begin = datetime.fromisoformat(day).replace(tzinfo=UTC)
    world = ReportWorld(zone, now=begin - 30 * HOUR)
    world.switch_on(ANA, ReportKind.ACTIVITY)
    quarters = [begin - DAY + n * timedelta(minutes=15) for n in range(4 * 72)]
    world.add(*map(call, quarters))
    world.until(begin + 4 * DAY)
    counted = {
        at.isoformat(): sum(count.sums.calls.values()) for (_, at), count in world.store.counts.items() if count.done
    }
    expected: dict[str, int] = {}
    for at in quarters:
        local = at.astimezone(world.zone).date().isoformat()
        expected[local] = expected.get(local, 0) + 1
    assert {at: n for at, n in counted.items() if n} == expected
    assert len(world.days) == len(set(world.days)) >= 4


def test_a_long_count_goes_on_in_turns_and_comes_to_the_same() -> None:
    world = ReportWorld(now=NOON)
    world.add(*(call(NOON + n * timedelta(minutes=11), line="2001") for n in range(60)))
    world.switch_on()
    slow = world.count.hours

    def lags(*args: object) -> object:
        for hour, events in slow(*args):  # type: ignore[arg-type]
            world.clock.advance(TURN / 3)
            yield hour, events

    world.tell = replace(world.tell, count=replace(world.count, hours=lags))  # type: ignore[arg-type]
    world.run = replace(world.run, actions=dict.fromkeys(world.run.actions, world.tell))
    world.until(NOON + DAY)
    (count,) = world.store.counts.values()
    assert count.turn > 5
    assert sum(count.sums.calls.values()) == sum(count.sums.hours) == 60
    assert world.days == ["2026-11-29"]
