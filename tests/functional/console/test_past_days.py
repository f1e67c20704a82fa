"""What a rule would have done with the events of the last seven days: the saved rule, and a trigger before it is saved."""

from __future__ import annotations

from typing import Any

import pytest

from tests.functional.console.conftest import Account, Browser, plain
from tests.functional.console.rules_desk import made, path, rules_of, with_directory
from tests.functional.console.test_events import a_rule, keep
from tests.functional.console.test_rules import with_role
from tocsin.alert_rules.application import run_backtests
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.identity.domain.permissions import Permission, SystemRole


def a_week(account: Account) -> None:
    """Let calls come on three days of the last seven, and one nine days ago."""
    with_directory(account)
    keep(account, "too old")
    week: list[tuple[float, dict[str, Any]]] = [
        (4, {"durationSeconds": 3}), (0.1, {"durationSeconds": 30}), (1, {"status": "busy", "durationSeconds": 30}),
        (3, {"durationSeconds": 40}), (0.1, {"durationSeconds": 50, "line": "2002"}),
    ]  # fmt: skip
    for n, (days, more) in enumerate(week):
        account.advance(days=days)
        keep(account, f"e{n}", **more)


def counted(browser: Browser, rule: AlertRule) -> str:
    browser.open(path(rule))
    words = plain(browser.follow("Count its runs").words)
    assert browser.answer.status == 200, words
    return words[words.index("On your last 7 days") :]


def test_u5_the_page_of_a_rule_says_how_often_it_would_have_run_and_when(account: Account) -> None:
    a_week(account)
    browser = account.signed_in()
    rule = made(account, browser)
    browser.open(path(rule, "triggers", "new"))
    browser.send("/triggers/new", lines=["l1"], statuses=["missed"], duration_min="10", description="Hall")
    words = counted(browser, rule)

    assert "The rule would have run 2 times." in words
    assert ": 1, " in words
    assert words.count(": 0") == 5
    assert "1 more if Status were left empty" in words
    assert "1 more if Duration were left empty" in words
    assert "1 more if Line were left empty" in words
    newest = words[words.index("Newest") :]
    assert newest.count("Hall") == 2
    links = [href for href, _ in browser.page.links if "events/" in href]
    assert [href.rpartition("/")[2] for href in links] == [
        stored.name for id in ("e3", "e1") for stored in account.events.kept.values() if stored.event.id == id
    ]
    assert account.inside.alerts == {}


def test_u5_nothing_is_counted_before_it_is_asked_for(account: Account) -> None:
    a_week(account)
    browser = account.signed_in()
    rule = a_rule(account, browser, "missed")
    assert "would have run" not in plain(browser.open(path(rule)).words)


def test_u5_more_events_than_a_page_looks_through_are_told(account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    a_week(account)
    monkeypatch.setattr(run_backtests, "PREVIEW_EVENTS", 2)
    browser = account.signed_in()
    words = counted(browser, a_rule(account, browser, "missed", "busy"))
    assert "would have run at least 2 times." in words
    assert "There are more events than a page looks through" in words


def test_u5_more_than_one_an_hour_is_warned_of_and_the_first_are_listed(account: Account) -> None:
    with_directory(account)
    browser = account.signed_in()
    rule = a_rule(account, browser, "missed")
    for n in range(200):
        keep(account, f"e{n}")
    account.advance(seconds=1)
    words = counted(browser, rule)

    assert "200 times" in words
    assert "More than one an hour" in words
    assert words.count("Trigger 1") >= 10
    assert "First of them" in words
    assert "Newest" not in words


def test_u5_a_trigger_is_tried_before_it_is_saved(account: Account) -> None:
    a_week(account)
    browser = account.signed_in()
    rule = made(account, browser)
    browser.open(path(rule, "triggers", "new"))
    typed = {"lines": ["l1"], "statuses": ["missed"], "duration_min": "10", "description": "Hall"}
    words = plain(browser.send("/triggers/new", ("act", "try"), **typed).words)

    assert browser.answer.status == 200
    assert "With this trigger, the rule would have run 2 times." in words
    assert ("duration_min", "10") in browser.page.forms[1].fields
    assert rules_of(account)[0].triggers == ()

    browser.send("/triggers/new", ("act", "save"), duration_min="35")
    (trigger,) = rules_of(account)[0].triggers
    browser.open(path(rule, "triggers", trigger.id))
    words = plain(browser.send(trigger.id, ("act", "try"), duration_min="").words)
    assert "would have run 3 times" in words
    assert rules_of(account)[0].triggers == (trigger,)


def test_u5_a_trigger_that_cannot_be_is_told_and_not_tried(account: Account) -> None:
    a_week(account)
    browser = account.signed_in()
    rule = made(account, browser)
    browser.open(path(rule, "triggers", "new"))
    browser.send("/triggers/new", ("act", "try"), lines=["l1"], duration_min="x")
    assert browser.answer.status == 422
    assert "would have run" not in browser.page.words
    browser.send("/triggers/new", ("act", "try"), lines_typed="nowhere", duration_min="")
    assert browser.answer.status == 422


def test_u5_a_person_tries_only_what_their_rules_may_see(account: Account) -> None:
    a_week(account)
    browser = account.signed_in(SystemRole.USER)
    rule = made(account, browser)
    browser.open(path(rule, "triggers", "new"))
    words = plain(browser.send("/triggers/new", ("act", "try"), statuses=["missed"]).words)
    assert "would have run 3 times" in words
    browser.send("/triggers/new", ("act", "try"), lines_typed="2002")
    assert browser.answer.status == 422


def test_u5_who_sees_a_rule_counts_and_others_do_not(account: Account) -> None:
    a_week(account)
    rule = a_rule(account, account.signed_in(), "missed")
    browser = account.signed_in(SystemRole.USER)
    browser.open(path(rule) + "?past=7")
    assert browser.answer.status == 403
    viewer = with_role(account, Permission.RULES_ALL)
    assert "would have run 3 times" in counted(viewer, rule)
    viewer.open(path(rule, "triggers", rule.triggers[0].id))
    assert viewer.answer.status == 403
