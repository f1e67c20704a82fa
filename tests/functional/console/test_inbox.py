"""The page of the inbox, and the count in the menu of every page."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.functional.console.conftest import ACME, Account, plain
from tocsin.identity.domain.permissions import SystemRole
from tocsin.inbox.domain.inbox_notice import InboxNotice

PAGE = "/console/me/inbox"


def put(account: Account, n: int, role: SystemRole = SystemRole.USER) -> InboxNotice:
    """Put a notice into the inbox of a person; a greater `n` is a later one."""
    notice = InboxNotice(
        tenant=ACME, user=account.people[role].id, key=f"call|{n}", at=account.clock() - timedelta(minutes=90 - n),
        kind="call", title=f"Call {n}", text="From Eve\nYou get this because it is your own line.",
    )  # fmt: skip
    account.inboxes.put([notice])
    return notice


def test_decided_5_12_the_page_lists_notices_newest_first_and_says_which_are_unread(account: Account) -> None:
    put(account, 1), put(account, 2)
    account.inboxes.mark(ACME, account.people[SystemRole.USER].id, put(account, 3).id, account.clock(), read=True)
    browser = account.signed_in(SystemRole.USER)
    words = plain(browser.open(PAGE).words)
    assert words.index("Call 3") < words.index("Call 2") < words.index("Call 1")
    assert words.count("Unread") == 3  # the tab, and two notices
    assert "2 unread" in words
    assert "because it is your own line" in words
    browser.follow("Change what you are told")
    assert browser.path == "/console/me/notifications"


def test_decided_5_12_only_unread_ones_are_shown_if_the_address_says_so(account: Account) -> None:
    put(account, 1)
    browser = account.signed_in(SystemRole.USER)
    browser.open(f"{PAGE}?show=unread")
    assert "Call 1" in browser.page.words
    browser.send(PAGE, ("all", "1"))
    assert "show=unread" in browser.path
    words = plain(browser.page.words)
    assert "All are marked as read." in words
    assert "Nothing is unread." in words
    assert "Call 1" not in words
    assert "Call 1" in browser.follow("Show all notices").words


def test_decided_5_12_a_notice_is_marked_by_its_button(account: Account) -> None:
    one = put(account, 1)
    browser = account.signed_in(SystemRole.USER)
    browser.open(PAGE)
    browser.send(PAGE, ("read", one.id))
    assert "Marked as read." in browser.page.words
    assert account.inboxes.kept[ACME, one.user, one.id].read
    browser.send(PAGE, ("unread", one.id))
    assert "Marked as unread." in browser.page.words
    assert not account.inboxes.kept[ACME, one.user, one.id].read
    account.inboxes.kept.clear()
    browser.send(PAGE, ("read", one.id))
    assert browser.answer.status == 200


def test_the_menu_of_every_page_has_the_count_and_a_mark_changes_it_at_once(account: Account) -> None:
    one = put(account, 1)
    put(account, 2)
    browser = account.signed_in(SystemRole.USER)
    assert "Inbox 2 unread" in plain(browser.open("/console/me/sessions").words)
    browser.open(PAGE)
    browser.send(PAGE, ("read", one.id))
    assert "Inbox 1 unread" in plain(browser.open("/console/me/sessions").words)
    browser.open(PAGE)
    browser.send(PAGE, ("all", "1"))
    assert "Inbox 1" not in plain(browser.open("/console/me/sessions").words)


def test_the_count_is_read_every_five_seconds_at_most_and_a_page_stands_without_it(account: Account) -> None:
    browser = account.signed_in(SystemRole.USER)
    browser.open("/console/me/sessions")
    put(account, 1)
    account.inboxes.outage.failing = 1
    assert "Inbox 1" not in plain(browser.open("/console/me/sessions").words)  # nothing is read
    account.clock.advance(timedelta(seconds=5))
    browser.open("/console/me/sessions")  # the store is down
    assert browser.answer.status == 200
    assert "Inbox 1 unread" in plain(browser.open("/console/me/sessions").words)
    for n in range(120):
        put(account, n)
    account.clock.advance(timedelta(seconds=5))
    assert "Inbox 99+ unread" in plain(browser.open("/console/me/sessions").words)


@pytest.mark.parametrize(
    ("url", "event", "to"),
    [
        ("/console/alerts/a1?show=all", "e1", "../alerts/a1?show=all"),
        ("https://desk.example/7", None, "https://desk.example/7"),
        ("javascript:alert(1)", None, None),
        (None, "e1", "../events/e1"),
        (None, None, None),
    ],
)
def test_a_notice_leads_to_a_page_to_another_site_or_to_its_event(
    account: Account, url: str | None, event: str | None, to: str | None
) -> None:
    account.inboxes.put([replace(put(account, 1), url=url, event=event)])
    page = account.signed_in(SystemRole.USER).open(PAGE)
    found = [href for href, words in page.links if words.strip() == "Call 1"]
    assert found == ([] if to is None else [to])


def test_the_page_watches_and_another_persons_notices_are_not_there(account: Account) -> None:
    put(account, 1, SystemRole.MANAGER)
    browser = account.signed_in(SystemRole.USER)
    browser.open(f"{PAGE}?part=live")
    assert browser.answer.headers["X-Next"] == "10"
    assert "Call 1" not in browser.page.words
    etag = browser.answer.headers["ETag"]
    assert browser.gateway.call(
        "GET", PAGE, None, {"Cookie": "; ".join(f"{k}={v}" for k, v in browser.cookies.items()), "If-None-Match": etag},
        {"part": ["live"]},
    ).status == 304  # fmt: skip


def test_older_notices_are_on_further_pages(account: Account) -> None:
    for n in range(60):
        put(account, n)
    browser = account.signed_in(SystemRole.USER)
    browser.open(PAGE)
    assert "Call 59" in browser.page.words
    words = browser.follow("Older").words
    assert "Call 59" not in words
    assert "Call 0" in words
