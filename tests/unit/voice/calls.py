"""Whole calls without a network: the deployed flow, the dialogue, and a scripted phone with a clock of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import Enum
from typing import Any

from infra.local.outside.contact_flow import Answer, FlowRun, Unplayable
from infra.local.outside.phone_people import ANSWERS_AFTER, PhonePerson
from infra.local.outside.scripted_phone import ScriptedPhone
from infra.local.outside.telephone import Spoken
from infra.local.places import ROOT
from infra.local.provider_events import contact_event
from tests.fakes.time import NOON
from tocsin.adapters.connect import contact_events
from tocsin.adapters.connect.steps import answer, question
from tocsin.calls.domain.ended_call import EndedCall
from tocsin.voice.domain.call_facts import CallFacts, facts_of
from tocsin.voice.domain.dialogue import step
from tocsin.voice.domain.dialogue_state import DialoguePlace, DialogueState, decode
from tocsin.voice.domain.script import (
    AudioFile,
    PromptName,
    Prompts,
    Replay,
    Script,
    Simple,
    SpokenSsml,
    SpokenText,
    Voice,
)
from tocsin.voice.domain.verdict import CallVerdict, verdict

FLOW: Mapping[str, Any] = json.loads((ROOT / "infra/voice-flow.json").read_text())

AMY = Voice("Amy", "neural")
PROMPTS: Prompts = {
    PromptName.PRE: SpokenText("This is the duty desk of the water works.", AMY),
    PromptName.MAIN: AudioFile("prompts/main.wav", 10_000),
    PromptName.POST: SpokenText("Press 1 to hear it again, 2 if you can come, star if you cannot.", AMY),
    PromptName.DONE: SpokenSsml("<speak>Thank you.</speak>", AMY),
}
SECONDS = {PromptName.PRE: 3.0, PromptName.MAIN: 10.0, PromptName.POST: 4.0, PromptName.DONE: 2.0}

SIMPLE = {
    "any": Simple(),
    "full": Simple(require_full_play=True),
    "key": Simple(require_response=True),
    "both": Simple(require_full_play=True, require_response=True),
}
REPLAY = {
    "replay": Replay(),
    "barge-in": Replay(barge_in=True),
    "pre-again": Replay(say_again="13", ok="2#", repeat_pre=True),
    "barge-in-pre-again": Replay(barge_in=True, repeat_pre=True),
}
SCRIPTS: Mapping[str, Script] = {**SIMPLE, **REPLAY}

LATENCY = 0.2
"""Seconds that our function takes."""

GIVEN_UP_AFTER = 8.0
"""Seconds that a provider waits for our function, at most."""


class Failure(Enum):
    """How an invocation of our function fails."""

    BEFORE = "nothing was done"
    AFTER = "everything was done, and the answer was lost"


@dataclass
class PlacedCall:
    """One call that is over, by any provider.

    Attributes:
        reports: what each question and the end told, in order.
        asked: the questions of the provider, in order, with what was answered.
        answered_at: when our function heard first that the call was answered, by the phone's clock.
    """

    script: Script
    prompts: Prompts
    phone: ScriptedPhone
    reports: list[CallFacts] = field(default_factory=list)
    asked: list[Any] = field(default_factory=list)
    answered_at: float | None = None

    def note(self, facts: CallFacts, *, in_time: bool) -> None:
        """Keep what our answer to a question told, with the time of a key, as `RunDialogue` does."""
        self.answered_at = self.phone.now if self.answered_at is None else self.answered_at
        timed = self.phone.now - self.answered_at if facts.meaning and in_time else None
        self.reports.append(replace(facts, key_seconds=timed))

    @property
    def facts(self) -> CallFacts:
        facts = CallFacts()
        for report in self.reports:
            facts = facts.merge(report)
        return facts

    @property
    def verdict(self) -> CallVerdict:
        return verdict(self.script, self.facts, self.prompts[PromptName.MAIN])

    @property
    def heard(self) -> str:
        """The prompts in order, as one word; those that were cut or interrupted have a `-` behind them."""
        return " ".join(f"{said.prompt}{'' if said.full else '-'}" for said in self.phone.said)

    @property
    def heard_main(self) -> bool:
        """Whether the phone heard all of the message."""
        return any(said.prompt == DialoguePlace.MAIN and said.full for said in self.phone.said)

    @property
    def followed_the_rule(self) -> bool:
        """Whether the call is a success, judged by what the phone heard and pressed."""
        match self.script:
            case Simple(require_full_play=full, require_response=key):
                return bool(self.asked) and (self.heard_main or not full) and (bool(self.phone.taken) or not key)
            case Replay(ok=ok, not_ok=not_ok):
                return self.phone.taken[-1:] != "" and self.phone.taken[-1] in ok + not_ok


@dataclass
class Call(PlacedCall):
    """One call by Connect.

    Attributes:
        asked: payloads of our function, in order, with the answer to each; None = it failed.
    """

    reason: str = ""
    asked: list[tuple[dict[str, Any], Answer | None]] = field(default_factory=list)

    @property
    def states(self) -> list[DialogueState]:
        return [decode(answer["state"]) for _, answer in self.asked if answer]

    def answer_to(self, payload: dict[str, Any]) -> tuple[DialogueState, Answer]:
        asked = question(payload)
        state, next_step = step(self.script, asked.state, asked.event)
        prompt = self.prompts[next_step.prompt] if next_step.prompt else None
        return state, answer(state, next_step, prompt, "s3://prompts-bucket/")


def call(
    script: Script,
    person: PhonePerson,
    *,
    prompts: Prompts = PROMPTS,
    seconds: Mapping[PromptName, float] = SECONDS,
    unplayable: Collection[PromptName] = (),
    fails: Callable[[int], Failure | None] = lambda number: None,
    slow: float = GIVEN_UP_AFTER,
    buffered: bool = True,
    attempt: int = 1,
) -> Call:
    """Call a person.

    Args:
        fails: says how the invocation with this number, from 1, fails.
        slow: seconds until the provider gives up an invocation that fails.
    """

    def speak(said: Answer) -> Spoken:
        prompt = PromptName(said["prompt"])
        if prompt in unplayable:
            raise Unplayable
        return Spoken(said["what"], "", "", seconds[prompt])

    placed = Call(script, prompts, ScriptedPhone(person, speak, buffered=buffered))

    def invoke(payload: dict[str, Any]) -> Answer:
        failure = fails(len(placed.asked) + 1)
        placed.phone.wait(LATENCY)
        placed.asked.append((payload, None))
        if failure is Failure.BEFORE:
            placed.phone.wait(slow)
            raise TimeoutError
        state, said = placed.answer_to(payload)
        facts = facts_of(state)
        placed.note(facts, in_time=question(payload).in_time)
        if failure is Failure.AFTER:
            placed.phone.wait(slow)
            raise TimeoutError
        placed.asked[-1] = (payload, said)
        return said

    if unanswered := person.unanswered(attempt):
        placed.reason, answered = unanswered, None
    else:
        contact = {"ContactId": "c-1", "Attributes": {"message": "acme.a-1.0.0.0.1"}, "InitiationMethod": "API"}
        placed.reason = FlowRun(FLOW, placed.phone, invoke, contact).run()
        answered = NOON + timedelta(seconds=ANSWERS_AFTER)
    over = (answered or NOON + timedelta(seconds=40)) + timedelta(seconds=placed.phone.now)
    ended = contact_events.read(contact_event("c-1", NOON, answered, over, placed.reason))
    assert isinstance(ended, EndedCall)
    placed.reports.append(ended.facts)
    return placed
