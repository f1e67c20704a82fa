"""Every place and every event of both dialogues: what is next."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.voice.domain.dialogue import MAX_CORRECTIONS, MAX_REPLAYS, MAX_STEPS, Event, IvrStep, Signal, Then, step
from tocsin.voice.domain.dialogue_state import DialoguePlace, DialogueState, Heard, KeyMeaning, decode, encode
from tocsin.voice.domain.script import (
    KEYS,
    AudioFile,
    PromptName,
    Replay,
    Script,
    Simple,
    SpokenSsml,
    SpokenText,
    Voice,
    estimated_seconds,
)

ANSWERED, PLAYED, UNPLAYABLE, NO_KEY, RESUME = Signal
PRE, MAIN, POST, DONE = PromptName
NEW, LISTENS, OVER = DialoguePlace.NEW, DialoguePlace.LISTEN, DialoguePlace.OVER

Row = tuple[DialoguePlace, Event, str, DialoguePlace, str]
"""DialoguePlace, event, what has happened before (words of STATES), next place, and what is played and done then."""

BEFORE = {
    "": DialogueState(),
    "heard": DialogueState(heard=Heard.PART, clean=True),
    "reminded": DialogueState(reminders=1),
    "replayed": DialogueState(replays=MAX_REPLAYS),
    "corrected": DialogueState(corrections=MAX_CORRECTIONS),
}


def play(prompt: PromptName, then: Then, *, barge_in: bool = False) -> IvrStep:
    return IvrStep(prompt, barge_in, then)


def silent(then: Then) -> IvrStep:
    return IvrStep(None, False, then)


HANG_UP = silent(Then.HANG_UP)


def after(script: Script, place: DialoguePlace, event: Event, before: str = "") -> tuple[DialogueState, IvrStep]:
    return step(script, replace(BEFORE[before], place=place), event)


SIMPLE_TABLE = [
    (NEW, ANSWERED, DialoguePlace.MAIN, "main"),
    (NEW, RESUME, DialoguePlace.MAIN, "main"),  # the answer to ANSWERED was lost, so nothing was played
    (DialoguePlace.MAIN, PLAYED, LISTENS, "listen"),
    (DialoguePlace.MAIN, UNPLAYABLE, LISTENS, "listen"),
    (DialoguePlace.MAIN, RESUME, LISTENS, "listen"),
    (DialoguePlace.MAIN, "5", OVER, "hang up"),  # a provider without a buffer tells it at once
    (LISTENS, RESUME, LISTENS, "listen"),
    (LISTENS, "#", OVER, "hang up"),
    (LISTENS, NO_KEY, OVER, "hang up"),
    (OVER, NO_KEY, OVER, "hang up"),
]


@pytest.mark.parametrize(("place", "event", "next_place", "does"), SIMPLE_TABLE)
@pytest.mark.parametrize(
    ("script", "barge_in", "listens"),
    [
        (Simple(), False, Then.GLANCE),
        (Simple(require_full_play=True), False, Then.GLANCE),
        (Simple(require_response=True), True, Then.LISTEN),
        (Simple(require_full_play=True, require_response=True), False, Then.LISTEN),
    ],
    ids=["any", "full", "key", "both"],
)
def test_ah_100_the_table_of_a_simple_dialogue(
    script: Simple,
    barge_in: bool,
    listens: Then,
    place: DialoguePlace,
    event: Event,
    next_place: DialoguePlace,
    does: str,
) -> None:
    state, then = after(script, place, event)

    assert state.place is next_place
    main = replace(play(MAIN, Then.GO_ON, barge_in=barge_in), keys_first=not script.require_full_play)
    assert then == {"main": main, "listen": silent(listens), "hang up": HANG_UP}[does]


AGAIN, OK, NOT_OK, NO_MEANING = "1", "2", "*", "7"

REPLAY_TABLE = [
    (NEW, ANSWERED, "", PRE, Then.GO_ON),
    (NEW, RESUME, "", PRE, Then.GO_ON),
    (DialoguePlace.PRE, PLAYED, "", MAIN, Then.GO_ON),
    (DialoguePlace.PRE, UNPLAYABLE, "", MAIN, Then.GO_ON),
    (DialoguePlace.PRE, RESUME, "", MAIN, Then.GO_ON),
    (DialoguePlace.MAIN, PLAYED, "", POST, Then.LISTEN),
    (DialoguePlace.MAIN, UNPLAYABLE, "", POST, Then.LISTEN),
    (DialoguePlace.MAIN, RESUME, "", POST, Then.LISTEN),
    (DialoguePlace.POST, UNPLAYABLE, "", None, Then.LISTEN),
    (DialoguePlace.POST, RESUME, "", None, Then.LISTEN),
    (LISTENS, RESUME, "", None, Then.LISTEN),
    (DialoguePlace.DONE, UNPLAYABLE, "", None, Then.HANG_UP),
    *(
        row
        for place in (DialoguePlace.POST, LISTENS)
        for row in (
            (place, OK, "", DONE, Then.HANG_UP),
            (place, NOT_OK, "", DONE, Then.HANG_UP),
            (place, AGAIN, "", MAIN, Then.GO_ON),
            (place, AGAIN, "replayed", POST, Then.LISTEN),
            (place, NO_MEANING, "corrected", None, Then.LISTEN),
            (place, NO_KEY, "", POST, Then.LISTEN),
            (place, NO_KEY, "reminded", None, Then.HANG_UP),
        )
    ),
]


@pytest.mark.parametrize(("place", "event", "before", "prompt", "then"), REPLAY_TABLE)
@pytest.mark.parametrize("barge_in", [False, True], ids=["whole", "barge-in"])
def test_ah_105_the_table_of_a_replay_dialogue(
    barge_in: bool, place: DialoguePlace, event: Event, before: str, prompt: PromptName | None, then: Then
) -> None:
    state, next_step = after(Replay(barge_in=barge_in), place, event, before)

    cut = barge_in and prompt not in (None, DONE)  # whoever has answered hears the thanks
    assert next_step == IvrStep(prompt, cut, then)
    assert state.place == (prompt or (OVER if then is Then.HANG_UP else LISTENS))


def test_ah_106_a_say_again_key_leads_to_pre_if_so_wanted() -> None:
    assert after(Replay(repeat_pre=True), LISTENS, AGAIN)[1] == play(PRE, Then.GO_ON)


def test_ah_108_a_key_in_no_set_is_ignored_or_with_barge_in_answered_by_post() -> None:
    assert after(Replay(), LISTENS, NO_MEANING)[1] == silent(Then.LISTEN)
    state, then = after(Replay(barge_in=True), LISTENS, NO_MEANING)
    assert (state.corrections, then) == (1, play(POST, Then.LISTEN, barge_in=True))


@pytest.mark.parametrize(
    ("script", "place", "event", "before", "heard"),
    [
        (Simple(), NEW, ANSWERED, "", Heard.PART),
        (Simple(), DialoguePlace.MAIN, PLAYED, "heard", Heard.ALL),
        (Simple(require_response=True), DialoguePlace.MAIN, PLAYED, "heard", Heard.ENDED),
        (Simple(), DialoguePlace.MAIN, UNPLAYABLE, "heard", Heard.PART),
        (Simple(), DialoguePlace.MAIN, RESUME, "heard", Heard.PART),
        (Simple(require_response=True), LISTENS, NO_KEY, "heard", Heard.ALL),
        (Replay(), NEW, ANSWERED, "", Heard.NONE),
        (Replay(), DialoguePlace.PRE, PLAYED, "", Heard.PART),
        (Replay(), DialoguePlace.MAIN, PLAYED, "heard", Heard.ALL),
        (Replay(barge_in=True), DialoguePlace.MAIN, PLAYED, "heard", Heard.ENDED),
        (Replay(barge_in=True), DialoguePlace.POST, NO_KEY, "heard", Heard.ALL),
        (Replay(barge_in=True), DialoguePlace.POST, NO_KEY, "", Heard.NONE),  # a key came since main began
    ],
)
def test_what_is_known_to_be_heard(
    script: Script, place: DialoguePlace, event: Event, before: str, heard: Heard
) -> None:
    assert after(script, place, event, before)[0].heard is heard


MAIN_PLAYS = DialoguePlace.MAIN


@pytest.mark.parametrize(
    ("place", "event"),
    [
        (LISTENS, NO_MEANING),
        (LISTENS, AGAIN),
        (LISTENS, RESUME),
        (MAIN_PLAYS, UNPLAYABLE),
        (MAIN_PLAYS, RESUME),
        (MAIN_PLAYS, NO_KEY),
    ],
)
def test_after_a_key_or_a_fault_silence_proves_nothing(place: DialoguePlace, event: Event) -> None:
    script = Replay(barge_in=True, repeat_pre=True)
    state, _ = after(script, place, event, "heard")

    assert step(script, replace(state, place=LISTENS), NO_KEY)[0].heard is Heard.PART


@pytest.mark.parametrize(
    ("script", "key", "meaning"),
    [
        (Simple(), "0", KeyMeaning.KEY),
        (Replay(), OK, KeyMeaning.OK),
        (Replay(), NOT_OK, KeyMeaning.NOT_OK),
        (Replay(), AGAIN, None),
        (Replay(), NO_MEANING, None),
    ],
)
def test_only_some_keys_are_answers(script: Script, key: str, meaning: KeyMeaning | None) -> None:
    state, _ = after(script, LISTENS, key)

    assert (state.keys, state.meaning, state.finished) == (key, meaning, meaning is not None)


def test_a_call_ends_after_sixty_steps() -> None:
    state, then = step(Replay(), DialogueState(place=LISTENS, steps=MAX_STEPS - 1), NO_MEANING)

    assert (state.place, then) == (OVER, HANG_UP)


def test_a_key_that_comes_with_the_last_step_still_counts() -> None:
    state, then = step(Replay(), DialogueState(place=LISTENS, steps=MAX_STEPS - 1), OK)

    assert (state.meaning, then) == (KeyMeaning.OK, play(DONE, Then.HANG_UP))


states = st.builds(
    DialogueState,
    place=st.sampled_from(DialoguePlace),
    heard=st.sampled_from(Heard),
    keys=st.text(KEYS, max_size=30),
    meaning=st.none() | st.sampled_from(KeyMeaning),
    replays=st.integers(0, 5),
    reminders=st.integers(0, 1),
    corrections=st.integers(0, 5),
    steps=st.integers(0, MAX_STEPS),
    unplayable=st.booleans(),
    clean=st.booleans(),
)


@settings(max_examples=50)
@given(states)
def test_a_state_is_read_as_it_was_written(state: DialogueState) -> None:
    text = encode(state)

    assert decode(text) == state
    assert text.isalnum()
    assert len(text) == 11 + len(state.keys)


@settings(max_examples=50)
@given(states, st.sampled_from([*Signal, *KEYS]), st.sampled_from([Simple(), Replay(), Replay(barge_in=True)]))
def test_no_state_and_event_is_without_an_answer(state: DialogueState, event: Event, script: Script) -> None:
    following, then = step(script, state, event)

    assert decode(encode(following)) == following
    assert following.heard >= state.heard
    assert following.finished == (then.then is Then.HANG_UP)


def test_a_stored_state_stays_readable() -> None:
    # The text is with calls while a new version is deployed.
    assert decode("1l2n105nn07713sh") == DialogueState(
        LISTENS, Heard.ENDED, "713*#", None, replays=1, reminders=0, corrections=5, steps=7
    )
    assert decode("1d3o000cn051s2") == DialogueState(
        DialoguePlace.DONE, Heard.ALL, "1*2", KeyMeaning.OK, steps=5, clean=True
    )
    assert decode("") == DialogueState()


@pytest.mark.parametrize("text", ["1", "2n0n000nn00", "1z0n000nn00", "1n0n000nn00x", "1n0n000nn0012\n", "１n0n000nn00"])
def test_another_text_is_no_state(text: str) -> None:
    with pytest.raises(ValueError, match="not the state"):
        decode(text)


def test_the_prompts_of_a_script() -> None:
    assert (Simple().prompts, Replay().prompts) == ((MAIN,), (PRE, MAIN, POST, DONE))


@pytest.mark.parametrize(
    ("prompt", "seconds"),
    [
        (AudioFile("prompts/a.wav", 4_250), 4.25),
        (SpokenText("x" * 24, Voice("Amy", "neural")), 2),
        (SpokenText("112", Voice("Amy", "neural")), 0.75),
        (SpokenText("避難してください", Voice("Kazuha", "neural")), 2),
        (SpokenSsml("<speak><p>" + "x" * 12 + "</p></speak>", Voice("Amy", "neural")), 1),
    ],
)
def test_how_long_a_prompt_lasts(prompt: AudioFile | SpokenText | SpokenSsml, seconds: float) -> None:
    assert estimated_seconds(prompt) == pytest.approx(seconds)
