"""Triggers and notifications of a rule, by their forms."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.functional.console.conftest import Account, Browser, plain
from tests.functional.console.rules_desk import OURS, made, path, rules_of, with_directory
from tests.functional.console.test_alerts import HOSTILE
from tocsin.alert_rules.domain.actions import EmailAction, SmsAction, WebhookAction
from tocsin.alert_rules.domain.fields import trigger_fields
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.identity.domain.permissions import SystemRole

HOOK: dict[str, Any] = {"url": "https://hooks.example.com/in", "method": "POST"}
BEARER: dict[str, Any] = {"preset-0": "bearer", "secret-0": "canary-token"}


@pytest.fixture
def browser(account: Account) -> Browser:
    return with_directory(account).signed_in()


def filters(account: Account) -> dict[str, Any]:
    (rule,) = rules_of(account)
    (trigger,) = rule.triggers
    found: dict[str, Any] = trigger_fields(trigger)["filters"]
    return found


def new_trigger(browser: Browser, rule: AlertRule, **typed: Any) -> None:
    browser.open(path(rule, "triggers", "new"))
    browser.send("/triggers/new", **typed)


def new_action(browser: Browser, rule: AlertRule, kind: str, **typed: Any) -> None:
    browser.open(path(rule, "notifications", "new") + f"?type={kind}")
    browser.send("/notifications/new", **typed)


def the_hook(account: Account) -> WebhookAction:
    (action,) = rules_of(account)[0].actions
    assert isinstance(action, WebhookAction)
    return action


def test_a_call_trigger_takes_every_filter_and_shows_it_again(account: Account, browser: Browser) -> None:
    rule = made(account, browser)
    hours = {"from-0": "08:00", "to-0": "18:00", "days-0": ["mon", "tue"], "from-1": "22:00", "to-1": "24:00"}
    typed = {
        "lines": ["l1"], "lines_typed": "2002", "groups": ["g1"], "numbers": [OURS], "numbers_typed": "+447700900123",
        "directions": ["incoming"], "not_answered": "on", "tags_typed": "VIP, Gold", "duration_min": "5", **hours,
    }  # fmt: skip
    new_trigger(browser, rule, description="Office hours", **typed)
    expected = {
        "lines": ["l1", "l2"],
        "numbers": [OURS, "+447700900123"],
        "groups": ["g1"],
        "directions": ["incoming"],
        "statuses": ["abandoned", "missed", "voicemail"],
        "tags": ["gold", "vip"],
        "duration": {"min": 5},
        "time_of_day": [{"from": "08:00", "to": "18:00", "days": ["mon", "tue"]}, {"from": "22:00", "to": "24:00"}],
    }
    assert filters(account) == expected
    words = plain(browser.open(path(rule)).words)
    assert "and Group Queue Sales" in words
    assert "08:00–18:00 on Mon, Tue or 22:00–24:00" in words

    trigger = rules_of(account)[0].triggers[0].id
    browser.open(path(rule, "triggers", trigger))
    browser.send(trigger)  # as it stands: nothing is lost and nothing is added
    assert filters(account) == expected
    assert rules_of(account)[0].version == 2


def test_a_filter_that_is_emptied_is_removed(account: Account, browser: Browser) -> None:
    rule = made(account, browser)
    new_trigger(browser, rule, statuses=["missed"], duration_min="5", duration_max="9", **{"from-0": "1:00"})
    assert browser.answer.status == 422
    new_trigger(browser, rule, statuses=["missed"], duration_min="5", duration_max="9", tags_typed="vip")
    trigger = rules_of(account)[0].triggers[0].id
    browser.open(path(rule, "triggers", trigger))
    browser.send(trigger, statuses=None, duration_min="", tags_typed="")

    assert filters(account) == {"duration": {"max": 9}}


def test_al_30_a_sip_trigger_needs_lines_and_events_and_keeps_what_was_typed(
    account: Account, browser: Browser
) -> None:
    rule = made(account, browser, type="sip")
    new_trigger(browser, rule, description="Phones", events=["unregistered"])
    assert browser.answer.status == 422
    assert 'id="e-lines' in browser.answer.text
    fields = next(form.fields for form in browser.page.forms if form.action.endswith("new"))
    assert {("description", "Phones"), ("events", "unregistered")} <= set(fields)

    browser.send("/triggers/new", lines=["l1", "l2"])
    assert filters(account) == {"lines": ["l1", "l2"], "events": ["unregistered"]}


def test_al_31_a_trigger_of_texts_has_people_direction_and_a_part_of_the_text(
    account: Account, browser: Browser
) -> None:
    rule = made(account, browser, type="sms")
    new_trigger(browser, rule, users=["user"], directions=["incoming"], contains=" Help ")

    assert filters(account) == {"users": ["user"], "directions": ["incoming"], "contains": "help"}


def test_lines_that_events_made_known_can_be_ticked_and_unknown_ones_are_told(
    account: Account, browser: Browser
) -> None:
    rule = made(account, browser)
    browser.open(path(rule, "triggers", "new"))
    assert "2002 (seen in events)" in browser.page.words

    browser.send("/triggers/new", lines_typed="9999", duration_min="9", duration_max="5")
    assert browser.answer.status == 422
    assert "Longest: must not be less than" in browser.page.words
    browser.send("/triggers/new", duration_max="")
    assert browser.answer.status == 422
    assert "no such lines in the directory" in browser.page.words
    assert ("lines_typed", "9999") in [field for form in browser.page.forms for field in form.fields]


def test_a_person_is_offered_only_what_their_rules_may_see(account: Account) -> None:
    browser = with_directory(account).signed_in(SystemRole.USER)
    rule = made(account, browser)
    words = browser.open(path(rule, "triggers", "new")).words
    assert ("2001 Hall" in words, "2002" in words) == (True, False)

    browser.send("/triggers/new", lines_typed="2002")
    assert browser.answer.status == 422
    assert "outside the data scopes" in browser.page.words
    assert rules_of(account)[0].triggers == ()


def test_a_trigger_that_others_changed_meanwhile_is_shown_beside_what_was_typed(
    account: Account, browser: Browser
) -> None:
    rule = made(account, browser)
    new_trigger(browser, rule, description="One")
    trigger = rules_of(account)[0].triggers[0].id
    other = account.signed_in()
    browser.open(path(rule, "triggers", trigger))
    other.open(path(rule, "triggers", trigger))
    other.send(trigger, description="Two")
    browser.send(trigger, description="Three")

    assert browser.answer.status == 409
    assert "Name of the trigger Two Three" in plain(browser.page.words)
    browser.send(trigger)
    assert rules_of(account)[0].triggers[0].description == "Three"
    browser.open(path(rule, "triggers", trigger))
    browser.send(trigger, ("act", "delete"))
    assert rules_of(account)[0].triggers == ()


def test_al_17_a_mail_needs_receiver_and_subject(account: Account, browser: Browser) -> None:
    rule = made(account, browser)
    new_action(browser, rule, "email", to="", subject="", body="Kept")
    assert browser.answer.status == 422
    for field in ("to", "subject"):
        assert re.search(rf'name="{field}"[^>]*aria-invalid', browser.answer.text)

    browser.send("/notifications/new", to="ana@example.com", subject="Missed %%CALLER_NUMBER%%", enabled=None)
    (action,) = rules_of(account)[0].actions
    assert isinstance(action, EmailAction)
    assert (action.to, action.body, action.enabled) == ("ana@example.com", "Kept", False)


def test_al_18_texts_go_from_a_number_of_the_account_to_several(account: Account, browser: Browser) -> None:
    rule = made(account, browser)
    new_action(browser, rule, "sms", to="+447700900123\n+447700900124")
    (action,) = rules_of(account)[0].actions
    assert isinstance(action, SmsAction)
    assert (action.sender, action.to) == (OURS, ("+447700900123", "+447700900124"))
    browser.open(path(rule, "notifications", action.id))
    assert "As saved: 1 part a text, about $0.09 each time the rule fires." in browser.page.words

    new_action(browser, rule, "sms", to="", **{"from": "+447700900999"})
    assert browser.answer.status == 422
    assert re.search(r'name="to"[^>]*aria-invalid', browser.answer.text)


def test_al_20_values_of_headers_are_written_and_never_shown(account: Account, browser: Browser) -> None:
    rule = made(account, browser)
    custom = {"preset-1": "custom", "name-1": "X-Desk", "secret-1": "canary-desk"}
    new_action(browser, rule, "webhook", **HOOK, **BEARER, **custom)
    action = the_hook(account)
    assert [header.header_value() for header in action.headers] == ["Bearer canary-token", "canary-desk"]

    browser.open(path(rule, "notifications", action.id))
    assert "canary" not in browser.answer.text
    assert "stays if empty" in browser.answer.text
    changed: dict[str, Any] = {"preset-1": "", "secret-0": "new-token"}
    browser.send(action.id, **changed)
    assert [header.header_value() for header in the_hook(account).headers] == ["Bearer new-token"]
    browser.open(path(rule, "notifications", action.id))
    browser.send(action.id, method="PUT")
    assert [header.header_value() for header in the_hook(account).headers] == ["Bearer new-token"]


def test_another_host_clears_the_values_and_says_so(account: Account, browser: Browser) -> None:
    rule = made(account, browser)
    new_action(browser, rule, "webhook", **HOOK, **BEARER)
    action = the_hook(account).id
    browser.open(path(rule, "notifications", action))
    browser.send(action, url="https://elsewhere.example.com/in")

    assert "the values of headers are gone" in browser.page.words
    assert (the_hook(account).enabled, the_hook(account).secret_missing) == (False, ["Authorization"])
    assert "Authorization has no value" in plain(browser.open(path(rule, "notifications", action)).words)


def test_a_fault_of_a_webhook_shows_no_secret_that_was_typed(account: Account, browser: Browser) -> None:
    rule = made(account, browser)
    double = {"preset-1": "basic", "username-1": "tocsin", "secret-1": "canary-word"}
    new_action(browser, rule, "webhook", **HOOK, **BEARER, **double)

    assert browser.answer.status == 422
    assert "second header of this name" in browser.page.words
    assert "canary" not in browser.answer.text
    assert ("username-1", "tocsin") in [field for form in browser.page.forms for field in form.fields]


@pytest.mark.parametrize("url", ["https://10.0.0.1/in", "https://localhost/in", "http://hooks.example.com/in"])
def test_al_21_an_address_that_cannot_be_called_is_told_at_its_field(
    account: Account, browser: Browser, url: str
) -> None:
    new_action(browser, made(account, browser), "webhook", url=url, method="POST")

    assert browser.answer.status == 422
    assert re.search(r'name="url"[^>]*aria-invalid', browser.answer.text)


def test_al_22_the_example_follows_method_headers_and_type(account: Account, browser: Browser) -> None:
    rule = made(account, browser)
    new_action(browser, rule, "webhook", **HOOK, **BEARER)
    action = the_hook(account).id
    words = browser.open(path(rule, "notifications", action)).words
    assert "POST https://hooks.example.com/in" in words
    assert "Authorization: Bearer •••" in words
    assert '"alertType": "call"' in words

    changed: dict[str, Any] = {"method": "GET", "preset-0": ""}
    browser.send(action, ("part", "plan"), **changed)
    assert browser.answer.text.lstrip().startswith("<section")
    assert "GET https://hooks.example.com/in?eventId=" in browser.page.words
    assert "Authorization" not in browser.page.words
    assert the_hook(account).method == "POST"


@pytest.mark.parametrize("text", [text for text in HOSTILE if text.isprintable()])
def test_s17_what_was_typed_into_a_part_is_text(account: Account, browser: Browser, text: str) -> None:
    rule = made(account, browser)
    new_trigger(browser, rule, description=text, tags_typed=text[:64], **{"from-0": text[:5]})
    assert browser.answer.status == 422
    new_trigger(browser, rule, description=text, tags_typed=text[:64])
    new_action(browser, rule, "email", to="ana@example.com", subject=text, body=text)
    new_action(browser, rule, "webhook", url=text, method=text, **{"preset-0": "custom", "name-0": text})
    assert browser.answer.status == 422
    kept = browser.answer.text
    (saved,) = rules_of(account)
    for address in (path(rule), path(rule, "triggers", saved.triggers[0].id),
                    path(rule, "notifications", saved.actions[0].id)):  # fmt: skip
        browser.open(address)
        kept += browser.answer.text
    assert "<script>alert" not in kept
    assert "<img src=x" not in kept


def test_a_part_that_is_not_there_and_a_kind_that_is_unknown_are_404(account: Account, browser: Browser) -> None:
    rule = made(account, browser)
    for address in (path(rule, "triggers", "none"), path(rule, "notifications", "none"),
                    path(rule, "notifications", "new") + "?type=fax", "/console/rules/none"):  # fmt: skip
        browser.open(address)
        assert browser.answer.status == 404, address
