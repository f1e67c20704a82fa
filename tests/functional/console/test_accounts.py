"""One person in several accounts, by the pages."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.contract.directory.test_directory import a_user
from tests.fakes.identity_provider import app_code
from tests.functional.console.conftest import ACME, PASSWORD, Account, Browser, plain
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.tenant import Tenant
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.ids import TenantId, UserId

RIVAL = TenantId("rival")
OWNER = "accountowner@example.org"


def added(account: Account, state: UserState = UserState.INVITED) -> User:
    """Let the account Southwater add the owner of Northwater."""
    account.tenants.add(Tenant(RIVAL, "Southwater", account.clock()))
    owner = account.people[SystemRole.OWNER]
    member = replace(a_user("o2", role=SystemRole.USER, state=state, sub=owner.sub, name="Olivia"), tenant=RIVAL)
    member = replace(member, email=owner.email, confirmed_email=state is UserState.ACTIVE)
    account.directory.add(member)
    return member


def in_rival(account: Account) -> User:
    found = account.directory.user(RIVAL, UserId("o2"))
    assert found is not None
    return found


def tenant_of(browser: Browser) -> str:
    return browser.cookies["__Host-tocsin"].partition(".")[0]


def test_an_invitation_by_a_further_account_changes_nothing_until_it_is_accepted(account: Account) -> None:
    before = added(account)
    browser = account.signed_in()
    assert browser.path.startswith("/console/alerts")  # no choice of an account
    assert "Southwater has added you" in plain(browser.page.words)
    assert "Switch account" not in browser.page.words
    assert not [entry for entry in account.directory.trail.entries.values() if entry.tenant == RIVAL]
    browser.follow("Look, and accept or decline")
    assert in_rival(account) == before

    browser.send("/me/accounts", ("accept", RIVAL))

    assert "You are a member now" in browser.page.words
    assert in_rival(account).state is UserState.ACTIVE
    browser.send("/me/accounts", ("switch", RIVAL))
    assert tenant_of(browser) == RIVAL


def test_a_declined_invitation_is_asked_about_no_more(account: Account) -> None:
    added(account)
    browser = account.signed_in()
    browser.open("/console/me/accounts")
    browser.send("/me/accounts", ("decline", RIVAL))

    assert "Declined" in browser.page.words
    assert "Southwater has added you" not in plain(browser.open("/console/alerts").words)
    assert in_rival(account).not_me_at is not None


@pytest.mark.parametrize("act", ["accept", "decline"])
def test_there_is_nothing_to_answer_for_another_account(account: Account, act: str) -> None:
    account.tenants.add(Tenant(RIVAL, "Southwater", account.clock()))
    browser = account.signed_in()
    browser.open("/console/me/accounts")
    browser.send("/me/accounts", (act, RIVAL))
    assert browser.answer.status == 404


def test_with_several_accounts_the_sign_in_asks_which_and_a_menu_switches(account: Account) -> None:
    added(account, UserState.ACTIVE)
    browser = account.browser()
    browser.open("/console/signin")
    browser.send("/console/signin", email=OWNER, password=PASSWORD)
    assert "Which account?" in browser.page.words
    browser.send("/console/signin/account", ("tenant", ACME))
    assert tenant_of(browser) == ACME
    kept = dict(browser.cookies)

    browser.send("/me/accounts", ("switch", RIVAL))

    assert tenant_of(browser) == RIVAL
    assert "Southwater" in browser.page.words
    browser.cookies = kept
    browser.open("/console/alerts")
    assert browser.path.startswith("/console/signin")  # the session before has ended


def test_an_account_that_requires_the_app_asks_for_its_set_up_or_a_code(account: Account) -> None:
    added(account, UserState.ACTIVE)
    account.tenants.require_mfa(RIVAL, required=True)
    browser = account.browser()
    browser.open("/console/signin")
    browser.send("/console/signin", email=OWNER, password=PASSWORD)
    browser.send("/console/signin/account", ("tenant", ACME))
    browser.send("/me/accounts", ("switch", RIVAL))
    assert browser.path.startswith("/console/me/security")
    assert "asks for an authenticator app" in browser.page.words

    browser.send("/console/me/app", password=PASSWORD)
    secret = re.search(r'class="secret">([A-Z2-7]+)<', browser.answer.text)
    assert secret is not None
    browser.send("/console/me/app", code=app_code(secret[1], account.clock()))
    browser.send("/me/accounts", ("switch", RIVAL))
    assert tenant_of(browser) == RIVAL


def test_an_address_that_another_person_has_there_is_told(account: Account) -> None:
    member = added(account)
    account.directory.add(replace(member, email="old@example.org"), replace(member, id=UserId("o3"), sub=None))
    browser = account.signed_in()
    browser.open("/console/me/accounts")
    browser.send("/me/accounts", ("accept", RIVAL))
    assert browser.answer.status == 409
    assert "Tell its administrator" in browser.page.words
