"""Tenant mail by the pages: the mail server, and test mails."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from tests.functional.console.conftest import ACME, Account, Browser, plain
from tests.functional.console.test_alerts import HOSTILE
from tocsin.identity.domain.permissions import SystemRole
from tocsin.tenant_mail.domain.mail_settings import (
    MailFlag,
    MailSecrets,
    MailServerState,
    MailServerType,
    MailSettings,
    ServerState,
)
from tocsin.tenant_mail.domain.server_answer import MailReason

SERVER: dict[str, Any] = {"server": "smtp.example.org", "port": "587", "username": "ana@example.org"}


def settings_of(account: Account) -> MailSettings:
    return account.mail_settings.get(ACME)


def saved(browser: Browser, **typed: Any) -> None:
    """Fill in the form of settings, and save."""
    browser.open("/console/mail")
    browser.send("/console/mail", ("act", "save"), **{**SERVER, **typed})


def test_mail(browser: Browser, **typed: Any) -> None:
    """Fill in a test mail, and send it."""
    browser.open("/console/mail")
    form = {"act": "test", "recipient": "bob@example.org", "subject": "Try", "content": "Does it work?"}
    browser.send("/console/mail", **{**form, **typed})


test_mail.__test__ = False  # type: ignore[attr-defined]  # a step of tests


def field_of(browser: Browser, name: str) -> str:
    return next(value for form in browser.page.forms for each, value in form.fields if each == name)


def test_only_owners_and_admins_see_the_entry_of_the_menu(account: Account) -> None:
    for role in SystemRole:
        browser = account.signed_in(role)
        browser.open("/console/me/security")
        may = role in (SystemRole.OWNER, SystemRole.ADMIN)
        assert any(words.strip() == "Mail" for _, words in browser.page.links) is may, role


def test_every_field_is_saved_and_shown_again(account: Account) -> None:
    browser = account.signed_in()
    typed = {
        "type": "SMTP",
        "auth": "LOGIN",
        "enable_tls_ssl": None,
        "enable_starttls_auto": "on",
        "from_address": "alerts@example.org",
        "reply_to": "desk@example.org",
        "recipients": "a@example.org\n b@example.org, c@example.org",
        "on_unknown": "silence",
        "transport": "smtp",
        "client_id": "app-1",
        "client_secret": "canary-app",
        "password": " canary-1 ",
        "notify_queue_call_lost": "on",
        "notify_emergency_call": None,
    }
    saved(browser, **typed)

    found = settings_of(account)
    assert (found.server, found.port, found.username) == ("smtp.example.org", 587, "ana@example.org")
    assert (found.auth, found.tls, found.starttls, found.on_unknown, found.transport) == (
        "LOGIN",
        False,
        True,
        "silence",
        "smtp",
    )
    assert (found.from_address, found.reply_to) == ("alerts@example.org", "desk@example.org")
    assert found.recipients == ("a@example.org", "b@example.org", "c@example.org")
    assert found.flags == ((MailFlag.QUEUE_CALL_LOST, True), (MailFlag.EMERGENCY_CALL, False))
    assert found.secrets == MailSecrets(password=" canary-1 ", client_secret="canary-app")
    assert "Saved." in browser.page.words
    assert "canary" not in browser.answer.text
    shown = {name: value for form in browser.page.forms for name, value in form.fields}
    kept = ("type", "auth", "reply_to", "on_unknown", "transport", "client_id", "notify_queue_call_lost", "server")
    assert {name: shown[name] for name in kept} == {
        **{name: typed.get(name) for name in kept},
        "server": SERVER["server"],
    }
    assert "enable_tls_ssl" not in shown


def test_a_form_that_changes_nothing_keeps_the_defaults_and_the_secrets(account: Account) -> None:
    browser = account.signed_in()
    saved(browser, password="canary-1")
    before = settings_of(account)
    browser.send("/console/mail", ("act", "save"))

    assert settings_of(account) == before
    assert before.flags == ()


def test_a_password_is_forgotten_with_its_server_and_the_page_says_so(account: Account) -> None:
    browser = account.signed_in()
    saved(browser, password="canary-1")
    saved(browser, server="smtp.example.net")

    assert settings_of(account).secrets.password is None
    assert "so its password or secret is forgotten" in browser.page.words


def test_a_password_is_forgotten_when_somebody_asks_for_it(account: Account) -> None:
    browser = account.signed_in()
    saved(browser, password="canary-1")
    assert "One is stored." in browser.page.words
    browser.send("/console/mail", ("act", "save"), forget_password="on")

    assert settings_of(account).secrets.password is None
    assert "is forgotten" not in browser.page.words
    assert "One is stored." not in browser.page.words


def test_faults_stand_at_their_fields_and_what_was_typed_stays(account: Account) -> None:
    browser = account.signed_in()
    typed = {"server": "10.0.0.1", "port": "many", "reply_to": "nobody", "recipients": "x"}
    saved(browser, **typed)
    assert browser.answer.status == 422
    assert re.search(r'name="port"[^>]*aria-invalid', browser.answer.text)

    browser.send("/console/mail", ("act", "save"), port="587")
    assert browser.answer.status == 422
    for name in ("server", "reply_to", "recipients"):
        assert re.search(rf'name="{name}"[^>]*aria-invalid', browser.answer.text), name
        assert field_of(browser, name) == typed[name]
    assert settings_of(account).version == 0


def test_of_two_who_change_the_settings_the_second_sees_both(account: Account) -> None:
    browser, other = account.signed_in(), account.signed_in(SystemRole.ADMIN)
    for each in (browser, other):
        each.open("/console/mail")
    other.send("/console/mail", ("act", "save"), **SERVER, reply_to="theirs@example.org")
    browser.send("/console/mail", ("act", "save"), **SERVER, reply_to="mine@example.org", password="canary-1")

    assert browser.answer.status == 409
    assert "Answers go to theirs@example.org mine@example.org" in plain(browser.page.words)
    assert "canary" not in browser.answer.text
    browser.send("/console/mail", ("act", "save"))
    assert settings_of(account).reply_to == "mine@example.org"


@pytest.mark.parametrize("said", HOSTILE)
def test_the_state_of_the_server_is_told_with_its_own_words(account: Account, said: str) -> None:
    browser = account.signed_in()
    saved(browser)
    state = MailServerState(ServerState.FAILING, account.clock(), MailReason.AUTH_FAILED, said, version=2)
    account.mail_settings.states[ACME] = state
    words = plain(browser.open("/console/mail").words)

    assert "Your own mail server: takes no mails" in words
    assert "The server refused user name and password." in words
    assert f"The server said: {plain(said)}" in words
    assert "<script>alert" not in browser.answer.text
    assert "<img src=x" not in browser.answer.text


@pytest.mark.parametrize(("allowed", "said"), [(True, "The system's mail server is used"), (False, "No mails go")])
def test_without_an_own_server_the_page_says_how_mails_go(account: Account, allowed: bool, said: str) -> None:
    account.system_mail = allowed
    browser = account.signed_in()
    assert said in plain(browser.open("/console/mail").words)


def test_a_mailbox_that_did_not_consent_is_not_connected(account: Account) -> None:
    browser = account.signed_in()
    saved(browser, type="MS365", server="", port="")

    assert settings_of(account).type is MailServerType.MS365
    assert "the mailbox is not connected" in browser.page.words


def test_a_test_mail_that_the_server_took_is_told(account: Account) -> None:
    browser = account.signed_in()
    test_mail(browser)

    assert browser.answer.status == 200
    assert "The mail server took it." in browser.page.words
    ((alert, _),) = account.mail_server.alerts.values()
    assert (alert.messages[0].to, alert.title) == (["bob@example.org"], "Try")


def test_a_test_mail_that_failed_shows_the_servers_words_and_keeps_what_was_typed(account: Account) -> None:
    browser = account.signed_in()
    saved(browser)
    said = "535 5.7.8 Authentication failed"
    state = MailServerState(ServerState.FAILING, account.clock(), MailReason.AUTH_FAILED, said, version=2)
    account.mail_settings.states[ACME] = state
    account.mail_server.fate = "failed", MailReason.AUTH_FAILED
    test_mail(browser, subject="Mine")

    assert browser.answer.status == 422
    assert "the mail server did not take the mail: auth failed" in plain(browser.page.words).lower()
    assert browser.page.words.count(said) == 2  # in the outcome, and in the state
    assert field_of(browser, "subject") == "Mine"


def test_a_test_mail_without_an_address_is_not_sent(account: Account) -> None:
    browser = account.signed_in()
    test_mail(browser, recipient="nobody", subject="Mine")

    assert browser.answer.status == 422
    assert re.search(r'name="recipient"[^>]*aria-invalid', browser.answer.text)
    assert field_of(browser, "subject") == "Mine"
    assert not account.mail_server.alerts


def test_the_thirty_first_test_mail_of_an_hour_is_refused_on_the_page(account: Account) -> None:
    browser = account.signed_in()
    for _ in range(31):
        test_mail(browser)

    assert browser.answer.status == 422
    assert "at most 30 test mails an hour" in browser.page.words


def test_a_mailbox_is_disconnected_by_its_button(account: Account) -> None:
    browser = account.signed_in()
    assert "Connect Microsoft 365 or Gmail" in browser.open("/console/mail").words
    saved(browser, type="GMAIL", server="", port="")
    kept = settings_of(account)
    account.mail_settings.kept[ACME] = replace(kept, secrets=MailSecrets(refresh_token="canary-1"), version=2)
    account.mail_settings.states[ACME] = MailServerState(ServerState.OK, account.clock(), version=2)
    browser.open("/console/mail")
    assert "The mailbox ana@example.org consented." in browser.page.words
    assert "canary" not in browser.answer.text
    browser.send("/console/mail", act="disconnect")

    assert settings_of(account).secrets.refresh_token is None
    assert "The mailbox is not connected any more." in browser.page.words
    assert "Disconnect it" not in browser.page.words
