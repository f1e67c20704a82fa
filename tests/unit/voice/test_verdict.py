"""What a call came to, from facts as they may reach us: few, late, twice, in any order."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.voice.calls import PROMPTS
from tocsin.voice.domain.call_facts import CallEnd, CallFacts, from_text, to_text
from tocsin.voice.domain.dialogue_state import Heard, KeyMeaning
from tocsin.voice.domain.script import KEYS, PromptName, Replay, Script, Simple
from tocsin.voice.domain.verdict import MAX_LOST_CALLS, CallReason, CallStatus, CallVerdict, retry_delay, verdict

S, R, E = CallStatus, CallReason, CallEnd
FULL, KEY, BOTH = Simple(require_full_play=True), Simple(require_response=True), Simple(True, True)
ALL = CallFacts(answered=True, heard=Heard.ALL)


def judged(script: Script, facts: CallFacts) -> CallVerdict:
    return verdict(script, facts, PROMPTS[PromptName.MAIN])


def known(**facts: object) -> CallFacts:
    return CallFacts(answered=True, **facts)  # type: ignore[arg-type]


@pytest.mark.parametrize("script", [Simple(), Replay()], ids=["simple", "replay"])
@pytest.mark.parametrize(
    ("facts", "status", "reason"),
    [
        (CallFacts(E.BUSY), S.BUSY, R.BUSY),
        (CallFacts(E.NO_ANSWER), S.NO_ANSWER, R.NO_ANSWER),
        (CallFacts(E.STOPPED), S.NO_ANSWER, R.STOPPED),
        (CallFacts(E.INVALID_NUMBER), S.FAILED, R.INVALID_NUMBER),
        (CallFacts(E.NUMBER_BLOCKED), S.FAILED, R.NUMBER_BLOCKED),
        (CallFacts(E.NETWORK), S.FAILED, R.NETWORK),
        (CallFacts(), S.FAILED, R.NETWORK),
        (CallFacts(E.HUNG_UP), S.NO_ANSWER, R.NO_ANSWER),  # declined
        (CallFacts(E.HUNG_UP, talk_seconds=1), S.FAILED, R.HUNG_UP_EARLY),  # before our function answered
        (CallFacts(talk_seconds=1), S.FAILED, R.HUNG_UP_EARLY),
        (CallFacts(E.ENDED, talk_seconds=30), S.FAILED, R.CONTROL_LOST),  # our function never answered
    ],
)
def test_ah_101_a_call_that_was_not_answered(
    script: Script, facts: CallFacts, status: CallStatus, reason: CallReason
) -> None:
    assert judged(script, facts) == CallVerdict(status, reason, "none")


@pytest.mark.parametrize(
    ("script", "facts", "status", "reason", "heard"),
    [
        (Simple(), known(heard=Heard.PART), S.CONNECTED, None, "part"),
        (Simple(), ALL, S.FULL_PLAY, None, "all"),
        (Simple(), known(heard=Heard.ALL, keys="7", meaning=KeyMeaning.KEY), S.KEY_PRESSED, None, "all"),
        (FULL, known(heard=Heard.PART, end=E.HUNG_UP), S.FAILED, R.HUNG_UP_EARLY, "part"),
        (FULL, ALL, S.FULL_PLAY, None, "all"),
        (KEY, known(heard=Heard.PART, end=E.HUNG_UP), S.FAILED, R.HUNG_UP_EARLY, "part"),
        (KEY, known(heard=Heard.ENDED, end=E.HUNG_UP), S.FAILED, R.NO_KEY, None),
        (KEY, known(heard=Heard.ALL, finished=True), S.FAILED, R.NO_KEY, "all"),
        (BOTH, known(heard=Heard.PART, end=E.HUNG_UP), S.FAILED, R.HUNG_UP_EARLY, "part"),
        (BOTH, ALL, S.FAILED, R.NO_KEY, "all"),
        (Replay(), known(end=E.HUNG_UP), S.FAILED, R.HUNG_UP_EARLY, "none"),
        (Replay(), known(heard=Heard.ALL, keys="17", end=E.HUNG_UP), S.FAILED, R.NO_KEY, "all"),
        (Replay(), known(heard=Heard.ALL, keys="12", meaning=KeyMeaning.OK), S.RECIPIENT_OK, None, "all"),
        (Replay(), known(heard=Heard.ENDED, keys="*", meaning=KeyMeaning.NOT_OK), S.RECIPIENT_NOT_OK, None, None),
        # the line was cut by us although the dialogue was not over
        (Simple(), known(heard=Heard.PART, end=E.ENDED), S.FAILED, R.CONTROL_LOST, "part"),
        (Simple(), known(heard=Heard.ALL, end=E.ENDED), S.FULL_PLAY, None, "all"),
        (KEY, known(heard=Heard.ENDED, end=E.ENDED), S.FAILED, R.CONTROL_LOST, None),
        (Replay(), known(heard=Heard.ALL, end=E.ENDED), S.FAILED, R.CONTROL_LOST, "all"),
        # the report that main was played was lost, and the dialogue went on
        (FULL, known(heard=Heard.PART, finished=True, end=E.ENDED), S.FAILED, R.CONTROL_LOST, "part"),
        (Simple(), known(heard=Heard.PART, unplayable=True), S.FAILED, R.UNPLAYABLE, "none"),
        # it could be played at the second time
        (
            Replay(),
            known(heard=Heard.ALL, unplayable=True, keys="12", meaning=KeyMeaning.OK),
            S.RECIPIENT_OK,
            None,
            "all",
        ),
    ],
)
def test_ah_102_ah_103_an_answered_call(
    script: Script, facts: CallFacts, status: CallStatus, reason: CallReason | None, heard: str | None
) -> None:
    said = judged(script, facts)

    assert (said.status, said.reason, said.heard) == (status, reason, heard)
    assert said.success == (reason is None)
    assert said.response == (facts.keys[-1] if facts.meaning else None)
    assert said.acknowledges == (said.status in (S.KEY_PRESSED, S.RECIPIENT_OK))


def test_a_machine_gives_no_key_and_is_judged_by_the_same_rules() -> None:
    machine = CallFacts(machine=True, answered=True, heard=Heard.ALL)

    assert judged(Simple(), machine).success
    assert not judged(KEY, machine).success


MINUTES = timedelta(minutes=3)


@pytest.mark.parametrize(
    ("reason", "seconds"),
    [(R.NO_ANSWER, 90), (R.BUSY, 60), (R.HUNG_UP_EARLY, 60), (R.NO_KEY, 60), (R.NETWORK, 30), (R.CONTROL_LOST, 30)],
)
def test_ah_101_the_next_attempt_follows_while_attempts_are_left(reason: CallReason, seconds: int) -> None:
    lost = int(reason is R.CONTROL_LOST)
    delay = retry_delay(reason, attempts=1, allowed=2, lost=lost)

    assert delay == timedelta(seconds=seconds)
    assert retry_delay(reason, attempts=2, allowed=2, lost=lost) is None
    # then a phone that does not disturb its owner lets the second call through
    assert timedelta(seconds=40) + delay < MINUTES


@pytest.mark.parametrize("reason", [R.INVALID_NUMBER, R.NUMBER_BLOCKED, R.UNPLAYABLE, R.STOPPED])
def test_some_reasons_leave_no_attempt(reason: CallReason) -> None:
    assert retry_delay(reason, attempts=1, allowed=10, lost=0) is None


def test_calls_that_were_lost_are_no_attempts_and_have_a_bound() -> None:
    assert retry_delay(R.CONTROL_LOST, attempts=0, allowed=1, lost=MAX_LOST_CALLS - 1)
    assert retry_delay(R.CONTROL_LOST, attempts=0, allowed=1, lost=MAX_LOST_CALLS) is None


seconds = st.none() | st.integers(0, 600_000).map(lambda ms: ms / 1000)
any_facts = st.builds(
    CallFacts,
    end=st.none() | st.sampled_from(CallEnd),
    answered=st.booleans(),
    heard=st.sampled_from(Heard),
    keys=st.text(KEYS, max_size=30),
    meaning=st.none() | st.sampled_from(KeyMeaning),
    finished=st.booleans(),
    unplayable=st.booleans(),
    machine=st.booleans(),
    dial_seconds=seconds,
    talk_seconds=seconds,
    key_seconds=seconds,
)


@settings(max_examples=20)
@given(any_facts)
def test_facts_are_read_as_they_were_written(facts: CallFacts) -> None:
    text = to_text(facts)

    assert from_text(text) == facts
    assert text.replace(".", "").replace("_", "").isalnum() or not text


@settings(max_examples=20)
@given(any_facts, any_facts, any_facts)
def test_reports_merge_in_any_order_and_twice(one: CallFacts, two: CallFacts, three: CallFacts) -> None:
    assert one.merge(two) == two.merge(one)
    assert one.merge(two).merge(three) == one.merge(two.merge(three))
    assert one.merge(one) == one == one.merge(CallFacts())


def test_facts_only_grow() -> None:
    both = known(heard=Heard.ALL, keys="12", dial_seconds=8.0).merge(
        known(heard=Heard.PART, keys="1", dial_seconds=7.0)
    )

    assert both == known(heard=Heard.ALL, keys="12", dial_seconds=8.0)
    assert CallFacts(E.NETWORK).merge(CallFacts(E.BUSY)).end is E.BUSY
    assert CallFacts(E.NO_ANSWER).merge(CallFacts(E.STOPPED)).end is E.STOPPED


def test_a_key_that_asks_for_help_is_not_lost_behind_another() -> None:
    ok, not_ok = known(keys="72", meaning=KeyMeaning.OK), known(keys="7*", meaning=KeyMeaning.NOT_OK)

    assert judged(Replay(), ok.merge(not_ok)).status is S.RECIPIENT_NOT_OK


def test_stored_facts_stay_readable_and_later_words_do_no_harm() -> None:
    text = "eended.h3.k12s.mok.a.f.d8400.t34000"

    facts = CallFacts(E.ENDED, True, Heard.ALL, "12*", KeyMeaning.OK, True, dial_seconds=8.4, talk_seconds=34.0)
    assert (to_text(facts), from_text(f"{text}.zlater")) == (text, facts)
    assert from_text("") == CallFacts()
    with pytest.raises(ValueError, match="rang"):
        from_text("erang")
