"""Roles of an account, by the pages."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from tests.functional.console.conftest import ACME, PASSWORD, Account, Browser, plain
from tocsin.directory.domain.things import Kind
from tocsin.identity.domain.permissions import Permission, Reach, SystemRole
from tocsin.identity.domain.role import Role, Scope, ScopeKind, granted
from tocsin.kernel.domain.ids import RoleId

HOSTILE = '"><script>alert(1)</script>'
DESK = "/console/roles/desk"


def own(account: Account) -> list[Role]:
    return [role for role in account.directory.all(ACME, Kind.ROLE) if isinstance(role, Role)]


def entries(account: Account) -> list[tuple[str, dict[str, Any]]]:
    found = account.directory.trail.entries.values()
    return [(entry.action, dict(entry.after)) for entry in found if entry.thing.kind == "role"]


def with_desk(account: Account, *permissions: Permission) -> Role:
    chosen = granted(frozenset(permissions or {Permission.AUDIT}), companies=False)
    role = Role(ACME, RoleId("desk"), "Desk", chosen, version=1)
    account.directory.add(role)
    return role


def made(account: Account, browser: Browser, **typed: Any) -> None:
    browser.open("/console/roles/new")
    browser.send("/console/roles/new", **{"name": "Desk", **typed})


def test_a_role_is_made_once_however_often_the_form_is_sent(account: Account) -> None:
    browser = account.signed_in()
    browser.open("/console/roles/new")
    once = dict(browser.page.forms[1].fields)["once"]
    typed = {"permission": ["alerts.read", "audit.read"], "scope__users": "all", "once": once}
    made(account, browser, **typed)
    made(account, browser, **typed)

    (role,) = own(account)
    assert browser.path.startswith(f"/console/roles/{role.id}")
    assert role.permissions[Permission.AUDIT] is Reach.ALL
    assert role.permissions[Permission.ALERTS_READ] is Reach.ALL
    assert Permission.ALERTS_SEND not in role.permissions
    assert role.scopes[ScopeKind.USERS] is Scope.ALL
    assert role.scopes[ScopeKind.CALL_QUEUES] is Scope.OWN
    assert [action for action, _ in entries(account)] == ["role.created"]


def test_the_form_says_what_each_permission_means(account: Account) -> None:
    words = plain(account.signed_in().open("/console/roles/new").words)

    assert "Manage keys and callbacks" in words
    assert "Change the account's settings" not in words  # of owners and admins only


def test_a_changed_role_keeps_its_people_and_the_change_is_recorded(account: Account) -> None:
    role = with_desk(account)
    account.directory.add(replace(account.people[SystemRole.USER], role=role.id))
    browser = account.signed_in()
    words = plain(browser.open(DESK).words)
    assert "User" in words
    assert "read the audit log" in words

    browser.send("/roles/desk", ("act", "save"), name="Night desk", permission=["alerts.read"])

    assert [(role.name, sorted(role.permissions)) for role in own(account)] == [
        ("Night desk", sorted(granted(frozenset({Permission.ALERTS_READ}), companies=False)))
    ]
    assert entries(account)[-1] == ("role.updated", {"name": "Night desk", "permissions": ["alerts.read"]})


@pytest.mark.parametrize(
    ("typed", "field"), [({"name": " "}, "name"), ({"name": "n" * 201}, "name"), ({"name": "DESK"}, "name")]
)
def test_a_fault_stands_at_its_field_and_what_was_typed_stays(
    account: Account, typed: dict[str, str], field: str
) -> None:
    with_desk(account)
    browser = account.signed_in()
    made(account, browser, **typed, permission=["audit.read"])

    assert browser.answer.status == 422
    assert re.search(rf'name="{field}"[^>]*aria-invalid', browser.answer.text)
    assert ("permission", "audit.read") in browser.page.forms[1].fields
    assert len(own(account)) == 1


def test_nobody_gives_a_permission_that_they_do_not_have(account: Account) -> None:
    clerk = Role(ACME, RoleId("clerk"), "Clerk", {Permission.PEOPLE_MANAGE: Reach.ALL})
    account.directory.add(clerk, replace(account.people[SystemRole.USER], role=clerk.id))
    with_desk(account, Permission.KEYS)
    browser = account.signed_in(SystemRole.USER)
    assert "Manage keys" not in browser.open("/console/roles/new").words
    made(account, browser, name="Mine", permission=["keys.manage"])
    assert browser.answer.status == 422
    assert "that you do not have" in browser.page.words

    words = browser.open(DESK).words
    assert "The role may do more than you" in words
    assert [role.name for role in own(account)] == ["Clerk", "Desk"]


def test_a_role_that_people_have_is_not_deleted(account: Account) -> None:
    role = with_desk(account)
    browser = account.signed_in()
    browser.open(DESK)
    account.directory.add(replace(account.people[SystemRole.USER], role=role.id))
    browser.send("/roles/desk", ("act", "delete"), sure="on")
    assert browser.answer.status == 422
    assert "Give them another one first" in browser.page.words

    account.directory.add(account.people[SystemRole.USER])
    browser.open(DESK)
    browser.send("/roles/desk", ("act", "delete"))
    assert own(account) == [role]
    browser.send("/roles/desk", ("act", "delete"), sure="on")
    assert own(account) == []
    assert [action for action, _ in entries(account)] == ["role.deleted"]


def test_of_two_people_who_change_a_role_the_second_is_told(account: Account) -> None:
    role = with_desk(account)
    browser = account.signed_in()
    browser.open(DESK)
    account.directory.add(replace(role, name="Day desk", version=2))
    browser.send("/roles/desk", ("act", "save"), name="Night desk")

    assert browser.answer.status == 422
    assert "changed meanwhile" in browser.page.words
    browser.send("/roles/desk", ("act", "save"))
    assert [role.name for role in own(account)] == ["Night desk"]


def test_a_system_role_is_shown_and_never_changed(account: Account) -> None:
    browser = account.signed_in()
    words = plain(browser.open("/console/roles/manager").words)

    assert "send, stop and escalate" in words
    assert "cannot be changed" in words
    assert not [form for form in browser.page.forms if form.action.endswith("roles/manager")]


def test_every_change_asks_for_a_fresh_proof_and_keeps_what_was_typed(account: Account) -> None:
    with_desk(account)
    browser = account.signed_in()
    browser.open(DESK)
    account.advance(minutes=16)
    browser.send("/roles/desk", ("act", "save"), name="Night desk")
    assert browser.path.startswith("/console/prove")
    browser.send("/console/prove", password=PASSWORD)
    assert browser.path == DESK

    browser.send("/roles/desk", ("act", "save"))
    assert [role.name for role in own(account)] == ["Night desk"]


@pytest.mark.parametrize("role", [SystemRole.REPORTING])
def test_who_may_only_see_people_changes_no_role(account: Account, role: SystemRole) -> None:
    with_desk(account)
    browser = account.signed_in(role)
    words = browser.open("/console/roles").words
    assert "New role" not in words
    browser.open(DESK)
    assert not [form for form in browser.page.forms if form.action.endswith("roles/desk")]


def test_a_name_is_shown_as_words(account: Account) -> None:
    browser = account.signed_in()
    made(account, browser, name=HOSTILE)
    for path in ("roles", f"roles/{own(account)[0].id}"):
        browser.open(f"/console/{path}")
        assert browser.answer.status == 200
        assert "<script>alert" not in browser.answer.text
