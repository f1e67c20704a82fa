"""Flow, dialogue and phone together: every scripted person, random people, and a function that fails."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.local.outside.phone_people import PEOPLE, EndReport, PhonePerson, phone_person
from tests.unit.voice.calls import PROMPTS, REPLAY, SCRIPTS, SIMPLE, Call, Failure, call
from tocsin.voice.domain.call_facts import CallFacts
from tocsin.voice.domain.dialogue import MAX_STEPS, step
from tocsin.voice.domain.dialogue_state import MAX_KEYS, DialoguePlace, decode, encode
from tocsin.voice.domain.script import KEYS, PromptName, Replay, Script, Simple, SpokenText
from tocsin.voice.domain.verdict import CallReason, CallStatus

S, R = CallStatus, CallReason
NUMBER = "+4477009008{:02}"

PLACED = {name: call(script, phone_person("+447700900899")) for name, script in SCRIPTS.items()}
"""Each script, played to a person who listens and presses 2."""


@st.composite
def people(draw: st.DrawFn) -> PhonePerson:
    presses = st.tuples(st.floats(0, 60), st.sampled_from("12*7"))
    return PhonePerson(
        at=tuple(draw(st.lists(presses, max_size=8))),
        listening=draw(st.text("12*7#", max_size=6)),
        hangs_up_at=draw(st.none() | st.floats(0, 80)),
    )


any_script = st.sampled_from(list(SCRIPTS.values()))


def check_rule(script: Script, person: PhonePerson) -> None:
    done = call(script, person)

    assert len(done.asked) <= MAX_STEPS
    assert done.reason in ("CONTACT_FLOW_DISCONNECT", "CUSTOMER_DISCONNECT")
    assert done.verdict.success == done.followed_the_rule
    assert done.verdict.heard != "all" or done.heard_main
    assert script.barge_in or not any(said.cut for said in done.phone.said)
    assert done.facts.keys == done.phone.taken


def check_repeats(script: Script, person: PhonePerson, random: Random) -> None:
    done = call(script, person)

    assert [done.answer_to(payload)[1] for payload, _ in done.asked] == [answer for _, answer in done.asked]
    assert [encode(state) for state in done.states] == [answer["state"] for _, answer in done.asked if answer]
    shuffled = Call(script, PROMPTS, done.phone, reports=done.reports * 2)
    random.shuffle(shuffled.reports)
    assert shuffled.facts == done.facts


def check_failures(script: Script, person: PhonePerson, failing: dict[int, Failure], buffered: bool) -> None:
    done = call(script, person, fails=failing.get, buffered=buffered)

    assert len(done.asked) <= 2 * MAX_STEPS
    assert done.verdict.heard != "all" or done.heard_main
    if isinstance(script, Replay) and done.verdict.success:
        assert set(done.phone.taken) & set(script.ok + script.not_ok)
    if isinstance(script, Simple) and script.require_response and done.verdict.success:
        assert done.phone.taken


failures = st.dictionaries(st.integers(1, 25), st.sampled_from(Failure), max_size=8)


@settings(max_examples=20)
@given(any_script, people())
def test_a_call_ends_by_the_rule_and_tells_no_more_than_the_phone_heard(script: Script, person: PhonePerson) -> None:
    check_rule(script, person)


@settings(max_examples=20)
@given(any_script, people(), st.randoms(use_true_random=False))
def test_an_event_that_is_told_again_gets_the_same_answer_and_reports_merge_in_any_order(
    script: Script, person: PhonePerson, random: Random
) -> None:
    check_repeats(script, person, random)


@settings(max_examples=20)
@given(any_script, people(), failures, st.booleans())
def test_a_function_that_fails_at_random_proves_nothing_that_did_not_happen(
    script: Script, person: PhonePerson, failing: dict[int, Failure], buffered: bool
) -> None:
    check_failures(script, person, failing, buffered)


@pytest.mark.deep
@settings(max_examples=3000)
@given(any_script, people(), failures, st.booleans(), st.randoms(use_true_random=False))
def test_thousands_of_people(
    script: Script, person: PhonePerson, failing: dict[int, Failure], buffered: bool, random: Random
) -> None:
    check_rule(script, person)
    check_repeats(script, person, random)
    check_failures(script, person, failing, buffered)


# --- The scripted people ----------------------------------------------------------------------------------------------

Outcome = tuple[CallStatus, CallReason | None, str]
"""Status, reason and keys of a call."""


def each(names: Iterable[str], status: CallStatus, reason: CallReason | None, keys: str = "") -> dict[str, Outcome]:
    return dict.fromkeys(names, (status, reason, keys))


SILENT = {
    **each(REPLAY, S.FAILED, R.NO_KEY),
    **each(("any", "full"), S.FULL_PLAY, None),
    **each(("key", "both"), S.FAILED, R.NO_KEY),
}
EXPECTED: dict[int, dict[str, Outcome]] = {
    1: each(SCRIPTS, S.BUSY, R.BUSY),
    2: each(SCRIPTS, S.NO_ANSWER, R.NO_ANSWER),
    3: each(SCRIPTS, S.FAILED, R.INVALID_NUMBER),
    4: each(SCRIPTS, S.FAILED, R.HUNG_UP_EARLY) | each(["any"], S.CONNECTED, None),
    5: SILENT,
    8: each(SIMPLE, S.KEY_PRESSED, None, "*") | each(REPLAY, S.RECIPIENT_NOT_OK, None, "*"),
    9: each(SIMPLE, S.KEY_PRESSED, None, "1") | each(REPLAY, S.RECIPIENT_OK, None, "12"),
    10: each(SIMPLE, S.KEY_PRESSED, None, "7") | each(REPLAY, S.FAILED, R.NO_KEY, "7"),
    11: each(SCRIPTS, S.BUSY, R.BUSY),
    12: SILENT,
}
PRESSES_2 = each(SIMPLE, S.KEY_PRESSED, None, "2") | each(REPLAY, S.RECIPIENT_OK, None, "2")


@pytest.mark.parametrize("number", range(1, 16))
@pytest.mark.parametrize("name", SCRIPTS)
def test_every_scripted_person_with_every_script(number: int, name: str) -> None:
    done = call(SCRIPTS[name], phone_person(NUMBER.format(number)))

    status, reason, keys = EXPECTED.get(number, PRESSES_2)[name]
    assert (done.verdict.status, done.verdict.reason, done.facts.keys) == (status, reason, keys)


def test_a_person_who_is_busy_once_answers_the_second_attempt() -> None:
    again = call(Replay(), phone_person(NUMBER.format(11)), attempt=2)

    assert again.verdict.status is S.RECIPIENT_OK


def test_two_people_have_ends_that_are_told_wrongly() -> None:
    assert {PEOPLE[NUMBER.format(n)].end for n in (13, 14)} == {EndReport.NEVER, EndReport.TWICE_AND_EARLY}
    told_early = call(Replay(), phone_person(NUMBER.format(14)))
    told_early.reports = [told_early.reports[-1], *told_early.reports]
    assert told_early.verdict.status is S.RECIPIENT_OK


# --- What is played, and what a key does ------------------------------------------------------------------------------


def test_ah_105_the_first_key_plays_main_again_without_pre_and_the_second_ends_the_call() -> None:
    done = call(Replay(), phone_person(NUMBER.format(9)))

    assert done.heard == "pre main post main post done"
    assert done.verdict.response == "2"
    assert done.verdict.acknowledges


def test_ah_105_star_means_not_ok_is_a_response_and_stops_no_escalation() -> None:
    done = call(Replay(), phone_person(NUMBER.format(8)))

    assert done.heard == "pre main post done"
    assert (done.verdict.status, done.verdict.response) == (S.RECIPIENT_NOT_OK, "*")
    assert done.verdict.success
    assert not done.verdict.acknowledges


def test_ah_106_pre_is_played_again_if_so_wanted() -> None:
    assert call(Replay(repeat_pre=True), phone_person(NUMBER.format(9))).heard == "pre main post pre main post done"


@pytest.mark.parametrize(
    ("barge_in", "heard"), [(False, "pre main post done"), (True, "pre- main- post- done")], ids=["whole", "cut"]
)
def test_ah_107_a_key_cuts_what_is_played_only_if_so_wanted(barge_in: bool, heard: str) -> None:
    done = call(Replay(barge_in=barge_in), phone_person(NUMBER.format(6)))

    assert done.heard == heard
    assert done.verdict.status is S.RECIPIENT_OK
    assert done.verdict.heard == ("all" if not barge_in else None)


@pytest.mark.parametrize("key", "13")
def test_ah_108_each_say_again_key_plays_main_again(key: str) -> None:
    done = call(Replay(say_again="13"), PhonePerson(listening=f"{key}2"))

    assert done.heard == "pre main post main post done"


@pytest.mark.parametrize("script", REPLAY.values(), ids=REPLAY)
def test_ah_108_a_key_in_no_set_is_told_and_is_no_response(script: Replay) -> None:
    done = call(script, PhonePerson(listening="7"))

    assert (done.facts.keys, done.verdict.response, done.verdict.reason) == ("7", None, R.NO_KEY)
    # then with barge-in, the person is told once more what to press
    assert done.heard == ("pre main post post post" if script.barge_in else "pre main post post")


def test_ah_100_the_default_is_a_simple_call_that_succeeds_when_it_is_answered() -> None:
    done = call(Simple(), PhonePerson(hangs_up_at=1))

    assert (done.verdict.status, done.verdict.reason, done.verdict.heard) == (S.CONNECTED, None, "part")


def test_ah_102_a_person_who_hangs_up_midway_has_not_heard_the_full_message() -> None:
    done = call(Simple(require_full_play=True), PhonePerson(hangs_up_at=9))

    assert (done.verdict.reason, done.verdict.heard) == (R.HUNG_UP_EARLY, "part")


def test_ah_102_hanging_up_on_the_last_word_is_hearing_it_all() -> None:
    done = call(Simple(require_full_play=True), PhonePerson(hangs_up_at=10.3))

    assert (done.verdict.status, done.verdict.heard) == (S.FULL_PLAY, "all")


@pytest.mark.parametrize("key", KEYS)
def test_ah_103_every_key_is_a_response_to_a_simple_call(key: str) -> None:
    done = call(Simple(require_response=True), PhonePerson(at=((4, key),)))

    assert (done.verdict.status, done.verdict.response, done.heard) == (S.KEY_PRESSED, key, "main-")


def test_ah_103_a_key_that_is_pressed_before_hanging_up_counts_at_once() -> None:
    done = call(Simple(require_response=True), PhonePerson(at=((4, "5"),), hangs_up_at=4.3))

    assert done.verdict.response == "5"


@pytest.mark.parametrize(
    ("person", "reason"),
    [
        (PhonePerson(), R.NO_KEY),
        (PhonePerson(at=((4, "2"),), hangs_up_at=6), R.HUNG_UP_EARLY),
        (PhonePerson(at=((4, "2"),)), None),
    ],
    ids=["heard, no key", "key, not heard", "both"],
)
def test_ah_103_with_both_options_both_must_hold(person: PhonePerson, reason: CallReason | None) -> None:
    assert call(SIMPLE["both"], person).verdict.reason is reason


@pytest.mark.parametrize("name", REPLAY)
def test_a_key_counts_at_whatever_moment_it_is_pressed(name: str) -> None:
    # given a call of about 42 s without a key: pre, main, post, 10 s, post, 10 s
    for tenth in range(1, 420, 5):
        done = call(REPLAY[name], PhonePerson(at=((tenth / 10, "2"),)))
        assert (done.verdict.status, done.phone.said[-1].prompt) == (S.RECIPIENT_OK, DialoguePlace.DONE), tenth


def test_keys_without_end_do_not_keep_the_line() -> None:
    done = call(Replay(), PhonePerson(at=tuple((n / 2, "7") for n in range(400))))

    assert len(done.asked) == MAX_STEPS
    assert (done.verdict.reason, len(done.facts.keys)) == (R.NO_KEY, MAX_KEYS)


def test_say_again_is_obeyed_five_times() -> None:
    done = call(Replay(), PhonePerson(listening="1" * 9))

    assert done.heard.split().count("main") == 6


def test_what_the_phone_hears_if_keys_cannot_be_kept() -> None:
    done = call(Replay(barge_in=True), PhonePerson(at=((5, "2"),), listening="*"), buffered=False)

    assert (done.heard, done.facts.keys) == ("pre main post done", "*")


# --- Heard in full, where a key may have cut the message --------------------------------------------------------------


@pytest.mark.parametrize(
    ("pressed_at", "heard"), [(4, None), (10.3, None), (12, "all")], ids=["midway", "at its end", "later"]
)
def test_a_key_later_than_the_end_of_a_recording_proves_that_it_was_heard(pressed_at: float, heard: str | None) -> None:
    done = call(Simple(require_response=True), PhonePerson(at=((pressed_at, "2"),)))

    assert done.verdict.heard == heard


@pytest.mark.parametrize("how", Failure)
@pytest.mark.parametrize(("lost", "pressed_at"), [(1, 14), (2, 5), (3, 5)], ids=["answered", "played", "key"])
def test_a_key_that_is_told_late_because_an_answer_was_lost_proves_nothing(
    lost: int, pressed_at: float, how: Failure
) -> None:
    person = PhonePerson(at=((pressed_at, "2"),))

    done = call(Simple(require_response=True), person, fails=failing(lost, 1, how))

    assert (done.heard, done.verdict.response) == ("main-", "2")
    assert done.verdict.heard != "all"


def test_speech_may_last_a_fifth_longer_than_estimated() -> None:
    text = SpokenText("x" * 120, PROMPTS[PromptName.PRE].voice)  # type: ignore[union-attr]
    prompts = {PromptName.MAIN: text}

    def heard(pressed_at: float) -> str | None:
        return call(Simple(require_response=True), PhonePerson(at=((pressed_at, "2"),)), prompts=prompts).verdict.heard

    assert (heard(12.5), heard(13.5)) == (None, "all")


def test_silence_after_the_message_proves_that_it_was_heard() -> None:
    assert call(Simple(require_response=True), PhonePerson()).verdict.heard == "all"
    assert call(Replay(barge_in=True), PhonePerson()).verdict.heard == "all"


def test_a_key_leaves_open_what_was_heard_of_the_message() -> None:
    assert call(Replay(barge_in=True), PhonePerson(at=((5, "7"),))).verdict.heard is None


# --- Faults -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_message_that_cannot_be_played_fails_the_call(name: str) -> None:
    done = call(SCRIPTS[name], PhonePerson(listening="2"), unplayable={PromptName.MAIN})

    assert (done.verdict.reason, done.verdict.heard, done.verdict.response) == (R.UNPLAYABLE, "none", None)


@pytest.mark.parametrize("prompt", [PromptName.PRE, PromptName.POST, PromptName.DONE])
@pytest.mark.parametrize("name", REPLAY)
def test_another_prompt_that_cannot_be_played_loses_no_call(name: str, prompt: PromptName) -> None:
    done = call(REPLAY[name], PhonePerson(listening="2"), unplayable={prompt})

    assert (done.verdict.status, done.verdict.heard) == (S.RECIPIENT_OK, None if REPLAY[name].barge_in else "all")


def failing(first: int, times: int, how: Failure) -> Callable[[int], Failure | None]:
    return lambda number: how if first <= number < first + times else None


@pytest.mark.parametrize("how", Failure)
@pytest.mark.parametrize("name", SCRIPTS)
def test_a_function_that_fails_once_or_twice_at_any_moment_loses_no_call(name: str, how: Failure) -> None:
    calm = PLACED[name]
    for first in range(1, len(calm.asked) + 1):
        for times in (1, 2):
            done = call(SCRIPTS[name], PhonePerson(listening="22"), fails=failing(first, times, how))
            assert done.verdict.status is calm.verdict.status or done.verdict.reason is R.CONTROL_LOST, (first, times)
            assert done.verdict.reason is not R.CONTROL_LOST or SCRIPTS[name] in (SIMPLE["full"], SIMPLE["both"])
            assert done.heard.split()[0] == calm.heard.split()[0]


@pytest.mark.parametrize("how", Failure)
@pytest.mark.parametrize("name", SCRIPTS)
def test_a_function_that_is_down_ends_the_call_and_the_attempt_does_not_count(name: str, how: Failure) -> None:
    calm = PLACED[name]
    for first in range(1, len(calm.asked) + 1):
        done = call(SCRIPTS[name], PhonePerson(listening="22"), fails=failing(first, 1000, how))
        assert done.reason == "CONTACT_FLOW_DISCONNECT"
        assert len(done.asked) <= first + 5
        if not done.verdict.success:
            assert done.verdict.reason is R.CONTROL_LOST, first
        else:
            assert how is Failure.AFTER or done.verdict.heard == "all", first


def test_a_key_survives_one_failure_of_the_function() -> None:
    calm = PLACED["replay"]
    key_at = next(
        n for n, (payload, _) in enumerate(calm.asked, 1) if payload["Details"]["Parameters"]["event"] == "key"
    )

    done = call(Replay(), PhonePerson(listening="2"), fails=failing(key_at, 1, Failure.BEFORE))

    assert done.heard == calm.heard
    assert done.verdict == calm.verdict


def test_a_call_costs_few_invocations() -> None:
    said_again = call(Replay(), phone_person(NUMBER.format(9)))

    assert [len(PLACED[name].asked) for name in ("any", "replay")] == [3, 4]
    assert len(said_again.asked) == 4 + 2


def test_an_unreadable_event_is_refused() -> None:
    for event in ("", "12", "x", "answered "):
        with pytest.raises(ValueError, match="not an event"):
            step(Simple(), decode(""), event)


def test_a_call_without_reports_was_lost_by_the_network() -> None:
    nothing = Call(Simple(), PROMPTS, PLACED["any"].phone, reports=[CallFacts()])

    assert (nothing.verdict.status, nothing.verdict.reason) == (S.FAILED, R.NETWORK)
