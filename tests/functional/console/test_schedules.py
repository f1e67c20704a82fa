"""Scheduled alerts and triggers on pages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.functional.alerts_api.conftest import sms
from tests.functional.console.conftest import ACME, NUMBER, Account, Browser, plain
from tests.functional.console.test_alerts import composed
from tests.functional.console.test_groups import actions
from tocsin.identity.domain.account_key import ACCOUNT_KEY
from tocsin.identity.domain.permissions import SystemRole
from tocsin.kernel.domain.ids import ApiKeyId
from tocsin.schedules.domain.schedule import Schedule, ScheduleState


def local(account: Account, **span: float) -> str:
    """Return a time after now, as a field of the form holds it; the account is in London, in winter."""
    return f"{account.clock() + timedelta(**span):%Y-%m-%dT%H:%M}"


def scheduled(account: Account, browser: Browser, **typed: str) -> Schedule:
    """Schedule an alert for tomorrow, and return it."""
    composed(browser, when="at", at=local(account, days=1), **typed)
    browser.send("/console/alerts/new", ("part", "send"))
    return the(account)


def the(account: Account) -> Schedule:
    """Return the one schedule."""
    (schedule,) = account.schedules.newest(ACME, ACCOUNT_KEY)
    return schedule


def scheduled_by_key(account: Account, content: str) -> Schedule:
    """Schedule a text for tomorrow as a program does, and return the schedule."""
    later = {"schedule": {"start": f"{account.clock() + timedelta(days=1):%Y-%m-%dT%H:%M:%SZ}"}}
    assert account.send(sms(content=content), options=later).status == 200
    (schedule,) = account.schedules.newest(ACME, ApiKeyId("k1"))
    return schedule


def test_an_alert_is_scheduled_paused_resumed_and_cancelled(account: Account) -> None:
    browser = account.signed_in()
    schedule = scheduled(account, browser)
    assert browser.path == "/console/schedules?said=scheduled"
    assert "Pump 7 stopped" in browser.page.words
    assert "once" in browser.page.words
    assert schedule.next_at == (account.clock() + timedelta(days=1)).replace(second=0, microsecond=0)

    browser.follow("Pump 7 stopped")
    page = f"/console/schedules/{schedule.id}"
    browser.send(page, ("part", "pause"))
    assert the(account).state is ScheduleState.PAUSED
    browser.send(page, ("part", "resume"))
    assert the(account).state is ScheduleState.ACTIVE
    browser.send(page, ("part", "cancel"))
    assert the(account).state is ScheduleState.ACTIVE
    asked = browser.answer, browser.path
    for _ in range(2):
        browser.answer, browser.path = asked
        browser.send(page, ("part", "cancelled"))
        assert browser.answer.status == 200

    assert the(account).state is ScheduleState.CANCELLED
    assert [each for each in actions(account) if each.startswith("schedule")] == [
        "schedule.paused",
        "schedule.resumed",
        "schedule.cancelled",
    ]


def test_a_repeated_alert_names_its_next_runs(account: Account) -> None:
    browser = account.signed_in()
    scheduled(account, browser, repeat="1d", until=local(account, days=3, hours=1))
    assert "every day" in browser.page.words
    browser.follow("Pump 7 stopped")

    assert browser.answer.text.count("<li><time") == 3
    assert the(account).interval.days == 1


def test_how_long_it_is_repeated_is_asked_for_at_its_field(account: Account) -> None:
    browser = account.signed_in()
    composed(browser, when="at", at=local(account, days=1), repeat="1d")

    assert browser.answer.status == 422
    assert "Say until when it is repeated." in browser.page.words


@pytest.mark.parametrize("at", ["2099-01-01T08:00", "2001-01-01T08:00"])
def test_a_time_that_cannot_be_is_a_fault_of_its_field(account: Account, at: str) -> None:
    browser = account.signed_in()
    composed(browser, when="at", at=at)

    assert browser.answer.status == 422
    assert 'href="#f-at"' in browser.answer.text


@pytest.mark.parametrize("id", ["none", "01a1ffa6-0000-7000-8000-000000000000"])
def test_a_schedule_that_is_not_there_is_not_found(account: Account, id: str) -> None:
    browser = account.signed_in()
    browser.open(f"/console/schedules/{id}")

    assert browser.answer.status == 404


def test_console_d7_what_a_key_has_scheduled_is_shown_to_read_and_its_alert_is_copied(account: Account) -> None:
    theirs = scheduled_by_key(account, "Fire at gate 4")
    browser = account.signed_in()
    assert "No alert of the console is scheduled." in plain(browser.open("/console/schedules").words)

    browser.send("/console/schedules", key="k1")
    assert "belongs to the API key" in plain(browser.page.words)
    browser.follow("Fire at gate 4")
    assert browser.path == f"/console/schedules/{theirs.id}?key=k1"
    assert "only that key changes it" in plain(browser.page.words)
    assert not [form for form in browser.page.forms if "schedules" in form.action]

    browser.follow("Its alert, to read or copy")
    assert "<h1>Fire at gate 4</h1>" in browser.answer.text
    browser.send("/copy")
    (ours,) = account.stores.stores[ACME, ACCOUNT_KEY].values()
    assert ours.name == "Fire at gate 4"
    assert "Fire at gate 4" in ours.content
    assert next(account.schedules.newest(ACME, ApiKeyId("k1"))) == theirs


@pytest.mark.parametrize(
    ("content", "name"),
    [
        ("Fire\tat\r\ngate 4", "Fire at gate 4"),
        ("\u202efire\u2028", "fire"),
        ("\u200b", "Copy"),
        ("f" * 300, "f" * 80),
    ],
)
def test_a_copy_of_an_alert_without_a_name_is_called_by_its_first_words(
    account: Account, content: str, name: str
) -> None:
    theirs = scheduled_by_key(account, content)
    browser = account.signed_in()
    for _ in "12":
        browser.open(f"/console/content/{theirs.store_id}?key=k1")
        browser.send("/copy")

    assert {store.name for store in account.stores.stores[ACME, ACCOUNT_KEY].values()} == {name, f"{name} 2"}


@pytest.mark.parametrize("path", ["schedules", "schedules/{id}", "content/{store}", "groups/{store}"])
@pytest.mark.parametrize("key", ["k1", "account", "k2", "K1", "x" * 30, "../k1"])
def test_console_d7_things_of_a_key_are_shown_for_that_key_to_who_reaches_the_account(
    account: Account, path: str, key: str
) -> None:
    theirs = scheduled_by_key(account, "Fire at gate 4")
    address = f"/console/{path.format(id=theirs.id, store=theirs.store_id)}?key={key}"
    owner, manager = account.signed_in(), account.signed_in(SystemRole.MANAGER)
    owner.open(address)
    manager.open(address)

    assert owner.answer.status == (200 if key == "k1" and "groups" not in path else 404)
    assert manager.answer.status == 404


def test_console_d7_no_form_changes_what_a_key_has_scheduled(account: Account) -> None:
    theirs = scheduled_by_key(account, "Fire at gate 4")
    browser = account.signed_in()
    ours = scheduled(account, browser)
    browser.open(f"/console/schedules/{ours.id}")
    (form,) = (form for form in browser.page.forms if "schedules" in form.action)
    for part in ("pause", "cancel", "cancelled"):
        for action in (f"../schedules/{theirs.id}", f"../schedules/{theirs.id}?key=k1"):
            browser.open(f"/console/schedules/{ours.id}")
            browser.submit(replace(form, action=action), ("part", part))
            assert browser.answer.status == 404

    assert next(account.schedules.newest(ACME, ApiKeyId("k1"))) == theirs


def test_triggers_are_listed_with_where_their_words_are_written_and_own_ones_are_ended(account: Account) -> None:
    answer = account.send(
        sms(content="Fire at gate 4"), trigger={"triggers": [{"type": "sms", "keyword": "FIRE", "tag": "t"}]}
    )
    assert answer.status == 200
    (theirs,) = account.triggers.standing.values()
    browser = account.signed_in()
    words = plain(browser.open("/console/triggers").words)
    assert "Fire at gate 4API key k1" in words
    assert f"FIRE by text to {NUMBER}" in words
    assert "0 times" in words
    assert not [form for form in browser.page.forms if form.action == "triggers"]
    assert "Fire at gate 4" not in account.signed_in(SystemRole.MANAGER).open("/console/triggers").words

    account.triggers.standing[ACME, ACCOUNT_KEY, theirs.store_id] = replace(theirs, key_id=ACCOUNT_KEY)
    browser.open("/console/triggers")
    page = browser.answer, browser.path
    for _ in range(2):
        browser.answer, browser.path = page
        browser.send("/console/triggers")
        assert browser.answer.status == 200

    assert [key_id for _, key_id, _ in account.triggers.standing] == ["k1"]
    assert [each for each in actions(account) if each.startswith("trigger")] == ["trigger.ended"]


def test_no_trigger_says_how_one_is_made(account: Account) -> None:
    browser = account.signed_in()

    assert "No word sends an alert yet." in plain(browser.open("/console/triggers").words)
