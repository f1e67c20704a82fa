"""Calls of the sandbox: no receiver is called, and the number decides what the person would have done.

    +447700900000   hears everything and presses a key; in a replay call the first ok key
    +447700900001   busy, at every attempt
    +447700900002   there is no such number
    +447700900004   the provider's reply is lost
    +447700900005   does not answer the first attempt, then as 00
    +447700900006   does not answer the first two attempts, then as 00
    +447700900007   hangs up after two seconds
    +447700900008   hears everything and presses nothing
    +447700900009   as 00, but presses the first not-ok key in a replay call
    +447700900010   an answering machine, which presses nothing
    any other       as 00

The dialogue is the one of a true call, with a clock of its own: no time passes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tocsin.calls.domain.outgoing_call import ANSWER_WITHIN
from tocsin.delivery.domain.submission import OutcomeUnknown
from tocsin.voice.domain.call_facts import CallEnd, CallFacts, facts_of
from tocsin.voice.domain.dialogue import LISTEN_SECONDS, Event, Signal, Then, step
from tocsin.voice.domain.dialogue_state import DialogueState
from tocsin.voice.domain.script import Prompt, PromptName, Replay, Script, estimated_seconds
from tocsin.voice.domain.verdict import SLOW_SPEECH

ANSWERS_AFTER = 2.0
PRESSES_AFTER = 2.0
HANGS_UP_AFTER = 2.0
OTHER_PROMPTS = 5.0
"""Seconds that every prompt but MAIN takes. Nothing depends on them."""

_ANY_KEY = "1"


@dataclass(frozen=True, slots=True)
class SimulatedPerson:
    """What one person does.

    Attributes:
        end: why the call is not answered; None = it is.
        first_attempts: only so many attempts are not answered; None = no attempt is.
        hangs_up: whether the person hangs up while the first prompt plays.
        presses: whether the person presses a key once the call listens; `ok`: whether it is one that means ok.
    """

    end: CallEnd | None = None
    first_attempts: int | None = None
    hangs_up: bool = False
    presses: bool = True
    ok: bool = True
    machine: bool = False

    def answers(self, attempt: int) -> bool:
        """Whether the person answers this attempt; the first one is 1."""
        return self.end is None or (self.first_attempts is not None and attempt > self.first_attempts)

    def key(self, script: Script) -> str | None:
        """Return the key that the person presses."""
        if not self.presses:
            return None
        return (script.ok if self.ok else script.not_ok)[0] if isinstance(script, Replay) else _ANY_KEY


_LOST = "+447700900004"
_PEOPLE: Mapping[str, SimulatedPerson] = {
    "+447700900001": SimulatedPerson(CallEnd.BUSY),
    "+447700900002": SimulatedPerson(CallEnd.INVALID_NUMBER),
    "+447700900005": SimulatedPerson(CallEnd.NO_ANSWER, 1),
    "+447700900006": SimulatedPerson(CallEnd.NO_ANSWER, 2),
    "+447700900007": SimulatedPerson(hangs_up=True),
    "+447700900008": SimulatedPerson(presses=False),
    "+447700900009": SimulatedPerson(ok=False),
    "+447700900010": SimulatedPerson(presses=False, machine=True),
}
_ANYBODY_ELSE = SimulatedPerson()


def simulated_call(to: str, attempt: int, script: Script, main: Prompt) -> CallFacts | OutcomeUnknown:
    """Return everything about one attempt.

    Args:
        to: the number that is called, E.164.
        attempt: its number, from 1.
        main: the prompt MAIN, whose length is that of the talk.
    """
    if to == _LOST:
        return OutcomeUnknown("sandbox_outcome_unknown")
    person = _PEOPLE.get(to, _ANYBODY_ELSE)
    if not person.answers(attempt):
        waited = ANSWER_WITHIN.total_seconds() if person.end is CallEnd.NO_ANSWER else ANSWERS_AFTER
        return CallFacts(end=person.end, dial_seconds=waited)
    facts = _talk(person, script, estimated_seconds(main) * SLOW_SPEECH)
    return replace(facts, dial_seconds=ANSWERS_AFTER, machine=person.machine)


def _talk(person: SimulatedPerson, script: Script, main_seconds: float) -> CallFacts:
    """Return what is known about the dialogue with a person who has answered."""
    state, then = step(script, DialogueState(), Signal.ANSWERED)
    if person.hangs_up:
        return replace(facts_of(state), end=CallEnd.HUNG_UP, talk_seconds=HANGS_UP_AFTER)
    key, now, pressed_at = person.key(script), 0.0, None
    while True:
        if then.prompt is not None:
            now += main_seconds if then.prompt is PromptName.MAIN else OTHER_PROMPTS
        event: Event = Signal.PLAYED
        if then.then is Then.HANG_UP:
            return replace(facts_of(state), end=CallEnd.ENDED, talk_seconds=now, key_seconds=pressed_at)
        if then.then is not Then.GO_ON:
            event = key or Signal.NO_KEY
            now += PRESSES_AFTER if key else LISTEN_SECONDS[then.then]
            pressed_at = now if key else None
        state, then = step(script, state, event)
