"""AccountNotices: told once, read by whom they are for, each reported once."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from tests.contract.alert_path import ACME, KEY, NOON, OTHER, AlertPath
from tests.fakes.account_notices import FakeAccountNotices
from tests.fakes.sealer import FakeSealer
from tocsin.adapters.dynamodb.notices import DynamoDbAccountNotices
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId
from tocsin.notices.domain.account_notice import KEPT, AccountNotice, Category, NoticeQuery, Severity, notice_about
from tocsin.notices.ports.account_notices import AccountNotices

MINUTE = timedelta(minutes=1)
ALL = NoticeQuery(maximum=100, earliest_first=True)
ONCE = NoticeQuery(maximum=100, unreported=True, mark=True)


@pytest.fixture
def messages(world: AlertPath) -> AccountNotices:
    if world.engine == "fake":
        return FakeAccountNotices()
    return DynamoDbAccountNotices(world.table, FakeSealer())


def about(n: int, **more: Any) -> AccountNotice:
    message = notice_about(
        ACME, KEY, f"e{n}", NOON + n * MINUTE, Severity.WARNING, Category.CALLBACK, "gone", f"event {n} was not taken"
    )
    return replace(message, **more)


def test_a_message_reads_back_as_it_was_told(messages: AccountNotices) -> None:
    told = about(1, alert=AlertRef("0192f3f0-0000-7000-8000-000000000001"))
    assert messages.notify(told)
    assert list(messages.read(ACME, KEY, ALL, NOON)) == [told]


def test_the_same_happening_is_told_once(messages: AccountNotices) -> None:
    assert messages.notify(about(1))
    assert not messages.notify(about(1, text="again"))
    assert [message.text for message in messages.read(ACME, KEY, ALL, NOON)] == ["event 1 was not taken"]


def test_latest_first_unless_asked_otherwise_and_no_more_than_asked(messages: AccountNotices) -> None:
    for n in (2, 1, 3):
        messages.notify(about(n))
    assert [m.at.minute for m in messages.read(ACME, KEY, NoticeQuery(2), NOON)] == [3, 2]
    assert [m.at.minute for m in messages.read(ACME, KEY, NoticeQuery(2, earliest_first=True), NOON)] == [1, 2]


def test_severity_and_category_pick(messages: AccountNotices) -> None:
    messages.notify(about(1))
    messages.notify(about(2, severity=Severity.ERROR))
    messages.notify(about(3, category=Category.API))

    def picked(**query: Any) -> list[int]:
        return [m.at.minute for m in messages.read(ACME, KEY, replace(ALL, **query), NOON)]

    assert picked(severity=Severity.WARNING) == [1, 3]
    assert picked(category=Category.CALLBACK) == [1, 2]
    assert picked(severity=Severity.ERROR, category=Category.API) == []


def test_a_message_belongs_to_one_key_of_one_tenant(messages: AccountNotices) -> None:
    messages.notify(about(1))
    assert not messages.read(ACME, ApiKeyId("k2"), ALL, NOON)
    assert not messages.read(OTHER, KEY, ALL, NOON)


def test_a_message_can_be_read_for_30_days_to_the_millisecond(messages: AccountNotices) -> None:
    told = about(0)
    messages.notify(told)
    assert messages.read(ACME, KEY, ALL, NOON + KEPT - timedelta(milliseconds=1))
    assert not messages.read(ACME, KEY, ALL, NOON + KEPT)


def test_what_was_marked_is_not_unreported_any_more(messages: AccountNotices) -> None:
    for n in (1, 2):
        messages.notify(about(n))
    # reading alone marks nothing
    assert len(messages.read(ACME, KEY, replace(ONCE, mark=False), NOON)) == 2
    assert len(messages.read(ACME, KEY, replace(ONCE, maximum=1), NOON)) == 1
    assert len(messages.read(ACME, KEY, ONCE, NOON)) == 1
    assert not messages.read(ACME, KEY, ONCE, NOON)
    # and what was reported can still be read
    assert len(messages.read(ACME, KEY, replace(ALL, mark=True), NOON)) == 2


def test_of_many_readers_each_message_goes_to_exactly_one(messages: AccountNotices) -> None:
    for n in range(12):
        messages.notify(about(n))
    start = Barrier(6)

    def read(_: int) -> list[str]:
        start.wait()
        return [message.id for message in messages.read(ACME, KEY, ONCE, NOON)]

    with ThreadPoolExecutor(6) as pool:
        taken = [id for ids in pool.map(read, range(6)) for id in ids]
    assert sorted(taken) == sorted(about(n).id for n in range(12))


def test_a_row_says_in_clear_only_what_sort_of_message_it_is(real: AlertPath) -> None:
    messages = DynamoDbAccountNotices(real.table, FakeSealer())
    messages.notify(about(1, text="canary text"))
    (row,) = real.dynamodb._client.scan(TableName=real.table_name)["Items"]
    assert "canary" not in repr(row)
    assert row["pk"] == {"S": "T#acme#K#k1#MSG"}
    assert int(row["ttl"]["N"]) * 1000 > int(row["exp"]["N"])


def test_a_notice_once_a_key_stays_told_when_its_time_is_over(messages: AccountNotices) -> None:
    assert messages.notify_once(about(1))
    assert not messages.notify_once(about(2))
    assert [m.text for m in messages.read(ACME, KEY, ALL, NOON)] == ["event 1 was not taken"]
    assert not messages.notify_once(about(3, slot=NOON + 2 * KEPT, at=NOON + 2 * KEPT))
    assert messages.notify_once(about(1, key_id=ApiKeyId("k-once"), id="msg_other"))
    assert messages.notify_once(about(4, code="other"))
