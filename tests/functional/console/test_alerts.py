"""Write an alert, send it, see what becomes of it, and act on it."""

from __future__ import annotations

import pytest

from tests.functional.console.conftest import Account, Browser, plain
from tocsin.identity.domain.account_key import ACCOUNT_KEY
from tocsin.identity.domain.permissions import SystemRole

HOSTILE = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "\u202eevil", "a" * 80)


def composed(browser: Browser, **typed: str | list[str]) -> None:
    """Write an alert up to the page that asks once more."""
    browser.open("/console/alerts/new")
    values = {"title": "Pump 7 stopped", "text": "Pump 7 has stopped.", "receivers": "+447700900101", "channel": "text"}
    browser.send("/console/alerts/new", ("part", "confirm"), **{**values, **typed})


def test_an_alert_is_written_confirmed_and_sent_by_the_person(account: Account) -> None:
    browser = account.signed_in()
    composed(browser)
    assert "Send 1 message to 1 person?" in browser.page.words
    assert not account.alerts.alerts

    browser.send("/console/alerts/new", ("part", "send"))

    (alert,) = account.alerts.alerts.values()
    assert browser.path == f"/console/alerts/{alert.ref}?said=sent"
    assert alert.key_id == ACCOUNT_KEY
    assert (alert.headline, alert.sender.name) == ("Pump 7 stopped", "Accountowner")
    assert "Pump 7 has stopped." in browser.page.words
    assert "Pump 7 stopped" in browser.open("/console/alerts").words


def test_a_form_that_is_sent_twice_sends_one_alert(account: Account) -> None:
    browser = account.signed_in()
    composed(browser)
    confirm = browser.answer, browser.path

    for _ in range(3):  # double click, Back, Reload
        browser.answer, browser.path = confirm
        browser.send("/console/alerts/new", ("part", "send"))
        assert browser.answer.status == 200

    assert len(account.alerts.alerts) == 1


def test_nothing_is_sent_by_a_form_with_faults_and_what_was_typed_stays(account: Account) -> None:
    browser = account.signed_in()
    composed(browser, receivers="", text="Keep me")

    assert browser.answer.status == 422
    assert "Choose a contact group, or type numbers or addresses." in browser.page.words
    assert ("text", "Keep me") in [typed for form in browser.page.forms for typed in form.fields]
    assert not account.alerts.alerts


@pytest.mark.parametrize("typed", ["", "100", "abc"])
def test_beyond_a_hundred_people_the_number_is_typed(account: Account, typed: str) -> None:
    browser = account.signed_in()
    composed(browser, receivers="\n".join(f"+4477009{n:05}" for n in range(101)))
    browser.send("/console/alerts/new", ("part", "send"), typed=typed)
    assert browser.answer.status == 422
    assert not account.alerts.alerts

    browser.send("/console/alerts/new", ("part", "send"), typed="101")

    assert len(account.alerts.alerts) == 1


def test_the_plan_is_a_part_of_its_own_and_sends_nothing(account: Account) -> None:
    browser = account.signed_in()
    browser.open("/console/alerts/new")
    browser.send("/console/alerts/new", ("part", "plan"), text="Hello", receivers="+447700900101, 1", channel="text")

    assert browser.answer.text.lstrip().startswith("<aside")
    assert "Send 1 message to 1 person" in plain(browser.page.words)
    assert "gets no text" in browser.page.words
    assert not account.alerts.alerts


def test_an_escalation_waits_escalates_and_stops(account: Account) -> None:
    browser = account.signed_in()
    composed(browser, sender="+447700900100", after__1="5", by__1="text", to__1="+447700900102", need="1")
    browser.send("/console/alerts/new", ("part", "send"))
    (first,) = account.alerts.alerts.values()
    assert first.escalation == first.ref
    assert "No person has answered" in plain(browser.page.words)

    ref = first.ref
    browser.send(f"/console/alerts/{ref}/escalate")
    assert "The next step is being sent." in browser.page.words
    browser.open(f"/console/alerts/{ref}/stop")
    browser.send(f"/console/alerts/{ref}/stop")

    assert "Stopped" in browser.page.words
    actions = [entry.action for entry in account.directory.trail.entries.values()]
    assert {"alert.escalated", "alert.stopped"} <= set(actions)


def test_a_person_is_marked_as_having_answered(account: Account) -> None:
    browser = account.signed_in()
    composed(browser)
    browser.send("/console/alerts/new", ("part", "send"))
    browser.follow("Mark as answered")
    (alert,) = account.alerts.alerts.values()

    browser.send("/mark", note="Ana called")

    assert "Marked as answered" in browser.page.words
    assert alert.ref in browser.path


@pytest.mark.parametrize("text", HOSTILE)
def test_what_people_type_is_shown_as_text(account: Account, text: str) -> None:
    browser = account.signed_in()
    composed(browser, title=text.lstrip("\u202e"), text=f"about {text}")  # a title with that mark is refused
    browser.send("/console/alerts/new", ("part", "send"))

    for path in (browser.path, "/console/alerts"):
        browser.open(path)
        assert browser.answer.status == 200
        assert "<script>alert" not in browser.answer.text
        assert "<img src=x" not in browser.answer.text
        assert text.lstrip("\u202e") in browser.page.words  # a title is shown without marks that turn its direction


def test_a_user_sees_only_what_is_their_own(account: Account) -> None:
    owner = account.signed_in()
    composed(owner)
    owner.send("/console/alerts/new", ("part", "send"))
    (alert,) = account.alerts.alerts.values()

    user = account.signed_in(SystemRole.USER)
    assert "Pump 7" not in user.open("/console/alerts").words
    user.open(f"/console/alerts/{alert.ref}")
    assert user.answer.status == 404


@pytest.mark.parametrize("ref", ["none", "01a1ffa6-0000-7000-8000-000000000000", "..", "%2e%2e"])
def test_an_alert_that_is_not_there_is_one_page(account: Account, ref: str) -> None:
    browser = account.signed_in()
    browser.open(f"/console/alerts/{ref}")

    assert browser.answer.status == 404
    assert "There is nothing here" in browser.page.words


def test_a_page_that_watches_answers_304_while_nothing_changes(account: Account) -> None:
    browser = account.signed_in()
    composed(browser)
    browser.send("/console/alerts/new", ("part", "send"))
    (alert,) = account.alerts.alerts.values()

    browser.open(f"/console/alerts/{alert.ref}?part=live")
    assert browser.answer.text.lstrip().startswith('<div class="stack" id="live"')
    assert int(browser.answer.headers["X-Next"]) > 0
    browser.open(f"/console/alerts/{alert.ref}?part=live", **{"If-None-Match": browser.answer.headers["ETag"]})

    assert (browser.answer.status, browser.answer.text) == (304, "")
