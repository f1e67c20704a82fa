"""What every store of inboxes promises: a notice once, newest first, for thirty days, read or unread as it was left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.canaries import blobs_of
from tests.contract.alert_path import ACME, NOON, OTHER, AlertPath
from tests.fakes.inboxes import FakeInboxes
from tests.fakes.sealer import FakeSealer
from tocsin.adapters.dynamodb.inbox.inboxes import DynamoDbInboxes
from tocsin.inbox.domain.inbox_notice import NOTICE_KEPT, InboxNotice
from tocsin.inbox.ports import Inboxes
from tocsin.kernel.domain.errors import InvalidRequest
from tocsin.kernel.domain.ids import UserId

ANA, BOB = UserId("ana"), UserId("bob")
MINUTE = timedelta(minutes=1)
NOW = NOON + timedelta(hours=1)


def notice(n: int, user: UserId = ANA) -> InboxNotice:
    """Return a notice; a greater `n` is a later one."""
    return InboxNotice(
        tenant=ACME, user=user, key=f"call|{n}", at=NOON + n * timedelta(milliseconds=7, microseconds=123),
        kind="call", title=f"Missed call {n}", text="From Eve\nto line 2001", url="/console/me/inbox", event=f"e{n}",
    )  # fmt: skip


@pytest.fixture
def inboxes(world: AlertPath) -> Inboxes:
    return FakeInboxes() if world.engine == "fake" else DynamoDbInboxes(world.table, FakeSealer())


def listed(inboxes: Inboxes, limit: int = 100, *, unread: bool = False) -> list[Sequence[InboxNotice]]:
    """Return every page of Ana's inbox."""
    pages, cursor = [], None
    while True:
        page = inboxes.page(ACME, ANA, limit, cursor, NOW, unread=unread)
        pages.append(page.notices)
        if (cursor := page.next) is None:
            return pages


def test_decided_5_12_a_notice_is_read_as_it_was_written_by_its_person_only(inboxes: Inboxes) -> None:
    inboxes.put([notice(1), replace(notice(1), user=BOB, url=None, event=None)])
    assert inboxes.page(ACME, ANA, 10, None, NOW).notices == [notice(1)]
    assert inboxes.page(ACME, BOB, 10, None, NOW).notices == [replace(notice(1), user=BOB, url=None, event=None)]
    assert inboxes.page(OTHER, ANA, 10, None, NOW).notices == []
    assert (inboxes.unread(ACME, ANA, NOW), inboxes.unread(OTHER, ANA, NOW)) == (1, 0)


def test_decided_5_12_a_notice_of_a_key_stands_once_and_its_new_words_leave_it_as_read_as_it_was(
    inboxes: Inboxes,
) -> None:
    ended = replace(notice(1), title="Answered by Bob")
    inboxes.put([notice(1), notice(2)])
    inboxes.mark(ACME, ANA, notice(1).id, NOW, read=True)
    for _ in range(2):
        inboxes.put([ended, notice(2), notice(3)])
    assert listed(inboxes) == [[notice(3), notice(2), replace(ended, read=True)]]
    assert inboxes.unread(ACME, ANA, NOW) == 2


def test_decided_5_12_pages_are_newest_first_and_hold_each_notice_once(inboxes: Inboxes) -> None:
    inboxes.put([notice(n) for n in (3, 1, 5, 2, 4)])
    assert [[each.key[-1] for each in page] for page in listed(inboxes, 2)] == [["5", "4"], ["3", "2"], ["1"]]
    inboxes.mark(ACME, ANA, notice(4).id, NOW, read=True)
    assert [[each.key[-1] for each in page] for page in listed(inboxes, 2, unread=True)] == [["5", "3"], ["2", "1"]]
    inboxes.mark(ACME, ANA, notice(4).id, NOW, read=False)
    assert [[each.key[-1] for each in page] for page in listed(inboxes, 5, unread=True)] == [["5", "4", "3", "2", "1"]]


def test_a_cursor_is_good_for_its_list_only(inboxes: Inboxes) -> None:
    inboxes.put([notice(n, user) for n in range(3) for user in (ANA, BOB)])
    cursor = inboxes.page(ACME, ANA, 1, None, NOW).next
    assert cursor is not None
    for user, unread in ((BOB, False), (ANA, True)):
        with pytest.raises(InvalidRequest):
            inboxes.page(ACME, user, 1, cursor, NOW, unread=unread)


