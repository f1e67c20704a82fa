"""A call as a state of its message: dialled, in call, ended; late, twice, out of order."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.local.outside.phone_people import phone_person
from tests.fakes.time import NOON
from tests.unit.voice.calls import PROMPTS, call
from tocsin.delivery.domain.ended_calls import call_back_outcome
from tocsin.delivery.domain.message import (
    CALL_GRACE,
    MAX_ATTEMPTS,
    RECEIPT_GRACE,
    STOPPED,
    TERMINAL_STATES,
    Message,
    MessageState,
    NotClaimed,
    NotClaimedReason,
    SendingTerms,
    call_ended,
    claim_message,
    dialled,
    ended_by_restore,
    in_call,
    outcome_unknown,
    rejected_temporarily,
    withdrawn,
)
from tocsin.voice.domain.call_content import CallContent
from tocsin.voice.domain.call_facts import CallEnd, CallFacts
from tocsin.voice.domain.dialogue_state import Heard, KeyMeaning
from tocsin.voice.domain.script import PromptName, Replay, Simple, SpokenText, Voice
from tocsin.voice.domain.verdict import CallReason, retry_delay, verdict

S, R = MessageState, CallReason
SECOND = timedelta(seconds=1)
TERMS = SendingTerms(NOON + timedelta(hours=4), cancelled=False, claim_for=60 * SECOND, idempotent=True)
ANSWERED = CallFacts(answered=True)
HEARD = CallFacts(answered=True, heard=Heard.ALL)
OK = CallFacts(answered=True, heard=Heard.ALL, keys="2", meaning=KeyMeaning.OK, finished=True)
BUSY = CallFacts(CallEnd.BUSY)


def claimed(current: Message | None = None, at: timedelta = timedelta(0), terms: SendingTerms = TERMS) -> Message:
    decision = claim_message(current, 3, NOON + at, terms)
    assert isinstance(decision, Message)
    return decision


def calling(current: Message | None = None, at: timedelta = timedelta(0)) -> Message:
    return dialled(claimed(current, at), "contact-1", NOON + at, answer_within=40 * SECOND)


def changed(message: Message | None) -> Message:
    assert message is not None
    return message


def waiting(reason: CallReason = R.BUSY, facts: CallFacts = BUSY) -> Message:
    return changed(call_ended(calling(), 1, facts, reason, NOON + 5 * SECOND, 60 * SECOND))


def test_a_dialled_message_is_under_way_until_its_provider_has_to_be_asked() -> None:
    message = calling()

    assert (message.state, message.provider_id, message.attempt) == (S.CALLING, "contact-1", 1)
    assert message.due_at == NOON + 40 * SECOND + CALL_GRACE
    assert S.CALLING not in TERMINAL_STATES


@pytest.mark.parametrize("overdue", [False, True])
def test_a_message_in_a_call_is_not_claimed(overdue: bool) -> None:
    message = calling()
    assert message.due_at is not None
    now = message.due_at if overdue else message.due_at - SECOND

    # then an overdue call is for the one who asks the provider
    until = None if overdue else message.due_at
    assert claim_message(message, 3, now, TERMS) == NotClaimed(NotClaimedReason.IN_CALL, until)


def test_what_a_call_tells_is_added_and_moves_the_time_of_the_question() -> None:
    message = changed(in_call(calling(), 1, ANSWERED, NOON + 9 * SECOND, next_within=30 * SECOND))
    message = changed(in_call(message, 1, CallFacts(heard=Heard.ALL), NOON + 40 * SECOND, next_within=10 * SECOND))

    assert message.call_facts == HEARD
    assert message.due_at == NOON + 50 * SECOND + CALL_GRACE
    assert [step.state for step in message.log] == [S.SENDING, S.CALLING, S.CALLING, S.CALLING]
    assert in_call(message, 1, ANSWERED, NOON + 41 * SECOND, 10 * SECOND) is None  # nothing new


@pytest.mark.parametrize("state", [S.SENDING, S.UNKNOWN])
def test_a_call_may_tell_something_before_its_dialling_is_recorded(state: MessageState) -> None:
    message = claimed()
    if state is S.UNKNOWN:
        message = outcome_unknown(message, "timeout", NOON)

    assert changed(in_call(message, 1, ANSWERED, NOON, SECOND)).state is S.CALLING
    assert changed(call_ended(message, 1, OK, None, NOON, None)).state is S.DELIVERED
    assert changed(call_ended(message, 1, BUSY, R.BUSY, NOON, SECOND)).state is S.RETRY_WAIT


def test_a_call_that_succeeds_is_delivered() -> None:
    message = changed(call_ended(calling(), 1, OK, None, NOON + 40 * SECOND, None))

    assert (message.state, message.reason, message.due_at) == (S.DELIVERED, None, None)
    assert message.call_facts == OK


def test_ah_101_a_call_without_success_waits_for_the_next_attempt_or_fails() -> None:
    message = waiting()
    assert (message.state, message.reason, message.due_at) == (S.RETRY_WAIT, "busy", NOON + 65 * SECOND)

    second = calling(message, 65 * SECOND)
    assert second.attempt == 2
    assert second.call_facts == CallFacts()  # nothing is known about the second call yet
    failed = changed(call_ended(second, 2, BUSY, R.BUSY, NOON + 70 * SECOND, None))
    assert (failed.state, failed.reason, failed.calls) == (S.FAILED, "busy", ("busy", "busy"))


def test_the_end_of_a_call_that_is_told_twice_counts_once() -> None:
    assert call_ended(waiting(), 1, BUSY, R.BUSY, NOON, 60 * SECOND) is None
    done = changed(call_ended(calling(), 1, OK, None, NOON, None))
    assert call_ended(done, 1, OK, None, NOON, None) is None
    assert call_ended(done, 1, OK, R.NO_KEY, NOON, None) is None
    assert in_call(done, 1, HEARD, NOON, SECOND) is None


@pytest.mark.parametrize("delay", [60 * SECOND, None])
def test_a_late_fact_can_only_improve_what_a_call_came_to(delay: timedelta | None) -> None:
    # given an end that came before the last key
    over = changed(call_ended(calling(), 1, HEARD, R.NO_KEY, NOON, delay))
    assert over.state is (S.RETRY_WAIT if delay else S.FAILED)

    late = changed(call_ended(over, 1, over.call_facts.merge(OK), None, NOON + SECOND, None))

    assert (late.state, late.call_facts, late.calls) == (S.DELIVERED, OK, (None,))
    # then more facts about a success are told once more
    more = OK.merge(CallFacts(talk_seconds=34))
    assert changed(call_ended(late, 1, more, None, NOON + SECOND, None)).call_facts == more


def test_the_success_of_an_earlier_call_counts_and_its_failure_does_not() -> None:
    second = calling(waiting(R.NO_KEY, HEARD), 65 * SECOND)

    assert call_ended(second, 1, HEARD, R.HUNG_UP_EARLY, NOON + 70 * SECOND, None) is None
    assert in_call(second, 1, HEARD, NOON + 70 * SECOND, SECOND) is None
    assert withdrawn(second, 1, HEARD, S.CANCELLED, NOON + 70 * SECOND) is None
    assert changed(call_ended(second, 1, OK, None, NOON + 70 * SECOND, None)).state is S.DELIVERED


def test_a_call_that_was_never_begun_changes_nothing() -> None:
    assert call_ended(calling(), 2, OK, None, NOON, None) is None


@pytest.mark.parametrize(("state", "reason"), [(S.CANCELLED, None), (S.SKIPPED, STOPPED)])
def test_a_call_that_is_stopped_before_it_was_answered_ends_its_message(
    state: MessageState, reason: str | None
) -> None:
    stopped = CallFacts(CallEnd.STOPPED, dial_seconds=8)

    message = changed(withdrawn(calling(), 1, stopped, state, NOON))

    assert (message.state, message.reason, message.call_facts) == (state, reason, stopped)
    assert withdrawn(message, 1, stopped, state, NOON) is None


def test_calls_that_were_placed_are_counted_and_refusals_are_not() -> None:
    refused = rejected_temporarily(claimed(), "throttled", NOON, SECOND)
    lost = call_ended(calling(refused, SECOND), 2, ANSWERED, R.CONTROL_LOST, NOON + SECOND, SECOND)
    third = changed(in_call(calling(lost, 3 * SECOND), 3, ANSWERED, NOON + 4 * SECOND, SECOND))

    assert third.attempt == 3
    assert third.calls == (R.CONTROL_LOST, None)


def test_a_try_whose_outcome_is_unknown_is_made_again_at_once_under_its_number_where_the_provider_has_a_token() -> None:
    unknown = claimed(claimed(), 60 * SECOND)  # its claim ran out
    assert (unknown.state, unknown.due_at) == (S.UNKNOWN, NOON + 60 * SECOND)

    again = claimed(unknown, 60 * SECOND)

    assert (again.state, again.attempt, again.possible_duplicate) == (S.SENDING, 1, False)
    assert calling(outcome_unknown(again, "timeout", NOON, timedelta(0)), 61 * SECOND).calls == (None,)


def test_without_a_token_it_waits_for_a_receipt_and_is_flagged() -> None:
    terms = SendingTerms(TERMS.send_before, cancelled=False, claim_for=TERMS.claim_for)
    unknown = claimed(claimed(), 60 * SECOND, terms)

    assert unknown.due_at == NOON + 60 * SECOND + RECEIPT_GRACE
    again = claimed(unknown, timedelta(minutes=20), terms)
    assert (again.attempt, again.possible_duplicate) == (2, True)


def test_a_provider_that_never_answers_is_not_asked_for_ever() -> None:
    message = claimed()
    for _ in range(MAX_ATTEMPTS - 1):
        message = claimed(outcome_unknown(message, "timeout", NOON, timedelta(0)))

    assert claimed(outcome_unknown(message, "timeout", NOON, timedelta(0))).state is S.UNCONFIRMED


def test_a_call_that_was_going_on_when_a_backup_was_made_is_expired() -> None:
    assert changed(ended_by_restore(calling(), 3, NOON)).state is S.EXPIRED


REPLAYED = call(Replay(), phone_person("+447700900809"))
"""Said again once, then 2."""


@settings(max_examples=20)
@given(st.randoms(use_true_random=False))
def test_whatever_the_order_of_reports_a_message_comes_to_the_same(random: Random) -> None:
    reports = [report for report in REPLAYED.reports for _ in range(2)]
    random.shuffle(reports)
    message = calling()
    for number, report in enumerate(reports, 1):
        now = NOON + number * SECOND
        facts = message.call_facts.merge(report)
        said = verdict(Replay(), facts, PROMPTS[PromptName.MAIN])
        if facts.end is None and not facts.meaning:
            message = in_call(message, 1, report, now, SECOND) or message
        else:
            delay = said.reason and retry_delay(said.reason, attempts=1, allowed=2, lost=0)
            message = call_ended(message, 1, facts, said.reason, now, delay or None) or message

    assert (message.state, message.call_facts) == (S.DELIVERED, REPLAYED.facts)


# --- call back -------------------------------------------------------------------------------------------------

CONTENT = CallContent("+447700900900", Replay(), {PromptName.MAIN: SpokenText("down", Voice("Amy", "neural"))}, 3)
SIMPLE = replace(CONTENT, script=Simple())


def back(message: Message, facts: CallFacts = OK, content: CallContent = CONTENT) -> Message | None:
    main = content.prompts[PromptName.MAIN]
    assert isinstance(main, SpokenText)
    return call_back_outcome(message, facts, content, main, NOON + 600 * SECOND)


@pytest.mark.parametrize(
    "message",
    [
        claimed(),
        calling(),
        waiting(),
        changed(call_ended(calling(), 1, BUSY, R.BUSY, NOON, None)),
        changed(withdrawn(calling(), 1, BUSY, S.SKIPPED, NOON)),
        outcome_unknown(claimed(), "reply_lost", NOON),
    ],
    ids=lambda message: message.state.value,
)
def test_a_call_back_delivers_whatever_the_state_and_is_no_attempt(message: Message) -> None:
    delivered = changed(back(message))

    assert (delivered.state, delivered.reason, delivered.due_at) == (S.DELIVERED, None, None)
    assert delivered.version == message.version + 1
    assert (delivered.attempt, delivered.calls) == (message.attempt, message.calls)
    assert delivered.call_facts == replace(OK, called_back=True)


def test_a_call_back_that_does_not_do_what_the_call_asks_for_changes_nothing() -> None:
    assert back(waiting(), HEARD) is None


def test_after_a_call_back_the_attempt_under_way_says_nothing_more() -> None:
    delivered = changed(back(calling()))

    assert in_call(delivered, 1, HEARD, NOON, SECOND) is None
    assert withdrawn(delivered, 1, BUSY, S.SKIPPED, NOON) is None
    assert call_ended(delivered, 1, BUSY, R.BUSY, NOON, 60 * SECOND) is None
    assert call_ended(delivered, 1, HEARD, None, NOON, None) is None
    claim = claim_message(delivered, 3, NOON + 600 * SECOND, TERMS)
    assert claim == NotClaimed(NotClaimedReason.TERMINAL)


def test_a_delivered_message_is_called_back_only_for_something_better() -> None:
    connected = changed(call_ended(calling(), 1, ANSWERED, None, NOON, None))
    played = changed(call_ended(calling(), 1, HEARD, None, NOON, None))
    key = replace(OK, meaning=KeyMeaning.KEY)

    assert back(connected, ANSWERED, SIMPLE) is None
    assert changed(back(connected, HEARD, SIMPLE)).version == connected.version + 1
    assert back(played, HEARD, SIMPLE) is None
    keyed = changed(back(played, key, SIMPLE))
    assert back(keyed, HEARD, SIMPLE) is None
    assert back(keyed, key, SIMPLE) is None
