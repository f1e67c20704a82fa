"""Callbacks, by the pages."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.functional.console.conftest import ACME, PASSWORD, Account, Browser, plain
from tocsin.egress.domain.callback_url import CallbackEncoding
from tocsin.identity.domain.notification import NotificationMode
from tocsin.identity.domain.permissions import Permission, Reach, SystemRole
from tocsin.identity.domain.role import Role
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, RoleId
from tocsin.webhooks.domain.callback import EndpointKey
from tocsin.webhooks.domain.delivery import Attempt, Delivery, DeliveryKey, DeliveryState
from tocsin.webhooks.domain.endpoint import Endpoint, EndpointState, SigningSecret
from tocsin.webhooks.domain.standard_webhooks import new_secret

K1 = ApiKeyId("k1")
URL = "https://hooks.example.org/in?token=s3cret"
SECRET = new_secret(b"x" * 32)
HOSTILE = "<script>alert(1)</script>"


def endpoint(account: Account, url: str = URL, **more: Any) -> Endpoint:
    name = EndpointKey.of(ACME, K1, url)
    return account.endpoints.add(Endpoint(name, url, (SigningSecret(SECRET),), account.clock(), **more))


def page_of(url: str = URL) -> str:
    return f"/console/callbacks/k1/{EndpointKey.of(ACME, K1, url).hash}"


def stands(account: Account, url: str = URL) -> Endpoint:
    found = account.endpoints.get(EndpointKey.of(ACME, K1, url))
    assert found is not None
    return found


def delivered(account: Account, number: int, state: DeliveryState, *attempts: Attempt, **more: Any) -> Delivery:
    """Add a delivery to the endpoint; the higher the number, the older it is."""
    event = {"eventId": f"evt_{number:032x}", "event": "delivered", "alertees": [HOSTILE]}
    delivery = Delivery(
        key=DeliveryKey(ACME, f"evt_{number:032x}"),
        endpoint=EndpointKey.of(ACME, K1, URL),
        alert=AlertRef("0" * 32),
        url=URL,
        encoding=CallbackEncoding.JSON,
        body=json.dumps(event),
        created_at=account.clock() - timedelta(minutes=number),
        expires_at=account.clock() + timedelta(days=7),
        state=state,
        attempts=attempts,
        **more,
    )
    account.deliveries.add(delivery)
    return delivery


def entries(account: Account) -> list[str]:
    return [entry.action for entry in account.directory.trail.entries.values() if entry.thing.kind == "callback"]


def made(account: Account, browser: Browser, **typed: Any) -> str:
    """Fill in the form of a new callback; return the secret that the answer shows, "" for none."""
    browser.open("/console/callbacks/new")
    browser.send("/console/callbacks/new", **{"key": "k1", "url": URL, **typed})
    found = re.search(r'id="secret">(whsec_[^<]+)<', browser.answer.text)
    return found[1] if found else ""


def rows_of(browser: Browser) -> int:
    return browser.answer.text.partition("<tbody>")[2].count("<tr>")


def test_without_a_callback_the_page_leads_to_the_form(account: Account) -> None:
    browser = account.signed_in()
    assert "No key has a callback address." in browser.open("/console/callbacks").words
    browser.follow("Make the first callback")
    assert browser.path == "/console/callbacks/new"


def test_a_callback_is_made_its_secret_is_shown_once_and_the_key_posts_to_it(account: Account) -> None:
    browser = account.signed_in()
    secret = made(account, browser)

    assert [each.value for each in stands(account).secrets] == [secret]
    key = account.keys.keys[ACME, K1]
    assert (key.callback_url, key.notification) == (URL, NotificationMode.CALLBACK)
    assert entries(account) == ["callback.created"]
    for path in ("/console/callbacks", page_of(), "/console/audit"):
        browser.open(path)
        assert browser.answer.status == 200
        assert secret not in browser.answer.text
        assert "s3cret" not in browser.answer.text
    assert "made the callback hooks.example.org" in plain(browser.page.words)


def test_a_second_click_shows_the_same_secret_and_makes_no_other(account: Account) -> None:
    browser = account.signed_in()
    browser.open("/console/callbacks/new")
    once = dict(browser.page.forms[1].fields)["once"]

    assert made(account, browser, once=once) == made(account, browser, once=once)
    assert len(stands(account).secrets) == 1
    assert entries(account) == ["callback.created"]


def test_without_the_tick_only_calls_that_name_the_address_post_to_it(account: Account) -> None:
    assert made(account, account.signed_in(), default=None)
    assert account.keys.keys[ACME, K1].notification is NotificationMode.POLL


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"url": "http://hooks.example.org"}, "url"),
        ({"url": "https://127.0.0.1/x"}, "url"),
        ({"url": "https://ana:pw@hooks.example.org"}, "url"),
        ({"key": "none"}, "key"),
        ({"key": "account"}, "key"),
    ],
)
def test_a_fault_stands_at_its_field_and_nothing_is_made(account: Account, typed: dict[str, str], field: str) -> None:
    browser = account.signed_in()

    assert made(account, browser, **typed) == ""
    assert browser.answer.status == 422
    assert re.search(rf'name="{field}"[^>]*aria-invalid', browser.answer.text)
    assert (account.endpoints.of_key(ACME, K1), entries(account)) == ([], [])


def test_an_address_that_the_key_has_keeps_its_secret(account: Account) -> None:
    endpoint(account)
    browser = account.signed_in()

    assert made(account, browser) == ""
    assert "has this address already" in browser.page.words
    assert [each.value for each in stands(account).secrets] == [SECRET]


def test_a_new_secret_is_shown_once_and_the_one_before_signs_for_a_day(account: Account) -> None:
    endpoint(account)
    browser = account.signed_in()
    browser.open(page_of())
    browser.send(page_of(), ("act", "rotate"))

    newest, before = stands(account).secrets
    assert newest.value in browser.answer.text
    assert (before.value, before.retires_at) == (SECRET, account.clock() + timedelta(days=1))
    assert entries(account) == ["callback.rotated"]


def test_a_callback_is_turned_off_and_on_again(account: Account) -> None:
    endpoint(account)
    browser = account.signed_in()
    browser.open(page_of())
    browser.send(page_of(), ("act", "disable"))
    assert stands(account).state is EndpointState.DISABLED
    assert "you disabled the endpoint" in browser.page.words
    browser.send(page_of(), ("act", "enable"))

    assert stands(account).state is EndpointState.ENABLED
    assert entries(account) == ["callback.disabled", "callback.enabled"]


def test_a_key_posts_here_or_keeps_its_results_to_be_collected(account: Account) -> None:
    endpoint(account)
    browser = account.signed_in()
    browser.open(page_of())
    browser.send(page_of(), ("act", "default"))
    assert account.keys.keys[ACME, K1].callback_url == URL
    browser.send(page_of(), ("act", "collect"))

    key = account.keys.keys[ACME, K1]
    assert (key.callback_url, key.notification) == (None, NotificationMode.POLL)
    assert entries(account) == ["callback.chosen", "callback.left"]


@pytest.mark.parametrize("act", ["rotate", "disable", "default"])
def test_what_changes_who_gets_results_asks_for_a_fresh_proof(account: Account, act: str) -> None:
    before = endpoint(account)
    browser = account.signed_in()
    browser.open(page_of())
    account.advance(minutes=16)
    browser.send(page_of(), ("act", act))
    assert browser.path.startswith("/console/prove")
    browser.send("/console/prove", password=PASSWORD)

    assert browser.path == page_of()
    assert (stands(account), entries(account)) == (before, [])


def test_a_test_is_sent_once_however_often_it_is_clicked_and_its_page_shows_it(account: Account) -> None:
    endpoint(account)
    browser = account.signed_in()
    for _ in range(2):
        browser.open(page_of())
        browser.send(page_of(), ("act", "test"), once="the same")

    (row,) = account.deliveries.rows.values()
    assert browser.path.split("?")[0] == f"{page_of()}/{row.key.event_id}"
    assert row.is_test
    assert "Event “test”" in browser.page.words
    assert entries(account) == []


def test_after_ten_tests_in_a_minute_the_page_says_when_to_try_again(account: Account) -> None:
    endpoint(account)
    browser = account.signed_in()
    for _ in range(11):
        browser.open(page_of())
        browser.send(page_of(), ("act", "test"))

    assert browser.answer.status == 429
    assert re.search(r"Try again in \d+ seconds", browser.page.words)


def test_the_log_shows_state_attempts_and_answer_and_can_be_filtered(account: Account) -> None:
    endpoint(account)
    at = account.clock()
    delivered(account, 1, DeliveryState.SUCCEEDED, Attempt(1, at, 204, None, 87))
    delivered(account, 2, DeliveryState.RETRY_WAIT, Attempt(1, at, 503, None, 12), retry_step=3, due_at=at)
    delivered(account, 3, DeliveryState.EXHAUSTED, Attempt(1, at, None, "tls_failed", 5))
    browser = account.signed_in()
    words = plain(browser.open(page_of()).words)

    assert re.search(r"delivered status 204 ?after 87 ms 1 ", words)
    assert "is tried again, 3 of 10 done" in words
    assert re.search(r"given up your server's certificate or TLS is not valid ?after 5 ms 1 ", words)
    browser.follow("Failed")
    words = plain(browser.page.words)
    assert "given up" in words
    assert "status 204" not in words


def test_a_filter_looks_beyond_the_first_page(account: Account) -> None:
    endpoint(account)
    for number in range(60):
        delivered(account, number, DeliveryState.SUCCEEDED)
    delivered(account, 99, DeliveryState.EXHAUSTED)
    browser = account.signed_in()
    browser.open(page_of() + "?show=failed")

    assert rows_of(browser) == 1
    browser.open(page_of())
    assert rows_of(browser) == 50
    browser.follow("Older")
    assert rows_of(browser) == 11


def test_a_delivery_shows_each_attempt_what_is_posted_and_what_was_answered(account: Account) -> None:
    endpoint(account)
    one = delivered(account, 1, DeliveryState.EXHAUSTED, Attempt(1, account.clock(), 500, None, 3))
    account.deliveries.keep_answer(one.key, 1, b"<script>alert(1)</script> oops", account.clock() + timedelta(days=7))
    browser = account.signed_in()
    words = browser.open(f"{page_of()}/{one.key.event_id}").words

    assert "oops" in words
    assert "v1,•••" in words
    assert '"event":"delivered"' in words
    assert "<script>alert" not in browser.answer.text
    assert SECRET not in browser.answer.text


def test_one_event_is_sent_again(account: Account) -> None:
    endpoint(account)
    one = delivered(account, 1, DeliveryState.EXHAUSTED)
    browser = account.signed_in()
    page = f"{page_of()}/{one.key.event_id}"
    browser.open(page)
    browser.send(page)

    assert account.deliveries.rows[one.key].state is DeliveryState.PENDING
    assert entries(account) == ["callback.redelivered"]


def test_all_that_failed_is_sent_again_once_and_counted(account: Account) -> None:
    endpoint(account)
    for number in range(150):
        delivered(account, number, DeliveryState.PAUSED if number % 2 else DeliveryState.EXHAUSTED)
    delivered(account, 150, DeliveryState.SUCCEEDED)
    browser = account.signed_in()
    for _ in range(2):
        browser.open(page_of())
        browser.send(page_of(), ("act", "again"), once="the same")
        words = browser.page.words
        assert "150 events are sent again." in words or "sent before" in words

    states = [row.state for row in account.deliveries.rows.values()]
    assert (states.count(DeliveryState.PENDING), states.count(DeliveryState.SUCCEEDED)) == (150, 1)
    assert entries(account) == ["callback.redelivered"]


@pytest.mark.parametrize("path", ["k1/" + "0" * 64, "k1/none", "account/" + "0" * 64, f"{page_of()[19:]}/evt_none"])
def test_what_is_not_there_is_not_found(account: Account, path: str) -> None:
    endpoint(account)
    browser = account.signed_in()
    browser.open(f"/console/callbacks/{path}")
    assert browser.answer.status == 404


def test_the_endpoint_of_another_account_is_not_there(account: Account) -> None:
    account.new_key("other", "theirs")
    name = EndpointKey.of(ACME, ApiKeyId("theirs"), URL)
    account.endpoints.add(Endpoint(replace(name, tenant=name.tenant), URL, (SigningSecret(SECRET),), account.clock()))
    browser = account.signed_in()
    browser.open(f"/console/callbacks/theirs/{name.hash}")

    assert browser.answer.status == 404


def test_who_may_not_read_alerts_sees_no_body(account: Account) -> None:
    clerk = Role(ACME, RoleId("r1"), "Clerk", {Permission.KEYS: Reach.ALL})
    account.directory.add(clerk, replace(account.people[SystemRole.USER], role=clerk.id))
    endpoint(account)
    one = delivered(account, 1, DeliveryState.SUCCEEDED)
    words = account.signed_in(SystemRole.USER).open(f"{page_of()}/{one.key.event_id}").words

    assert "alertees" not in words
    assert "does not read alerts" in words
