"""A person's own tokens, by the pages."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.functional.console.conftest import PASSWORD, Account, Browser, plain
from tocsin.identity.application.authenticate_token import AuthenticateToken
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.principal import Principal
from tocsin.kernel.domain.errors import Unauthorized


def caller(account: Account, text: str) -> Principal:
    """Return whom the authorizer lets in by a token."""
    return AuthenticateToken(account.tokens, account.directory, account.sealer, account.clock)(text)


def shown(browser: Browser) -> str:
    found = re.search(r'class="secret" id="token">(tcp_\w+)<', browser.answer.text)
    assert found is not None, browser.page.words
    return found[1]


def make(browser: Browser, **typed: str) -> str:
    """Make a token on the page; return it."""
    browser.open("/console/me/tokens")
    # The first form of the page deletes a token that is there.
    new = next(form for form in browser.page.forms if "once" in dict(form.fields))
    given: dict[str, Any] = {**dict(new.fields), "name": "Nightly backup", **typed}
    browser.send("/console/me/tokens", **given)
    return shown(browser)


def test_a_token_is_made_shown_once_used_and_deleted(account: Account) -> None:
    browser = account.signed_in()
    text = make(browser)

    assert (caller(account, text).manages_people, caller(account, text).read_only) == (False, False)
    words = plain(browser.open("/console/me/tokens").words)
    assert "Nightly backup" in words
    assert "all but people, roles and keys" in words
    assert text not in browser.answer.text

    browser.send("/console/me/tokens", delete=text.split("_")[2][-12:], name="")

    assert "Deleted." in browser.page.words
    with pytest.raises(Unauthorized):
        caller(account, text)
    assert [entry.action for entry in account.directory.trail.entries.values()][-2:] == [
        "token.created",
        "token.deleted",
    ]


@pytest.mark.parametrize(("may", "manages", "reads"), [("manages", True, False), ("reads", False, True)])
def test_what_it_may_is_chosen(account: Account, may: str, manages: bool, reads: bool) -> None:
    found = caller(account, make(account.signed_in(), may=may))

    assert (found.manages_people, found.read_only) == (manages, reads)


def test_who_manages_nobody_is_not_offered_it_and_does_not_get_it(account: Account) -> None:
    browser = account.signed_in(SystemRole.USER)
    browser.open("/console/me/tokens")
    assert "people, roles and keys" not in browser.page.words

    assert not caller(account, make(browser, may="manages")).manages_people


def test_an_old_proof_is_asked_for_anew_and_what_was_typed_is_kept(account: Account) -> None:
    browser = account.signed_in()
    account.advance(minutes=16)
    browser.open("/console/me/tokens")
    browser.send("/console/me/tokens", name="Nightly backup", days="7")
    assert browser.path.startswith("/console/prove")
    assert account.tokens.tokens == {}

    browser.send("/console/prove", password=PASSWORD)
    assert browser.path == "/console/me/tokens"
    browser.send("/console/me/tokens")

    (token,) = account.tokens.tokens.values()
    assert (token.name, (token.expires_at - token.created_at).days) == ("Nightly backup", 7)
    assert caller(account, shown(browser)).actor.id == token.user


def test_a_second_click_gets_the_same_token(account: Account) -> None:
    browser = account.signed_in()
    browser.open("/console/me/tokens")
    form, path = browser.answer, browser.path
    browser.send("/console/me/tokens", name="Nightly backup")
    first = shown(browser)
    browser.answer, browser.path = form, path
    browser.send("/console/me/tokens", name="Nightly backup")

    assert shown(browser) == first
    assert len(account.tokens.tokens) == 1


def test_what_is_wrong_is_told_at_the_field(account: Account) -> None:
    browser = account.signed_in()
    browser.open("/console/me/tokens")
    browser.send("/console/me/tokens", name=" ", days="9999")

    assert browser.answer.status == 422
    assert "A name is one line" in browser.page.words
    assert "Choose when it ends." in browser.page.words


def test_a_token_of_another_person_cannot_be_deleted(account: Account) -> None:
    text = make(account.signed_in(SystemRole.ADMIN))
    browser = account.signed_in()
    make(browser)
    browser.open("/console/me/tokens")
    browser.send("/console/me/tokens", delete=text.split("_")[2][-12:])

    assert browser.answer.status == 404
    assert caller(account, text).actor.name


@pytest.mark.parametrize(("ticked", "left"), [("on", 0), (None, 1)])
def test_a_new_password_deletes_tokens_if_the_person_says_so(account: Account, ticked: str | None, left: int) -> None:
    browser = account.signed_in()
    make(browser)
    browser.open("/console/me/security")
    browser.send("/console/me/security", present=PASSWORD, password="quite another sentence", tokens=ticked)

    assert "Your password is changed" in browser.page.words
    assert len(account.tokens.tokens) == left


@pytest.mark.parametrize(("ticked", "left"), [("on", 0), (None, 1)])
def test_a_reset_password_deletes_tokens_unless_the_person_unticks_it(
    account: Account, ticked: str | None, left: int
) -> None:
    make(account.signed_in())
    stranger = account.browser()
    stranger.open("/console/forgot")
    stranger.send("/console/forgot", email="accountowner@example.org")
    assert dict(stranger.page.forms[0].fields)["tokens"] == "on"
    code = account.provider.people[account.people[SystemRole.OWNER].sub or ""].reset_code
    stranger.send("/console/forgot/code", code=code, password="quite another sentence", tokens=ticked)

    assert "Sign in with it" in stranger.page.words
    assert len(account.tokens.tokens) == left
