"""The events of calls: `attempt` at the end of each call, `callComplete` at the end of a message that was called about.

    log of a message        retry_wait busy   ─►  retry_wait no_key  ─►  failed no_answer  ─►  delivered, by a late fact
    events                  attempt 1             attempt 2              attempt 3             callComplete keyPressed
                                                                         callComplete noAnswer

`callComplete` is told again if a later fact changes what it says. A client keeps the one with the highest version.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tocsin.delivery.domain.message import TERMINAL_STATES, MessageState, Step
from tocsin.voice.domain.call_facts import CallFacts, from_text
from tocsin.voice.domain.script import Script
from tocsin.voice.domain.verdict import CallStatus, CallVerdict, verdict

ATTEMPT = "attempt"
CALL_COMPLETE = "callComplete"

_BY_THE_CALL = (MessageState.DELIVERED, MessageState.FAILED)
_WITHDRAWN = (MessageState.CANCELLED, MessageState.SKIPPED, MessageState.EXPIRED)


@dataclass(frozen=True, slots=True)
class CallEvent:
    """One event of a call. `details` are its own fields, by their names in the API."""

    event: str
    reason: str | None
    details: dict[str, Any]


def call_events(script: Script, log: Sequence[Step]) -> Iterator[tuple[CallEvent, ...] | None]:
    """Yield, for each step of a message's log, the events of calls that it makes.

    None for a step that is not about a call: its events are those of every channel.
    """
    ended, over, facts = 0, None, CallFacts()
    complete: CallEvent | None = None
    for step, placed in zip(log, _placed(log), strict=True):
        found: list[CallEvent] | None = None
        if step.facts is not None and step.state is not MessageState.CALLING:
            facts = from_text(step.facts)
            over = verdict(script, facts, None)
            found = []
            if ended < placed and not facts.called_back and not facts.later_calls:
                ended = placed
                found.append(CallEvent(ATTEMPT, over.reason, {"attempt": placed, **_details(over.status, over, facts)}))
        if step.state in TERMINAL_STATES and (placed or facts.called_back):
            event = _complete(step, over, facts, placed)
            found = [*(found or ()), *([event] if event != complete else ())]
            complete = event
        yield None if found is None else tuple(found)


def calls_placed(log: Sequence[Step]) -> int:
    """Return how many calls were placed for a message: the number of its latest attempt."""
    return max(_placed(log), default=0)


def _placed(log: Sequence[Step]) -> Iterator[int]:
    """Yield, for each step, how many calls we had placed."""
    placed, latest = 0, False
    for step in log:
        if step.state is MessageState.SENDING:
            latest = False
        elif not latest and step.of_our_call:
            placed, latest = placed + 1, True
        yield placed


def _complete(step: Step, over: CallVerdict | None, facts: CallFacts, placed: int) -> CallEvent:
    """Return the end of a message.

    Args:
        over, facts: of the last call that has ended; None, if the end of none was told.
    """
    which = {"callBack": True} if facts.called_back else {"attempt": placed - facts.later_calls}
    status, reason = CallStatus.FAILED, step.reason
    if over is not None and step.facts is not None and step.state in _BY_THE_CALL:
        status, reason = over.status, over.reason
    elif reason is None or step.state in _WITHDRAWN:
        reason = step.state.value
    return CallEvent(CALL_COMPLETE, reason, {**which, "attempts": placed, **_details(status, over, facts)})


def _details(status: CallStatus, over: CallVerdict | None, facts: CallFacts) -> dict[str, Any]:
    """Return the fields of both events. What is not known is omitted."""
    found: dict[str, Any] = {"status": status.value, "digits": facts.keys}
    if facts.dial_seconds is not None:
        found["ringSeconds"] = round(facts.dial_seconds, 1)
    if facts.talk_seconds is not None or not facts.answered:
        found["durationSeconds"] = round(facts.talk_seconds or 0, 1)
    if over is not None and over.heard is not None:
        found["heard"] = over.heard
    if facts.machine:
        found["machine"] = True
    return found
