"""My notifications, and those of others, by the pages."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.functional.console.conftest import ACME, NUMBER, Account, Browser, plain
from tests.functional.console.test_alerts import HOSTILE
from tocsin.calendar.domain.quiet_hours import Reachable
from tocsin.contacts.domain.channel import Channel
from tocsin.directory.domain.things import Group, GroupKind, Line
from tocsin.identity.domain.permissions import SystemRole
from tocsin.kernel.domain.ids import UserId
from tocsin.preferences.domain.settings import AccountTopic, AppointmentMoment, Communication, NotificationSettings
from tocsin.suppressions.application.suppress import Suppress
from tocsin.suppressions.domain.suppression import SuppressionReason

MINE = "/console/me/notifications"
HERS = "+447700900417"


def of(role: SystemRole) -> str:
    return f"/console/users/{role.value}/notifications"


def settings(account: Account, role: SystemRole = SystemRole.OWNER) -> NotificationSettings:
    return account.preferences.get(ACME, account.people[role].id)


def saved(browser: Browser, tab: str, page: str = MINE, **typed: Any) -> None:
    """Open a tab, fill in its form, and save."""
    browser.open(f"{page}?tab={tab}")
    browser.send(page, **typed)


def tabs(browser: Browser) -> list[str]:
    return [words.strip() for to, words in browser.page.links if "notifications?tab=" in to]


def test_everybody_has_the_page_and_only_administrators_the_tab_of_the_account(account: Account) -> None:
    for role in SystemRole:
        browser = account.signed_in(role)
        browser.open(MINE)
        assert browser.answer.status == 200
        expected = ["Communication", "Appointments", "Lines", "How"]
        may = role in (SystemRole.OWNER, SystemRole.ADMIN)
        assert tabs(browser) == ([*expected, "Account reports"] if may else expected), role
        assert any(words.strip() == "My notifications" for _, words in browser.page.links)
        if not may:  # the address of the tab shows another one, and names no topic
            browser.open(f"{MINE}?tab=account")
            assert "A call for my line" in browser.page.words
            assert "What was spent" not in browser.page.words


def test_each_switch_is_a_sentence_and_is_saved(account: Account) -> None:
    browser = account.signed_in()
    browser.open(MINE)
    assert "A voicemail for my line, for a ring group of mine, or for a line I follow" in plain(browser.page.words)

    saved(browser, "communication", fax=None, call=None, high_sms="on")
    assert settings(account).communication == frozenset(Communication) - {Communication.FAX, Communication.CALL}
    assert settings(account).many_texts
    assert "Saved." in browser.page.words

    saved(browser, "appointments", at_1d=None)
    assert settings(account).moments == frozenset(AppointmentMoment) - {AppointmentMoment.DAY}
    assert settings(account).many_texts  # the form of one tab leaves the others alone
    entries = account.directory.trail.entries.values()
    (first, *_) = (each for each in entries if each.thing.kind == "notification_settings")
    assert (first.action, first.before["communication.fax"], first.after["communication.fax"]) == (
        "notification_settings.updated", True, False,
    )  # fmt: skip


def test_up_25_how_shows_what_becomes_of_the_number_while_texts_are_off(account: Account) -> None:
    browser = account.signed_in()
    saved(browser, "how", text_on="on", custom="on", channels_text_custom_number="+44 7700 900417")
    browser.open(f"{MINE}?tab=how")
    assert f"by text to {HERS}" in browser.page.words
    assert "Texts go out" in browser.page.words

    saved(browser, "how", text_on=None)
    browser.open(f"{MINE}?tab=how")
    assert "Texts are off, so this number has no effect. It is kept for later." in browser.page.words
    assert "by text to" not in browser.page.words
    assert (settings(account).custom_on, settings(account).custom_number) == (True, HERS)
    saved(browser, "how", text_on="on")
    assert (settings(account).text_on, settings(account).custom_on) == (True, True)
    saved(browser, "how", text_on=None, channels_text_custom_number="")
    assert settings(account).custom_number is None


def test_up_28_a_fault_stands_at_its_field_and_what_was_typed_stays(account: Account) -> None:
    browser = account.signed_in()
    for number, said in (
        (NUMBER, "number of the account"),
        ("0770", "+ and the country code"),
        (HOSTILE[0], "+ and the country code"),
    ):
        saved(browser, "how", text_on="on", channels_text_custom_number=number)
        assert browser.answer.status == 422
        assert said in browser.page.words
        assert "<script" not in browser.answer.text.replace("<script src", "")
    saved(browser, "how", channels_text_custom_number="+44 7700 900417", quiet="own", quiet_hours_from="25:00")
    assert "must be a time like 22:00" in browser.page.words
    assert 'value="+44 7700 900417"' in browser.answer.text
    assert not settings(account).version


def test_quiet_hours_are_the_accounts_none_or_ones_own(account: Account) -> None:
    browser = account.signed_in()
    own = {"quiet": "own", "quiet_hours_from": "22:00", "quiet_hours_to": "07:00", "quiet_hours_zone": "Asia/Kathmandu"}
    saved(browser, "how", **own)
    quiet = settings(account).quiet
    assert quiet is not None
    browser.open(f"{MINE}?tab=how")
    assert 'value="Asia/Kathmandu"' in browser.answer.text
    saved(browser, "how", quiet="none")
    assert settings(account).quiet is Reachable.ALWAYS
    saved(browser, "how", quiet="")
    assert settings(account).quiet is None


def test_decided_5_9_a_number_that_said_stop_and_an_address_that_bounced_are_shown(account: Account) -> None:
    browser = account.signed_in()
    saved(browser, "how", text_on="on", custom="on", channels_text_custom_number=HERS)
    suppress = Suppress(account.suppressions, account.sealer)
    suppress(ACME, Channel.SMS, HERS, SuppressionReason.STOP, account.clock())
    email = account.people[SystemRole.OWNER].email
    suppress(ACME, Channel.EMAIL, email, SuppressionReason.HARD_BOUNCE, account.clock())
    browser.open(f"{MINE}?tab=how")
    assert "The number said STOP, or is blocked" in browser.page.words
    assert "Mails to this address do not go out" in browser.page.words


def test_up_31_an_administrator_edits_those_of_others_and_sees_whose_they_are(account: Account) -> None:
    browser = account.signed_in(SystemRole.ADMIN)
    browser.open("/console/users/user")
    assert any(
        words.strip() == "Notifications" and to.endswith("users/user/notifications") for to, words in browser.page.links
    )
    name = account.people[SystemRole.USER].name
    saved(browser, "communication", of(SystemRole.USER), mention=None)
    assert Communication.MENTION not in settings(account, SystemRole.USER).communication
    browser.open(of(SystemRole.USER))
    assert f"You are editing the notifications of {name}" in browser.page.words
    assert "A colleague mentions them" in browser.page.words
    assert "Account reports" not in browser.page.words
    assert browser.answer.text.count("sample") == 0

    browser.open("/console/users/nobody/notifications")
    assert browser.answer.status == 404
    for role in (SystemRole.MANAGER, SystemRole.USER, SystemRole.REPORTING):
        browser = account.signed_in(role)
        browser.open(of(SystemRole.OWNER))
        assert browser.answer.status == 403


def test_up_9_topics_of_the_account_are_switched_and_billing_needs_its_flag(account: Account) -> None:
    browser = account.signed_in()
    browser.open(f"{MINE}?tab=account")
    assert "What was spent" in browser.page.words
    assert "run out of money" not in browser.page.words
    saved(browser, "account", daily_spending="on", failed_integration="on")
    assert settings(account).topics == {AccountTopic.DAILY_SPENDING, AccountTopic.FAILED_INTEGRATION}
    account.directory.add(replace(account.people[SystemRole.OWNER], billing=True, version=2))
    browser = account.signed_in()
    browser.open(f"{MINE}?tab=account")
    assert "run out of money" in browser.page.words


@pytest.fixture
def lines(account: Account) -> Account:
    user, admin = account.people[SystemRole.USER].id, account.people[SystemRole.ADMIN].id
    account.directory.add(
        Line(tenant=ACME, id="mine", extension="2001", label="Desk", user=user),
        Line(tenant=ACME, id="his", extension="2002", label=HOSTILE[0], user=admin),
        Line(tenant=ACME, id="far", extension="2003", label="Far", user=UserId("far")),
        Group(tenant=ACME, id="g", kind=GroupKind.QUEUE, name="Sales", members=(user, admin)),
    )
    return account


def test_up_18_lines_are_followed_from_a_list_with_a_search(lines: Account) -> None:
    browser = lines.signed_in(SystemRole.USER)
    browser.open(f"{MINE}?tab=lines")
    assert "2002" in browser.page.words
    assert "2001" not in browser.page.words
    assert "2003" not in browser.page.words
    saved(browser, "lines", lines="his")
    assert settings(lines, SystemRole.USER).lines == ("his",)

    browser.open(f"{MINE}?tab=lines&q=nothing-like-it")
    assert "No line is called like" in browser.page.words
    browser.send(MINE)  # what the search hid stays
    assert settings(lines, SystemRole.USER).lines == ("his",)

    admin = lines.signed_in(SystemRole.ADMIN)
    admin.open(f"{MINE}?tab=lines")
    assert f"followed by {lines.people[SystemRole.USER].name}" in admin.page.words

    lines.directory.add(Group(tenant=ACME, id="g", kind=GroupKind.QUEUE, name="Sales"))  # both left the group
    browser.open(f"{MINE}?tab=lines")
    assert "may not be followed any more" in browser.page.words
    saved(browser, "lines", lines=None)
    assert settings(lines, SystemRole.USER).lines == ()


def test_an_old_form_is_told_what_changed_and_replaces_it_when_sent_again(account: Account) -> None:
    browser = account.signed_in()
    browser.open(f"{MINE}?tab=communication")
    other = replace(settings(account), communication=frozenset(), version=1)
    account.preferences.add(other)
    browser.send(MINE, fax=None)
    assert browser.answer.status == 409
    assert "Changed meanwhile" in browser.page.words
    assert settings(account).communication == frozenset()
    browser.send(MINE, fax=None)
    assert settings(account).communication == frozenset(Communication) - {Communication.FAX}


def test_the_audit_log_says_whose_settings_were_changed(account: Account) -> None:
    browser = account.signed_in()
    saved(browser, "communication", of(SystemRole.USER), fax=None)
    browser.open("/console/audit")
    assert f"changed the notification settings of {account.people[SystemRole.USER].name}" in plain(browser.page.words)
