"""How the end of a call changes its message: the verdict on everything that is known, and the next attempt."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tocsin.delivery.domain.message import Message, call_ended
from tocsin.voice.domain.call_content import CallContent
from tocsin.voice.domain.call_facts import CallFacts
from tocsin.voice.domain.dialogue_state import Heard
from tocsin.voice.domain.script import Prompt
from tocsin.voice.domain.verdict import CallReason, retry_delay, verdict


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
    if found.heard == "all":
        known = replace(known, heard=Heard.ALL)  # the length of main may have proved it, and is not known later
    if found.reason is None:
        return call_ended(message, attempt, known, None, now, None)
    ended = message.calls[:-1] if message.calls[-1:] == (None,) else message.calls  # None: the call that ends now
    placed = [*ended, found.reason]
    lost = placed.count(CallReason.CONTROL_LOST)
    delay = retry_delay(found.reason, attempts=len(placed) - lost, allowed=content.attempts, lost=lost)
    if delay is not None and next_at is not None:
        delay = next_at - now
    return call_ended(message, attempt, known, found.reason, now, delay)