def test_decided_5_12_a_mark_is_told_and_a_notice_that_is_not_there_is_not_made(inboxes: Inboxes) -> None:
    inboxes.put([notice(1)])
    assert inboxes.mark(ACME, ANA, notice(1).id, NOW, read=True) == replace(notice(1), read=True)
    assert inboxes.unread(ACME, ANA, NOW) == 0
    assert inboxes.mark(ACME, ANA, notice(1).id, NOW, read=False) == notice(1)
    assert inboxes.unread(ACME, ANA, NOW) == 1
    assert inboxes.mark(ACME, ANA, notice(2).id, NOW, read=True) is None
    assert inboxes.mark(ACME, BOB, notice(1).id, NOW, read=True) is None
    assert listed(inboxes) == [[notice(1)]]


def test_decided_5_12_all_are_marked_as_read_at_once(inboxes: Inboxes) -> None:
    inboxes.put([notice(1), notice(2), notice(1, BOB)])
    inboxes.mark(ACME, ANA, notice(2).id, NOW, read=True)
    assert inboxes.mark_all(ACME, ANA, NOW) == 1
    assert inboxes.mark_all(ACME, ANA, NOW) == 0
    assert (inboxes.unread(ACME, ANA, NOW), inboxes.unread(ACME, BOB, NOW)) == (0, 1)
    assert listed(inboxes) == [[replace(notice(n), read=True) for n in (2, 1)]]


def test_decided_5_12_a_notice_is_gone_after_thirty_days(inboxes: Inboxes) -> None:
    inboxes.put([notice(1)])
    last = notice(1).at + NOTICE_KEPT
    assert inboxes.page(ACME, ANA, 10, None, last - MINUTE).notices == [notice(1)]
    assert inboxes.unread(ACME, ANA, last - MINUTE) == 1
    for unread in (False, True):
        assert inboxes.page(ACME, ANA, 10, None, last + MINUTE, unread=unread).notices == []
    assert inboxes.unread(ACME, ANA, last + MINUTE) == 0
    assert inboxes.mark(ACME, ANA, notice(1).id, last + MINUTE, read=True) is None


def test_decided_5_12_a_hundred_unread_and_more_count_as_a_hundred(inboxes: Inboxes) -> None:
    inboxes.put([notice(n) for n in range(120)])
    assert inboxes.unread(ACME, ANA, NOW) == 100
    assert inboxes.mark_all(ACME, ANA, NOW) == 120
    assert inboxes.unread(ACME, ANA, NOW) == 0
    inboxes.put([replace(notice(n), title="Later") for n in range(120)])
    assert {(each.title, each.read) for page in listed(inboxes) for each in page} == {("Later", True)}


def test_a_deleted_person_has_no_inbox(inboxes: Inboxes) -> None:
    inboxes.put([notice(n, user) for n in range(3) for user in (ANA, BOB)])
    for _ in range(2):
        inboxes.forget(ACME, ANA)
    assert listed(inboxes) == [[]]
    assert (inboxes.unread(ACME, ANA, NOW), inboxes.unread(ACME, BOB, NOW)) == (0, 3)


def test_the_words_of_a_notice_are_sealed(real: AlertPath) -> None:
    DynamoDbInboxes(real.table, FakeSealer()).put([notice(1)])
    (row,) = real.table.query("pk = :pk", {":pk": {"S": f"T#{ACME}#U#{ANA}#IN"}})
    assert not [word for word in (b"Missed", b"Eve", b"2001", b"call|1") if word in b"\n".join(blobs_of(row))]


def test_five_hundred_notices_are_twenty_calls(real: AlertPath) -> None:
    calls = []
    table = real.table
    statements = table.dynamodb.batch_execute_statement

    class Counted:
        def __getattr__(self, name: str) -> object:
            return getattr(real.dynamodb, name)

        def batch_execute_statement(self, **request: object) -> object:
            calls.append(request)
            return statements(**request)

    table.dynamodb = Counted()  # type: ignore[assignment]
    DynamoDbInboxes(table, FakeSealer()).put([notice(1, UserId(f"u{n}")) for n in range(500)])
    assert len(calls) == 20


def test_an_index_that_is_behind_shows_no_notice_as_unread_that_is_read(real: AlertPath) -> None:
    table, earlier = real.table, []

    class Behind:
        """Answers every Query of the index as the first one."""

        def __getattr__(self, name: str) -> object:
            return getattr(real.dynamodb, name)

        def query(self, **request: object) -> object:
            answer = real.dynamodb.query(**request)
            if "IndexName" in request:
                earlier.append(answer)
                return earlier[0]
            return answer

    table.dynamodb = Behind()  # type: ignore[assignment]
    inboxes = DynamoDbInboxes(table, FakeSealer())
    inboxes.put([notice(1), notice(2)])
    assert len(inboxes.page(ACME, ANA, 10, None, NOW, unread=True).notices) == 2
    inboxes.mark(ACME, ANA, notice(1).id, NOW, read=True)
    assert inboxes.page(ACME, ANA, 10, None, NOW, unread=True).notices == [notice(2)]
