"""Signing in and out by the pages."""

from __future__ import annotations

import pytest

from tests.fakes.identity_provider import app_code
from tests.functional.console.conftest import PASSWORD, Account, plain
from tocsin.identity.domain.permissions import SystemRole


def test_a_person_signs_in_and_comes_to_their_first_page(account: Account) -> None:
    browser = account.signed_in()

    assert browser.path.startswith("/console/alerts")
    assert "Accountowner" in browser.page.words


@pytest.mark.parametrize(("email", "password"), [("accountowner@example.org", "wrong"), ("no@example.org", PASSWORD)])
def test_a_wrong_password_and_an_unknown_address_read_alike(account: Account, email: str, password: str) -> None:
    browser = account.browser()
    browser.open("/console/signin")
    browser.send("/console/signin", email=email, password=password)

    assert browser.answer.status == 422
    assert "do not fit together" in browser.page.words
    assert "__Host-tocsin" not in browser.cookies


def test_a_page_asks_for_a_sign_in_first_and_comes_back(account: Account) -> None:
    browser = account.browser()
    browser.open("/console/alerts/new")
    assert browser.path == "/console/signin?next=alerts%2Fnew"

    browser.send("/console/signin", email="accountowner@example.org", password=PASSWORD)

    assert browser.path == "/console/alerts/new"


@pytest.mark.parametrize("next", ["https://evil.example", "//evil.example", "/etc", "..%2F..%2Fetc", "\\evil"])
def test_a_sign_in_never_leads_away(account: Account, next: str) -> None:
    browser = account.browser()
    browser.open(f"/console/signin?next={next}")
    browser.send("/console/signin", email="accountowner@example.org", password=PASSWORD)

    assert browser.path.startswith("/console/alerts")


def test_the_code_of_the_app_is_asked_for(account: Account) -> None:
    person = account.provider.people[account.people[SystemRole.OWNER].sub or ""]
    person.mfa, person.secret = True, "JBSWY3DPEHPK3PXP"
    browser = account.browser()
    browser.open("/console/signin")
    browser.send("/console/signin", email=person.email, password=PASSWORD)
    assert browser.path == "/console/signin/code"

    browser.send("/console/signin/code", code="000000")
    assert browser.answer.status == 422
    browser.send("/console/signin/code", code=app_code(person.secret, account.clock()))

    assert browser.path.startswith("/console/alerts")


def test_sign_out_ends_the_session_for_the_cookie_too(account: Account) -> None:
    browser = account.signed_in()
    kept = dict(browser.cookies)
    browser.send("/console/signout")
    assert "You are signed out" in browser.page.words

    browser.cookies = kept
    browser.open("/console/alerts")

    assert browser.path.startswith("/console/signin")


@pytest.mark.parametrize(
    "change",
    [{"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}, {"Origin": "https://evil.example"}],
    ids=str,
)
def test_a_form_of_another_site_does_nothing(account: Account, change: dict[str, str]) -> None:
    browser = account.signed_in()
    browser.open("/console/alerts/new")
    browser.headers = {"Host": "console.example", **change}

    browser.send("/console/signout")

    assert browser.answer.status == 403
    assert "too old" in browser.page.words
    browser.headers = {"Host": "console.example", "Sec-Fetch-Site": "same-origin"}
    assert "New alert" in browser.open("/console/alerts/new").words  # still signed in


def test_a_form_without_the_token_of_this_session_does_nothing(account: Account) -> None:
    other = account.signed_in(SystemRole.ADMIN)
    token = next(value for form in other.page.forms for name, value in form.fields if name == "csrf")
    browser = account.signed_in()

    for csrf in ("", "x", token, None):
        browser.open("/console/alerts/new")
        browser.send("/console/signout", csrf=csrf)
        assert browser.answer.status == 403


def test_a_session_is_over_after_an_hour_without_use_and_what_was_typed_is_not_sent(account: Account) -> None:
    browser = account.signed_in()
    browser.open("/console/alerts/new")
    account.advance(minutes=61)

    browser.send("/console/alerts/new", ("part", "send"), text="hello", receivers="+447700900101", channel="text")

    assert browser.path.startswith("/console/signin")
    assert not account.alerts.alerts


def test_forgotten_password(account: Account) -> None:
    browser = account.browser()
    browser.open("/console/forgot")
    browser.send("/console/forgot", email="accountowner@example.org")
    known = plain(browser.page.words)
    person = next(p for p in account.provider.people.values() if p.email == "accountowner@example.org")
    browser.send("/console/forgot/code", code=person.reset_code, password="another long sentence")
    assert "Your password is changed" in browser.page.words
    browser.send("/console/signin", email="accountowner@example.org", password="another long sentence")
    assert browser.path.startswith("/console/alerts")

    stranger = account.browser()
    stranger.open("/console/forgot")
    stranger.send("/console/forgot", email="nobody@example.org")
    assert plain(stranger.page.words) == known.replace("accountowner@", "nobody@")


def test_cookies_are_for_this_host_and_no_script(account: Account) -> None:
    browser = account.browser()
    browser.open("/console/signin")
    browser.send("/console/signin", email="accountowner@example.org", password=PASSWORD)

    assert set(browser.cookies) == {"__Host-tocsin", "__Host-tocsin-known"}
    # the answer that set them is not the last one, so look at a sign-in page's own
    stranger = account.browser()
    stranger.open("/console/signin")
    (line,) = stranger.answer.cookies
    for word in ("HttpOnly", "Secure", "SameSite=Lax", "Path=/"):
        assert word in line
