"""Appointments by the pages: made, listed with their reminders, moved, cancelled, and for whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.fakes.time import NOON
from tests.functional.console.conftest import ACME, Account, Browser
from tests.functional.console.test_alerts import HOSTILE
from tests.unit.reminders.appointment_world import an_appointment
from tocsin.identity.domain.permissions import SystemRole
from tocsin.kernel.domain.ids import UserId
from tocsin.preferences.domain.settings import AppointmentMoment, NotificationSettings
from tocsin.reminders.domain.appointment import Appointment, AppointmentState

HOUR = timedelta(hours=1)


def only(account: Account) -> Appointment:
    (found,) = account.appointments.kept.values()
    return found


def made(account: Account, browser: Browser, **typed: Any) -> Appointment:
    browser.open("/console/appointments/new")
    browser.send("/appointments/new", **{"title": "Fire drill", "starts_at": "2026-11-23T15:00", **typed})
    assert browser.answer.status == 200, browser.page.words
    return list(account.appointments.kept.values())[-1]


def test_one_is_made_listed_with_five_reminders_moved_and_cancelled(account: Account) -> None:
    browser = account.signed_in()
    it = made(account, browser, note="Back gate")
    assert (it.title, it.note, it.starts_at) == ("Fire drill", "Back gate", NOON + 3 * HOUR)
    words = browser.page.words
    assert "When it is made past" in words
    assert "1 day before past" in words
    assert "<s>1 day before</s>" in browser.answer.text
    for label in ("1 hour before", "15 minutes before", "1 minute before"):
        assert f"{label} past" not in words
        assert label in words

    browser.open(f"/console/appointments/{it.id}")
    browser.send(it.id, starts_at="2026-11-25T09:30")
    assert only(account).starts_at == datetime(2026, 11, 25, 9, 30, tzinfo=UTC)
    assert "1 day before past" not in browser.page.words

    browser.open(f"/console/appointments/{it.id}/cancel")
    browser.send("/cancel")
    assert only(account).state is AppointmentState.CANCELLED
    assert "Cancelled" in browser.page.words
    browser.open(f"/console/appointments/{it.id}")
    assert not [form for form in browser.page.forms if form.action.endswith(it.id)]


def test_a_form_that_is_sent_twice_makes_one(account: Account) -> None:
    browser = account.signed_in()
    browser.open("/console/appointments/new")
    once = next(dict(form.fields)["once"] for form in browser.page.forms if form.action.endswith("/new"))
    for _ in range(2):
        made(account, browser, once=once)
    assert len(account.appointments.kept) == 1


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"title": " "}, "title"),
        ({"starts_at": "soon"}, "Write a day and a time"),
        ({"starts_at": "2300-01-01T00:00"}, "2099"),
    ],
)
def test_faults_stand_at_their_fields_and_what_was_typed_stays(
    account: Account, typed: dict[str, Any], sentence: str
) -> None:
    browser = account.signed_in()
    browser.open("/console/appointments/new")
    browser.send("/appointments/new", **{"title": "Drill", "starts_at": "2026-11-23T15:00", "note": "kept", **typed})
    assert browser.answer.status == 422
    assert sentence in browser.answer.text
    assert 'value="kept"' in browser.answer.text
    assert not account.appointments.kept


def test_lists_are_of_those_to_come_or_over_page_by_page(account: Account) -> None:
    browser = account.signed_in()
    me = UserId(account.people[SystemRole.OWNER].id)
    for n in range(-2, 23):
        account.appointments.kept[ACME, f"a{n}"] = an_appointment(
            n * HOUR + HOUR / 2, id=f"a{n}", title=f"Talk {n}.", assignee=me
        )
    browser.open("/console/appointments")
    assert "Talk 0." in browser.page.words
    assert "Talk -1." not in browser.page.words
    assert "Talk 22." not in browser.page.words
    browser.follow("Later")
    assert "Talk 22." in browser.page.words
    browser.open("/console/appointments?show=over")
    assert browser.page.words.index("Talk -1.") < browser.page.words.index("Talk -2.")


def test_up_16_a_reminder_that_is_switched_off_says_so(account: Account) -> None:
    browser = account.signed_in()
    it = made(account, browser)
    off = frozenset(AppointmentMoment) - {AppointmentMoment.QUARTER}
    account.preferences.add(NotificationSettings(tenant=ACME, user=it.assignee, moments=off))
    browser.open("/console/appointments")
    assert browser.page.words.count("switched off") == 1


def test_another_persons_by_who_may_and_one_who_may_not_is_told_who(account: Account) -> None:
    browser = account.signed_in()
    browser.open("/console/appointments/new?assignee=user")
    assert "(you)" in browser.page.words
    browser.send("/appointments/new", title="Their drill", starts_at="2026-11-23T15:00", assignee="user")
    assert only(account).assignee == "user"
    assert "Their drill" in browser.page.words  # one comes back to that person's list
    id = only(account).id

    other = account.signed_in(SystemRole.USER)
    other.open("/console/appointments")
    assert "Their drill" in other.page.words
    assert "(you)" not in other.page.words
    stranger = account.signed_in(SystemRole.REPORTING)
    for path in ("appointments?assignee=user", f"appointments/{id}", f"appointments/{id}/cancel"):
        stranger.open(f"/console/{path}")
        assert stranger.answer.status == 403, path


def test_a_change_of_another_person_meanwhile_is_shown(account: Account) -> None:
    browser = account.signed_in()
    it = made(account, browser)
    browser.open(f"/console/appointments/{it.id}")
    account.appointments.kept[ACME, it.id] = replace(it, title="Moved by Ben", version=2)
    browser.send(it.id, title="Mine")
    assert browser.answer.status == 409
    assert "Moved by Ben" in browser.page.words
    browser.send(it.id)
    assert only(account).title == "Mine"


def test_hostile_words_are_shown_as_words(account: Account) -> None:
    browser = account.signed_in()
    for hostile in HOSTILE[:2]:
        made(account, browser, title=hostile, note=hostile)
        assert hostile not in browser.answer.text
        assert hostile in browser.page.words


@pytest.mark.parametrize(
    ("zone", "typed", "utc"),
    [
        ("Asia/Kathmandu", "2026-11-24T15:00", "2026-11-24T09:15"),
        ("Australia/Adelaide", "2026-11-24T15:00", "2026-11-24T04:30"),
        ("Europe/London", "2027-03-28T01:30", "2027-03-28T01:00"),  # skipped: the moment after it
        ("Europe/London", "2027-10-31T01:30", "2027-10-31T00:30"),  # repeated: the first one
    ],
)
def test_a_time_is_read_by_the_clock_of_the_visitor(account: Account, zone: str, typed: str, utc: str) -> None:
    browser = account.signed_in()
    me = account.people[SystemRole.OWNER]
    account.directory.add(replace(me, zone=zone))
    it = made(account, browser, starts_at=typed)
    assert it.starts_at == datetime.fromisoformat(utc).replace(tzinfo=UTC)


def test_a_start_in_the_repeated_hour_stays_if_it_is_not_touched(account: Account) -> None:
    browser = account.signed_in()
    me = account.people[SystemRole.OWNER]
    account.directory.add(replace(me, zone="Europe/London"))
    second = datetime(2027, 10, 31, 1, 30, tzinfo=UTC)
    account.appointments.kept[ACME, "a1"] = replace(an_appointment(assignee=me.id), starts_at=second)
    browser.open("/console/appointments/a1")
    browser.send("/a1", title="New title")
    assert (only(account).title, only(account).starts_at) == ("New title", second)
