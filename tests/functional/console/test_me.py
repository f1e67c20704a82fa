"""A person's own sign-in, by the pages."""

from __future__ import annotations

import re

import pytest

from tests.fakes.identity_provider import app_code
from tests.functional.console.conftest import PASSWORD, Account, Browser, plain
from tocsin.identity.domain.permissions import SystemRole

NEW = "quite another sentence"


def owner_of(account: Account) -> str:
    return account.people[SystemRole.OWNER].sub or ""


def set_up(account: Account, browser: Browser) -> str:
    """Set up the app; return its secret."""
    browser.open("/console/me/security")
    browser.send("/console/me/app", password=PASSWORD)
    secret = re.search(r'class="secret">([A-Z2-7]+)<', browser.answer.text)
    assert secret is not None
    browser.send("/console/me/app", code=app_code(secret[1], account.clock()))
    return secret[1]


def test_a_new_password_ends_the_other_sessions_and_keeps_this_one(account: Account) -> None:
    other, browser = account.signed_in(), account.signed_in()
    browser.open("/console/me/security")
    browser.send("/console/me/security", present=PASSWORD, password=NEW)

    assert "Your password is changed" in browser.page.words
    assert "Signed in" not in other.open("/console/alerts").words
    assert other.path.startswith("/console/signin")
    assert account.provider.people[owner_of(account)].password == NEW


@pytest.mark.parametrize(("present", "password"), [("wrong", NEW), (PASSWORD, "short")])
def test_a_password_that_cannot_be_changed_is_told_at_its_form(account: Account, present: str, password: str) -> None:
    browser = account.signed_in()
    browser.open("/console/me/security")
    browser.send("/console/me/security", present=present, password=password)

    assert browser.answer.status == 422
    assert account.provider.people[owner_of(account)].password == PASSWORD


def test_the_app_is_set_up_asked_for_and_turned_off(account: Account) -> None:
    browser = account.signed_in()
    secret = set_up(account, browser)
    assert "The authenticator app is on" in browser.page.words

    stranger = account.browser()
    stranger.open("/console/signin")
    stranger.send("/console/signin", email="accountowner@example.org", password=PASSWORD)
    assert stranger.path == "/console/signin/code"

    account.advance(minutes=16)  # the proof is too old now
    browser.open("/console/me/security")
    browser.send("/console/me/app/off")
    assert browser.path.startswith("/console/prove")
    browser.send("/console/prove", password=PASSWORD)
    browser.send("/console/prove", code=app_code(secret, account.clock()))
    assert browser.path == "/console/me/security"
    browser.send("/console/me/app/off")
    assert "The authenticator app is off" in browser.page.words


def test_a_wrong_code_does_not_turn_the_app_on(account: Account) -> None:
    browser = account.signed_in()
    browser.open("/console/me/security")
    browser.send("/console/me/app", password=PASSWORD)
    browser.send("/console/me/app", code="000000")

    assert browser.answer.status == 422
    assert not account.provider.people[owner_of(account)].mfa


def test_a_person_sees_their_devices_and_ends_one(account: Account) -> None:
    phone = account.browser()
    phone.headers["User-Agent"] = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1"
    phone.open("/console/signin")
    phone.send("/console/signin", email="accountowner@example.org", password=PASSWORD)
    browser = account.signed_in()
    words = plain(browser.open("/console/me/sessions").words)
    assert "Safari on iOS" in words
    assert "this one" in words

    found = re.search(r'name="end" value="([0-9a-f]+)"', browser.answer.text)
    assert found is not None
    browser.send("/console/me/sessions", end=found[1])

    assert "Ended." in browser.page.words
    phone.open("/console/alerts")
    assert phone.path.startswith("/console/signin")
    browser.open("/console/me/sessions")
    assert browser.answer.status == 200


def test_a_session_of_another_person_cannot_be_ended(account: Account) -> None:
    other = account.signed_in(SystemRole.ADMIN)
    theirs = next(session.id for session in account.sessions.sessions.values())
    browser = account.signed_in()
    browser.open("/console/me/sessions")
    browser.send("/console/me/sessions", end=theirs)

    assert browser.answer.status == 404
    other.open("/console/alerts")
    assert other.answer.status == 200
    assert not other.path.startswith("/console/signin")


@pytest.mark.parametrize(("chosen", "expected"), [("dark", 'data-theme="dark"'), ("light", 'data-theme="light"')])
def test_the_look_is_chosen(account: Account, chosen: str, expected: str) -> None:
    browser = account.signed_in()
    browser.open("/console/me/security")
    browser.send("/console/me/look", theme=chosen)
    assert expected in browser.answer.text

    browser.send("/console/me/look", theme="")
    assert "data-theme" not in browser.answer.text


@pytest.mark.parametrize("next", ["//evil.example", "https://evil.example", "/\\evil.example", "../../evil", ""])
def test_a_proof_never_leads_away(account: Account, next: str) -> None:
    browser = account.signed_in()
    browser.open("/console/prove")
    browser.send("/console/prove", password=PASSWORD, next=next)

    assert browser.path.startswith("/console/")
    assert "evil" not in browser.path
