"""The calls of one message, as readers are shown them, and as an explanation tells them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.fakes.time import NOON
from tests.unit.delivery.test_calling import BUSY, OK, SECOND, calling, changed, claimed, waiting
from tocsin.delivery.domain.message import Message, MessageState, call_ended, called_back, in_call
from tocsin.history.domain.explanation import _of_step
from tocsin.history.domain.placed_calls import PlacedCall, placed_calls
from tocsin.voice.domain.call_facts import CallFacts
from tocsin.voice.domain.dialogue_state import Heard
from tocsin.voice.domain.verdict import CallReason

AGAIN = timedelta(seconds=65)


def test_a_message_that_was_not_dialled_has_no_call() -> None:
    assert placed_calls(claimed()) == ()


def test_a_call_goes_on_until_its_end_is_told() -> None:
    ringing = calling()
    assert placed_calls(ringing) == (PlacedCall(NOON, CallFacts()),)

    talking = changed(in_call(ringing, 1, CallFacts(answered=True), NOON + SECOND, next_within=SECOND))
    assert placed_calls(talking) == (PlacedCall(NOON, CallFacts(answered=True)),)


def test_each_attempt_is_a_call_with_its_own_end() -> None:
    again = calling(waiting(), AGAIN)
    done = changed(call_ended(again, 2, OK, None, NOON + 2 * AGAIN, None))

    assert placed_calls(done) == (
        PlacedCall(NOON, BUSY, over=True, reason=CallReason.BUSY),
        PlacedCall(NOON + AGAIN, OK, over=True),
    )


def test_a_late_fact_about_the_last_call_is_no_further_call() -> None:
    failed = changed(call_ended(calling(), 1, BUSY, CallReason.BUSY, NOON + SECOND, None))
    better = changed(call_ended(failed, 1, OK, None, NOON + 2 * SECOND, None))

    assert placed_calls(better) == (PlacedCall(NOON, OK, over=True),)


def test_a_call_back_is_a_call_of_its_own() -> None:
    failed = changed(call_ended(calling(), 1, BUSY, CallReason.BUSY, NOON + SECOND, None))
    back = called_back(failed, OK, NOON + AGAIN)

    assert placed_calls(back) == (
        PlacedCall(NOON, BUSY, over=True, reason=CallReason.BUSY),
        PlacedCall(NOON + AGAIN, replace(OK, called_back=True), over=True),
    )


def test_a_call_whose_end_is_told_before_its_dialling_is_one_call() -> None:
    ended = changed(call_ended(claimed(), 1, BUSY, CallReason.BUSY, NOON + SECOND, SECOND))

    assert placed_calls(ended) == (PlacedCall(NOON + SECOND, BUSY, over=True, reason=CallReason.BUSY),)


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        (CallFacts(), ""),
        (CallFacts(answered=True), " (answered)"),
        (
            CallFacts(answered=True, heard=Heard.ALL, keys="12", talk_seconds=31.2),
            " (answered, heard in full, keys 12, 31 s)",
        ),
    ],
)
def test_an_explanation_tells_what_is_known_of_a_call(facts: CallFacts, told: str) -> None:
    message: Message = changed(call_ended(calling(), 1, facts, None, NOON, None))
    line = _of_step(message.log[-1], 0, 1, None)

    assert message.state is MessageState.DELIVERED
    assert line.text == f"it arrived{told}"
