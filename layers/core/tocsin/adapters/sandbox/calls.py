"""Sandbox calls: the number that is called decides what the person there does. No phone is dialled, and nothing waits.

    number                  the person there
    +447700900000           answers, hears the message, and presses a key: the first ok key, or 2 in a simple call
    +447700900001           is busy at every attempt
    +447700900002           does not exist: there is no such number
    +447700900004           answers, but our request for the call gets no answer
    +447700900005           does not answer the first attempt, then does as 00
    +447700900006           does not answer the first two attempts, then does as 00
    +447700900007           hangs up in the middle of the message
    +447700900008           hears everything and presses no key
    +447700900009           presses the first not-ok key, or * in a simple call
    +447700900010           is an answering machine: it hears everything, and the provider recognises it
    any other               does as 00

Ofcom assigns no number from +447700900000 to +447700900999 (numbers for drama use).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from tocsin.calls.domain.outgoing_call import ANSWER_WITHIN
from tocsin.delivery.domain.submission import OutcomeUnknown
from tocsin.voice.domain.call_facts import CallEnd, CallFacts, facts_of
from tocsin.voice.domain.dialogue import LISTEN_SECONDS, Event, Signal, Then, step
from tocsin.voice.domain.dialogue_state import DialogueState
from tocsin.voice.domain.script import Prompt, PromptName, Replay, Script, estimated_seconds

ANSWERS_AFTER = 2.0
"""Seconds of dialling until a person answers, or the network says that this is not possible."""

OTHER_PROMPTS = 3.0
"""Seconds of a prompt that is not the message."""

PRESSES_AFTER = 0.5
"""Seconds from the moment when the call listens to the key."""


@dataclass(frozen=True, slots=True)
class _Person:
    """What one person does.

    Attributes:
        unanswered: why a call is not answered; None = it is.
        times: how many attempts are not answered; None = none is.
        ok: whether the key that is pressed is an ok key (True) or a not-ok key (False); None = no key is pressed.
    """

    unanswered: CallEnd | None = None
    times: int | None = None
    ok: bool | None = True
    hangs_up_early: bool = False
    machine: bool = False

    def answers(self, attempt: int) -> bool:
        return self.unanswered is None or (self.times is not None and attempt > self.times)

    def key(self, script: Script) -> str:
        """Return the key that is pressed when the call listens; "" = none."""
        if self.ok is None:
            return ""
        if isinstance(script, Replay):
            return (script.ok if self.ok else script.not_ok)[:1]
        return "2" if self.ok else "*"


_ANYBODY_ELSE = _Person()
_REQUEST_LOST = "+447700900004"
_PEOPLE = {
    "+447700900001": _Person(CallEnd.BUSY),
    "+447700900002": _Person(CallEnd.INVALID_NUMBER),
    "+447700900005": _Person(CallEnd.NO_ANSWER, times=1),
    "+447700900006": _Person(CallEnd.NO_ANSWER, times=2),
    "+447700900007": _Person(hangs_up_early=True),
    "+447700900008": _Person(ok=None),
    "+447700900009": _Person(ok=False),
    "+447700900010": _Person(ok=None, machine=True),
}


def sandbox_call(number: str, attempt: int, script: Script, main: Prompt) -> CallFacts | OutcomeUnknown:
    """Return everything about a call that is over, with the seconds that it would have taken.

    Args:
        number: the receiver's, E.164.
        attempt: number of the try, from 1.
        main: the prompt MAIN of this call.
    """
    if number == _REQUEST_LOST:
        return OutcomeUnknown("sandbox_outcome_unknown")
    person = _PEOPLE.get(number, _ANYBODY_ELSE)
    if not person.answers(attempt):
        seconds = ANSWER_WITHIN.total_seconds() if person.unanswered is CallEnd.NO_ANSWER else ANSWERS_AFTER
        return CallFacts(person.unanswered, dial_seconds=seconds)
    return replace(_talk(person, script, estimated_seconds(main)), dial_seconds=ANSWERS_AFTER, machine=person.machine)


def _talk(person: _Person, script: Script, main_seconds: float) -> CallFacts:
    """Run the dialogue with a person who has answered."""
    state, clock, key = DialogueState(), 0.0, person.key(script)
    event: Event = Signal.ANSWERED
    pressed_at: float | None = None
    while True:
        state, next_step = step(script, state, event)
        if next_step.prompt is PromptName.MAIN and person.hangs_up_early:
            return replace(facts_of(state), end=CallEnd.HUNG_UP, talk_seconds=clock + main_seconds / 2)
        if next_step.prompt is not None:
            clock += main_seconds if next_step.prompt is PromptName.MAIN else OTHER_PROMPTS
        if next_step.then is Then.HANG_UP:
            return replace(facts_of(state), end=CallEnd.ENDED, talk_seconds=clock, key_seconds=pressed_at)
        event, waited = _heard_next(next_step.then, key)
        clock += waited
        if event == key:
            key, pressed_at = "", clock


def _heard_next(then: Then, key: str) -> tuple[Event, float]:
    """Return what the provider reports after a prompt, and the seconds until then."""
    if then is Then.GO_ON:
        return Signal.PLAYED, 0.0
    return (key, PRESSES_AFTER) if key else (Signal.NO_KEY, LISTEN_SECONDS[then])
