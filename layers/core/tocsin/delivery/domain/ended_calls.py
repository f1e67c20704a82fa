"""How the end of a call, ours or the receiver's, changes its message: the verdict on everything that is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tocsin.delivery.domain.message import Message, MessageState, call_ended, called_back
from tocsin.voice.domain.call_content import CallContent
from tocsin.voice.domain.call_facts import CallFacts
from tocsin.voice.domain.dialogue_state import Heard
from tocsin.voice.domain.script import Prompt
from tocsin.voice.domain.verdict import CallReason, CallStatus, CallVerdict, retry_delay, verdict


def call_outcome(
    message: Message,
    attempt: int,
    facts: CallFacts,
    content: CallContent,
    main: Prompt,
    now: datetime,
    *,
    next_at: datetime | None = None,
) -> Message | None:
    """Return the message after the call of try `attempt` has ended, or after a late fact; None: nothing changes.

    Args:
        facts: what was reported; facts of the same try that the message holds are added.
        main: the prompt MAIN of this call.
        next_at: when the next attempt is made, if there is one; None = after the wait that is due to a real phone.
    """
    known = message.call_facts.merge(facts) if attempt == message.attempt else facts
    found = verdict(content.script, known, main)
    known = _with_proof(known, found)
    if found.reason is None:
        return call_ended(message, attempt, known, None, now, None)
    ended = message.calls[:-1] if message.calls[-1:] == (None,) else message.calls  # None: the call that ends now
    placed = [*ended, found.reason]
    lost = placed.count(CallReason.CONTROL_LOST)
    delay = retry_delay(found.reason, attempts=len(placed) - lost, allowed=content.attempts, lost=lost)
    if delay is not None and next_at is not None:
        delay = next_at - now
    return call_ended(message, attempt, known, found.reason, now, delay)


_WORTH = {CallStatus.CONNECTED: 0, CallStatus.FULL_PLAY: 1}
"""How much a success says; those with a key say more."""


def call_back_outcome(
    message: Message, facts: CallFacts, content: CallContent, main: Prompt, now: datetime
) -> Message | None:
    """Return the message after its receiver called back; None if that changes nothing.

    A call back that succeeds delivers the message, whatever its state was. It changes a delivered message only if it
    says more than the call that had delivered it.

    Args:
        facts: everything that is known about the call back.
        main: the prompt MAIN of it.
    """
    found = verdict(content.script, facts, main)
    if not found.success:
        return None
    if message.state is MessageState.DELIVERED:
        earlier = verdict(content.script, message.call_facts, main).status
        if _WORTH.get(earlier, 2) >= _WORTH.get(found.status, 2):
            return None
    return called_back(message, _with_proof(facts, found), now)


def _with_proof(facts: CallFacts, found: CallVerdict) -> CallFacts:
    """Return the facts with what the length of main has proved; it is not known later."""
    return replace(facts, heard=Heard.ALL) if found.heard == "all" else facts
