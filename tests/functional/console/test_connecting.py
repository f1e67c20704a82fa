"""Connecting a mailbox in a browser: from the console, by API, and what a hostile callback gets."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from tests.functional.console.conftest import ACME, Account, Browser, plain
from tocsin.audit.domain.actor import Actor, ActorKind
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.role import system_role
from tocsin.tenant_mail.domain.mail_settings import MailServerType

DESK = "desk@northwater.example"


def begun(browser: Browser) -> str:
    """Begin in the console; return the address of Google's page."""
    browser.open("/console/mail/connect")
    browser.send("/console/mail/connect", ("type", "GMAIL"))
    return next(href for href, words in browser.page.links if "Go on to Google" in words)


def back(account: Account, page: str, mailbox: str = DESK) -> str:
    """Consent as the owner of a mailbox; return the path to which Google sends the browser back."""
    code, state = account.mailbox_owners.visit(page, mailbox)
    return f"/oauth/google/callback?{urlencode({'code': code, 'state': state})}"


def begun_by_api(account: Account, role: SystemRole = SystemRole.OWNER) -> str:
    person = account.people[role]
    actor = Actor(ActorKind.USER, person.id, person.name)
    who = Principal(ACME, actor, system_role(ACME, role), user=person)
    return account.connecting.begin(who, MailServerType.GMAIL, "https://console.example", in_console=False).page


def test_a_mailbox_is_connected_in_the_console(account: Account) -> None:
    browser = account.signed_in()

    browser.open(back(account, begun(browser)))

    assert browser.answer.status == 200
    assert f"{DESK} sends for Northwater" in plain(browser.page.words)
    kept = account.mail_settings.get(ACME)
    assert (kept.type, kept.username, kept.secrets.refresh_token) == (MailServerType.GMAIL, DESK, "refresh-1")
    assert "mail_settings.updated" in {entry.action for entry in account.directory.trail.entries.values()}
    assert "refresh-1" not in str(account.directory.trail.entries)


@pytest.mark.parametrize("who", ["nobody", "a colleague"])
def test_the_callback_in_another_browser_stores_nothing(account: Account, who: str) -> None:
    path = back(account, begun(account.signed_in()))
    other = account.browser() if who == "nobody" else account.signed_in(SystemRole.ADMIN)

    other.open(path)

    assert other.answer.status == 400
    assert "Nothing was connected" in other.page.words
    assert account.mail_settings.kept == {}


@pytest.mark.parametrize("query", ["", "?state=made-up&code=x", "?error=access_denied", "?state=%00&code=%00"])
def test_a_made_up_callback_is_one_page(account: Account, query: str) -> None:
    for provider in ("google", "microsoft", "yahoo"):
        browser = account.signed_in()
        browser.open(f"/oauth/{provider}/callback{query}")
        assert browser.answer.status == 400
        assert "Nothing was connected" in browser.page.words


def test_a_state_is_good_once(account: Account) -> None:
    browser = account.signed_in()
    path = back(account, begun(browser))
    browser.open(path)
    browser.open(path)
    assert browser.answer.status == 400


def test_another_mailbox_is_said_with_its_name(account: Account) -> None:
    browser = account.signed_in()
    browser.open(back(account, begun(browser)))

    browser.open(back(account, begun(browser), "private@example.org"))

    assert browser.answer.status == 409
    assert f"Northwater sends by {DESK}" in plain(browser.page.words)
    assert account.mail_settings.get(ACME).secrets.refresh_token == "refresh-1"


def test_begun_by_api_its_person_confirms_in_the_console(account: Account) -> None:
    owner_of_mailbox = account.browser()
    owner_of_mailbox.open(back(account, begun_by_api(account)))
    assert owner_of_mailbox.answer.status == 200
    (link,) = [href for href, words in owner_of_mailbox.page.links if "Confirm" in words]
    assert link.startswith("../../console/mail/connect/")
    path = link.removeprefix("../..")
    assert account.mail_settings.kept == {}

    colleague = account.signed_in(SystemRole.ADMIN)
    colleague.open(path)
    assert colleague.answer.status == 400
    person = account.signed_in()
    person.open(path)
    assert f"{DESK} will send for Northwater" in plain(person.page.words)
    assert account.mail_settings.kept == {}
    person.send(path)

    assert f"{DESK} sends for Northwater" in plain(person.page.words)
    assert account.mail_settings.get(ACME).username == DESK


def test_begun_by_api_a_browser_with_a_session_is_led_to_the_confirmation(account: Account) -> None:
    browser = account.signed_in()
    browser.open(back(account, begun_by_api(account)))
    assert f"{DESK} will send for Northwater" in plain(browser.page.words)
    assert account.mail_settings.kept == {}


def test_the_pages_are_for_those_who_manage_mail(account: Account) -> None:
    for role in (SystemRole.MANAGER, SystemRole.USER, SystemRole.REPORTING):
        browser = account.signed_in(role)
        browser.open("/console/mail/connect")
        assert browser.answer.status == 403
