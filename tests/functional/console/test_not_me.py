"""The page behind the link of an invitation."""

from __future__ import annotations

import logging
import re
from dataclasses import replace

import pytest

from tests.functional.console.conftest import ACME, Account, plain
from tocsin.directory.domain.things import Kind
from tocsin.identity.domain.user import User, UserState


def invited(account: Account) -> tuple[str, User]:
    """Invite Ana; return the path of the link in the mail, and Ana."""
    browser = account.signed_in()
    browser.open("/console/users/new")
    browser.send("/console/users/new", name="Ana Ruiz", email="ana@example.org")
    found = re.search(r"https://\S+?(/console/not-me\?token=\S+)", account.mails.sent[-1].text)
    assert found is not None
    return found[1], ana(account)


def ana(account: Account) -> User:
    found = account.directory.by_natural_key(ACME, Kind.USER, "ana@example.org")
    assert isinstance(found, User)
    return found


def said(account: Account) -> list[str]:
    return [entry.action for entry in account.directory.trail.entries.values() if entry.action == "user.not_me"]


def test_the_link_shows_a_button_and_only_the_button_stops_all_mails(account: Account) -> None:
    path, person = invited(account)
    stranger = account.browser()
    for _ in range(2):
        assert "Northwater has invited somebody" in plain(stranger.open(path).words)
    assert ana(account) == person

    stranger.send("/console/not-me")
    assert stranger.answer.status == 200
    assert "sends nothing more to this address" in stranger.page.words
    assert ana(account).not_me_at == account.clock()
    stranger.open(path)
    assert not any(form.buttons for form in stranger.page.forms)

    browser = account.signed_in()
    browser.open(f"/console/users/{person.id}")
    assert "this is not me" in plain(browser.page.words)
    assert "this is not me" in plain(browser.open("/console/users").words)
    browser.open(f"/console/users/{person.id}")
    assert not any(("act", "invite", "submit") in form.buttons for form in browser.page.forms)
    browser.send(f"/users/{person.id}", ("act", "invite"))
    assert browser.answer.status == 422
    assert len(account.mails.sent) == 1
    assert said(account) == ["user.not_me"]


def test_a_corrected_address_is_invited_again_and_voids_the_link(account: Account) -> None:
    path, person = invited(account)
    stranger = account.browser()
    stranger.open(path)
    stranger.send("/console/not-me")
    browser = account.signed_in()
    browser.open(f"/console/users/{person.id}")
    browser.send(f"/users/{person.id}", ("act", "save"), email="ana.ruiz@example.org")
    browser.send(f"/users/{person.id}", ("act", "invite"))

    assert account.mails.sent[-1].to == "ana.ruiz@example.org"
    assert "This link is over" in stranger.open(path).words
    assert stranger.answer.status == 404


@pytest.mark.parametrize("change", [lambda path: path[:-1] + ("0" if path[-1] != "0" else "1"), lambda path: path[:-9]])
def test_an_altered_link_is_void(account: Account, change: object) -> None:
    path, person = invited(account)
    assert callable(change)
    stranger = account.browser()
    stranger.open(change(path))
    assert stranger.answer.status == 404
    stranger.send("/console/not-me")
    assert ana(account) == person


def test_a_form_of_another_site_stops_nothing(account: Account) -> None:
    path, person = invited(account)
    stranger = account.browser()
    stranger.open(path)
    stranger.headers["Sec-Fetch-Site"] = "cross-site"
    stranger.send("/console/not-me")
    assert (stranger.answer.status, ana(account)) == (403, person)


def test_a_person_who_signed_in_is_themselves(account: Account) -> None:
    path, person = invited(account)
    account.directory.add(replace(person, state=UserState.ACTIVE))
    stranger = account.browser()
    assert "This link is over" in stranger.open(path).words


def test_no_log_holds_the_token(account: Account, caplog: pytest.LogCaptureFixture) -> None:
    path, _ = invited(account)
    stranger = account.browser()
    with caplog.at_level(logging.DEBUG):
        stranger.open(path)
        stranger.send("/console/not-me")
    token = path.partition("token=")[2]
    assert caplog.records
    assert all(token not in str(vars(record)) for record in caplog.records)
