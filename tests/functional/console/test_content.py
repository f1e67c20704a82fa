"""Stored content, and the form of an alert that is filled in by it, by a draft, or by an alert that was sent."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from tests.functional.console.conftest import ACME, Account, Browser, plain
from tests.functional.console.test_alerts import HOSTILE, composed
from tests.functional.console.test_groups import actions, stored
from tocsin.identity.domain.account_key import ACCOUNT_KEY
from tocsin.identity.domain.permissions import SystemRole
from tocsin.kernel.domain.ids import StoreId, TenantId
from tocsin.stored_content.domain.stored_content import ContentType, StoredContent


def made(browser: Browser, **typed: Any) -> str:
    """Make a text, and return its id."""
    browser.open("/console/content/new")
    browser.send("/console/content/new", **{"name": "Pump", "content": "Pump 7 has stopped.", **typed})
    return browser.path.split("/")[-1].split("?")[0]


def store(account: Account, store_id: str) -> StoredContent:
    """Return a store of the account."""
    return account.stores.stores[ACME, ACCOUNT_KEY][StoreId(store_id)]


def typed_in(browser: Browser) -> dict[str, str]:
    """Return the fields of the form of an alert."""
    return next(fields for form in browser.page.forms if "once" in (fields := dict(form.fields)))


def test_a_text_is_made_listed_used_replaced_and_deleted(account: Account) -> None:
    browser = account.signed_in()
    store_id = made(browser)
    assert "Pump" in browser.open("/console/content").words
    assert "never" in browser.page.words
    browser.follow("Use")
    assert typed_in(browser)["text"] == "Pump 7 has stopped."

    browser.open(f"/console/content/{store_id}")
    browser.send(f"/console/content/{store_id}", content="Pump 7 runs again.")
    assert store(account, store_id).content == "Pump 7 runs again."

    browser.follow("Delete")
    browser.send("/delete")
    assert "Pump" not in plain(browser.page.words).split("Stored content", 2)[-1]
    assert [each for each in actions(account) if each.startswith("stored_content")] == [
        "stored_content.created",
        "stored_content.updated",
        "stored_content.deleted",
    ]


def test_content_may_end_when_nobody_uses_it(account: Account) -> None:
    browser = account.signed_in()
    store_id = made(browser, lasts="unused")

    assert store(account, store_id).expires_at is not None
    assert "in 30 d" in browser.open("/console/content").words


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": ""}, "Give it a name."),
        ({"content": " "}, "An sms needs a text."),
        ({"kind": "recipientList", "content": "nobody"}, "neither an E.164 number nor an email address"),
        ({"kind": "alert"}, "Say what it is."),
    ],
)
def test_faults_stand_at_their_fields_and_nothing_is_kept(
    account: Account, typed: dict[str, str], sentence: str
) -> None:
    browser = account.signed_in()
    made(browser, **typed)

    assert browser.answer.status == 422
    assert sentence in browser.page.words
    assert not account.stores.stores.get((ACME, ACCOUNT_KEY))
    assert "stored_content.created" not in actions(account)


def test_two_people_who_replace_the_same_content_do_not_overwrite_each_other(account: Account) -> None:
    first, second = account.signed_in(), account.signed_in(SystemRole.ADMIN)
    store_id = made(first)
    for browser in (first, second):
        browser.open(f"/console/content/{store_id}")
    first.send(f"/console/content/{store_id}", content="First")
    second.send(f"/console/content/{store_id}", content="Second")

    assert second.answer.status == 412
    assert store(account, store_id).content == "First"
    assert actions(account).count("stored_content.updated") == 1
    second.send(f"/console/content/{store_id}")
    assert store(account, store_id).content == "Second"


def test_an_alert_is_kept_once_and_fills_in_the_form_again(account: Account) -> None:
    browser = account.signed_in()
    group = stored(account)
    typed = {
        "title": "Pump 7",
        "text": "Pump 7 has stopped.",
        "group": group,
        "set": "night",
        "receivers": "+447700900105",
        "urgent": "on",
        "sender": "+447700900100",
        "need": "1",
        "after__1": "5",
        "by__1": "text",
        "to__1": "everybody, +447700900102",
        "all_clear": "on",
        "clear_text": "It is over.",
    }
    browser.open("/console/alerts/new")
    browser.send("/console/alerts/new", ("part", "check"), **typed)
    form = browser.answer, browser.path
    for _ in range(2):
        browser.answer, browser.path = form
        browser.send("/console/alerts/new", ("part", "keep"))
        assert "The alert is kept." in browser.page.words
    assert len(account.stores.stores[ACME, ACCOUNT_KEY]) == 2
    assert not account.alerts.alerts

    browser.follow("Use it in an alert")

    shown = typed_in(browser)
    assert "more than the form" not in browser.page.words
    for name in ("title", "text", "group", "set", "receivers", "need", "clear_text"):
        assert shown[name] == typed[name]
    assert (shown["after-1"], shown["to-1"]) == ("5", "everybody, +447700900102")
    assert {"urgent", "all_clear"} <= set(shown)


def test_an_alert_is_kept_under_its_title(account: Account) -> None:
    browser = account.signed_in()
    composed(browser, title="")
    browser.open("/console/alerts/new?draft=1")
    browser.send("/console/alerts/new", ("part", "keep"))

    assert browser.answer.status == 422
    assert "Give it a title" in browser.page.words


def test_an_alert_by_api_that_says_more_than_the_form_is_said_to(account: Account) -> None:
    browser = account.signed_in()
    store_id = stored(account)
    body = {"alert": [{"alertType": "sms", "tag": "t", "content": "Hi", "recipients": ["+447700900101"]}]}
    full = {**body, "escalation": {"steps": [], "stopWhen": {"percent": 50}}}
    there = account.stores.stores[ACME, ACCOUNT_KEY]
    there[StoreId(store_id)] = replace(there[StoreId(store_id)], type=ContentType.ALERT, content=json.dumps(full))
    browser.open(f"/console/alerts/new?content={store_id}")

    assert "This alert says more than the form has fields for." in plain(browser.page.words)
    assert typed_in(browser)["text"] == "Hi"


def test_another_like_an_alert_that_was_sent(account: Account) -> None:
    browser = account.signed_in()
    composed(browser)
    browser.send("/console/alerts/new", ("part", "send"))
    browser.follow("Send another like it")

    shown = typed_in(browser)
    assert (shown["title"], shown["text"]) == ("Pump 7 stopped", "Pump 7 has stopped.")
    assert shown["receivers"] == "+447700900101"
    manager = account.signed_in(SystemRole.MANAGER)
    (alert,) = account.alerts.alerts.values()
    manager.open(f"/console/alerts/new?like={alert.ref}")
    assert manager.answer.status == 404  # it is not theirs


def test_another_like_an_escalation_has_its_receivers_and_steps_and_can_be_sent_at_once(account: Account) -> None:
    browser = account.signed_in()
    group = stored(account)
    steps = {
        "need": "2",
        "after__1": "5",
        "to__1": "Ana",
        "after__2": "60",
        "by__2": "mail",
        "to__2": "ops@example.org",
    }
    composed(browser, group=group, channel=["text", "mail"], mail="It stopped.", all_clear="on", **steps)
    browser.send("/console/alerts/new", ("part", "send"))
    browser.follow("Send another like it")

    shown = typed_in(browser)
    assert shown["receivers"].split() == ["+447700900101", "+447700900102", "ben@example.org"]
    assert (shown["need"], shown["after-1"], shown["to-1"]) == ("2", "5", "Ana")
    assert (shown["after-2"], shown["by-2"], shown["to-2"]) == ("60", "mail", "ops@example.org")
    assert shown["all_clear"] == "on"
    assert "All clear." in shown["clear_text"]
    browser.send("/console/alerts/new", ("part", "confirm"), to__1="+447700900103")
    browser.send("/console/alerts/new", ("part", "send"))
    assert len(account.alerts.alerts) == 2


def test_another_like_an_alert_to_very_many_asks_again_whom_it_goes_to(account: Account) -> None:
    browser = account.signed_in()
    many = "\n".join(f"+4477009{n:05d}" for n in range(1_001))
    composed(browser, receivers=many)
    browser.send("/console/alerts/new", ("part", "send"), typed="1001")
    browser.follow("Send another like it")

    assert typed_in(browser)["receivers"] == ""
    assert "choose again whom it goes to" in browser.page.words


def test_a_draft_is_offered_until_it_is_sent_or_discarded(account: Account) -> None:
    browser = account.signed_in()
    composed(browser, text="Half a thought")
    browser.open("/console/alerts/new")
    assert "did not send it" in plain(browser.page.words)
    assert "did not send it" not in plain(account.signed_in(SystemRole.ADMIN).open("/console/alerts/new").words)
    browser.follow("Go on with it")
    assert typed_in(browser)["text"] == "Half a thought"

    browser.open("/console/alerts/new")
    browser.send("/console/alerts/new", ("part", "discard"))
    assert "did not send it" not in plain(browser.page.words)

    composed(browser)
    browser.send("/console/alerts/new", ("part", "send"))
    assert "did not send it" not in plain(browser.open("/console/alerts/new").words)


def test_a_draft_that_cannot_be_kept_stops_nobody(account: Account) -> None:
    browser = account.signed_in()
    composed(browser)
    account.drafts.kept.clear()
    account.drafts.outage.failing = 2  # once to keep it, once to discard it
    browser.send("/console/alerts/new", ("part", "send"))

    assert len(account.alerts.alerts) == 1


@pytest.mark.parametrize("text", HOSTILE)
def test_what_people_type_is_shown_as_text(account: Account, text: str) -> None:
    browser = account.signed_in()
    store_id = made(browser, name=text.lstrip("\u202e"), content=text)

    for path in ("content", f"content/{store_id}", f"content/{store_id}/rename", f"alerts/new?content={store_id}"):
        browser.open(f"/console/{path}")
        assert browser.answer.status == 200
        assert "<script>alert" not in browser.answer.text
        assert "<img src=x" not in browser.answer.text


@pytest.mark.parametrize("page", ["content/{id}", "content/{id}/delete", "alerts/new?content={id}"])
def test_another_tenants_content_is_not_there(account: Account, page: str) -> None:
    store_id = stored(account, tenant=TenantId("other"))
    browser = account.signed_in()
    browser.open(f"/console/{page.format(id=store_id)}")

    assert browser.answer.status == 404


@pytest.mark.parametrize("page", ["content", "content/new", "content/{id}", "schedules", "schedules/{id}", "triggers"])
def test_who_may_not_send_has_none_of_this(account: Account, page: str) -> None:
    browser = account.signed_in(SystemRole.USER)
    browser.open(f"/console/{page.format(id=stored(account))}")

    assert browser.answer.status == 403
