"""The calls of one message, one after the other, as readers are shown them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from tocsin.delivery.domain.message import Message, MessageState
from tocsin.voice.domain.call_facts import CallFacts, from_text


@dataclass(frozen=True, slots=True)
class PlacedCall:
    """One call to a receiver, or one by which the receiver called back (`facts.called_back`).

    Attributes:
        at: when it was dialled, or when its end was told, if that came first.
        facts: everything that is known about it.
        over: whether it has ended.
        reason: why it did not succeed (`CallReason`); None if it did, or goes on.
    """

    at: datetime
    facts: CallFacts
    over: bool = False
    reason: str | None = None


def placed_calls(message: Message) -> tuple[PlacedCall, ...]:
    """Return the calls of a message, oldest first; none of a message that was not dialled."""
    found: list[PlacedCall] = []
    known = False
    for step in message.log:
        if step.state is MessageState.SENDING:
            known = False
        elif step.of_our_call or step.facts is not None:
            if not known or not step.of_our_call:
                found.append(PlacedCall(step.at, CallFacts()))
            known = step.of_our_call
            facts = from_text(step.facts) if step.facts is not None else found[-1].facts
            over = step.state is not MessageState.CALLING
            found[-1] = replace(found[-1], facts=facts, over=over, reason=step.reason if over else None)
    return tuple(found)
