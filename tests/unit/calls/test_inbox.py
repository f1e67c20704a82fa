"""What waits for a caller: in which order it is heard, what keys do between messages, and the text that travels."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes.time import NOON
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.calls.domain.inbox import NO_TRY, Inbox, InboxPlace, InboxStep, heard_next, in_order
from tocsin.delivery.domain.message_id import MessageId
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.responses.domain.two_way import Said
from tocsin.voice.domain.dialogue import MAX_STEPS, Event, Signal, Then, step
from tocsin.voice.domain.dialogue_state import DialoguePlace, DialogueState, Heard, KeyMeaning, decode, encode
from tocsin.voice.domain.own_sentences import OwnSentence
from tocsin.voice.domain.script import KEYS, PromptName, Replay, Script, Simple

ANSWERED, PLAYED, NO_KEY = Signal.ANSWERED, Signal.PLAYED, Signal.NO_KEY
MESSAGE, BETWEEN = InboxPlace.MESSAGE, InboxPlace.BETWEEN
WANTS_KEY = Simple(require_response=True)


def said(n: int, at: datetime = NOON, *, position: int = 0) -> Said:
    return Said(ChunkKey(TenantId("acme"), AlertRef(f"0192f3f0-0000-7000-8000-{n:012}"), 0, 0), position, at)


def message(n: int) -> MessageId:
    return MessageId(said(n).key, 3, NO_TRY)


def inbox(count: int = 3, at: int = 0) -> Inbox:
    return Inbox(tuple(message(n) for n in range(count)), NOON, at=at)


def hear(script: Script, *events: Event, of: Inbox) -> InboxStep:
    """Return what follows the last event of one message."""
    state, place, last = DialogueState(), MESSAGE, None
    for event in events:
        assert last is None or last.step is not None, "the message is over"
        last = heard_next(Inbox(of.messages, of.began, place, of.at), script, state, event)
        state, place = last.state, last.place
    assert last is not None
    return last


# --- the order -------------------------------------------------------------------------------------------------


def test_personal_messages_come_first_and_the_newest_of_each_kind() -> None:
    minute = timedelta(minutes=1)
    old, new = said(1, NOON), said(2, NOON + minute)
    open_old, open_new = said(3, NOON), said(4, NOON + 9 * minute)

    assert in_order([old, new], [open_old, open_new]) == [new, old, open_new, open_old]


def test_a_message_of_several_attempts_is_heard_once_where_its_latest_attempt_stands() -> None:
    minute = timedelta(minutes=1)
    first, again, other = said(1, NOON), said(1, NOON + 2 * minute), said(2, NOON + minute)

    assert in_order([first, other, again], []) == [again, other]
    assert len(in_order([said(1, position=0), said(1, position=1)], [])) == 2


times = st.integers(0, 5).map(lambda minutes: NOON + timedelta(minutes=minutes))
entries = st.lists(st.builds(said, st.integers(0, 5), times, position=st.integers(0, 1)), max_size=12)


@given(entries, entries)
def test_every_message_is_heard_once_and_newest_first(personal: list[Said], anybody: list[Said]) -> None:
    found = in_order(personal, anybody)

    places = [(one.key, one.position) for one in found]
    mine = {(one.key, one.position) for one in personal}
    assert len(places) == len(set(places))
    assert set(places) == mine | {(one.key, one.position) for one in anybody}
    assert {place in mine for place in places[: len(mine)]} <= {True}
    for part in (found[: len(mine)], found[len(mine) :]):
        assert all(before.at >= after.at for before, after in pairwise(part))


# --- one message -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("script", [Simple(), WANTS_KEY, Replay()])
@pytest.mark.parametrize("key", KEYS)
def test_a_single_message_has_its_dialogue_and_every_key_answers_it(script: Script, key: str) -> None:
    events = [ANSWERED, PLAYED, *([PLAYED] if script == Replay() else []), key]
    state = DialogueState()
    for event in events:
        state, expected = step(script, state, event)

    found = hear(script, *events, of=inbox(1))

    assert found.state == state
    over = expected.prompt is None and expected.then is Then.HANG_UP
    assert found.step == (None if over else expected)
    assert isinstance(script, Replay) or found.state.meaning is KeyMeaning.KEY


# --- several messages ------------------------------------------------------------------------------------------


def test_after_a_message_the_caller_hears_how_to_go_on_and_the_next_comes_by_itself() -> None:
    told = hear(Simple(), ANSWERED, PLAYED, of=inbox())
    assert (told.place, told.sentence, told.step and told.step.then) == (BETWEEN, OwnSentence.NEXT, Then.GLANCE)

    over = hear(Simple(), ANSWERED, PLAYED, NO_KEY, of=inbox())
    assert over.step is None
    assert over.state.heard is Heard.ALL


def test_hash_goes_on_and_is_no_response() -> None:
    over = hear(Simple(), ANSWERED, PLAYED, "#", of=inbox())
    assert (over.step, over.state.meaning, over.state.keys) == (None, None, "")


def test_any_other_key_answers_the_message_just_heard_and_a_second_one_answers_no_other() -> None:
    answered = hear(Simple(), ANSWERED, PLAYED, "5", of=inbox())
    assert (answered.place, answered.state.meaning, answered.state.keys) == (BETWEEN, KeyMeaning.KEY, "5")
    assert answered.step is not None, "the call still listens, so that the next key of the buffer is taken here"

    again = hear(Simple(), ANSWERED, PLAYED, "5", "5", of=inbox())
    assert (again.place, again.state.keys, again.step and again.step.then) == (BETWEEN, "5", Then.GLANCE)
    assert hear(Simple(), ANSWERED, PLAYED, "5", NO_KEY, of=inbox()).step is None


def test_the_last_message_is_heard_as_if_it_were_alone_but_for_the_hash_key() -> None:
    last = inbox(3, at=2)
    glance = hear(Simple(), ANSWERED, PLAYED, of=last)
    assert (glance.place, glance.sentence, glance.step and glance.step.prompt) == (MESSAGE, None, None)
    assert hear(Simple(), ANSWERED, PLAYED, "5", of=last).state.meaning is KeyMeaning.KEY
    over = hear(Simple(), ANSWERED, PLAYED, "#", of=last)
    assert (over.step, over.state.meaning) == (None, None)


def test_a_call_back_says_its_thanks_before_the_next_message() -> None:
    thanks = hear(Replay(), ANSWERED, PLAYED, PLAYED, "2", of=inbox())
    assert thanks.step is not None
    assert (thanks.step.prompt, thanks.step.then, thanks.state.meaning) == (PromptName.DONE, Then.GO_ON, KeyMeaning.OK)

    told = hear(Replay(), ANSWERED, PLAYED, PLAYED, "2", PLAYED, of=inbox())
    assert (told.place, told.sentence, told.state.meaning) == (BETWEEN, OwnSentence.NEXT, KeyMeaning.OK)


def test_hash_belongs_to_a_dialogue_that_asks_for_it() -> None:
    mine = hear(Replay(ok="2#"), ANSWERED, PLAYED, PLAYED, "#", of=inbox())
    assert mine.state.meaning is KeyMeaning.OK
    assert hear(Replay(), ANSWERED, PLAYED, PLAYED, "#", of=inbox()).step is None


def test_a_message_that_wants_a_key_waits_as_long_as_in_a_call_of_ours() -> None:
    waits = hear(WANTS_KEY, ANSWERED, PLAYED, of=inbox())
    assert (waits.place, waits.sentence, waits.step and waits.step.then) == (MESSAGE, None, Then.LISTEN)
    assert hear(WANTS_KEY, ANSWERED, PLAYED, NO_KEY, of=inbox()).sentence is OwnSentence.NEXT


scripts = st.sampled_from([Simple(), WANTS_KEY, Simple(True, True), Replay(), Replay(barge_in=True), Replay(ok="2#")])
anything = st.sampled_from([*KEYS, *Signal])


@given(scripts, st.integers(1, 5), st.data())
def test_a_message_always_ends_and_keeps_its_answer(script: Script, count: int, data: st.DataObject) -> None:
    """A phone that does anything: no more than 60 steps, no key of an ended dialogue, and the answer stays."""
    of = inbox(count, at=data.draw(st.integers(0, count - 1)))
    state, place = step(script, DialogueState(), ANSWERED)[0], MESSAGE
    for _ in range(MAX_STEPS + 1):
        found = heard_next(Inbox(of.messages, of.began, place, of.at), script, state, data.draw(anything))
        assert found.state.meaning == state.meaning or not state.finished
        assert found.state.keys.startswith(state.keys[:29])
        if found.step is None or found.step.then is Then.HANG_UP:
            assert of.last or found.step is None, "only the last message ends the call"
            return
        state, place = found.state, found.place
    raise AssertionError("the message goes on for ever")


# --- the text that travels ---------------------------------------------------------------------------------------


@given(
    st.integers(1, 5),
    st.sampled_from(InboxPlace),
    st.integers(0, 10**12),
    st.sampled_from(DialoguePlace),
    st.text(KEYS, max_size=30),
)
def test_the_whole_call_travels_in_one_text(
    count: int, place: InboxPlace, seconds: int, at: DialoguePlace, keys: str
) -> None:
    of = Inbox(inbox(count).messages, NOON + timedelta(milliseconds=seconds % 10**9), place, count - 1)
    state = DialogueState(at, keys=keys, inbox=str(of))

    text = encode(state)

    assert decode(text) == state
    assert Inbox.parse(decode(text).inbox) == of
    assert len(text) < 500
    assert set(text) <= set("abcdefghijklmnopqrstuvwxyz0123456789-._")


@pytest.mark.parametrize(
    "text", ["", "m", "m0.1", "m0.1_", "x0.1_a", "m1.1_" + str(message(1)), "m0.x_" + str(message(1))]
)
def test_no_other_text_is_an_inbox(text: str) -> None:
    with pytest.raises(ValueError, match=r"call in|message id"):
        Inbox.parse(text)
