"""How the end of a call changes its message: the verdict on everything that is known, and the next attempt."""

from __future__ import annotations

from datetime import datetime, timedelta

from tocsin.delivery.domain.message import Message, call_ended
from tocsin.voice.domain.call_content import CallContent
from tocsin.voice.domain.call_facts import CallFacts
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


def _has_begun(message: Message) -> bool:
    """Whether the last of `message.calls` is the call of the latest try, which has ended just now."""
    return message.calls[-1:] == (None,)
