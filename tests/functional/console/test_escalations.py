"""Stored escalations, by the pages."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.functional.console.conftest import ACME, Account, Browser, plain
from tests.functional.console.test_alerts import HOSTILE, composed
from tests.functional.console.test_groups import actions
from tocsin.identity.domain.account_key import ACCOUNT_KEY
from tocsin.identity.domain.permissions import SystemRole
from tocsin.kernel.domain.ids import StoreId
from tocsin.stored_content.domain.stored_content import StoredContent

STEPS = {"need": "2", "after__1": "5", "to__1": "+447700900102", "after__2": "60", "to__2": "+447700900103"}


def kept(account: Account, browser: Browser, **typed: Any) -> StoredContent:
    """Keep an alert with two steps, and return its store."""
    composed(browser, **{**STEPS, "all_clear": "on", **typed})
    browser.send("/console/alerts/new", ("part", "check"))
    browser.send("/console/alerts/new", ("part", "keep"))
    return next(iter(account.stores.stores[ACME, ACCOUNT_KEY].values()))


def changed(account: Account, store: StoredContent, **more: Any) -> None:
    """Replace fields of the body that is stored."""
    body = {**json.loads(store.content), **more}
    account.stores.stores[ACME, ACCOUNT_KEY][store.store_id] = replace(store, content=json.dumps(body))


def test_an_escalation_is_kept_listed_and_shown_with_its_steps(account: Account) -> None:
    browser = account.signed_in()
    assert "No escalation is kept yet." in browser.open("/console/escalations").words
    kept(account, browser)
    words = plain(browser.open("/console/escalations").words)
    assert "Pump 7 stopped 2 people have answered 2: after 5 min, then 1 hour" in words

    browser.follow("Pump 7 stopped")
    words = plain(browser.page.words)
    assert "It ends when 2 people have answered" in words
    assert "At onceby text to +447700900101Pump 7 has stopped." in words
    assert "5 min laterby text to +447700900102" in words
    assert "1 hour laterby text to +447700900103" in words
    assert "to everybody who was told" in words


def test_a_stored_alert_without_steps_is_not_in_the_list(account: Account) -> None:
    browser = account.signed_in()
    composed(browser)
    browser.send("/console/alerts/new", ("part", "check"))
    browser.send("/console/alerts/new", ("part", "keep"))

    assert "No escalation is kept yet." in browser.open("/console/escalations").words


def test_it_is_sent_as_it_is_once_however_often_the_form_is_sent(account: Account) -> None:
    browser = account.signed_in()
    store = kept(account, browser)
    browser.open(f"/console/escalations/{store.store_id}/run")
    assert "Send 1 message to 1 person?" in browser.page.words
    assert "If fewer than 2 have answered" in browser.page.words
    assert not account.alerts.alerts
    confirm = browser.answer, browser.path
    for _ in range(2):
        browser.answer, browser.path = confirm
        browser.send(f"/escalations/{store.store_id}/run")

    (alert,) = account.alerts.alerts.values()
    assert browser.path == f"/console/alerts/{alert.ref}?said=sent"
    assert (alert.headline, alert.sender.name) == ("Pump 7 stopped", "Accountowner")
    (escalation,) = account.escalations.rows.values()
    assert (escalation.steps, escalation.need) == (2, 2)


def test_what_the_form_of_an_alert_has_no_fields_for_is_sent_too(account: Account) -> None:
    browser = account.signed_in()
    store = kept(account, browser)
    body = json.loads(store.content)
    changed(account, store, escalation={**body["escalation"], "giveUpAfter": "3h", "stopWhen": "all"})
    browser.open(f"/console/escalations/{store.store_id}")
    assert "It ends when everybody has answered" in plain(browser.page.words)
    browser.follow("Send it…")
    browser.send(f"/escalations/{store.store_id}/run")

    (escalation,) = account.escalations.rows.values()
    assert escalation.everybody


def test_over_a_hundred_people_the_number_must_be_typed(account: Account) -> None:
    browser = account.signed_in()
    many = "\n".join(f"+4477009{n:05d}" for n in range(101))
    store = kept(account, browser, receivers=many)
    page = f"/escalations/{store.store_id}/run"
    browser.open(f"/console{page}")
    browser.send(page, typed="100")
    assert browser.answer.status == 422
    assert not account.alerts.alerts
    browser.send(page, typed="101")

    assert len(account.alerts.alerts) == 1


def test_what_cannot_be_sent_any_more_says_why(account: Account) -> None:
    browser = account.signed_in()
    store = kept(account, browser)
    changed(account, store, alert=[])
    browser.open(f"/console/escalations/{store.store_id}/run")

    assert browser.answer.status == 422
    assert "It cannot be sent now" in browser.page.words
    assert not account.alerts.alerts


def test_it_waits_for_a_word_and_the_word_stands_among_the_triggers(account: Account) -> None:
    browser = account.signed_in()
    store = kept(account, browser)
    page = f"/escalations/{store.store_id}/arm"
    browser.open(f"/console{page}")
    form = browser.answer, browser.path
    for _ in range(2):
        browser.answer, browser.path = form
        browser.send(page, keyword="PUMP7", every="10", most="3")
        assert browser.path == "/console/triggers?said=armed"

    (trigger,) = account.triggers.of_key(ACME, ACCOUNT_KEY)
    assert [word.keyword for word in trigger.words] == ["PUMP7"]
    assert (trigger.every.total_seconds(), trigger.at_most) == (600, 3)
    assert "PUMP7 in the subject of a mail to" in plain(browser.page.words)
    assert not account.alerts.alerts
    waiting = account.stores.stores[ACME, ACCOUNT_KEY][trigger.store_id]
    assert json.loads(waiting.content) == json.loads(store.content)
    assert actions(account).count("stored_alert.armed") == 1


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"keyword": ""}, "keyword"),
        ({"keyword": "two words"}, "keyword"),
        ({"keyword": "P", "every": "0"}, "every"),
        ({"keyword": "P", "most": "x"}, "most"),
    ],
)
def test_a_fault_stands_at_its_field_and_nothing_waits(account: Account, typed: dict[str, Any], field: str) -> None:
    browser = account.signed_in()
    store = kept(account, browser)
    page = f"/escalations/{store.store_id}/arm"
    browser.open(f"/console{page}")
    browser.send(page, **typed)

    assert browser.answer.status == 422
    assert f'aria-describedby="e-{field} ' in browser.answer.text
    assert not account.triggers.of_key(ACME, ACCOUNT_KEY)


def test_a_word_that_is_taken_is_told_at_its_field(account: Account) -> None:
    browser = account.signed_in()
    store = kept(account, browser)
    page = f"/escalations/{store.store_id}/arm"
    for _ in range(2):
        browser.open(f"/console{page}")
        browser.send(page, keyword="PUMP7")

    assert browser.answer.status == 422
    assert "cancel that trigger first" in browser.page.words
    assert actions(account).count("stored_alert.armed") == 1
    assert 'aria-describedby="e-keyword ' in browser.answer.text


def test_it_is_renamed_and_deleted_from_its_own_page(account: Account) -> None:
    browser = account.signed_in()
    store = kept(account, browser)
    browser.open(f"/console/escalations/{store.store_id}")
    browser.follow("Rename")
    browser.send("/rename", name="Pump 8")
    assert browser.path.startswith(f"/console/escalations/{store.store_id}")
    browser.follow("Delete")
    browser.send("/delete")

    assert browser.path.startswith("/console/escalations")
    assert store.store_id not in account.stores.stores[ACME, ACCOUNT_KEY]
    assert [each for each in actions(account) if each.startswith("stored_alert")] == [
        "stored_alert.created",
        "stored_alert.updated",
        "stored_alert.deleted",
    ]


def test_a_long_list_is_cut_and_goes_on(account: Account) -> None:
    browser = account.signed_in()
    store = kept(account, browser)
    there = account.stores.stores[ACME, ACCOUNT_KEY]
    for number in range(24):
        id = StoreId(f"00000000-0000-7000-8000-0000000000{number:02d}")
        there[id] = replace(store, store_id=id, name=f"Pump {number:02d}")
    browser.open("/console/escalations")
    assert browser.answer.text.partition("<tbody>")[2].count("<tr>") == 20
    browser.follow("More")
    assert browser.answer.text.partition("<tbody>")[2].count("<tr>") == 5


def test_texts_are_shown_as_words(account: Account) -> None:
    browser = account.signed_in()
    store = kept(account, browser, text=HOSTILE, title="<script>alert(1)")
    for path in ("escalations", *(f"escalations/{store.store_id}{more}" for more in ("", "/run", "/arm"))):
        browser.open(f"/console/{path}")
        assert browser.answer.status == 200
        assert "<script>alert" not in browser.answer.text


@pytest.mark.parametrize("path", ["none", "00000000-0000-7000-8000-000000000000"])
def test_what_is_not_there_is_not_found(account: Account, path: str) -> None:
    browser = account.signed_in()
    for more in ("", "/run", "/arm"):
        browser.open(f"/console/escalations/{path}{more}")
        assert browser.answer.status == 404


@pytest.mark.parametrize("role", [SystemRole.MANAGER, SystemRole.USER])
def test_who_may_send_sees_them(account: Account, role: SystemRole) -> None:
    browser = account.signed_in(role)
    browser.open("/console/escalations")
    assert browser.answer.status == (200 if role is SystemRole.MANAGER else 403)


def test_an_escalation_of_the_whole_account_is_not_there_for_a_manager_of_a_company(account: Account) -> None:
    store = kept(account, account.signed_in())
    manager = account.signed_in(SystemRole.MANAGER)
    assert "No escalation is kept yet." in manager.open("/console/escalations").words
    for more in ("", "/run", "/arm"):
        manager.open(f"/console/escalations/{store.store_id}{more}")
        assert manager.answer.status == 404
