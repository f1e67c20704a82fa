"""Stories of reminders: UP-7, UP-14 … UP-17, and what the person reads."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.fakes.time import NOON
from tests.scenarios.reminder_world import LATE, ReminderWorld
from tests.unit.reminders.appointment_world import ACME, ANA, BEN, CYD, DAY, HOUR, MINUTE
from tocsin.preferences.domain.settings import AppointmentMoment, Communication, NotificationSettings

ALL = frozenset(AppointmentMoment)


def told(world: ReminderWorld) -> list[tuple[str, timedelta]]:
    return [(each.moment, each.at - NOON) for each in world.told]


def test_up_14_three_hours_ahead_with_all_five_on() -> None:
    world = ReminderWorld()
    world.make("a1", NOON + 3 * HOUR)
    world.until(NOON + DAY)
    assert told(world) == [
        ("created", timedelta(0)), ("1h", 2 * HOUR), ("15m", 165 * MINUTE), ("1m", 179 * MINUTE),
    ]  # fmt: skip
    assert world.timers.rows == {}


def test_up_14_up_17_two_days_ahead_each_leaves_within_seconds() -> None:
    world = ReminderWorld()
    world.scheduler.lag, world.scheduler.enqueues = timedelta(seconds=59), 2
    start = NOON + 2 * DAY
    world.make("a1", start)
    world.until(start + HOUR)
    due = [start - before for before in (DAY, HOUR, 15 * MINUTE, MINUTE)]
    assert [each.moment for each in world.told] == ["created", "1d", "1h", "15m", "1m"]
    late = [each.at - at for each, at in zip(world.told[1:], due, strict=True)]
    assert all(timedelta(0) <= each < LATE for each in late), late


def test_up_15_a_move_moves_reminders_and_reminds_again_of_what_is_to_come_again() -> None:
    world = ReminderWorld()
    world.make("a1", NOON + 61 * MINUTE)
    world.until(NOON + 50 * MINUTE)
    world.change("a1", NOON + 3 * HOUR, ANA)
    world.until(NOON + DAY)
    assert told(world) == [
        ("created", timedelta(0)), ("1h", MINUTE), ("15m", 46 * MINUTE),
        ("1h", 2 * HOUR), ("15m", 165 * MINUTE), ("1m", 179 * MINUTE),
    ]  # fmt: skip


def test_up_15_a_cancelled_one_tells_nothing_more() -> None:
    world = ReminderWorld()
    world.make("a1", NOON + 2 * HOUR)
    world.until(NOON + 61 * MINUTE)
    world.cancel("a1")
    world.until(NOON + DAY)
    assert [moment for moment, _ in told(world)] == ["created", "1h"]


def test_up_16_a_switch_is_looked_at_when_the_reminder_is_due() -> None:
    world = ReminderWorld()
    world.make("a1", NOON + 2 * HOUR)
    world.until(NOON + 70 * MINUTE)
    off = NotificationSettings(tenant=ACME, user=ANA, moments=ALL - {AppointmentMoment.QUARTER})
    world.preferences.add(off)
    world.until(NOON + DAY)
    assert [moment for moment, _ in told(world)] == ["created", "1h", "1m"]


def test_up_7_a_new_assignee_is_told_once_and_gets_the_reminders() -> None:
    world = ReminderWorld()
    world.make("a1", NOON + 2 * HOUR)
    world.until(NOON + 30 * MINUTE)
    for _ in range(2):
        world.change("a1", NOON + 2 * HOUR, CYD)
    world.until(NOON + DAY)
    assert [(each.moment, each.person) for each in world.told] == [
        ("created", ANA), ("created", CYD), ("1h", CYD), ("15m", CYD), ("1m", CYD),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("by", "communication", "moments", "is_told"),
    [
        (BEN, set(), {"created"}, True),
        (BEN, {"appointment"}, set(), True),
        (BEN, set(), set(), False),
        (ANA, {"appointment"}, set(), False),
        (ANA, set(), {"created"}, True),
    ],
)
def test_decided_5_5_created_and_assigned_at_once_is_one_notice_and_ones_own_is_by_created_only(
    by: str, communication: set[str], moments: set[str], is_told: bool
) -> None:
    world = ReminderWorld()
    world.preferences.add(
        NotificationSettings(
            tenant=ACME,
            user=ANA,
            communication=frozenset(map(Communication, communication)),
            moments=frozenset(map(AppointmentMoment, moments)),
        )
    )
    world.make("a1", NOON + 2 * HOUR, by=CYD if by == BEN else ANA)
    world.until(NOON + MINUTE)
    assert len(world.told) == is_told


def test_a_notice_says_what_when_and_where_it_leads() -> None:
    world = ReminderWorld()
    world.make("a1", NOON + 2 * HOUR)
    world.until(NOON + 61 * MINUTE)
    notice = world.told[1].notice
    assert notice.line == "Reminder, 1 hour before: Mon 23 Nov 2026, 14:00 GMT, Talk a1"
    assert notice.url == "https://console.example/console/appointments/a1"
    assert notice.too_late_at == NOON + 2 * HOUR
    assert world.told[0].notice.subject == "You have a new appointment: Talk a1"


def test_a_person_who_is_gone_is_told_nothing() -> None:
    world = ReminderWorld()
    world.make("a1", NOON + 2 * HOUR)
    world.directory.things.clear()
    world.until(NOON + DAY)
    assert world.told == []
    assert world.timers.rows == {}


def test_up_14_the_last_reminder_comes_in_time_although_all_orders_were_lost() -> None:
    world = ReminderWorld()
    world.queue.outage.failing = 1
    world.make("a1", NOON + 3 * HOUR)
    world.until(NOON + DAY)
    moments = [each.moment for each in world.told]
    late = {each.moment: each.at - each.notice.at for each in world.told}
    assert moments == ["created", "1h", "15m", "1m"]
    assert late["1m"] < LATE
    assert max(late.values()) <= timedelta(seconds=75)
