"""Calls of the sandbox: each number has its fate, and what comes of it is decided by the rules of true calls."""

from __future__ import annotations

import pytest

from tocsin.adapters.sandbox.calls import simulated_call
from tocsin.delivery.domain.submission import OutcomeUnknown
from tocsin.voice.domain.call_facts import CallFacts
from tocsin.voice.domain.script import Replay, Script, Simple, SpokenText, Voice
from tocsin.voice.domain.verdict import CallReason, CallStatus, verdict

MAIN = SpokenText("Trunk 7 is down. " * 8, Voice("Amy", "neural"))
REPLAY = Replay(say_again="1", ok="52", not_ok="9*")
KEY_WANTED = Simple(require_response=True)


def facts(n: int, script: Script, attempt: int = 1) -> CallFacts:
    found = simulated_call(f"+4477009000{n:02}", attempt, script, MAIN)
    assert isinstance(found, CallFacts)
    return found


def came_to(n: int, script: Script, attempt: int = 1) -> tuple[CallStatus, CallReason | None]:
    found = verdict(script, facts(n, script, attempt), MAIN)
    return found.status, found.reason


@pytest.mark.parametrize(
    ("n", "script", "status", "reason"),
    [
        (0, REPLAY, CallStatus.RECIPIENT_OK, None),
        (0, KEY_WANTED, CallStatus.KEY_PRESSED, None),
        (0, Simple(), CallStatus.KEY_PRESSED, None),
        (1, REPLAY, CallStatus.BUSY, CallReason.BUSY),
        (2, REPLAY, CallStatus.FAILED, CallReason.INVALID_NUMBER),
        (3, REPLAY, CallStatus.RECIPIENT_OK, None),
        (5, REPLAY, CallStatus.NO_ANSWER, CallReason.NO_ANSWER),
        (6, REPLAY, CallStatus.NO_ANSWER, CallReason.NO_ANSWER),
        (7, REPLAY, CallStatus.FAILED, CallReason.HUNG_UP_EARLY),
        (7, Simple(require_full_play=True), CallStatus.FAILED, CallReason.HUNG_UP_EARLY),
        (7, Simple(), CallStatus.CONNECTED, None),
        (8, REPLAY, CallStatus.FAILED, CallReason.NO_KEY),
        (8, KEY_WANTED, CallStatus.FAILED, CallReason.NO_KEY),
        (8, Simple(), CallStatus.FULL_PLAY, None),
        (9, REPLAY, CallStatus.RECIPIENT_NOT_OK, None),
        (9, KEY_WANTED, CallStatus.KEY_PRESSED, None),
        (10, REPLAY, CallStatus.FAILED, CallReason.NO_KEY),
        (10, Simple(), CallStatus.FULL_PLAY, None),
        (77, REPLAY, CallStatus.RECIPIENT_OK, None),
    ],
)
def test_decided_7_4_a_sandbox_number_has_its_fate(
    n: int, script: Script, status: CallStatus, reason: CallReason | None
) -> None:
    assert came_to(n, script) == (status, reason)


@pytest.mark.parametrize(("n", "answered_at"), [(1, None), (2, None), (5, 2), (6, 3)])
def test_an_attempt_is_answered_in_its_turn(n: int, answered_at: int | None) -> None:
    answered = [attempt for attempt in range(1, 11) if facts(n, REPLAY, attempt).answered]
    assert answered == ([] if answered_at is None else list(range(answered_at, 11)))


def test_the_first_key_of_each_meaning_is_pressed() -> None:
    assert (facts(0, REPLAY).keys, facts(9, REPLAY).keys, facts(8, REPLAY).keys) == ("5", "9", "")


def test_a_lost_reply_says_nothing_about_the_call() -> None:
    assert isinstance(simulated_call("+447700900004", 1, REPLAY, MAIN), OutcomeUnknown)


def test_a_machine_is_recognised_and_a_person_is_not() -> None:
    assert [facts(n, REPLAY).machine for n in (0, 8, 10)] == [False, False, True]


def test_times_are_those_of_a_true_call() -> None:
    heard_all = facts(0, KEY_WANTED)

    assert verdict(KEY_WANTED, heard_all, MAIN).heard == "all"
    assert heard_all.talk_seconds == heard_all.key_seconds
    assert facts(5, REPLAY).dial_seconds == 40
    assert facts(5, REPLAY).talk_seconds is None
    assert facts(7, REPLAY).talk_seconds == 2
