"""Forms that would stop triggers of alert rules list them, and the same form with the button below the list does it."""

from __future__ import annotations

from dataclasses import replace

from tests.functional.console.conftest import ACME, Account, Browser
from tests.functional.console.rules_desk import made, path, rules_of, with_directory
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.directory.domain.things import Kind
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.role import Role, Scope, ScopeKind
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.ids import RoleId


def of_a_line(account: Account, owner: SystemRole, line: str) -> AlertRule:
    """Return a rule of a person about a line."""
    browser = account.signed_in(owner)
    rule = made(account, browser)
    browser.open(path(rule, "triggers", "new"))
    browser.send("/triggers/new", description="Shared line", lines=[line])
    return rules_of(account)[-1]


def is_stopped(account: Account) -> bool:
    (rule,) = rules_of(account)
    return rule.triggers[0].out_of_scope


def listed(browser: Browser, rule: AlertRule) -> bool:
    return f"Alert rule {rule.id}: 1 of its triggers" in browser.page.words and browser.answer.status == 422


def test_decided_3_15_a_person_whose_role_is_narrowed(account: Account) -> None:
    with_directory(account)
    rule = of_a_line(account, SystemRole.ADMIN, "l2")
    browser = account.signed_in()
    browser.open("/console/users/admin")
    browser.send("/users/admin", ("act", "save"), role="user")
    assert listed(browser, rule)
    assert not is_stopped(account)

    browser.send("/users/admin", ("act", "save"))

    admin = account.directory.get(ACME, Kind.USER, "admin")
    assert isinstance(admin, User)
    assert (admin.role, is_stopped(account)) == ("user", True)
    assert {mail.to for mail in account.mails.sent} == {"admin@example.org", "accountowner@example.org"}


def test_decided_3_15_a_person_whose_things_go_to_another(account: Account) -> None:
    """The person has nothing but a rule."""
    with_directory(account)
    rule = of_a_line(account, SystemRole.ADMIN, "l2")
    browser = account.signed_in()
    assert "Alert rules that the person owns, or that name the person: 1" in browser.open("/console/users/admin").words
    browser.send("/users/admin", ("act", "transfer"), to="user@example.org")
    assert listed(browser, rule)

    (form,) = (dict(form.fields) for form in browser.page.forms if "confirm" in dict(form.fields))
    assert form["to"] == "user@example.org"
    browser.send("/users/admin", ("act", "transfer"), to=form["to"], confirm=form["confirm"])

    (given,) = rules_of(account)
    assert (given.owner, is_stopped(account)) == (account.people[SystemRole.USER].id, True)


def test_decided_3_15_a_role_that_is_narrowed(account: Account) -> None:
    with_directory(account)
    desk = Role(ACME, RoleId("desk"), "Desk", {}, dict.fromkeys(ScopeKind, Scope.ALL), version=1)
    account.directory.add(desk)
    rule = of_a_line(account, SystemRole.ADMIN, "l2")
    admin = account.people[SystemRole.ADMIN]
    account.directory.add(replace(admin, role=desk.id))
    browser = account.signed_in()
    browser.open("/console/roles/desk")
    browser.send("/roles/desk", ("act", "save"), **{"scope-users": "own"})
    assert listed(browser, rule)

    browser.send("/roles/desk", ("act", "save"))
    assert is_stopped(account)


def test_decided_3_15_a_line_that_goes_to_another_person(account: Account) -> None:
    with_directory(account)
    rule = of_a_line(account, SystemRole.USER, "l1")
    browser = account.signed_in()
    browser.open("/console/directory/lines/l1")
    browser.send("/directory/lines/l1", user="admin@example.org")
    assert listed(browser, rule)

    browser.send("/directory/lines/l1")
    assert is_stopped(account)
