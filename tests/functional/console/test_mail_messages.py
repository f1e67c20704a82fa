"""The list of mails about events by its page: what became of each, and why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from console.mail.words import MAIL_STATES
from tests.functional.console.conftest import ACME, Account, Browser, plain
from tests.functional.console.test_alerts import HOSTILE
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.application.message_outcomes import MessageOutcome
from tocsin.delivery.domain.message_id import MessageId
from tocsin.entrypoint.mail_body.mails import STATES
from tocsin.identity.domain.permissions import SystemRole
from tocsin.kernel.domain.ids import AlertRef
from tocsin.tenant_mail.domain.mail_run import MailRun
from tocsin.tenant_mail.domain.mailed_events import MailOutcome
from tocsin.tenant_mail.domain.server_answer import MailReason

SAID = "535 5.7.8 Authentication failed"
PAGE = "/console/mail/messages"


def mailed(account: Account, number: int, *states: str, event: str = "e1", said: str = SAID, **more: Any) -> None:
    """Let an event be mailed to r0@example.org, r1@example.org …; without states nothing was sent."""
    alert = AlertRef(f"01a1ffa6-0000-7000-8000-0000000001{number:02}") if states else None
    outcome = MailOutcome.SENT if states else MailOutcome.NO_RECIPIENTS
    at = account.clock() - timedelta(minutes=number)
    run = MailRun(
        tenant=ACME, id=f"m{90 - number}", event=event, at=at, template="DISK_LOW", outcome=outcome, alert=alert, **more
    )
    account.mail_runs.add(run)
    if alert is None:
        return
    chunk = ChunkKey(ACME, alert, 0, 0)
    account.refused_mails.note(MessageId(chunk, 0, 1), said, at, waits=True)
    account.outcomes[alert] = [
        MessageOutcome(
            tag="mail", channel=Channel.EMAIL, address=f"r{place}@example.org", state=state, attempts=2, accepted_at=at,
            reason=MailReason.AUTH_FAILED if state == "retry_wait" else None, updated_at=at,
            waits_until=account.clock() + timedelta(minutes=4) if state == "retry_wait" else None, place=(chunk, place),
        )
        for place, state in enumerate(states)
    ]  # fmt: skip


def shown(browser: Browser, query: str = "") -> str:
    return plain(browser.open(f"{PAGE}{query}").words)


def test_each_mail_is_shown_with_its_state_its_reason_and_the_servers_words(account: Account) -> None:
    mailed(account, 1, "retry_wait", "sent", custom=True)
    mailed(account, 2)
    browser = account.signed_in()
    words = shown(browser)

    assert f"r0@example.org is tried again The server refused user name and password.The server said: {SAID}" in words
    assert "2 tries, next" in words
    assert "r1@example.org taken by the mail server" in words
    assert "your own words" in words
    assert "not sent No receiver is set." in words
    assert words.index("r0@example.org") < words.index("No receiver is set.")
    assert any(href.endswith("events/e1") for href, _ in browser.page.links)


@pytest.mark.parametrize(
    ("state", "there", "gone"),
    [
        ("retry_wait", "r0@example.org", "r1@example.org"),
        ("not_sent", "No receiver is set.", "r0@example.org"),
        ("delivered", "No mail is in this state.", "r0@example.org"),
        ("nonsense", "r0@example.org", "No mail is in this state."),
    ],
)
def test_the_list_is_filtered_by_state(account: Account, state: str, there: str, gone: str) -> None:
    mailed(account, 1, "retry_wait", "sent")
    mailed(account, 2)
    words = shown(account.signed_in(), f"?state={state}")

    assert there in words
    assert gone not in words


def test_a_mail_whose_messages_are_gone_says_why(account: Account) -> None:
    mailed(account, 1, "sent")
    account.outcomes.clear()
    words = shown(account.signed_in())
    assert "Disk nearly full 11:59 – not kept: it had passwords These are all." in words


def test_every_state_has_a_word() -> None:
    assert set(MAIL_STATES) == set(STATES)


def test_older_mails_are_on_further_pages_of_the_same_state(account: Account) -> None:
    for number in range(51):
        mailed(account, number, "sent")
    browser = account.signed_in()
    assert shown(browser, "?state=sent").count("r0@example.org") == 50
    browser.follow("Older")
    assert plain(browser.page.words).count("r0@example.org") == 1
    assert "state=sent" in browser.path


def test_without_mails_the_page_says_what_ends_that(account: Account) -> None:
    assert "No event was mailed yet." in shown(account.signed_in())


@pytest.mark.parametrize("text", HOSTILE)
def test_what_a_server_says_is_shown_as_text(account: Account, text: str) -> None:
    mailed(account, 1, "retry_wait", said=text)
    browser = account.signed_in()

    assert plain(text) in shown(browser)
    assert "<script>alert" not in browser.answer.text
    assert "<img src=x" not in browser.answer.text


@pytest.mark.parametrize("role", [SystemRole.MANAGER, SystemRole.USER, SystemRole.REPORTING])
def test_who_does_not_manage_mail_reads_none(account: Account, role: SystemRole) -> None:
    mailed(account, 1, "sent")
    browser = account.signed_in(role)
    assert "r0@example.org" not in shown(browser)
    assert browser.answer.status == 403
