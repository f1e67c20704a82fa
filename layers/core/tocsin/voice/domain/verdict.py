"""What a call came to: whether it succeeded, why not, which key was the answer, and when to call again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from tocsin.voice.domain.call_facts import CallEnd, CallFacts
from tocsin.voice.domain.dialogue_state import Heard, KeyMeaning
from tocsin.voice.domain.script import AudioFile, Prompt, Replay, Script, SpokenText, estimated_seconds


class CallStatus(StrEnum):
    """What a call came to, as clients are told. The first five are successes."""

    KEY_PRESSED = "keyPressed"
    FULL_PLAY = "fullPlay"
    CONNECTED = "connected"
    RECIPIENT_OK = "recipientOk"
    RECIPIENT_NOT_OK = "recipientNotOk"
    BUSY = "busy"
    NO_ANSWER = "noAnswer"
    FAILED = "failed"


class CallReason(StrEnum):
    """Why a call did not succeed."""

    BUSY = "busy"
    NO_ANSWER = "no_answer"
    INVALID_NUMBER = "invalid_number"
    NUMBER_BLOCKED = "number_blocked"
    NETWORK = "network"
    STOPPED = "stopped"  # withdrawn before it was answered: cancelled, or enough people have answered
    HUNG_UP_EARLY = "hung_up_early"  # the receiver hung up before main ended
    NO_KEY = "no_key"  # main ended, and the key that the call needs did not come
    UNPLAYABLE = "unplayable"  # main could not be played
    CONTROL_LOST = "control_lost"  # our function did not answer the provider


@dataclass(frozen=True, slots=True)
class CallVerdict:
    """What a call came to.

    Attributes:
        reason: why it did not succeed; None for a success.
        heard: how much of main was heard: `none`, `part` or `all`; None if main ended and a key may have ended it.
        response: the key that counts as the receiver's answer; None if there is none.
    """

    status: CallStatus
    reason: CallReason | None
    heard: str | None
    response: str | None = None

    @property
    def success(self) -> bool:
        """Whether the call did what its script asks for, so that no further attempt is needed."""
        return self.reason is None

    @property
    def acknowledges(self) -> bool:
        """Whether the response takes part in stopping an escalation. "I am not well" is no such response."""
        return self.response is not None and self.status in (CallStatus.KEY_PRESSED, CallStatus.RECIPIENT_OK)


_UNANSWERED = {
    CallEnd.BUSY: (CallStatus.BUSY, CallReason.BUSY),
    CallEnd.NO_ANSWER: (CallStatus.NO_ANSWER, CallReason.NO_ANSWER),
    CallEnd.STOPPED: (CallStatus.NO_ANSWER, CallReason.STOPPED),
    CallEnd.INVALID_NUMBER: (CallStatus.FAILED, CallReason.INVALID_NUMBER),
    CallEnd.NUMBER_BLOCKED: (CallStatus.FAILED, CallReason.NUMBER_BLOCKED),
    CallEnd.NETWORK: (CallStatus.FAILED, CallReason.NETWORK),
    CallEnd.ENDED: (CallStatus.FAILED, CallReason.CONTROL_LOST),  # connected, and our function never answered
}

SLOW_SPEECH = 1.2
"""How much longer than estimated a text may be spoken."""

REACTION = 1.0
"""Seconds from a key that ends a prompt to the report of that key, at most."""


def verdict(script: Script, facts: CallFacts, main: Prompt | None) -> CallVerdict:
    """Return what a call came to that has ended, by everything that is known about it.

    Args:
        main: the prompt MAIN of this call. Its length may prove that it was heard in full. None = its length is not
            known, or what it proves is among the facts.
    """
    if not facts.answered:
        return _not_answered(facts)
    heard = _heard(script, facts, main)
    if facts.unplayable and facts.heard < Heard.ENDED:
        return CallVerdict(CallStatus.FAILED, CallReason.UNPLAYABLE, "none")
    response = facts.keys[-1] if facts.meaning else None
    if status := _success(script, facts, heard):
        return CallVerdict(status, None, heard, response)
    return CallVerdict(CallStatus.FAILED, _reason(script, facts), heard, response)


def _not_answered(facts: CallFacts) -> CallVerdict:
    """Return the verdict on a call whose dialogue never began, so that nothing was heard."""
    if facts.end in _UNANSWERED:
        return CallVerdict(*_UNANSWERED[facts.end], "none")
    if facts.talk_seconds is not None:
        return CallVerdict(CallStatus.FAILED, CallReason.HUNG_UP_EARLY, "none")
    if facts.end is CallEnd.HUNG_UP:  # the receiver declined it
        return CallVerdict(CallStatus.NO_ANSWER, CallReason.NO_ANSWER, "none")
    return CallVerdict(CallStatus.FAILED, CallReason.NETWORK, "none")


def _heard(script: Script, facts: CallFacts, main: Prompt | None) -> str | None:
    match facts.heard:
        case Heard.NONE:
            return "none"
        case Heard.PART:
            return "part"
        case Heard.ALL:
            return "all"
        case Heard.ENDED:
            return "all" if _outlasted(script, facts, main) else None


def _outlasted(script: Script, facts: CallFacts, main: Prompt | None) -> bool:
    """Whether the key came when main must have ended by itself.

    A replay dialogue plays other prompts before its key, and the pauses in SSML are not known: neither proves anything.
    """
    if isinstance(script, Replay) or facts.key_seconds is None:
        return False
    match main:
        case AudioFile():
            longest = estimated_seconds(main)
        case SpokenText():
            longest = estimated_seconds(main) * SLOW_SPEECH
        case _:
            return False
    return facts.key_seconds > longest + REACTION


def _lost(facts: CallFacts) -> bool:
    """Whether the provider ended the call because our function did not answer it."""
    return facts.end is CallEnd.ENDED and not facts.finished


def _success(script: Script, facts: CallFacts, heard: str | None) -> CallStatus | None:
    if isinstance(script, Replay):
        return {KeyMeaning.OK: CallStatus.RECIPIENT_OK, KeyMeaning.NOT_OK: CallStatus.RECIPIENT_NOT_OK}.get(
            facts.meaning or KeyMeaning.KEY
        )
    if script.require_response and not facts.meaning:
        return None
    if heard != "all" and (script.require_full_play or _lost(facts)):
        return None
    if facts.meaning:
        return CallStatus.KEY_PRESSED
    return CallStatus.FULL_PLAY if heard == "all" else CallStatus.CONNECTED


def _reason(script: Script, facts: CallFacts) -> CallReason:
    if _lost(facts):
        return CallReason.CONTROL_LOST
    needs_key = isinstance(script, Replay) or script.require_response
    if needs_key and not facts.meaning and (facts.finished or facts.heard >= Heard.ENDED):
        return CallReason.NO_KEY
    # The dialogue ended, and the report that main was played was lost on its way to us.
    return CallReason.CONTROL_LOST if facts.finished else CallReason.HUNG_UP_EARLY


RETRY_AFTER = {
    CallReason.NO_ANSWER: timedelta(seconds=90),
    CallReason.BUSY: timedelta(seconds=60),
    CallReason.HUNG_UP_EARLY: timedelta(seconds=60),
    CallReason.NO_KEY: timedelta(seconds=60),
    CallReason.NETWORK: timedelta(seconds=30),
    CallReason.CONTROL_LOST: timedelta(seconds=30),
}
"""From the end of a call to the next attempt. The other reasons end the message.

With 40 s of dialling, the second call begins within three minutes of the first. Many phones let the second call of a
number through "do not disturb" then.
"""

MAX_LOST_CALLS = 3
"""Calls with CONTROL_LOST, which do not count as attempts, after which a message fails."""


def retry_delay(reason: CallReason, *, attempts: int, allowed: int, lost: int) -> timedelta | None:
    """Return the wait before the next attempt after a call that did not succeed; None if there is no next one.

    Args:
        reason: of that call.
        attempts: calls so far, this one included, without those that were lost.
        allowed: `ivrAttempts`.
        lost: calls so far with CONTROL_LOST, this one included.
    """
    if attempts >= allowed or lost >= MAX_LOST_CALLS:
        return None
    return RETRY_AFTER.get(reason)
