"""The same dialogues by a provider that speaks TwiML: every scripted person, random people, and answers that are lost.

The provider keeps no keys. So two rules of the other provider do not hold here: a key that is pressed while a prompt
plays that nothing ends is lost, and in a simple call without `ivrRequireFullPlay` a key ends the message.
"""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.local.outside.phone_people import PhonePerson, phone_person
from tests.unit.voice.calls import PROMPTS, SCRIPTS, SIMPLE
from tests.unit.voice.test_every_call import EXPECTED, NUMBER, PRESSES_2, any_script, each, people
from tests.unit.voice.twiml_calls import TwimlCall, twiml_call
from tocsin.voice.domain.dialogue import MAX_STEPS
from tocsin.voice.domain.script import Replay, Script, Simple
from tocsin.voice.domain.verdict import CallReason, CallStatus

S, R = CallStatus, CallReason


def may_be_cut(script: Script) -> bool:
    return script.barge_in or (isinstance(script, Simple) and not script.require_full_play)


def check_rule(script: Script, person: PhonePerson) -> None:
    done = twiml_call(script, person)

    assert len(done.asked) <= MAX_STEPS
    assert done.verdict.success == done.followed_the_rule
    assert done.verdict.heard != "all" or done.heard_main
    assert may_be_cut(script) or not any(said.cut for said in done.phone.said)
    assert done.facts.keys == done.phone.taken


def check_repeats(script: Script, person: PhonePerson, random: Random) -> None:
    done = twiml_call(script, person)

    assert [done.answer_to(url, form)[1] for url, form, _ in done.asked] == [said for _, _, said in done.asked]
    shuffled = TwimlCall(script, PROMPTS, done.phone, reports=done.reports * 2)
    random.shuffle(shuffled.reports)
    assert shuffled.facts == done.facts


def check_failures(script: Script, person: PhonePerson, failing: frozenset[int]) -> None:
    done = twiml_call(script, person, failing=failing)

    assert len(done.asked) <= MAX_STEPS
    assert done.verdict.heard != "all" or done.heard_main
    assert set(done.facts.keys) <= set(done.phone.taken)
    if isinstance(script, Replay) and done.verdict.success:
        assert set(done.phone.taken) & set(script.ok + script.not_ok)


failures = st.frozensets(st.integers(1, 25), max_size=8)


@settings(max_examples=20)
@given(any_script, people(), st.randoms(use_true_random=False))
def test_a_call_ends_by_the_rule_and_repeats_get_the_same_answer(
    script: Script, person: PhonePerson, random: Random
) -> None:
    check_rule(script, person)
    check_repeats(script, person, random)


@settings(max_examples=20)
@given(any_script, people(), failures)
def test_answers_that_are_lost_prove_nothing_that_did_not_happen(
    script: Script, person: PhonePerson, failing: frozenset[int]
) -> None:
    check_failures(script, person, failing)


@pytest.mark.deep
@settings(max_examples=3000)
@given(any_script, people(), failures, st.randoms(use_true_random=False))
def test_thousands_of_people(script: Script, person: PhonePerson, failing: frozenset[int], random: Random) -> None:
    check_rule(script, person)
    check_repeats(script, person, random)
    check_failures(script, person, failing)


# --- The scripted people ----------------------------------------------------------------------------------------------

UNHEARD = each(("replay", "pre-again", "both"), S.FAILED, R.NO_KEY) | each(["full"], S.FULL_PLAY, None)
"""A key that is pressed while a prompt plays that nothing ends."""

OTHERWISE = {6: UNHEARD, 10: UNHEARD}
"""What differs from a provider that keeps keys: persons who press once, at once or within post."""


@pytest.mark.parametrize("number", range(1, 16))
@pytest.mark.parametrize("name", SCRIPTS)
def test_every_scripted_person_with_every_script(number: int, name: str) -> None:
    done = twiml_call(SCRIPTS[name], phone_person(NUMBER.format(number)))

    expected = OTHERWISE.get(number, {}).get(name) or EXPECTED.get(number, PRESSES_2)[name]
    assert (done.verdict.status, done.verdict.reason, done.facts.keys) == expected


def test_a_person_who_is_busy_once_answers_the_second_attempt() -> None:
    assert twiml_call(Replay(), phone_person(NUMBER.format(11)), attempt=2).verdict.status is S.RECIPIENT_OK


# --- What is played, and what a key does ------------------------------------------------------------------------------


def test_ah_105_the_first_key_plays_main_again_without_pre_and_the_second_ends_the_call() -> None:
    done = twiml_call(Replay(), phone_person(NUMBER.format(9)))

    assert done.heard == "pre main post main post done"
    assert done.verdict.acknowledges


def test_a_key_that_ends_a_prompt_counts_at_once() -> None:
    done = twiml_call(Replay(barge_in=True), PhonePerson(at=((0.5, "2"),)))

    assert done.heard == "pre- done"
    assert done.verdict.status is S.RECIPIENT_OK


def test_a_key_while_nothing_ends_the_prompt_is_lost() -> None:
    done = twiml_call(Replay(), PhonePerson(at=((0.5, "2"),)))

    assert done.heard == "pre main post post"
    assert (done.phone.pressed, done.facts.keys, done.verdict.reason) == ("2", "", R.NO_KEY)


@pytest.mark.parametrize(
    ("name", "heard"), [("any", "main-"), ("key", "main-"), ("full", "main"), ("both", "main")], ids=SIMPLE
)
def test_a_key_ends_a_simple_message_unless_it_must_be_played_in_full(name: str, heard: str) -> None:
    assert twiml_call(SIMPLE[name], PhonePerson(at=((3.0, "5"),))).heard == heard


# --- Answers that are lost --------------------------------------------------------------------------------------------


def test_a_key_whose_answer_was_lost_is_reported_once_more() -> None:
    # the questions: answered, played pre, played main, the key, and the key again
    done = twiml_call(Replay(), PhonePerson(listening="2"), failing={4})

    assert done.heard == "pre main post done"
    assert (done.verdict.status, done.facts.keys) == (S.RECIPIENT_OK, "2")


def test_main_whose_end_was_reported_in_vain_is_not_told_as_heard() -> None:
    done = twiml_call(Simple(), PhonePerson(), failing={2})

    assert (done.heard, done.verdict.heard, done.verdict.success) == ("main", "part", True)


def test_a_call_whose_answers_are_all_lost_ends_and_was_not_answered() -> None:
    done = twiml_call(Replay(), PhonePerson(listening="2"), failing=range(1, 99))

    assert (done.asked, done.facts.answered, done.verdict.reason) == ([], False, R.HUNG_UP_EARLY)
