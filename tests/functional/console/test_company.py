"""Sign-in by a company account or a passkey, by the pages; managed login is a fake that checks PKCE and nonce."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import quote

import pytest

from tests.functional.console.conftest import Account, Browser, plain
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.session import Proof
from tocsin.identity.domain.user import UserState
from tocsin.sign_in.ports.managed_login import Proven


def gone(account: Account, query: str = "") -> Browser:
    """Return a browser that has gone to managed login."""
    browser = account.browser()
    browser.open(f"/console/signin{query}")
    browser.follow("Company account or passkey")
    assert browser.answer.status == 303
    assert browser.answer.headers["Location"].startswith("https://login.example/oauth2/authorize?")
    return browser


def proven(account: Account, browser: Browser, sub: str | None = None, at: datetime | None = None) -> str:
    """Let the account owner prove who they are there; return the path of the callback."""
    who = Proven(sub or account.people[SystemRole.OWNER].sub or "", "accountowner@example.org", at or account.clock())
    code, state = account.login.visit(browser.answer.headers["Location"], who)
    return f"/console/signin/callback?code={code}&state={quote(state)}"


def test_a_person_comes_back_proved_to_the_page_they_came_for(account: Account) -> None:
    browser = gone(account, "?next=users")
    browser.open(proven(account, browser), **{"Sec-Fetch-Site": "cross-site"})

    assert browser.path == "/console/users"
    (session,) = account.sessions.sessions.values()
    assert session.proof is Proof.COMPANY
    assert set(browser.cookies) == {"__Host-tocsin", "__Host-tocsin-known"}


def test_a_callback_is_good_once_and_for_the_browser_that_went_away(account: Account) -> None:
    browser, other = gone(account), gone(account)
    callback = proven(account, browser)
    assert "did not confirm who you are" in plain(other.open(callback).words)
    assert other.answer.status == 422
    kept = dict(browser.cookies)
    browser.open(callback)
    assert browser.path.startswith("/console/alerts")
    browser.cookies = kept
    browser.open(callback)
    assert browser.answer.status == 422
    assert "__Host-tocsin" not in browser.cookies
    assert len(account.sessions.sessions) == 1


@pytest.mark.parametrize("query", ["error=access_denied&error_description=%3Cscript%3Ecanary", "code=x&state=y", ""])
def test_a_refusal_there_is_told_in_our_words_and_the_form_is_ready(account: Account, query: str) -> None:
    browser = gone(account)
    browser.open(f"/console/signin/callback?{query}")
    assert browser.answer.status == 422
    assert "or use your password" in browser.page.words
    assert "canary" not in browser.answer.text
    browser.send("/console/signin", email="accountowner@example.org", password="a long enough sentence")
    assert browser.path.startswith("/console/alerts")


def test_a_callback_that_comes_after_ten_minutes_begins_again(account: Account) -> None:
    browser = gone(account)
    callback = proven(account, browser)
    account.advance(minutes=11)
    assert "That took too long" in browser.open(callback).words


@pytest.mark.parametrize("known", [True, False])
def test_a_proof_makes_no_person_and_enables_none(account: Account, known: bool) -> None:
    if known:
        owner = account.people[SystemRole.OWNER]
        account.directory.add(replace(owner, state=UserState.DISABLED))
    browser = gone(account)
    browser.open(proven(account, browser, None if known else "sub-of-a-stranger"))
    assert browser.answer.status == 422
    assert "Ask your administrator" in browser.page.words
    assert account.sessions.sessions == {}


def test_a_fresh_proof_is_given_there_and_a_session_there_is_none(account: Account) -> None:
    browser = gone(account)
    browser.open(proven(account, browser))
    account.advance(minutes=16)
    browser.open("/console/users/new")
    assert browser.path.startswith("/console/prove")
    assert "password" not in dict(field for form in browser.page.forms for field in form.fields)
    browser.follow("Go on there")
    assert "prompt=login" in browser.answer.headers["Location"]
    browser.open(proven(account, browser, at=account.clock() - timedelta(minutes=16)))
    assert browser.answer.status == 422

    browser.open("/console/users/new")
    browser.follow("Go on there")
    browser.open(proven(account, browser))
    assert browser.path == "/console/users/new"
    assert browser.answer.status == 200


def test_the_sign_out_goes_on_to_managed_login(account: Account) -> None:
    browser = gone(account)
    browser.open(proven(account, browser))
    assert "form-action 'self' https://login.example;" in browser.answer.headers["Content-Security-Policy"]
    browser.send("/console/signout")
    assert browser.answer.headers["Location"] == "https://login.example/logout"
    assert account.sessions.sessions == {}


def test_a_mail_domain_picks_its_provider(account: Account) -> None:
    browser = account.browser()
    browser.open("/console/signin/company?email=ana%40people.example")
    assert "identity_provider=People" in browser.answer.headers["Location"]


def test_no_log_holds_code_or_state(account: Account, caplog: pytest.LogCaptureFixture) -> None:
    browser = gone(account)
    callback = proven(account, browser)
    with caplog.at_level(logging.DEBUG):
        browser.open(callback)
    state = callback.partition("state=")[2]
    assert caplog.records
    assert all("code-1" not in str(vars(record)) and state not in str(vars(record)) for record in caplog.records)
