"""People and roles, by the pages."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.contract.directory.test_directory import a_user
from tests.functional.console.conftest import ACME, PASSWORD, Account, Browser, plain
from tocsin.contacts.domain.channel import Channel
from tocsin.directory.domain.things import Kind, Line
from tocsin.identity.domain.permissions import Permission, Reach, SystemRole
from tocsin.identity.domain.role import Role
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.ids import RoleId, TenantId, UserId
from tocsin.suppressions.application.suppress import Suppress
from tocsin.suppressions.domain.suppression import SuppressionReason

HOSTILE = '"><script>alert(1)</script>'
BEN = "/console/users/user"


def stands(account: Account, id: str = "user") -> User:
    """Return a person as the directory has them."""
    found = account.directory.user(ACME, UserId(id))
    assert found is not None
    return found


def actions(account: Account) -> list[str]:
    """Return what was done to people, without sign-ins."""
    done = [entry.action for entry in account.directory.trail.entries.values() if entry.thing.kind == "user"]
    return [action for action in done if action not in ("user.signed_in", "user.updated")]


def acted(account: Account, act: str, **typed: Any) -> Browser:
    """Press a button of the page about the person with the role `user`."""
    browser = account.signed_in()
    browser.open(BEN)
    browser.send("/users/user", ("act", act), **typed)
    return browser


def added(account: Account, browser: Browser, **typed: Any) -> None:
    browser.open("/console/users/new")
    browser.send("/console/users/new", **{"name": "Ana Ruiz", "email": "ana@example.org", **typed})


def test_the_list_shows_role_state_last_use_and_the_app(account: Account) -> None:
    account.directory.add(replace(stands(account), mfa=True, state=UserState.DISABLED))
    browser = account.signed_in()
    words = plain(browser.open("/console/users").words)

    assert "user@example.org User Disabled never on" in words
    assert "accountowner@example.org Account owner Active now off" in words
    assert "These are all." in words


def test_a_person_is_added_and_invited_once_however_often_the_form_is_sent(account: Account) -> None:
    browser = account.signed_in()
    browser.open("/console/users/new")
    once = next(value for form in browser.page.forms for name, value in form.fields if name == "once")
    added(account, browser, role="manager", once=once)
    added(account, browser, role="manager", once=once)

    found = [
        user
        for user in account.directory.all(ACME, Kind.USER)
        if isinstance(user, User) and user.email == "ana@example.org"
    ]
    assert [(user.name, user.role, user.state) for user in found] == [("Ana Ruiz", "manager", UserState.INVITED)]
    assert [mail.to for mail in account.mails.sent] == ["ana@example.org"]
    assert "/live/console" in account.mails.sent[0].text
    assert "Password: " in account.mails.sent[0].text
    assert actions(account) == ["user.created", "user.invited"]
    password = account.mails.sent[0].text.partition("Password: ")[2].split()[0]
    assert password not in browser.answer.text


def test_a_person_is_added_without_a_mail_and_invited_later(account: Account) -> None:
    browser = account.signed_in()
    added(account, browser, invite=None)
    assert account.mails.sent == []
    browser.send(browser.path.removeprefix("/console").partition("?")[0], ("act", "invite"))
    assert len(account.mails.sent) == 1
    assert "The invitation is on its way" in browser.page.words


def test_a_person_is_invited_five_times_a_day_at_most(account: Account) -> None:
    browser = account.signed_in()
    added(account, browser)
    for _ in range(5):
        browser.send(browser.path.removeprefix("/console").partition("?")[0], ("act", "invite"))

    assert browser.answer.status == 422
    assert "Try again tomorrow" in browser.page.words
    assert len(account.mails.sent) == 5


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": "ADMIN@example.org"}, "email"),
        ({"name": " "}, "name"),
        ({"role": "emperor"}, "role"),
    ],
)
def test_a_fault_stands_at_its_field_and_what_was_typed_stays(
    account: Account, typed: dict[str, str], field: str
) -> None:
    browser = account.signed_in()
    added(account, browser, **typed)

    assert browser.answer.status == 422
    assert re.search(rf'name="{field}"[^>]*aria-invalid', browser.answer.text)
    assert (actions(account), account.mails.sent) == ([], [])
    if field != "role":
        form = next(
            form for form in browser.page.forms if ("csrf" in dict(form.fields)) and "once" in dict(form.fields)
        )
        assert dict(form.fields)[field].strip() == typed[field].strip()


def test_a_role_is_given_and_the_audit_log_says_so(account: Account) -> None:
    browser = acted(account, "save", role="queue_manager")

    assert stands(account).role == "queue_manager"
    browser.open("/console/audit?action=user.updated")
    assert "Accountowner gave User the role Queue manager" in plain(browser.page.words)


def test_decided_2_1_an_administrator_links_contacts_and_the_audit_log_says_so(account: Account) -> None:
    browser = acted(account, "save", contacts="c-02\r\n\r\n c-01 ")
    assert stands(account).contacts == {"c-01", "c-02"}
    assert "Linked contactsc-01, c-02" in plain(browser.page.words)
    browser.open("/console/audit?action=user.updated")
    assert "Linked contacts" in plain(browser.page.words)
    assert "c-01, c-02" in plain(browser.page.words)

    browser.open(BEN)
    browser.send("/users/user", ("act", "save"), name="Ben")
    assert stands(account).contacts == {"c-01", "c-02"}
    browser.send("/users/user", ("act", "save"), contacts="")
    assert stands(account).contacts == frozenset()


def test_a_contact_that_cannot_be_is_told_at_its_field(account: Account) -> None:
    browser = acted(account, "save", contacts="a,b")
    assert browser.answer.status == 422
    assert 'aria-describedby="e-contacts ' in browser.answer.text
    assert stands(account).contacts == frozenset()


def test_a_form_of_an_older_state_changes_nothing(account: Account) -> None:
    browser = account.signed_in()
    browser.open(BEN)
    changed = replace(stands(account), name="Benjamin", version=stands(account).version + 1)
    account.directory.add(changed)
    browser.send("/users/user", ("act", "save"), name="Ben")

    assert browser.answer.status == 422
    assert "was changed meanwhile" in browser.page.words
    assert stands(account) == changed


def test_a_person_is_disabled_and_enabled_and_their_sessions_end(account: Account) -> None:
    theirs = account.signed_in(SystemRole.USER)
    acted(account, "disable")
    assert stands(account).state is UserState.DISABLED
    theirs.open("/console/alerts")
    assert theirs.path.startswith("/console/signin")

    acted(account, "enable")
    assert stands(account).state is UserState.ACTIVE
    assert actions(account) == ["user.disabled", "user.enabled"]


def test_all_sessions_of_a_person_end(account: Account) -> None:
    theirs = account.signed_in(SystemRole.USER)
    acted(account, "end")
    theirs.open("/console/alerts")

    assert theirs.path.startswith("/console/signin")
    assert stands(account).state is UserState.ACTIVE


def test_who_has_a_line_is_deleted_after_it_has_another_person(account: Account) -> None:
    account.directory.add(Line(tenant=ACME, id="l1", extension="201", user=UserId("user")))
    browser = acted(account, "delete", sure="on")
    assert browser.answer.status == 422
    assert "line 201" in browser.page.words

    browser.send("/users/user", ("act", "transfer"), to="nobody@example.org")
    assert re.search(r'name="to"[^>]*aria-invalid', browser.answer.text)
    browser.send("/users/user", ("act", "transfer"), to="Admin@example.org")
    moved = account.directory.get(ACME, Kind.LINE, "l1")
    assert isinstance(moved, Line)
    assert moved.user == "admin"
    browser.send("/users/user", ("act", "delete"))
    assert "Tick the box first" in browser.page.words
    browser.send("/users/user", ("act", "delete"), sure="on")
    assert browser.path == "/console/users?said=deleted"
    assert account.directory.user(ACME, UserId("user")) is None


@pytest.mark.parametrize("act", ["disable", "delete", "save"])
def test_the_last_owner_stays(account: Account, act: str) -> None:
    browser = account.signed_in()
    browser.open("/console/users/accountowner")
    browser.send("/users/accountowner", ("act", act), role="user", sure="on")

    assert browser.answer.status == 422
    assert "needs an owner" in browser.page.words
    assert (stands(account, "accountowner").role, stands(account, "accountowner").state) == ("account_owner", "active")


def test_an_admin_changes_no_owner_and_makes_none(account: Account) -> None:
    browser = account.signed_in(SystemRole.ADMIN)
    browser.open("/console/users/accountowner")
    assert "Disable" not in browser.page.words
    added(account, browser, role="account_owner")
    assert browser.answer.status == 422
    assert re.search(r'name="role"[^>]*aria-invalid', browser.answer.text)
    assert actions(account) == []


def test_an_admin_who_forges_the_form_disables_no_owner(account: Account) -> None:
    browser = account.signed_in(SystemRole.ADMIN)
    browser.open(BEN)
    csrf = next(value for form in browser.page.forms for name, value in form.fields if name == "csrf")
    browser._go("POST", "/console/users/accountowner", f"csrf={csrf}&act=disable", {})

    assert browser.answer.status == 403
    assert stands(account, "accountowner").state is UserState.ACTIVE


@pytest.mark.parametrize("act", ["save", "disable", "enable", "end", "delete", "invite"])
def test_every_change_asks_for_a_fresh_proof(account: Account, act: str) -> None:
    before = stands(account)
    browser = account.signed_in()
    browser.open(BEN)
    account.advance(minutes=16)
    browser.send("/users/user", ("act", act), name="Benjamin")

    assert browser.path.startswith("/console/prove")
    assert (stands(account), actions(account)) == (before, [])
    browser.send("/console/prove", password=PASSWORD)
    assert browser.path == BEN
    assert "Benjamin" in browser.answer.text


def test_roles_are_listed_with_what_they_may(account: Account) -> None:
    account.directory.add(Role(ACME, RoleId("r1"), "Clerk", {Permission.KEYS: Reach.ALL}))
    browser = account.signed_in()
    words = plain(browser.open("/console/roles").words)

    assert "Clerk your own manage keys and callbacks" in words
    assert "Queue manager" in words


def test_a_person_of_another_account_is_not_there(account: Account) -> None:
    account.directory.add(replace(a_user("eve"), tenant=TenantId("other")))
    browser = account.signed_in()
    browser.open("/console/users/eve")

    assert browser.answer.status == 404


def test_names_are_shown_as_words(account: Account) -> None:
    account.directory.add(
        replace(stands(account), name=HOSTILE, role=RoleId("r1")),
        Role(ACME, RoleId("r1"), HOSTILE, {}),
        Line(tenant=ACME, id="l1", extension=HOSTILE, user=UserId("user")),
    )
    browser = account.signed_in()
    for path in ("users", "users/user", "users/new", "roles"):
        browser.open(f"/console/{path}")
        assert browser.answer.status == 200
        assert "<script>alert" not in browser.answer.text
    assert HOSTILE in browser.page.words


@pytest.mark.parametrize("role", list(SystemRole))
@pytest.mark.parametrize("path", ["users", "users/user", "users/new", "roles"])
def test_who_sees_people_and_who_adds_them(account: Account, role: SystemRole, path: str) -> None:
    browser = account.signed_in(role)
    browser.open(f"/console/{path}")
    manages = role in (SystemRole.OWNER, SystemRole.ADMIN)
    may = manages or (role is SystemRole.REPORTING and path != "users/new")

    assert browser.answer.status == (200 if may else 403)
    assert ("Add a person" in browser.page.words) is (manages and path in ("users", "users/new"))
    assert manages or "csrf" not in browser.answer.text.partition("<main")[2]


@pytest.mark.parametrize(
    ("invited_ago", "reason", "words"),
    [
        (1, SuppressionReason.HARD_BOUNCE, "The mailbox takes no mail"),
        (1, SuppressionReason.COMPLAINT, "reported as spam"),
        (90, None, "No sign-in within 90 days"),
        (89, None, None),
    ],
)
def test_an_invitation_that_leads_nowhere_is_told(
    account: Account, invited_ago: int, reason: SuppressionReason | None, words: str | None
) -> None:
    browser = account.signed_in()
    added(account, browser)
    page = browser.path.partition("?")[0]
    found = account.directory.by_natural_key(ACME, Kind.USER, "ana@example.org")
    assert isinstance(found, User)
    account.directory.add(replace(found, invited_at=account.clock() - timedelta(days=invited_ago)))
    if reason:
        suppress = Suppress(account.suppressions, account.sealer)
        suppress(ACME, Channel.EMAIL, "ana@example.org", reason, account.clock())

    for path in ("/console/users", page):
        shown = plain(browser.open(path).words)
        assert words in shown if words else "90 days" not in shown
    account.directory.add(replace(found, state=UserState.ACTIVE, invited_at=account.clock() - timedelta(days=99)))
    assert words is None or words not in plain(browser.open("/console/users").words)
