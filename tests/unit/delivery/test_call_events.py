"""The events of calls: one `attempt` for each call, `callComplete` at the end, and never a worse one after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import a_call, an_acceptance, number
from tests.fakes.time import NOON
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.domain.call_events import call_events
from tocsin.delivery.domain.message import (
    STOPPED,
    Message,
    MessageState,
    Step,
    call_ended,
    called_back,
    withdrawn,
)
from tocsin.delivery.domain.message_events import events_since
from tocsin.results.domain.result_event import ResultEvent
from tocsin.voice.domain.call_facts import CallEnd, CallFacts, to_text
from tocsin.voice.domain.dialogue_state import Heard, KeyMeaning
from tocsin.voice.domain.script import Replay, Script, Simple
from tocsin.voice.domain.verdict import CallStatus

S = MessageState
ANA = Recipient(number(1), "c0")
BUSY = CallFacts(CallEnd.BUSY, dial_seconds=3.26)
STOPPED_CALL = CallFacts(CallEnd.STOPPED, dial_seconds=8)
OK = CallFacts(
    CallEnd.ENDED,
    answered=True,
    heard=Heard.ALL,
    keys="12",
    meaning=KeyMeaning.OK,
    finished=True,
    dial_seconds=6,
    talk_seconds=34.04,
)
NO_KEY = CallFacts(CallEnd.HUNG_UP, True, Heard.ENDED, keys="7", finished=True, dial_seconds=6, talk_seconds=20)


def message(*steps: tuple[MessageState, str | None, CallFacts | None]) -> Message:
    """Return a message with this log, a second from step to step."""
    log = tuple(
        Step(NOON + timedelta(seconds=n), state, reason, None if facts is None else to_text(facts))
        for n, (state, reason, facts) in enumerate(steps)
    )
    tries = sum(state is S.SENDING for state, _, _ in steps)
    return Message(0, log[-1].state, len(log), tries, log, reason=log[-1].reason)


SENDING, CALLING = (S.SENDING, None, None), (S.CALLING, None, None)
IN_CALL = (S.CALLING, None, CallFacts(answered=True))


def events(message: Message, script: Script | None = None, version: int = 0) -> Sequence[ResultEvent]:
    alert = an_acceptance(a_call(ANA.address, script=script or Replay())).alert
    return events_since(alert, alert.items[0], 0, ANA, message, version)


def told(message: Message, script: Script | None = None, version: int = 0) -> list[dict[str, Any]]:
    """Return name, reason and details of the events."""
    return [
        {"event": one.event, **({"reason": one.reason} if one.reason else {}), **one.details}
        for one in events(message, script, version)
    ]


def test_ah_101_each_call_tells_its_end_and_the_message_tells_its_own() -> None:
    found = told(
        message(SENDING, CALLING, (S.RETRY_WAIT, "busy", BUSY), SENDING, CALLING, IN_CALL, (S.DELIVERED, None, OK))
    )

    spoken = {"status": "recipientOk", "digits": "12", "ringSeconds": 6.0, "durationSeconds": 34.0, "heard": "all"}
    assert found == [
        {
            "event": "attempt",
            "reason": "busy",
            "attempt": 1,
            "status": "busy",
            "digits": "",
            "ringSeconds": 3.3,
            "durationSeconds": 0,
            "heard": "none",
        },
        {"event": "attempt", "attempt": 2, **spoken},
        {"event": "callComplete", "attempt": 2, "attempts": 2, **spoken},
    ]


def test_the_last_failure_is_what_the_message_came_to() -> None:
    found = told(message(SENDING, CALLING, (S.FAILED, "no_key", NO_KEY)))

    both = {"reason": "no_key", "status": "failed", "digits": "7", "ringSeconds": 6.0, "durationSeconds": 20.0}
    # how much was heard is not told: a key may have cut the message short
    assert found == [
        {"event": "attempt", "attempt": 1, **both},
        {"event": "callComplete", "attempt": 1, "attempts": 1, **both},
    ]


def test_a_machine_is_told() -> None:
    machine = CallFacts(CallEnd.HUNG_UP, True, Heard.ALL, finished=True, machine=True)

    assert [one["machine"] for one in told(message(SENDING, CALLING, (S.DELIVERED, None, machine)), Simple())] == [
        True,
        True,
    ]


def test_a_call_that_was_stopped_while_it_rang() -> None:
    for state, reason in ((S.CANCELLED, None), (S.SKIPPED, STOPPED)):
        ringing = message(SENDING, CALLING)
        stopped = withdrawn(ringing, 1, STOPPED_CALL, state, NOON, reason)
        assert stopped is not None

        attempt, complete = told(stopped, version=2)

        assert (attempt["event"], attempt["status"], attempt["reason"]) == ("attempt", "noAnswer", "stopped")
        assert attempt["ringSeconds"] == 8.0
        assert (complete["event"], complete["status"], complete["reason"]) == ("callComplete", "failed", state.value)


def test_a_message_that_ends_between_two_calls_tells_nothing_but_its_end() -> None:
    waiting = (SENDING, CALLING, (S.RETRY_WAIT, "busy", BUSY))
    for state, reason, why in (
        (S.CANCELLED, None, "cancelled"),
        (S.SKIPPED, "answered_sms", "skipped"),
        (S.EXPIRED, None, "expired"),
        (S.SUPPRESSED, "spend_cap", "spend_cap"),
        (S.FAILED, "attempts_exhausted", "attempts_exhausted"),
        (S.UNCONFIRMED, None, "unconfirmed"),
    ):
        (complete,) = told(message(*waiting, (state, reason, None)), version=3)

        assert (complete["event"], complete["status"], complete["reason"]) == ("callComplete", "failed", why)
        assert (complete["attempt"], complete["attempts"], complete["ringSeconds"]) == (1, 1, 3.3)


def test_a_message_that_was_never_dialled_tells_what_a_text_would_tell() -> None:
    for step, event in (
        ((S.FAILED, "invalid_number", None), "failed"),
        ((S.CANCELLED, None, None), "failed"),
        ((S.SKIPPED, "answered_sms", None), "skipped"),
        ((S.UNCONFIRMED, "timeout", None), "failed"),
    ):
        assert [one["event"] for one in told(message(SENDING, step))] == [event]
    assert [one["event"] for one in told(message(SENDING, (S.HELD, "number_rate", None)))] == ["held"]


def test_a_refusal_tells_no_attempt_and_does_not_count_as_one() -> None:
    refused = (SENDING, (S.RETRY_WAIT, "throttled", None))

    assert told(message(*refused)) == []
    _, complete = told(message(*refused, SENDING, CALLING, (S.DELIVERED, None, OK)))
    assert (complete["attempt"], complete["attempts"]) == (1, 1)


def test_a_late_key_tells_a_better_end_with_a_higher_version_and_no_second_attempt() -> None:
    failed = message(SENDING, CALLING, (S.FAILED, "no_key", NO_KEY))
    late = call_ended(failed, 1, NO_KEY.merge(OK), None, NOON, None)
    assert late is not None

    first, second = events(failed), events(late)

    assert [one.event for one in second] == ["attempt", "callComplete", "callComplete"]
    assert second[:2] == first
    assert [one.version for one in second[1:]] == [3, 4]
    assert second[2].details["status"] == "recipientOk"
    assert len({one.event_id for one in second}) == 3


def test_decided_7_8_a_late_success_of_an_earlier_try_tells_the_number_of_its_own_attempt() -> None:
    # given a second call that rings, after a claim in between that placed none
    refused = (SENDING, (S.RETRY_WAIT, "throttled", None))
    first = (SENDING, CALLING, (S.RETRY_WAIT, "no_key", NO_KEY))
    ringing = message(*first, *refused, SENDING, CALLING)

    # when the key of the first one is told at last
    late = call_ended(ringing, 1, OK, None, NOON, None)
    assert late is not None

    # then no end of the second one is made up
    attempt, complete = told(late)
    assert (attempt["event"], attempt["attempt"], attempt["status"]) == ("attempt", 1, "failed")
    assert (complete["attempt"], complete["attempts"], complete["status"]) == (1, 2, "recipientOk")

    # and a success of the second one is its own
    newest = call_ended(late, 3, OK, None, NOON, None)
    assert newest is not None
    assert told(newest)[-1]["attempt"] == 2


def test_a_try_that_was_made_again_under_its_number_is_one_try() -> None:
    again = (SENDING, (S.UNKNOWN, "no_response", None), SENDING, CALLING, IN_CALL)
    second = message(SENDING, CALLING, (S.RETRY_WAIT, "busy", BUSY), *again)
    second = replace(second, attempt=2)

    assert [second.calls_after(attempt) for attempt in (0, 1, 2)] == [2, 1, 0]


def test_facts_that_change_nothing_of_the_end_tell_nothing() -> None:
    done = message(SENDING, CALLING, (S.DELIVERED, None, OK))
    again = call_ended(done, 1, OK.merge(CallFacts(key_seconds=9)), None, NOON, None)
    assert again is not None

    assert told(again, version=3) == []


def test_a_call_back_is_no_attempt() -> None:
    failed = message(SENDING, CALLING, (S.FAILED, "busy", BUSY))
    back = called_back(failed, OK, NOON)

    (complete,) = told(back, version=3)

    assert (complete["event"], complete["status"], complete["callBack"]) == ("callComplete", "recipientOk", True)
    assert complete["attempts"] == 1
    assert "attempt" not in complete
    assert back.calls == ("busy",)


def test_a_call_that_the_log_does_not_tell_the_end_of_completes_without_an_attempt() -> None:
    restored = message(SENDING, CALLING, (S.EXPIRED, "restored", None))

    (complete,) = told(restored)

    assert (complete["event"], complete["status"], complete["reason"]) == ("callComplete", "failed", "expired")
    assert complete["attempts"] == 1


_ENDS = st.sampled_from(
    [
        (S.RETRY_WAIT, "busy", BUSY),
        (S.RETRY_WAIT, "no_key", NO_KEY),
        (S.RETRY_WAIT, "throttled", None),
        (S.HELD, "quiet_hours", None),
    ]
)
_LAST = st.sampled_from(
    [(S.FAILED, "busy", BUSY), (S.FAILED, "no_key", NO_KEY), (S.CANCELLED, None, None), (S.DELIVERED, None, OK)]
)
_LATE = st.lists(st.sampled_from([OK, OK.merge(CallFacts(keys="129", meaning=KeyMeaning.NOT_OK))]), max_size=3)
_WELL = [status.value for status in list(CallStatus)[:5]]


@settings(max_examples=80)
@given(st.lists(_ENDS, max_size=6), _LAST, _LATE)
def test_each_call_tells_one_attempt_and_no_success_is_taken_back(
    ends: list[tuple[MessageState, str | None, CallFacts | None]],
    last: tuple[MessageState, str | None, CallFacts | None],
    late: list[CallFacts],
) -> None:
    steps = [step for end in (*ends, last) for step in (SENDING, *([CALLING] if end[2] else []), end)]
    whole = message(*steps, *((S.DELIVERED, None, facts) for facts in late))

    found = [one for of_step in call_events(Replay(), whole.log) for one in of_step or ()]

    attempts = [one.details["attempt"] for one in found if one.event == "attempt"]
    assert attempts == list(range(1, len(whole.calls) + 1))
    well = [one.details["status"] in _WELL for one in found if one.event == "callComplete"]
    assert well == sorted(well), "a success was taken back"
    assert well.count(False) <= 1
    # the events of the whole log are those of its parts, whenever they are told
    since = [events(whole, version=version) for version in range(whole.version + 1)]
    parts = [told[: len(told) - len(later)] for told, later in pairwise(since)]
    assert [one for part in parts for one in part] == events(whole)
