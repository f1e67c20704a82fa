"""How the end of a call, ours or the receiver's, changes its message: the verdict on everything that is known."""

from __future__ import annotations

from datetime import datetime, timedelta

from tocsin.delivery.domain.message import Message, MessageState, call_ended, called_back
from tocsin.voice.domain.call_content import CallContent
from tocsin.voice.domain.call_facts import CallFacts
from tocsin.voice.domain.script import Prompt
from tocsin.voice.domain.verdict import CallReason, CallStatus, retry_delay, verdict


def call_outcome(
    message: Message,
    attempt: int,
    facts: CallFacts,
    content: CallContent,
    main: Prompt,
    now: datetime,
    *,
    wait: bool = True,
) -> Message | None:
    """Return the message after call number `attempt` has ended, or after a late fact about it; None: nothing changes.

    Args:
        facts: what was reported; facts of the same try that the message holds are added.
        main: the prompt MAIN of this call.
        wait: whether the next attempt waits, as between calls to a real phone.
    """
    known = message.call_facts.merge(facts) if attempt == message.attempt else facts
    found = verdict(content.script, known, main)
    if found.reason is None:
        return call_ended(message, attempt, known, None, now, None)
    placed = [*message.calls[: len(message.calls) - _has_begun(message)], found.reason]
    lost = sum(reason == CallReason.CONTROL_LOST for reason in placed)
    delay = retry_delay(found.reason, attempts=len(placed) - lost, allowed=content.attempts, lost=lost)
    if delay is not None and not wait:
        delay = timedelta(0)
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
    return called_back(message, facts, now)


def _has_begun(message: Message) -> bool:
    """Whether the last of `message.calls` is the call of the latest try, which has ended just now."""
    return message.calls[-1:] == (None,)
