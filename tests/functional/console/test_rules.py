"""Alert rules by the pages: lists, a new rule, one rule, its copy, its owner and its end."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.functional.console.conftest import ACME, Account, Browser, plain
from tests.functional.console.rules_desk import made, path, rules_of, with_directory
from tests.functional.console.test_alerts import HOSTILE
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.alert_rules.domain.run import RuleRun, RuleRunState
from tocsin.alert_rules.ports.runs import RunFilter
from tocsin.identity.domain.permissions import Permission, SystemRole
from tocsin.identity.domain.role import Role, Scope, ScopeKind, granted
from tocsin.kernel.domain.ids import RoleId

MAIL = {"to": "ana@example.com", "subject": "Missed call"}


def with_role(account: Account, *permissions: Permission, scopes: tuple[ScopeKind, ...] = ()) -> Browser:
    """Return the browser of the person of role `user`, who has a role of the account's own now."""
    role = Role(ACME, RoleId("desk"), "Desk", granted(frozenset(permissions), companies=False))
    role = replace(role, scopes=dict.fromkeys(scopes, Scope.ALL))
    account.directory.add(role, replace(account.people[SystemRole.USER], role=role.id))
    return account.signed_in(SystemRole.USER)


def told_by(account: Account, browser: Browser, rule: AlertRule, **typed: Any) -> AlertRule:
    """Give a rule a mail."""
    browser.open(path(rule, "notifications", "new") + "?type=email")
    browser.send("/notifications/new", **{**MAIL, **typed})
    return next(each for each in rules_of(account) if each.id == rule.id)


def test_al_1_a_rule_needs_a_name_and_no_description_and_is_made_once(account: Account) -> None:
    browser = account.signed_in()
    browser.open("/console/rules/new")
    once = dict(browser.page.forms[1].fields)["once"]
    browser.send("/console/rules/new", name=" ", description="Kept as typed")

    assert browser.answer.status == 422
    assert re.search(r'name="name"[^>]*aria-invalid', browser.answer.text)
    assert ("description", "Kept as typed") in browser.page.forms[1].fields
    rule = made(account, browser, once=once)
    made(account, browser, once=once)
    assert [each.id for each in rules_of(account)] == [rule.id]
    assert browser.path.startswith(path(rule))
    assert rule.owner == account.people[SystemRole.OWNER].id


def test_al_2_the_type_is_shown_and_there_is_no_field_for_it_afterwards(account: Account) -> None:
    browser = account.signed_in()
    rule = made(account, browser, type="sip")
    page = browser.open(path(rule))

    assert "SIP registration" in page.words
    assert not any(name == "type" for form in page.forms for name, _ in form.fields)


def test_al_3_a_rule_for_another_is_in_all_and_not_in_owned(account: Account) -> None:
    browser = account.signed_in()
    made(account, browser, name="Mine")
    made(account, browser, name="Theirs", owner="manager@example.org")

    owned, all_rules = (browser.open(f"/console/rules?list={name}").words for name in ("owned", "all"))
    assert ("Mine" in owned, "Theirs" in owned) == (True, False)
    assert "Mine" in all_rules
    assert "Manager" in all_rules
    assert "Theirs" in account.signed_in(SystemRole.MANAGER).open("/console/rules").words


def test_al_5_without_the_right_there_is_no_tab_and_the_address_says_who_may(account: Account) -> None:
    rule = made(account, account.signed_in())
    browser = account.signed_in(SystemRole.USER)
    browser.open("/console/rules")
    assert not any("list=all" in href for href, _ in browser.page.links)

    for address in ("/console/rules?list=all", path(rule)):
        words = plain(browser.open(address).words)
        assert browser.answer.status == 403
        assert "account owners, admins and roles with" in words.lower()


def test_al_6_who_sees_all_may_delete_and_not_edit_and_the_menu_says_why(account: Account) -> None:
    rule = told_by(account, browser := account.signed_in(), made(account, browser))
    browser = with_role(account, Permission.RULES_ALL)
    words = plain(browser.open("/console/rules?list=all").words)
    assert "Test, Edit, Switch owner: The owner of the rule, account owners" in words

    page = browser.open(path(rule))
    assert not any("triggers/new" in href for href, _ in page.links)
    browser.open(path(rule, "triggers", "new"))
    assert browser.answer.status == 403
    browser.open(path(rule, "delete"))
    browser.send("/delete")
    assert rules_of(account) == []
    assert rule.name in browser.open("/console/rules?list=deleted").words


