"""An event tells why in a stable word and in a sentence beside it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.ids import AlertRef
from tocsin.results.domain.event_object import event_object
from tocsin.results.domain.reasons import REASONS
from tocsin.results.domain.result_event import ResultEvent

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
EVENT = ResultEvent(
    event_id="e1",
    client_ref="ref-1",
    alert=AlertRef("a1"),
    channel=Channel.SMS,
    tag="t",
    event="failed",
    alertee="+447700900001",
    contact_id=None,
    whence=AT,
)


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_every_reason_of_an_event_has_its_sentence(reason: str) -> None:
    told = event_object(replace(EVENT, reason=reason))
    assert (told["reason"], told["reasonText"]) == (reason, REASONS[reason][0])


def test_a_reason_of_an_answer_that_does_not_count_has_its_sentence_too() -> None:
    told = event_object(replace(EVENT, event="reply", details={"counted": False, "reason": "automatic_visit"}))
    assert told["reasonText"] == REASONS["automatic_visit"][0]


def test_a_reason_that_no_table_has_is_told_in_its_own_words() -> None:
    assert event_object(replace(EVENT, reason="carrier_on_strike"))["reasonText"] == "carrier on strike"


def test_an_event_without_a_reason_has_no_sentence() -> None:
    assert event_object(EVENT).keys().isdisjoint({"reason", "reasonText"})
