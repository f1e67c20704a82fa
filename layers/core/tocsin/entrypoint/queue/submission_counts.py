"""Counts of submission outcomes for metrics: senders that wrap a sender and count its outcomes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from threading import Lock

from tocsin.calls.domain.ended_call import EndedCall
from tocsin.calls.domain.outgoing_call import OutgoingCall
from tocsin.calls.ports.caller import VoiceCaller
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.domain.submission import Accepted, CallOver, Dialled, OutcomeUnknown, Rejected, Submission
from tocsin.delivery.ports.senders import EmailSender, OutgoingEmail, OutgoingSms, SmsSender, Wait
from tocsin.kernel.ports import Clock


@dataclass(frozen=True, slots=True)
class Counted:
    """The counts of one batch.

    Attributes:
        reasons: number of rejections and unknown outcomes, by reason.
        waits: milliseconds from acceptance of the alert to acceptance by the provider, of first tries.
    """

    reasons: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)


class SubmissionCounts:
    """Counts the outcomes of several sender threads until `drain` is called."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._counted = Counted()

    def note(self, id: MessageId, submission: Submission) -> Submission:
        """Count one outcome and return it."""
        with self._lock:
            match submission:
                case Rejected(reason=reason) | OutcomeUnknown(reason=reason):
                    self._counted.reasons[reason] += 1
                case Accepted() | Dialled() if id.attempt == 1 and (accepted := _accepted_at(id)) is not None:
                    self._counted.waits.append(self._clock().timestamp() * 1000 - accepted)
                case Accepted() | Dialled() | CallOver():
                    pass
        return submission

    def drain(self) -> Counted:
        """Return the counts and reset them."""
        with self._lock:
            counted, self._counted = self._counted, Counted()
        return counted


def _accepted_at(id: MessageId) -> int | None:
    """Return the milliseconds since 1970 in the alert's reference, a UUID version 7 (RFC 9562, 5.7)."""
    reference = id.key.alert.replace("-", "")
    return int(reference[:12], 16) if len(reference) == 32 and reference[12] == "7" else None


@dataclass(frozen=True, slots=True)
class CountedSms:
    """An SmsSender that counts outcomes."""

    sender: SmsSender
    counts: SubmissionCounts

    def send(self, message: OutgoingSms) -> Submission:
        """Submit the message and count the outcome."""
        return self.counts.note(message.id, self.sender.send(message))

    def begin(self, message: OutgoingSms) -> Wait | None:
        """Submit the message without waiting; what waits counts the outcome."""
        wait = self.sender.begin(message)
        return None if wait is None else lambda: self.counts.note(message.id, wait())


@dataclass(frozen=True, slots=True)
class CountedEmail:
    """An EmailSender that counts outcomes."""

    sender: EmailSender
    counts: SubmissionCounts

    def send(self, message: OutgoingEmail) -> Submission:
        """Submit the message and count the outcome."""
        return self.counts.note(message.id, self.sender.send(message))


@dataclass(frozen=True, slots=True)
class CountedCalls:
    """A VoiceCaller that counts the outcomes of dialling."""

    caller: VoiceCaller
    counts: SubmissionCounts

    def call(self, call: OutgoingCall) -> Submission:
        """Dial and count the outcome."""
        return self.counts.note(call.id, self.caller.call(call))

    def stop(self, call_id: str) -> None:
        """End a call."""
        self.caller.stop(call_id)

    def look(self, call_id: str) -> EndedCall | None:
        """Return how a call ended."""
        return self.caller.look(call_id)
