"""Telephony events by their pages: who reads which, filters, what one did, and why a rule ran or did not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.functional.console.conftest import ACME, Account, Browser, plain
from tests.functional.console.rules_desk import made, path, rules_of, with_directory
from tests.functional.console.test_alerts import HOSTILE
from tests.functional.console.test_rules import with_role
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.alert_rules.domain.run import RuleRun, RuleRunState, run_id
from tocsin.directory.domain.things import Kind, Line
from tocsin.identity.domain.permissions import Permission, SystemRole
from tocsin.kernel.domain.ids import UserId
from tocsin.personal_notices.domain.notice import NoticeKind, PersonalNotice
from tocsin.personal_notices.domain.notice_run import NoticeRun, NoticeRunWritten, PersonTold
from tocsin.personal_notices.domain.outcomes import NoticeChannel, NoticeOutcome
from tocsin.preferences.domain.settings import NotificationSettings
from tocsin.telephony.domain.acts import ActKind
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.stored_event import StoredEvent


def keep(account: Account, id: str, rules: tuple[AlertRule, ...] = (), **data: Any) -> StoredEvent:
    """Keep a missed call to the line 2001, received now."""
    given: dict[str, Any] = {
        "callId": id, "direction": "incoming", "status": "missed", "durationSeconds": 18, "line": "2001",
        "from": {"number": "+447700900777", "name": "Ana"}, "to": {"number": "+442079460000"}, **data,
    }  # fmt: skip
    type, now = given.pop("type", "call.ended"), account.clock()
    acts = tuple([ActKind.RULE.value, rule.id, rule.version, ["t"]] for rule in rules)
    stored = StoredEvent.new(TelephonyEvent("pbx", id, type, now, now, given), acts, {"traceparent": "00-4bf9"})
    account.events.insert(ACME, [stored])
    return stored


def a_rule(account: Account, browser: Browser, *statuses: str, **typed: Any) -> AlertRule:
    """Make a rule that waits for calls of these statuses on the line 2001."""
    rule = made(account, browser, **typed)
    browser.open(path(rule, "triggers", "new"))
    browser.send("/triggers/new", statuses=list(statuses), lines=["l1"])
    account.advance(seconds=10)  # a rule counts from five seconds after it was made
    return next(each for each in rules_of(account) if each.id == rule.id)


def ran(account: Account, rule: AlertRule, stored: StoredEvent) -> None:
    at = stored.event.received_at
    account.runs.add(
        RuleRun(tenant=ACME, rule=rule.id, id=run_id(rule.id, stored.name, at), at=at, state=RuleRunState.SENT,
                event=stored.name, rule_version=rule.version)
    )  # fmt: skip


def listed(browser: Browser, query: str = "") -> str:
    return plain(browser.open(f"/console/events{query}").words)


def test_the_list_says_when_from_whom_to_whom_and_which_rules_matched(account: Account) -> None:
    with_directory(account)
    browser = account.signed_in()
    rule = a_rule(account, browser, "missed")
    stored = keep(account, "e1", (rule,))
    words = listed(browser)

    assert browser.answer.status == 200
    assert "A call is over incoming, missed" in words
    assert "2001 Hall Ana +447700900777 → to +442079460000 matched Missed sales calls" in words
    assert any(href.endswith(f"events/{stored.name}") for href, _ in browser.page.links)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?type=call.ended", ["e1"]), ("?type=sip.registration", ["e2"]), ("?line=2002", ["e2"]),
        ("?number=%2B447700900777", ["e1"]), ("?number=%2B447700900778", []), ("?to=2026-11-22", []), ("?from=2026-11-23", ["e1", "e2"]),
        ("?to=2026-11-23", ["e1", "e2"]), ("?to=2030-01-01", ["e1", "e2"]),
    ],
)  # fmt: skip
def test_filters_hold_together_and_an_empty_list_leads_on(account: Account, query: str, found: list[str]) -> None:
    with_directory(account)
    browser = account.signed_in()
    registration: dict[str, Any] = {"type": "sip.registration", "line": "2002", "event": "unregistered"}
    events = {"e1": keep(account, "e1"), "e2": keep(account, "e2", (), **registration, **{"from": None, "to": None})}
    words = listed(browser, query)

    assert [id for id in events if f"events/{events[id].name}" in browser.answer.text] == found
    assert found or "No event is like that" in words


def test_a_day_that_is_none_is_told(account: Account) -> None:
    browser = account.signed_in()
    listed(browser, "?from=yesterday&number=1")
    assert browser.answer.status == 422
    assert ("number", "1") in browser.page.forms[1].fields


def test_pages_have_every_event_once(account: Account) -> None:
    browser = account.signed_in()
    events = []
    for n in range(60):
        account.advance(seconds=1)
        events.append(keep(account, f"e{n}"))
    listed(browser, "?type=call.ended")
    texts = [browser.answer.text]
    browser.follow("Older")
    texts.append(browser.answer.text)

    assert [sum(each.name in text for text in texts) for each in events] == [1] * 60


@pytest.mark.parametrize(
    ("role", "seen"),
    [
        (SystemRole.OWNER, ["mine", "none"]), (SystemRole.ADMIN, ["mine", "none"]), (SystemRole.MANAGER, []),
        (SystemRole.QUEUE_MANAGER, []), (SystemRole.USER, ["mine"]),
    ],
)  # fmt: skip
def test_decided_3_20_each_role_reads_events_about_its_things(
    account: Account, role: SystemRole, seen: list[str]
) -> None:
    with_directory(account)
    events = {"mine": keep(account, "mine"), "none": keep(account, "none", line="2099")}
    browser = account.signed_in(role)
    listed(browser)

    assert [id for id in events if events[id].name in browser.answer.text] == seen
    for id, stored in events.items():
        browser.open(f"/console/events/{stored.name}")
        assert browser.answer.status == (200 if id in seen else 403)


def test_who_reads_no_events_sees_no_entry_in_the_menu(account: Account) -> None:
    browser = account.signed_in(SystemRole.REPORTING)
    browser.open("/console/me/security")
    assert "Events" not in browser.page.words
    listed(browser)
    assert browser.answer.status == 403


def test_decided_3_12_the_page_says_all_an_event_did_and_what_it_missed(account: Account) -> None:
    with_directory(account)
    browser = account.signed_in()
    fired, missed = a_rule(account, browser, "missed"), a_rule(account, browser, "busy", name="Busy calls")
    stored = keep(account, "e1", (fired,))
    ran(account, fired, stored)
    words = plain(browser.open(f"/console/events/{stored.name}").words)

    assert browser.answer.status == 200
    assert "The rule fired, and its messages were sent." in words
    assert "Status has missed" in words
    assert "Line has 2001 Hall" in words
    assert "Nearly" in words
    assert "Busy calls Trigger 1 Status wants busy; the event has missed" in words
    assert stored.name in words
    assert '"durationSeconds": 18' in words
    assert "00-4bf9" in words
    browser.follow("All filters")
    assert browser.path.startswith(path(missed, "explain"))
    assert "No trigger matches the event." in browser.page.words


def test_rules_that_the_reader_may_not_see_are_not_named(account: Account) -> None:
    with_directory(account)
    rule = a_rule(account, account.signed_in(), "missed", name="Secret of the owner")
    stored = keep(account, "e1", (rule,))
    browser = account.signed_in(SystemRole.USER)

    assert "Secret of the owner" not in listed(browser)
    browser.open(f"/console/events/{stored.name}")
    assert browser.answer.status == 200
    assert "Secret of the owner" not in browser.page.words
    browser.open(path(rule, "explain") + f"?event={stored.name}")
    assert browser.answer.status == 403


def test_an_event_that_is_gone_is_404(account: Account) -> None:
    browser = account.signed_in()
    stored = keep(account, "e1")
    account.clock.advance(timedelta(days=7))
    browser = account.signed_in()
    browser.open(f"/console/events/{stored.name}")
    assert browser.answer.status == 404


def test_the_page_of_a_rule_explains_an_event_by_its_id(account: Account) -> None:
    with_directory(account)
    browser = account.signed_in()
    rule = a_rule(account, browser, "missed")
    stored = keep(account, "e1", status="answered")
    browser.open(path(rule))
    words = plain(browser.send("/explain", event=stored.name).words)
    assert "No trigger matches the event." in words
    assert "Status wants missed; the event has answered" in words

    browser.open(path(rule))
    words = plain(browser.send("/explain", event="nothing").words)
    assert browser.answer.status == 422
    assert "There is no such event" in words


def test_who_sees_a_rule_and_not_the_event_is_told(account: Account) -> None:
    rule = made(account, account.signed_in())
    stored = keep(account, "e1", line="2099")
    browser = with_role(account, Permission.RULES_ALL)
    browser.open(path(rule, "explain") + f"?event={stored.name}")
    assert browser.answer.status == 422
    assert "You may not read that event" in browser.page.words


@pytest.mark.parametrize("text", HOSTILE)
def test_s17_what_a_caller_or_a_telephone_system_wrote_is_text(account: Account, text: str) -> None:
    browser = account.signed_in()
    rule = a_rule(account, browser, "busy")
    stored = keep(account, "e1", (rule,), line=text, **{"from": {"number": text, "name": text}}, status=text)
    for address in (
        "/console/events",
        f"/console/events/{stored.name}",
        path(rule, "explain") + f"?event={stored.name}",
    ):
        browser.open(address)
        assert browser.answer.status == 200, address
        assert "<script>alert" not in browser.answer.text
        assert "<img src=x" not in browser.answer.text


def test_decided_5_13_the_page_says_who_was_told_and_why_not(account: Account) -> None:
    with_directory(account)
    browser = account.signed_in()
    me = next(each for each in account.directory.all(ACME, Kind.USER))
    account.directory.add(Line(tenant=ACME, id="mine", extension="2077", user=UserId(me.id)))
    stored, off = keep(account, "e1", line="2077"), keep(account, "e2", line="2077")
    notice = PersonalNotice(
        tenant=ACME, kind=NoticeKind.CALL, key="k", at=account.clock(), subject="x", line="x", event=stored.name
    )
    channels = ((NoticeChannel.EMAIL, NoticeOutcome.SENT), (NoticeChannel.TEXT, NoticeOutcome.NO_NUMBER))
    run = NoticeRun(notice, (PersonTold(UserId(me.id), "own line 2077", channels),), account.clock())
    account.notice_runs.write(NoticeRunWritten(run))
    account.preferences.add(NotificationSettings(tenant=ACME, user=UserId(me.id), communication=frozenset(), version=1))

    words = plain(browser.open(f"/console/events/{stored.name}").words)
    assert "Who was told" in words
    assert "own line 2077 Mail Text: there is neither an own number nor a backup phone" in words
    assert "own line 2077 Not told: the switch is off" in plain(browser.open(f"/console/events/{off.name}").words)
