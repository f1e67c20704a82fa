"""When reminders are due, and what they tell: UP-7, UP-14, UP-15."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.fakes.time import NOON
from tests.unit.reminders.appointment_world import ACME, ANA, BEN, CYD, DAY, HOUR, MINUTE, an_appointment
from tocsin.preferences.domain.settings import AppointmentMoment, Communication
from tocsin.reminders.domain.appointment import UNASSIGNED, Appointment, AppointmentState
from tocsin.reminders.domain.reminding import DueNotice, due_notice, key_of, reminder_times, timer_changes
from tocsin.reminders.domain.words import words_of
from tocsin.timers.domain.timer import Timer

DAY_BEFORE, HOUR_BEFORE, QUARTER, LAST = list(AppointmentMoment)[1:]
CANCELLED = AppointmentState.CANCELLED


def offsets(ahead: timedelta) -> list[AppointmentMoment]:
    return list(reminder_times(an_appointment(ahead), NOON))


def test_up_14_three_hours_ahead_the_day_before_is_past_and_the_rest_is_to_come() -> None:
    assert reminder_times(an_appointment(3 * HOUR), NOON) == {
        HOUR_BEFORE: NOON + 2 * HOUR, QUARTER: NOON + 165 * MINUTE, LAST: NOON + 179 * MINUTE,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("ahead", "left"),
    [(DAY, 4), (DAY - timedelta(milliseconds=1), 3), (HOUR, 3), (59 * MINUTE, 2), (MINUTE, 1), (30 * MINUTE / 60, 0)],
)
def test_up_14_what_is_past_is_dropped_and_what_is_due_now_is_not(ahead: timedelta, left: int) -> None:
    assert len(offsets(ahead)) == left


def test_up_14_an_appointment_in_the_past_tells_nothing() -> None:
    assert not timer_changes(None, an_appointment(-HOUR), NOON).armed


def armed(before: Appointment | None, after: Appointment) -> list[str]:
    return [timer.key.subject.rpartition(".")[2] for timer in timer_changes(before, after, NOON).armed]


def test_up_15_a_move_sets_every_timer_anew_and_drops_those_that_are_past_now() -> None:
    far, near = an_appointment(2 * DAY), an_appointment(30 * MINUTE, version=2)
    changes = timer_changes(far, near, NOON)
    assert [(timer.key.subject, timer.due_at, timer.generation) for timer in changes.armed] == [
        ("a1.15m", NOON + 15 * MINUTE, 2), ("a1.1m", NOON + 29 * MINUTE, 2),
    ]  # fmt: skip
    assert [key.subject for key in changes.dropped] == ["a1.1d", "a1.1h"]


def test_up_15_a_cancel_drops_all() -> None:
    before = an_appointment(2 * DAY)
    changes = timer_changes(before, replace(before, state=CANCELLED, version=2), NOON)
    assert (list(changes.armed), len(changes.dropped)) == ([], 4)


def test_another_title_leaves_the_timers_alone() -> None:
    before = an_appointment()
    changes = timer_changes(before, replace(before, title="Other", version=2), NOON)
    assert not changes.armed
    assert not changes.dropped


def test_up_7_a_new_assignee_is_told_and_the_reminders_stay() -> None:
    before = an_appointment()
    after = replace(before, assignee=CYD, assigned_at=NOON + MINUTE, version=2)
    assert armed(before, after) == ["assigned"]


def test_an_appointment_of_an_unknown_person_has_no_timers_until_one_is_known() -> None:
    unknown = an_appointment(2 * HOUR, assignee=UNASSIGNED)
    assert not armed(None, unknown)
    assert armed(unknown, replace(unknown, assignee=ANA, assigned_at=NOON, version=2)) == [
        "1h",
        "15m",
        "1m",
        "assigned",
    ]


def due(appointment: Appointment | None, moment: str = "1h", at: timedelta = 2 * HOUR) -> DueNotice | None:
    return due_notice(appointment, Timer(key_of(ACME, "a1", moment), 1, NOON + at))


def test_up_15_a_timer_of_another_start_a_cancelled_or_a_removed_appointment_tells_nothing() -> None:
    assert due(an_appointment()) is not None
    assert due(an_appointment(4 * HOUR)) is None
    assert due(an_appointment(state=CANCELLED)) is None
    assert due(an_appointment(assignee=UNASSIGNED)) is None
    assert due(None) is None


def test_up_15_a_key_is_that_of_appointment_start_and_offset() -> None:
    first, moved = due(an_appointment()), due(an_appointment(4 * HOUR), at=3 * HOUR)
    assert first is not None
    assert moved is not None
    assert first.key != moved.key
    assert due(an_appointment(title="Other", assignee=BEN, version=7)) == first
    assert first.too_late_at == an_appointment().starts_at
    assert first.switches == {AppointmentMoment.HOUR}


@pytest.mark.parametrize(
    ("given", "switches"),
    [
        ({}, {"created", "appointment"}),  # made for another person: both at once
        ({"assigned_by": None}, {"created", "appointment"}),  # an event made it
        ({"assigned_by": ANA}, {"created"}),  # one's own
        ({"created_at": NOON - HOUR}, {"appointment"}),  # it was another person's before
    ],
)
def test_up_7_decided_5_5_one_notice_of_an_assignment_by_the_switches_that_count(
    given: dict[str, Any], switches: set[str]
) -> None:
    found = due(an_appointment(**given), "assigned", timedelta(0))
    assert found is not None
    assert {switch.value for switch in found.switches} == switches
    assert Communication.APPOINTMENT in found.switches or switches == {"created"}


def test_up_7_one_who_takes_an_appointment_is_not_told() -> None:
    taken = an_appointment(created_at=NOON - HOUR, assigned_by=ANA)
    assert due(taken, "assigned", timedelta(0)) is None
    assert "assigned" not in armed(an_appointment(assignee=BEN, created_at=NOON - HOUR, assigned_at=NOON - HOUR), taken)


def test_an_assignment_of_more_than_an_hour_ago_is_not_told() -> None:
    old = an_appointment(assigned_at=NOON - HOUR, created_at=NOON - HOUR)
    assert armed(None, old) == ["1h", "15m", "1m"]


@pytest.mark.parametrize(
    ("zone", "start"),
    [
        ("Europe/London", "Mon 23 Nov 2026, 15:00 GMT"),
        ("Asia/Kathmandu", "Mon 23 Nov 2026, 20:45 +0545"),
        ("Australia/Adelaide", "Tue 24 Nov 2026, 01:30 ACDT"),
    ],
)
def test_words_name_the_start_in_the_persons_zone_before_the_title(zone: str, start: str) -> None:
    appointment = an_appointment()
    found = due(appointment)
    assert found is not None
    words = words_of(appointment, found, zone)
    assert words.subject == "Reminder, 1 hour before: Fire drill"
    assert words.line == f"Reminder, 1 hour before: {start}, Fire drill"
    assert words.fields == (("Appointment", "Fire drill"), ("Starts", appointment.starts_at), ("Note", "Back gate"))


def test_a_day_is_24_hours_where_the_clocks_change() -> None:
    # in London the clocks go forward on 28 March 2027: 12:00 is 23 hours after 12:00 of the day before
    spring = an_appointment(timedelta(days=125, hours=-1))
    assert spring.starts_at - reminder_times(spring, NOON)[DAY_BEFORE] == DAY
