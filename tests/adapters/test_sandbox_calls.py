"""What becomes of sandbox calls, number by number (decided 7.4; voice, 10.2)."""

from __future__ import annotations

import pytest

from tests.unit.voice.calls import AMY, SCRIPTS, SIMPLE
from tocsin.adapters.sandbox.calls import sandbox_call
from tocsin.delivery.domain.submission import OutcomeUnknown
from tocsin.voice.domain.call_facts import CallFacts, from_text, to_text
from tocsin.voice.domain.script import AudioFile, Replay, Script, Simple, SpokenText
from tocsin.voice.domain.verdict import CallVerdict, verdict

MAIN = AudioFile("prompts/main.wav", 10_000)
MUST_PRESS, FULL_PLAY = SIMPLE["key"], SIMPLE["full"]


def called(last_digits: int, script: Script, attempt: int = 1) -> CallFacts:
    found = sandbox_call(f"+4477009000{last_digits:02}", attempt, script, MAIN)
    assert isinstance(found, CallFacts)
    return found


def came_to(last_digits: int, script: Script, attempt: int = 1) -> CallVerdict:
    return verdict(script, called(last_digits, script, attempt), MAIN)


@pytest.mark.parametrize(
    ("last_digits", "script", "status", "reason"),
    [
        (0, Simple(), "keyPressed", None),
        (0, MUST_PRESS, "keyPressed", None),
        (0, SIMPLE["both"], "keyPressed", None),
        (0, Replay(), "recipientOk", None),
        (1, Simple(), "busy", "busy"),
        (2, Replay(), "failed", "invalid_number"),
        (3, Replay(), "recipientOk", None),  # a number without a fate
        (7, Simple(), "connected", None),  # nothing more was asked of it
        (7, FULL_PLAY, "failed", "hung_up_early"),
        (7, MUST_PRESS, "failed", "hung_up_early"),
        (7, Replay(), "failed", "hung_up_early"),
        (8, Simple(), "fullPlay", None),
        (8, FULL_PLAY, "fullPlay", None),
        (8, MUST_PRESS, "failed", "no_key"),
        (8, Replay(), "failed", "no_key"),
        (9, Replay(), "recipientNotOk", None),
        (9, MUST_PRESS, "keyPressed", None),
        (10, FULL_PLAY, "fullPlay", None),
        (10, Replay(), "failed", "no_key"),
        (99, Replay(barge_in=True), "recipientOk", None),
    ],
)
def test_decided_7_4_each_number_has_its_fate(
    last_digits: int, script: Script, status: str, reason: str | None
) -> None:
    found = came_to(last_digits, script)
    assert (found.status, found.reason) == (status, reason)


@pytest.mark.parametrize("last_digits", [5, 6])
def test_decided_7_4_who_does_not_answer_once_or_twice_answers_then(last_digits: int) -> None:
    attempts = [came_to(last_digits, Replay(), attempt).status.value for attempt in range(1, 5)]
    missed = last_digits - 4
    assert attempts == ["noAnswer"] * missed + ["recipientOk"] * (4 - missed)


def test_busy_numbers_and_numbers_that_do_not_exist_stay_so() -> None:
    assert {came_to(1, Simple(), attempt).status.value for attempt in range(1, 11)} == {"busy"}
    assert {str(came_to(2, Simple(), attempt).reason) for attempt in range(1, 11)} == {"invalid_number"}


def test_decided_7_4_the_first_key_of_each_set_is_pressed_once() -> None:
    script = Replay(say_again="1", ok="59", not_ok="07")
    assert (called(0, script).keys, came_to(0, script).response) == ("5", "5")
    assert (called(9, script).keys, came_to(9, script).status.value) == ("0", "recipientNotOk")
    assert (called(0, MUST_PRESS).keys, called(9, MUST_PRESS).keys) == ("2", "*")


def test_a_lost_reply_stays_one_at_every_try() -> None:
    found = {sandbox_call("+447700900004", attempt, Simple(), MAIN) for attempt in (1, 2)}
    assert found == {OutcomeUnknown("sandbox_outcome_unknown")}


def test_a_machine_is_told_and_presses_nothing() -> None:
    assert (called(10, Replay()).machine, called(10, Replay()).keys) == (True, "")
    assert not called(8, Replay()).machine


def test_decided_7_4_calls_carry_the_times_that_they_would_have_had() -> None:
    assert (called(5, Simple()).dial_seconds, called(5, Simple()).talk_seconds) == (40.0, None)
    assert (called(1, Simple()).dial_seconds, called(0, Simple()).dial_seconds) == (2.0, 2.0)
    assert (called(0, Simple()).key_seconds, called(0, Simple()).talk_seconds) == (10.5, 10.5)
    # pre, main, post, half a second to the key, done
    assert called(0, Replay()).talk_seconds == 3 + 10 + 3 + 0.5 + 3
    # pre, main, post and ten seconds, post once more and ten seconds
    assert called(8, Replay()).talk_seconds == 3 + 10 + 2 * (3 + 10)
    assert called(7, Replay()).talk_seconds == 3 + 10 / 2
    spoken = sandbox_call("+447700900008", 1, Simple(), SpokenText("x" * 120, AMY))
    assert isinstance(spoken, CallFacts)
    assert spoken.talk_seconds == 11.0


@pytest.mark.parametrize("script", [*SCRIPTS.values()], ids=[*SCRIPTS])
def test_every_sandbox_call_ends_and_its_facts_can_be_kept(script: Script) -> None:
    for number in range(100):
        if number != 4:
            facts = called(number, script)
            assert from_text(to_text(facts)) == facts
            assert verdict(script, facts, MAIN).reason not in ("control_lost", "network", "unplayable")
