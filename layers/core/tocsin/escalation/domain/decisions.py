"""What happens next in an escalation: at its timer, and when a client asks for the next step."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin.escalation.domain.escalation import Escalation, EscalationState, RequestedStep


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing is due before `until`."""

    until: datetime


@dataclass(frozen=True, slots=True)
class TakeStep:
    """Step number `step` is due, because too few people have answered."""

    step: int


@dataclass(frozen=True, slots=True)
class End:
    """The escalation has ended, or ends now, in `state`."""

    state: EscalationState


Decision = Wait | TakeStep | End

MOVED_ON = "moved_on"
"""Another step is the next one, or none is left."""


def at_timer(escalation: Escalation, now: datetime) -> Decision:
    """Return what a timer must do at `now`. A late timer takes one step, never two."""
    if escalation.state is not EscalationState.ACTIVE:
        return End(escalation.state)
    if escalation.answered >= escalation.need:
        return End(EscalationState.ACKNOWLEDGED)
    if now < escalation.due_at:
        return Wait(escalation.due_at)
    if escalation.step < escalation.steps:
        return TakeStep(escalation.step + 1)
    return End(EscalationState.EXHAUSTED)


@dataclass(frozen=True, slots=True)
class Done:
    """What was asked for has happened. `wake`: its timer may still be asleep, because the caller died before."""

    wake: bool = False


@dataclass(frozen=True, slots=True)
class StepRefused:
    """What was asked for cannot happen. `how`: a stable word for why."""

    sentence: str
    how: str


def at_request(escalation: Escalation, requested: RequestedStep) -> TakeStep | Done | StepRefused:
    """Return what becomes of a request for a step before it is due."""
    if escalation.requested == requested:
        return Done(wake=escalation.open and escalation.step < requested.step)
    if escalation.state is EscalationState.EXHAUSTED:
        return Done()
    if not escalation.open:
        return StepRefused(f"the escalation has ended: {escalation.ended_how}", escalation.ended_how)
    if escalation.step == escalation.steps:
        return StepRefused("every step of the escalation was taken", MOVED_ON)
    if requested.step != escalation.step + 1:
        return StepRefused(f"the next step of the escalation is {escalation.step + 1}", MOVED_ON)
    return TakeStep(requested.step)
