"""The IVR dialogue of one call: what is played next, and whether the call listens, after each event.

The provider plays, listens and reports events; `step` decides. A call without a key:

    Simple    answered ─► main ─► listen ─► over
    Replay    answered ─► pre ─► main ─► post ─► listen ─► post (once more) ─► listen ─► over

In a replay dialogue a say-again key leads back to main, or to pre; an ok or not-ok key plays done and ends the call.
A key that is pressed while a prompt plays waits in the provider's buffer. With barge-in it ends the prompt, and the
provider skips the following prompts while a key waits. When the call listens, it takes the keys in order, one at a
time.

The state is part of what the provider keeps for the call (`dialogue_state`). An event that is reported twice, with the
same state, therefore gets the same answer.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from tocsin.voice.domain.dialogue_state import DialoguePlace, DialogueState, Heard, KeyMeaning
from tocsin.voice.domain.script import PromptName, Replay, Script, Simple, is_key

MAX_REPLAYS = 5
"""How often a say-again key is obeyed."""

MAX_REMINDERS = 1
"""How often post is played again because no key came."""

MAX_CORRECTIONS = 5
"""How often post is played again because a key with no meaning ended a prompt."""

MAX_STEPS = 60
"""Steps after which the call is ended, whatever the phone does."""


class Signal(StrEnum):
    """What a provider reports, beside a key."""

    ANSWERED = "answered"  # the call was answered; nothing was played yet
    PLAYED = "played"  # the prompt ended, by itself or by a key, and the line is still up
    UNPLAYABLE = "unplayable"  # the prompt could not be played
    NO_KEY = "no_key"  # the call listened, and no key came
    RESUME = "resume"  # our answer to the last event was lost; the provider has the state before that event


Event = Signal | str
"""A signal, or one key."""


class Then(StrEnum):
    """What the provider does after the prompt."""

    GO_ON = "go_on"  # report PLAYED at once
    LISTEN = "listen"  # wait for a key
    GLANCE = "glance"  # wait for a key that was pressed already
    HANG_UP = "hang_up"


LISTEN_SECONDS = {Then.LISTEN: 10, Then.GLANCE: 1}
"""How long a call waits for a key."""


@dataclass(frozen=True, slots=True)
class IvrStep:
    """What the provider does next.

    Attributes:
        prompt: what is played; None = nothing.
        barge_in: whether a key ends the prompt.
        keys_first: whether a key ends the prompt too where the provider keeps no keys, because a key would be lost that
            counts more than the rest of the prompt.
    """

    prompt: PromptName | None
    barge_in: bool
    then: Then
    keys_first: bool = False


Next = tuple[DialogueState, IvrStep]


def step(script: Script, state: DialogueState, event: Event) -> Next:
    """Return the state after `event`, and what the provider does next.

    Raises:
        ValueError: `event` is neither a signal nor a key.
    """
    if not isinstance(event, Signal) and not is_key(event):
        raise ValueError("not an event of a call")
    state = replace(state, steps=min(state.steps + 1, MAX_STEPS), clean=state.clean and event is not Signal.RESUME)
    if state.finished:
        return _hang_up(state)
    after = _simple(script, state, event) if isinstance(script, Simple) else _replay(script, state, event)
    if state.steps == MAX_STEPS and after[1].then is not Then.HANG_UP:
        return _hang_up(state)
    return after


def _simple(script: Simple, state: DialogueState, event: Event) -> Next:
    then = Then.LISTEN if script.require_response else Then.GLANCE
    if state.place is DialoguePlace.NEW:
        keys_first = not script.require_full_play
        # If main begins late because an answer was lost, the time until a key does not prove that main was heard.
        begun = replace(state.main_begins(), clean=event is not Signal.RESUME)
        return begun, IvrStep(PromptName.MAIN, script.barge_in, Then.GO_ON, keys_first)
    if not isinstance(event, Signal):
        return _hang_up(state.with_key(event, KeyMeaning.KEY))
    if state.place is DialoguePlace.MAIN:
        return _listen(_main_ended(script, state, event), then)
    if event is Signal.NO_KEY:
        return _hang_up(state.proven())
    return _listen(state, then)


def _replay(script: Replay, state: DialogueState, event: Event) -> Next:
    if state.place is DialoguePlace.NEW:
        return _play(script, state, PromptName.PRE, Then.GO_ON)
    if not isinstance(event, Signal):
        return _replay_key(script, state, event)
    if state.place is DialoguePlace.PRE:
        return _play(script, state.main_begins(), PromptName.MAIN, Then.GO_ON)
    if state.place is DialoguePlace.MAIN:
        return _play(script, _main_ended(script, state, event), PromptName.POST, Then.LISTEN)
    if event is not Signal.NO_KEY:
        return _listen(state)
    state = state.proven()
    if state.reminders < MAX_REMINDERS:
        return _play(script, replace(state, reminders=state.reminders + 1), PromptName.POST, Then.LISTEN)
    return _hang_up(state)


def _replay_key(script: Replay, state: DialogueState, key: str) -> Next:
    if key in script.ok or key in script.not_ok:
        state = state.with_key(key, KeyMeaning.OK if key in script.ok else KeyMeaning.NOT_OK)
        return replace(state, place=DialoguePlace.DONE), IvrStep(PromptName.DONE, False, Then.HANG_UP)
    state = state.with_key(key)
    if key in script.say_again:
        if state.replays == MAX_REPLAYS:
            return _play(script, state, PromptName.POST, Then.LISTEN)
        state = replace(state, replays=state.replays + 1)
        if script.repeat_pre:
            return _play(script, state, PromptName.PRE, Then.GO_ON)
        return _play(script, state.main_begins(), PromptName.MAIN, Then.GO_ON)
    # They interrupted, and may not know yet what to press.
    if script.barge_in and state.corrections < MAX_CORRECTIONS:
        return _play(script, replace(state, corrections=state.corrections + 1), PromptName.POST, Then.LISTEN)
    return _listen(state)


def _main_ended(script: Script, state: DialogueState, signal: Signal) -> DialogueState:
    if signal is Signal.UNPLAYABLE:
        return replace(state, unplayable=True, clean=False)
    if signal is Signal.PLAYED:
        return replace(state, heard=max(state.heard, Heard.ENDED if script.barge_in else Heard.ALL))
    return replace(state, clean=False)  # the report of its end was lost: main may not have been played


def _play(script: Script, state: DialogueState, prompt: PromptName, then: Then) -> Next:
    return replace(state, place=DialoguePlace(prompt)), IvrStep(prompt, script.barge_in, then)


def _listen(state: DialogueState, then: Then = Then.LISTEN) -> Next:
    return replace(state, place=DialoguePlace.LISTEN), IvrStep(None, False, then)


def _hang_up(state: DialogueState) -> Next:
    return replace(state, place=DialoguePlace.OVER), IvrStep(None, False, Then.HANG_UP)
