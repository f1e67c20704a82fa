"""A new address of one's own, and the reset of a lost authenticator app, by the pages."""

from __future__ import annotations

import logging
import re
from dataclasses import replace

import pytest

from tests.functional.console.conftest import ACME, PASSWORD, Account, Browser, plain
from tests.functional.console.test_me import owner_of
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.user import User

OLD, NEW = "accountowner@example.org", "olivia@example.org"


def owner(account: Account) -> User:
    found = account.directory.user(ACME, account.people[SystemRole.OWNER].id)
    assert found is not None
    return found


def asked(account: Account, browser: Browser, email: str = NEW) -> str:
    """Ask for a new address; return the path of the link in the mail."""
    browser.open("/console/me/security")
    browser.send("/me/address", email=email)
    found = re.search(r"https://\S+?(/console/me/address\?token=\S+)", account.mails.sent[-1].text)
    assert found is not None
    return found[1]


def test_a_new_address_holds_after_its_link_and_a_button_and_the_old_one_is_told(account: Account) -> None:
    browser = account.signed_in()
    path = asked(account, browser)
    assert account.mails.sent[-1].to == NEW
    assert f"A mail went to {NEW}" in plain(browser.page.words)
    for _ in range(2):
        assert NEW in browser.open(path).words
    assert (owner(account).email, account.provider.people[owner_of(account)].email) == (OLD, OLD)

    browser.send("/me/address")

    assert "You sign in with the new address" in browser.page.words
    assert (owner(account).email, owner(account).confirmed_email) == (NEW, True)
    assert account.provider.people[owner_of(account)].email == NEW
    assert [mail.to for mail in account.mails.sent[1:]] == [OLD, NEW]
    assert "This link is over" in browser.open(path).words


def test_the_link_asks_for_a_sign_in_first_and_is_of_no_use_to_another_person(account: Account) -> None:
    path = asked(account, account.signed_in())
    stranger = account.signed_in(SystemRole.ADMIN)
    assert "This link is over" in stranger.open(path).words
    assert stranger.answer.status == 404

    elsewhere = account.browser()
    elsewhere.open(path)
    assert elsewhere.path.startswith("/console/signin?next=me%2Faddress%3Ftoken%3D")
    elsewhere.send("/console/signin", email=OLD, password=PASSWORD)
    elsewhere.send("/me/address")
    assert owner(account).email == NEW


@pytest.mark.parametrize("change", ["later", "asked again", "altered"])
def test_a_link_is_good_for_a_day_and_for_what_is_wanted_now(account: Account, change: str) -> None:
    browser = account.signed_in()
    path = asked(account, browser)
    if change == "later":
        account.advance(hours=24)
        browser = account.signed_in()
    elif change == "asked again":
        account.advance(seconds=1)
        asked(account, browser, "another@example.org")
    else:
        path = path[:-1] + ("0" if path[-1] != "0" else "1")
    browser.open(path)
    assert browser.answer.status == 404
    assert owner(account).email == OLD


@pytest.mark.parametrize("taken", ["here", "elsewhere"])
def test_an_address_that_another_person_has_stays_theirs(account: Account, taken: str) -> None:
    browser = account.signed_in()
    if taken == "elsewhere":
        account.provider.invite(NEW, PASSWORD)
    browser.open(asked(account, browser, NEW if taken == "elsewhere" else "admin@example.org"))
    browser.send("/me/address")
    assert browser.answer.status == 409
    assert "Another person signs in with this address" in browser.page.words
    assert owner(account).email == OLD


def test_an_address_is_asked_for_with_a_fresh_proof_only(account: Account) -> None:
    browser = account.signed_in()
    account.advance(minutes=16)
    browser.open("/console/me/security")
    browser.send("/me/address", email=NEW)
    assert browser.path.startswith("/console/prove")
    assert account.mails.sent == []


def test_what_is_no_address_is_told_at_its_field(account: Account) -> None:
    browser = account.signed_in()
    browser.open("/console/me/security")
    browser.send("/me/address", email="nobody")
    assert browser.answer.status == 422
    assert "That is not an email address" in browser.page.words


def test_no_log_holds_the_token_of_the_link(account: Account, caplog: pytest.LogCaptureFixture) -> None:
    browser = account.signed_in()
    with caplog.at_level(logging.DEBUG):
        path = asked(account, browser)
        browser.open(path)
        browser.send("/me/address")
    token = path.partition("token=")[2]
    assert caplog.records
    assert all(token not in str(vars(record)) and NEW not in str(vars(record)) for record in caplog.records)


def test_a_lost_app_is_turned_off_on_the_persons_page(account: Account) -> None:
    browser = account.signed_in(SystemRole.ADMIN)
    browser.open("/console/users/user")
    assert "Turn the authenticator app off" not in browser.page.words
    person = account.people[SystemRole.USER]
    account.provider.people[person.sub or ""].mfa = True
    account.directory.add(replace(person, mfa=True))
    browser.open("/console/users/user")
    browser.send("/users/user", ("act", "app"))

    assert "The authenticator app is off" in browser.page.words
    assert not account.provider.people[person.sub or ""].mfa
    assert account.mails.sent[-1].to == person.email