@pytest.mark.parametrize("missing", [None, *ScopeKind])
def test_al_7_others_rules_are_edited_with_all_four_data_scopes(account: Account, missing: ScopeKind | None) -> None:
    rule = made(account, account.signed_in())
    scopes = tuple(kind for kind in ScopeKind if kind is not missing)
    browser = with_role(account, Permission.RULES_ALL, scopes=scopes)
    page = browser.open(path(rule))

    assert any("triggers/new" in href for href, _ in page.links) is (missing is None)


def test_al_10_al_11_the_owner_is_switched_and_an_unknown_one_is_told(account: Account) -> None:
    browser = account.signed_in()
    rule = made(account, browser)
    browser.open(path(rule, "owner"))
    browser.send("/owner", owner="none@example.org")
    assert browser.answer.status == 422
    assert "none@example.org" in browser.page.words

    browser.send("/owner", owner="admin@example.org")
    (given,) = rules_of(account)
    assert given.owner == account.people[SystemRole.ADMIN].id
    assert rule.name not in browser.open("/console/rules").words


def test_a_new_owner_who_may_not_use_the_lines_is_confirmed_first(account: Account) -> None:
    browser = with_directory(account).signed_in()
    rule = made(account, browser)
    browser.open(path(rule, "triggers", "new"))
    browser.send("/triggers/new", description="Shared line", lines=["l2"])
    browser.open(path(rule, "owner"))
    browser.send("/owner", owner="user@example.org")

    assert "Shared line" in browser.page.words
    assert rules_of(account)[0].owner == rule.owner
    browser.send("/owner")
    (given,) = rules_of(account)
    assert given.owner == account.people[SystemRole.USER].id
    assert given.triggers[0].out_of_scope
    assert "Stopped: out of scope" in browser.open("/console/rules?list=all").words


def test_al_12_a_copy_is_made_once_and_belongs_to_the_copier(account: Account) -> None:
    browser = account.signed_in()
    rule = told_by(account, browser, made(account, browser))
    browser = account.signed_in(SystemRole.ADMIN)
    browser.open(path(rule, "copy"))
    once = dict(browser.page.forms[1].fields)["once"]
    for _ in range(2):
        account.advance(seconds=1)
        browser.open(path(rule, "copy"))
        browser.send("/copy", once=once)

    _, copy = rules_of(account)
    assert (copy.name, copy.owner) == (rule.name, account.people[SystemRole.ADMIN].id)
    assert copy.actions == rule.actions


def test_name_options_and_switch_are_saved_and_faults_stand_at_their_fields(account: Account) -> None:
    browser = account.signed_in()
    rule = made(account, browser, type="sip")
    options: dict[str, Any] = {"throttle_max": "3", "throttle_per": "15m", "throttle_by": "line", "hold": "2m"}
    browser.open(path(rule))
    browser.send(rule.id, ("act", "save"), name="Phones", enabled=None, digest="1h", urgent="on", **options)
    (saved,) = rules_of(account)
    assert (saved.name, saved.enabled, saved.options.urgent) == ("Phones", False, True)
    assert saved.options.throttle is not None
    assert (saved.options.throttle.most, saved.options.hold) == (3, timedelta(minutes=2))

    browser.send(rule.id, ("act", "save"), name="", throttle_max="many")
    assert browser.answer.status == 422
    for field in ("name", "throttle_max"):
        assert re.search(rf'name="{field}"[^>]*aria-invalid', browser.answer.text)
    assert ("throttle_max", "many") in [field for form in browser.page.forms for field in form.fields]
    browser.open(path(rule))
    browser.send(rule.id, ("act", "save"), throttle_max="", digest="", hold="")
    (saved,) = rules_of(account)
    assert (saved.options.throttle, saved.options.digest, saved.options.hold) == (None, None, None)


def test_of_two_who_edit_the_second_sees_both_and_may_save_again(account: Account) -> None:
    browser, other = account.signed_in(), account.signed_in()
    rule = made(account, browser)
    browser.open(path(rule))
    other.open(path(rule))
    other.send(rule.id, ("act", "save"), name="Theirs")
    browser.send(rule.id, ("act", "save"), name="Mine")

    assert browser.answer.status == 409
    assert re.search("Name Theirs Mine", plain(browser.page.words))
    assert rules_of(account)[0].name == "Theirs"
    browser.send(rule.id, ("act", "save"))
    assert rules_of(account)[0].name == "Mine"


