"""Look once more, when a call is answered, whether it is still wanted; if not, what is said, and what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin.calls.application.call_attempts import CallAttempt
from tocsin.delivery.application.guards import Claimed, Guard, Objection, ask
from tocsin.delivery.domain.message import Message, MessageState
from tocsin.delivery.domain.outcome import AlertCancelled, Skipped, Suppressed
from tocsin.escalation.application.stop import CANCELLED
from tocsin.voice.domain.own_sentences import OwnSentence


@dataclass(frozen=True, slots=True)
class Unwanted:
    """A call that is not wanted any more.

    Attributes:
        sentence: what is said before the call ends.
        becomes: the state of its message, with its reason; None = the message has ended already.
    """

    sentence: OwnSentence
    becomes: MessageState | None = None
    reason: str | None = None


_ENDED = frozenset(
    {
        MessageState.DELIVERED,  # by an earlier call, or by a call back
        MessageState.SKIPPED,
        MessageState.CANCELLED,
        MessageState.EXPIRED,
        MessageState.SUPPRESSED,
    }
)
"""States of a message that needs no call any more. One that has failed or waits for its next try may still succeed."""


@dataclass(frozen=True, slots=True)
class StillWanted:
    """Asks the guards that are asked before each try.

    Attributes:
        guards: those of erasures, suppressions, cancellations and answers. A guard that cannot look stops no call:
            the receiver is on the line.
    """

    guards: Sequence[Guard]

    def __call__(self, attempt: CallAttempt, row: Message | None, now: datetime) -> Unwanted | None:
        """Return why a call that was answered is not wanted; None if it is.

        Args:
            row: None = the row could not be read, so only the alert's lifetime is known.
        """
        if attempt.alert.expired(now):
            return Unwanted(OwnSentence.WITHDRAWN)
        if row is None:
            return None
        if row.state in _ENDED:
            return Unwanted(_sentence(row.state, row.reason))
        _, objections, _ = ask(self.guards, attempt.alert, attempt.item, [Claimed(row, attempt.recipient)])
        return next(filter(None, map(_unwanted, objections.values())), None)


def _unwanted(objection: Objection) -> Unwanted | None:
    match objection:
        case AlertCancelled():
            state, reason = MessageState.CANCELLED, None
        case Skipped(reason):
            state = MessageState.SKIPPED
        case Suppressed(reason):
            state = MessageState.SUPPRESSED
        case _:
            return None
    return Unwanted(_sentence(state, reason), state, reason)


def _sentence(state: MessageState, reason: str | None) -> OwnSentence:
    answered = state in (MessageState.DELIVERED, MessageState.SKIPPED) and reason != CANCELLED
    return OwnSentence.ANSWERED if answered else OwnSentence.WITHDRAWN
