"""NoticeBoard: what is told once is kept once, newest first, for thirty days."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.contract.alert_path import ACME, KEY, NOON, OTHER
from tests.contract.callback_stores import CallbackStores
from tests.fakes.sealer import FakeSealer
from tocsin.adapters.dynamodb.client_messages import DynamoDbClientMessages
from tocsin.domain.client_message import MessageQuery
from tocsin.domain.ids import ApiKeyId
from tocsin.domain.notice import KEPT_FOR, Category, Notice, Severity

NOTICE = Notice(ACME, KEY, "callback-failing-1", NOON, Severity.WARNING, Category.CALLBACK, "größte Sorge")


def test_ah_129_notices_come_newest_first_and_once(callbacks: CallbackStores) -> None:
    later = replace(NOTICE, id="b", at=NOON + timedelta(hours=1), severity=Severity.ERROR)
    for one in (NOTICE, later, NOTICE, replace(NOTICE, text="again")):
        callbacks.notices.post(one)
    assert list(callbacks.notices.of_key(ACME, KEY, 10, NOON)) == [later, NOTICE]
    assert list(callbacks.notices.of_key(ACME, KEY, 1, NOON)) == [later]


def test_a_notice_is_for_its_key_and_its_time(callbacks: CallbackStores) -> None:
    callbacks.notices.post(NOTICE)
    assert list(callbacks.notices.of_key(ACME, ApiKeyId("k2"), 10, NOON)) == []
    assert list(callbacks.notices.of_key(OTHER, KEY, 10, NOON)) == []
    assert list(callbacks.notices.of_key(ACME, KEY, 10, NOON + KEPT_FOR)) == []


def test_ah_129_a_notice_is_among_the_messages_of_its_key_and_reported_once(callbacks: CallbackStores) -> None:
    if callbacks.dynamodb is None:
        pytest.skip("in memory the two are apart")
    callbacks.notices.post(NOTICE)
    messages = DynamoDbClientMessages(callbacks.dynamodb, callbacks.table_name, FakeSealer())
    once = MessageQuery(unreported=True, mark=True)

    (told,) = messages.read(ACME, KEY, once, NOON)

    assert (told.id, told.at, told.text) == (NOTICE.id, NOON, NOTICE.text)
    assert (told.severity.value, told.category.value, told.code) == ("warning", "callback", "callback")
    assert messages.read(ACME, KEY, once, NOON) == []