def test_al_16_only_the_selected_notifications_are_turned_off_and_deleted(account: Account) -> None:
    browser = account.signed_in()
    rule = made(account, browser)
    for address in ("ana", "bob", "cem"):
        rule = told_by(account, browser, rule, to=f"{address}@example.com")
    first, second, _ = (action.id for action in rule.actions)
    browser.open(path(rule))
    browser.send(rule.id, ("act", "off"))
    assert browser.answer.status == 422

    browser.send(rule.id, ("act", "off"), selected=[first, second])
    assert [action.enabled for action in rules_of(account)[0].actions] == [False, False, True]
    browser.send(rule.id, ("act", "on"), selected=[second])
    browser.send(rule.id, ("act", "delete"), selected=[first])
    assert [(action.id, action.enabled) for action in rules_of(account)[0].actions[:1]] == [(second, True)]


def test_the_lists_are_searched_and_filtered_and_a_filter_without_a_match_offers_to_go(account: Account) -> None:
    browser = account.signed_in()
    made(account, browser, name="Calls of Sales")
    made(account, browser, name="Phones", type="sip")
    found = browser.open("/console/rules?find=sales").words
    assert ("Calls of Sales" in found, "Phones" in found) == (True, False)
    assert "Calls of Sales" not in browser.open("/console/rules?type=sip").words
    assert "Show all of the list" in browser.open("/console/rules?state=off").words


def test_the_list_counts_the_runs_of_seven_days_and_says_them_in_words(account: Account) -> None:
    browser = account.signed_in()
    rule = made(account, browser)
    for number, days in enumerate((0, 1, 1, 8)):
        at = account.clock() - timedelta(days=days)
        run = RuleRun(tenant=ACME, rule=rule.id, id=f"r{number}", at=at, state=RuleRunState.SENT, event="e",
                      rule_version=1)  # fmt: skip
        account.runs.add(run)
    browser.open("/console/rules")

    assert re.search(r'role="img" aria-label="3 in 7 days: \w+ 2, \w+ 1"', browser.answer.text)


@pytest.mark.parametrize("text", [text for text in HOSTILE if text.isprintable()])
def test_s17_what_people_wrote_is_text_wherever_it_is_shown(account: Account, text: str) -> None:
    browser = with_directory(account).signed_in()
    rule = made(account, browser, name=text, description=text)
    told_by(account, browser, rule, subject=text)
    browser.open(path(rule, "triggers", "new"))
    browser.send("/triggers/new", description=text[:80], tags_typed=text[:64])
    for address in ("/console/rules", path(rule), path(rule, "copy"), path(rule, "owner"), path(rule, "delete")):
        browser.open(address)
        assert browser.answer.status == 200
        assert "<script>alert" not in browser.answer.text
        assert "<img src=x" not in browser.answer.text


@pytest.mark.parametrize("role", list(SystemRole))
def test_the_menu_has_rules_for_those_who_may_own_some(account: Account, role: SystemRole) -> None:
    browser = account.signed_in(role)
    browser.open("/console/me/security")

    assert ("Alert rules" in browser.page.words) is (role is not SystemRole.REPORTING)


def test_al_13_a_test_sends_each_enabled_notification_once_marked_as_a_test(account: Account) -> None:
    browser = account.signed_in()
    rule = told_by(account, browser, made(account, browser))
    rule = told_by(account, browser, rule, to="off@example.com", enabled=None)
    browser.open(path(rule, "test"))
    once = dict(browser.page.forms[1].fields)["once"]
    for _ in range(2):
        browser.open(path(rule, "test"))
        browser.send("/test", once=once)

    (alert,) = account.inside.alerts.values()
    assert [list(message.to) for message in alert.messages] == [["ana@example.com"]]
    (run,) = account.runs.page(ACME, rule.id, RunFilter(), 9, None, account.clock()).runs
    assert run.test
    words = plain(browser.page.words)
    assert "The samples are on their way" in words
    assert words.count("on its way") == 1


def test_a_test_without_an_enabled_notification_says_so(account: Account) -> None:
    browser = account.signed_in()
    rule = made(account, browser)
    browser.open(path(rule, "test"))
    browser.send("/test")

    assert browser.answer.status == 422
    assert account.inside.alerts == {}


@pytest.mark.parametrize("format", ["html", "mht", "svg", "json"])
def test_al_38_al_40_who_sees_a_rule_takes_it_along_as_a_file(account: Account, format: str) -> None:
    rule = made(account, account.signed_in(), name="<b>Calls</b>")
    browser = with_role(account, Permission.RULES_ALL)
    browser.open(path(rule, "export") + f"?format={format}")

    assert browser.answer.status == 200
    assert "<b>Calls" not in browser.answer.text or format in ("mht", "json")
    browser.open(path(rule, "export") + "?format=pdf")
    assert browser.answer.status == 404
