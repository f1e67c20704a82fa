"""The history of a rule by its page, and what became of a test."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.functional.console.conftest import ACME, Account, Browser, plain
from tests.functional.console.rules_desk import made, path
from tests.functional.console.test_alerts import HOSTILE
from tests.functional.console.test_rules import told_by, with_role
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.alert_rules.domain.run import RuleRun, RuleRunState, run_id
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.application.message_outcomes import MessageOutcome
from tocsin.identity.domain.permissions import Permission, SystemRole
from tocsin.kernel.domain.ids import AlertRef
from tocsin.webhooks.domain.callback import RuleOrigin
from tocsin.webhooks.domain.delivery import Attempt, Delivery, DeliveryKey, DeliveryState
from tocsin.webhooks.domain.rule_delivery import rule_delivery

URL = "https://hooks.example.com/in?key=canary-query"


def hook(account: Account, rule: AlertRule, run: str, **more: Any) -> Delivery:
    """Keep a webhook that answered 500 once and is tried again, unless `more` says otherwise."""
    now = account.clock()
    made = rule_delivery(
        ACME, RuleOrigin(rule.id, "n3"), run, endpoint_url=URL, url=URL, body='{"rule": "Missed"}', now=now,
        headers=(("Authorization", "Bearer canary-token"),),
    )  # fmt: skip
    attempts = (Attempt(1, now, status=500),)
    made = replace(made, **{"state": DeliveryState.RETRY_WAIT, "attempts": attempts} | more)
    account.deliveries.rows[DeliveryKey(ACME, made.key.event_id)] = made
    return made


def ran(account: Account, rule: AlertRule, n: int = 0, **more: Any) -> RuleRun:
    """Let a rule run for the n-th event, with a mail that was refused and a webhook that is tried again."""
    event = f"{n:032x}"
    id, at = run_id(rule.id, event, account.clock()), account.clock()
    ref = AlertRef(f"a-{id}")
    account.outcomes[ref] = [
        MessageOutcome(tag="n1", channel=Channel.EMAIL, address=f"ana{n}@example.com", state="undelivered",
                       reason="permanent_bounce", attempts=2, provider_id="0102-3f", accepted_at=at, updated_at=at),
    ]  # fmt: skip
    run = RuleRun(
        tenant=ACME, rule=rule.id, id=id, at=at, state=RuleRunState.SENT, event=event, rule_version=1, alert=ref,
        entities=("Sales queue",), deliveries=(hook(account, rule, id).key.event_id,), **more,
    )  # fmt: skip
    account.runs.add(run)
    return run


def history(browser: Browser, rule: AlertRule, query: str = "") -> str:
    return plain(browser.open(path(rule, "history") + query).words)


def test_al_33_al_36_a_row_says_what_became_of_it_why_and_by_which_call(account: Account) -> None:
    browser = account.signed_in()
    rule = made(account, browser)
    run = ran(account, rule)
    browser.open(path(rule))
    words = plain(browser.follow("History").words)

    assert browser.answer.status == 200
    assert "ana0@example.com failed Permanent bounce." in words
    assert "Service ses Operation SendEmail Attempts 2" in words
    assert '"message_id": "0102-3f"' in words
    assert "Webhook https://hooks.example.com/in waiting" in words
    assert "HTTP status 500" in words
    assert '"Authorization": "•••"' in words
    assert "canary" not in browser.answer.text
    assert "Sales queue" in words
    assert any(href.endswith(f"events/{run.event}") for href, _ in browser.page.links)


@pytest.mark.parametrize(
    ("query", "mails", "hooks"),
    [
        ("?channel=WEBHOOK", 0, 1), ("?channel=EMAIL", 1, 0), ("?channel=SMS", 0, 0), ("?status=FAILED", 1, 0),
        ("?status=PENDING", 0, 1), ("?recipient=ANA0%40example.com", 1, 0), ("?entity=Sales+queue", 1, 1),
        ("?entity=Sales", 0, 0), ("?from=2026-11-24", 0, 0), ("?to=2026-11-22", 0, 0), ("?test=none", 0, 0),
        ("?recipient=https%3A%2F%2Fhooks.example.com%2Fin", 0, 1), ("?line=2001&channel=fax", 1, 1),
    ],
)  # fmt: skip
def test_al_34_al_35_filters_hold_together_and_those_of_other_types_are_not_asked(
    account: Account, query: str, mails: int, hooks: int
) -> None:
    browser = account.signed_in()
    rule = made(account, browser)
    ran(account, rule)
    words = history(browser, rule, query)

    assert (words.count("Operation SendEmail"), words.count("Service https")) == (mails, hooks)
    assert mails or hooks or "Nothing here fits" in words
    assert ("Phone or extension" in words, "Name of a trigger" in words) == (False, True)


def test_al_35_a_rule_about_registrations_is_filtered_by_phone(account: Account) -> None:
    browser = account.signed_in()
    rule = made(account, browser, type="sip")
    ran(account, rule, 1, line="l1")
    ran(account, rule, 2, line="l2")

    words = history(browser, rule, "?line=l2")
    assert ("ana1@" in words, "ana2@" in words) == (False, True)
    assert ("Phone or extension" in words, "Name of a trigger" in words) == (True, False)


def test_a_day_that_is_none_is_told_and_the_rest_stays_typed(account: Account) -> None:
    browser = account.signed_in()
    rule = made(account, browser)
    history(browser, rule, "?from=yesterday&recipient=ana")
    assert browser.answer.status == 422
    assert ("recipient", "ana") in browser.page.forms[1].fields


def test_pages_have_every_run_once_and_keep_the_filter(account: Account) -> None:
    browser = account.signed_in()
    rule = made(account, browser)
    for n in range(30):
        account.advance(seconds=1)
        ran(account, rule, n)
    first = history(browser, rule, "?channel=EMAIL")
    older = plain(browser.follow("Older").words)

    assert [first.count("Service ses"), older.count("Service ses")] == [25, 5]
    assert "Service https" not in older
    assert all(f"ana{n}@example.com" in (first if n > 4 else older) for n in range(30))


@pytest.mark.parametrize("role", list(SystemRole))
def test_al_37_history_is_for_those_who_see_the_rule(account: Account, role: SystemRole) -> None:
    rule = made(account, account.signed_in())
    ran(account, rule)
    browser = account.signed_in(role)
    browser.open(path(rule, "history"))
    assert browser.answer.status == (200 if role in (SystemRole.OWNER, SystemRole.ADMIN) else 403)
    browser.open("/console/rules/none/history")
    assert browser.answer.status == (403 if role is SystemRole.REPORTING else 404)


def test_al_37_a_viewer_reads_the_history_and_may_not_test(account: Account) -> None:
    rule = made(account, account.signed_in())
    ran(account, rule)
    browser = with_role(account, Permission.RULES_ALL)
    assert "ana0@example.com" in history(browser, rule)
    browser.open(path(rule, "test"))
    assert browser.answer.status == 403


def test_al_41_a_deleted_rule_has_its_history_still(account: Account) -> None:
    browser = account.signed_in()
    rule = made(account, browser)
    ran(account, rule)
    browser.open(path(rule, "delete"))
    browser.send("/delete")
    browser.open("/console/rules?list=deleted")
    assert "ana0@example.com" in plain(browser.follow("What it sent").words)
    assert path(rule) not in [browser._resolved(href) for href, _ in browser.page.links]


def test_al_13_the_page_of_a_test_says_what_happened_until_nothing_waits(account: Account) -> None:
    browser = account.signed_in()
    rule = told_by(account, browser, made(account, browser))
    browser.open(path(rule, "test"))
    words = plain(browser.send("/test").words)
    assert words.count("on its way") == 1
    assert 'data-watch="2"' in browser.answer.text

    ((ref, _),) = account.inside.alerts.items()
    at = account.clock()
    account.outcomes[ref] = [
        MessageOutcome(tag=rule.actions[0].id, channel=Channel.EMAIL, address="ana@example.com", state="queued",
                       accepted_at=at, updated_at=at),
    ]  # fmt: skip
    assert "ana@example.com waiting" in plain(browser.follow("Reload").words)
    sent = replace(account.outcomes[ref][0], state="sent", provider_id="0102-3f", attempts=1)
    account.outcomes[ref] = [sent]
    words = plain(browser.follow("Reload").words)
    assert "The test is done" in words
    assert "ana@example.com sent" in words
    assert 'data-watch="0"' in browser.answer.text
    assert "Reload" not in words

    words = plain(browser.follow("The test in the history").words)
    assert words.count("ana@example.com sent") == 1
    assert "Only what the test sent" in words
    assert not any("events/" in href for href, _ in browser.page.links)


def test_a_test_is_not_watched_for_ever(account: Account) -> None:
    browser = account.signed_in()
    rule = told_by(account, browser, made(account, browser))
    browser.open(path(rule, "test"))
    browser.send("/test")
    account.clock.advance(timedelta(minutes=11))
    browser.follow("Reload")
    assert 'data-watch="0"' in browser.answer.text


@pytest.mark.parametrize("text", HOSTILE)
def test_s17_what_others_wrote_is_text_in_the_history(account: Account, text: str) -> None:
    browser = account.signed_in()
    rule = made(account, browser)
    run = ran(account, rule)
    key = (ACME, rule.id, run.id)
    account.runs.runs[key] = replace(run, entities=(text,))
    assert run.alert is not None
    account.outcomes[run.alert] = [replace(account.outcomes[run.alert][0], address=text, reason=text)]
    (delivery,) = account.deliveries.rows.values()
    account.deliveries.rows[delivery.key] = replace(delivery, body=text, attempts=(Attempt(1, run.at, reason=text),))

    history(browser, rule)
    assert browser.answer.status == 200
    assert "<script>alert" not in browser.answer.text
    assert "<img src=x" not in browser.answer.text
