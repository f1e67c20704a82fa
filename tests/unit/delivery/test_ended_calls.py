"""The end of a call and its message: success, the next attempt, the last one, late facts, and calls that were lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import a_call
from tests.fakes.time import NOON
from tocsin.delivery.domain.ended_calls import call_outcome
from tocsin.delivery.domain.message import (
    Message,
    MessageState,
    SendingTerms,
    claim_message,
    dialled,
    in_call,
    rejected_temporarily,
    resent,
)
from tocsin.voice.domain.call_content import CallContent
from tocsin.voice.domain.call_facts import CallEnd, CallFacts
from tocsin.voice.domain.dialogue_state import Heard, KeyMeaning
from tocsin.voice.domain.script import AudioFile, Replay, Simple
from tocsin.voice.domain.verdict import MAX_LOST_CALLS, RETRY_AFTER, CallReason

S, R = MessageState, CallReason
SECOND = timedelta(seconds=1)
MAIN = AudioFile("prompts/main.wav", 10_000)
TERMS = SendingTerms(NOON + timedelta(days=1), cancelled=False, claim_for=60 * SECOND, idempotent=True)

BUSY = CallFacts(CallEnd.BUSY)
NO_ANSWER = CallFacts(CallEnd.NO_ANSWER)
NO_SUCH_NUMBER = CallFacts(CallEnd.INVALID_NUMBER)
LOST = CallFacts(CallEnd.ENDED, answered=True)
NO_KEY = CallFacts(CallEnd.HUNG_UP, answered=True, heard=Heard.ALL, finished=True)
OK = CallFacts(CallEnd.HUNG_UP, answered=True, heard=Heard.ALL, keys="2", meaning=KeyMeaning.OK, finished=True)


def content(attempts: int = 3) -> CallContent:
    found, _, _ = a_call(script=Replay(), attempts=attempts)
    return found


def calling(message: Message | None = None) -> Message:
    now = NOON if message is None else message.due_at or message.log[-1].at
    claimed = claim_message(message, 0, now, TERMS)
    assert isinstance(claimed, Message)
    return dialled(claimed, f"call-{claimed.attempt}", now, 40 * SECOND)


def ended(message: Message, facts: CallFacts, attempts: int = 3) -> Message:
    after = call_outcome(message, message.attempt, facts, content(attempts), MAIN, message.log[-1].at + 20 * SECOND)
    assert after is not None
    return after


@pytest.mark.parametrize(
    ("facts", "state", "reason", "wait"),
    [
        (OK, S.DELIVERED, None, None),
        (BUSY, S.RETRY_WAIT, "busy", 60),
        (NO_ANSWER, S.RETRY_WAIT, "no_answer", 90),
        (NO_KEY, S.RETRY_WAIT, "no_key", 60),
        (CallFacts(CallEnd.NETWORK), S.RETRY_WAIT, "network", 30),
        (LOST, S.RETRY_WAIT, "control_lost", 30),
        (CallFacts(), S.RETRY_WAIT, "network", 30),  # nothing is known, not even by its provider
        (NO_SUCH_NUMBER, S.FAILED, "invalid_number", None),
        (CallFacts(CallEnd.NUMBER_BLOCKED), S.FAILED, "number_blocked", None),
        (CallFacts(answered=True, unplayable=True), S.FAILED, "unplayable", None),
    ],
)
def test_ah_101_what_follows_a_call(
    facts: CallFacts, state: MessageState, reason: str | None, wait: int | None
) -> None:
    message = ended(calling(), facts)

    assert (message.state, message.reason) == (state, reason)
    assert message.due_at == (None if wait is None else message.log[-1].at + wait * SECOND)
    assert message.call_facts == facts


def test_ah_101_as_many_calls_are_placed_as_the_client_asks_for() -> None:
    message = ended(calling(), BUSY, attempts=2)
    message = ended(calling(message), NO_ANSWER, attempts=2)

    assert (message.state, message.reason, message.calls) == (S.FAILED, "no_answer", ("busy", "no_answer"))


def test_a_refusal_before_dialling_is_no_attempt() -> None:
    claimed = claim_message(None, 0, NOON, TERMS)
    assert isinstance(claimed, Message)
    refused = rejected_temporarily(claimed, "throttled", NOON, SECOND)

    message = ended(calling(refused), BUSY, attempts=2)

    assert message.state is S.RETRY_WAIT
    assert ended(calling(message), BUSY, attempts=2).state is S.FAILED


def test_calls_that_broke_down_on_our_side_do_not_count_and_are_at_most_three() -> None:
    message: Message | None = None
    for _ in range(MAX_LOST_CALLS - 1):
        message = ended(calling(message), LOST, attempts=1)
        assert message.state is S.RETRY_WAIT

    assert ended(calling(message), BUSY, attempts=1).reason == "busy"
    last = ended(calling(message), LOST, attempts=1)
    assert (last.state, last.reason) == (S.FAILED, "control_lost")


def test_an_end_that_comes_before_the_dialling_is_recorded_counts_as_a_call() -> None:
    claimed = claim_message(None, 0, NOON, TERMS)
    assert isinstance(claimed, Message)

    message = ended(claimed, BUSY, attempts=1)

    assert (message.state, message.calls) == (S.FAILED, ("busy",))


def test_a_message_that_is_sent_again_is_called_as_often_as_the_first_time() -> None:
    message = ended(calling(ended(calling(), BUSY, attempts=2)), BUSY, attempts=2)
    again = resent(message, message.log[-1].at)
    assert again is not None

    third = ended(calling(again), BUSY, attempts=2)
    assert third.state is S.RETRY_WAIT
    assert ended(calling(third), BUSY, attempts=2).state is S.FAILED


def test_a_late_key_makes_a_success_of_a_call_that_had_failed() -> None:
    message = ended(calling(), NO_KEY, attempts=1)
    assert message.state is S.FAILED

    late = ended(message, OK)

    assert (late.state, late.call_facts.keys) == (S.DELIVERED, "2")
    assert call_outcome(late, 1, OK, content(), MAIN, NOON) is None


def test_what_the_length_of_a_recording_proves_is_kept_with_the_facts() -> None:
    # given a message of ten seconds that a key may cut, and a key after twenty
    simple, _, _ = a_call(script=Simple(require_response=True))
    key = CallFacts(CallEnd.ENDED, True, Heard.ENDED, keys="5", meaning=KeyMeaning.KEY, finished=True, key_seconds=20)

    late, early = (
        call_outcome(calling(), 1, facts, simple, MAIN, NOON) for facts in (key, key.merge(CallFacts(key_seconds=4)))
    )

    assert late is not None
    assert late.call_facts.heard is Heard.ALL
    assert early is not None
    assert early.call_facts.heard is Heard.ENDED


ENDS = st.sampled_from([BUSY, NO_ANSWER, NO_KEY, LOST, OK, NO_SUCH_NUMBER, CallFacts(CallEnd.NETWORK)])


def life(ends: list[CallFacts], attempts: int) -> Iterator[Message]:
    """Call until the message has ended, or nothing else happens; every end is told twice, and facts come before it."""
    message: Message | None = None
    for facts in ends:
        if message is not None and message.state is not S.RETRY_WAIT:
            return
        message = calling(message)
        if facts.answered:
            message = in_call(message, message.attempt, CallFacts(answered=True), message.log[-1].at, SECOND) or message
        message = ended(message, facts, attempts)
        assert call_outcome(message, message.attempt, facts, content(attempts), MAIN, NOON) is None
        yield message


@settings(max_examples=60)
@given(st.lists(ENDS, min_size=1, max_size=14), st.integers(1, 10))
def test_ah_101_no_message_is_called_more_often_than_asked_for_or_less(ends: list[CallFacts], attempts: int) -> None:
    *_, message = life(ends, attempts)

    counted = [reason for reason in message.calls if reason != R.CONTROL_LOST]
    lost = len(message.calls) - len(counted)
    assert len(counted) <= attempts
    assert lost <= MAX_LOST_CALLS
    if message.state is S.FAILED:
        assert message.reason is not None
        worth_another = R(message.reason) in RETRY_AFTER
        assert not worth_another or len(counted) == attempts or lost == MAX_LOST_CALLS
    assert (message.state is S.DELIVERED) == (None in message.calls)
