"""Calls as people read them: how a call stands, what each attempt came to, and which key was pressed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from console.words import counted
from tocsin.delivery.domain.message import MessageState
from tocsin.history.domain.message_facts import MessageFacts
from tocsin.history.domain.placed_calls import PlacedCall
from tocsin.results.domain.reasons import reason_text
from tocsin.voice.domain.call_content import CallContent
from tocsin.voice.domain.dialogue_state import Heard, KeyMeaning
from tocsin.voice.domain.script import Replay
from tocsin.voice.domain.verdict import CallReason

_UNSUCCESSFUL = {
    CallReason.BUSY: "busy",
    CallReason.NO_ANSWER: "no answer",
    CallReason.INVALID_NUMBER: "no such number",
    CallReason.NUMBER_BLOCKED: "blocked",
    CallReason.NETWORK: "not put through",
    CallReason.STOPPED: "stopped before it was answered",
    CallReason.HUNG_UP_EARLY: "hung up early",
    CallReason.NO_KEY: "no key pressed",
    CallReason.UNPLAYABLE: "could not be played",
    CallReason.CONTROL_LOST: "broke off",
}
"""What a call without success came to."""

_KEYS = {"*": "star", "#": "hash"}


@dataclass(frozen=True, slots=True)
class CallAttempt:
    """One line of a person's calls."""

    at: datetime
    words: str


def standing(facts: MessageFacts) -> tuple[str, str] | None:
    """Return glyph and word of how the call to a person stands; None where the state of its message says enough."""
    if not facts.calls:
        return None
    last = facts.calls[-1]
    match facts.state:
        case MessageState.SENDING | MessageState.CALLING | MessageState.RETRY_WAIT:
            return "wait", attempt_words(last)
        case MessageState.DELIVERED:
            return ("bad" if last.facts.meaning is KeyMeaning.NOT_OK else "ok"), attempt_words(last)
        case MessageState.FAILED:
            return "bad", attempt_words(last)
        case _:
            return None


def attempts(facts: MessageFacts) -> list[CallAttempt]:
    """Return every call to a person, if there was more than one."""
    return [CallAttempt(call.at, attempt_words(call)) for call in facts.calls] if len(facts.calls) > 1 else []


def attempt_words(call: PlacedCall) -> str:
    """Return what one call came to, or how it stands."""
    if call.facts.called_back:
        return f"called back, {_outcome(call)}"
    return _outcome(call)


def _outcome(call: PlacedCall) -> str:
    if not call.over:
        return "in the call" if call.facts.answered else "calling"
    if call.reason is not None:
        known = call.reason in list(CallReason)
        return _UNSUCCESSFUL[CallReason(call.reason)] if known else reason_text(call.reason)
    if call.facts.meaning is not None:
        did = key_words(call.facts.keys[-1:])
        return f"cannot come, {did}" if call.facts.meaning is KeyMeaning.NOT_OK else did
    return "heard it all" if call.facts.heard is Heard.ALL else "answered"


def key_words(key: str) -> str:
    """Return in words that a key was pressed."""
    return f"pressed {_KEYS.get(key, key)}"


def dialogue_words(content: CallContent, *, inbound: bool) -> str:
    """Return what a call asks for, and how often it is placed. `inbound`: it waits for people who call."""
    script = content.script
    if inbound:
        return f"It waits at {content.number} for those who call."
    if isinstance(script, Replay):
        asked = f"Keys: {_listed(script.ok)} yes, {_listed(script.not_ok)} no, {_listed(script.say_again)} again"
    elif script.require_response:
        asked = "A key must be pressed"
    else:
        asked = "It must be heard to its end" if script.require_full_play else "It is enough that it is answered"
    return f"{asked}; up to {counted(content.attempts, 'call')} to each person."


def _listed(keys: str) -> str:
    return " or ".join(_KEYS.get(key, key) for key in dict.fromkeys(keys))
