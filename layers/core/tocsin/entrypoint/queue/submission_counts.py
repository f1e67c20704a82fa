"""What the provider said during one batch, for metrics: a sender that counts, around the one that sends."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from threading import Lock

from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.domain.submission import Accepted, OutcomeUnknown, Rejected, Submission
from tocsin.delivery.ports.senders import EmailSender, OutgoingEmail, OutgoingSms, SmsSender
from tocsin.kernel.ports import Clock


@dataclass(frozen=True, slots=True)
class Counted:
    """One batch.

    Attributes:
        reasons: refusals and lost replies by their stable word.
        waits: milliseconds from acceptance to the provider's yes, of messages taken at the first try.
    """

    reasons: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)


class SubmissionCounts:
    """Counts what several sender threads hear, until it is drained."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._counted = Counted()

    def note(self, id: MessageId, submission: Submission) -> Submission:
        """Count one answer and return it."""
        with self._lock:
            match submission:
                case Rejected(reason=reason) | OutcomeUnknown(reason=reason):
                    self._counted.reasons[reason] += 1
                case Accepted() if id.attempt == 1 and (accepted := _accepted_at(id)) is not None:
                    self._counted.waits.append(self._clock().timestamp() * 1000 - accepted)
                case Accepted():
                    pass
        return submission

    def drain(self) -> Counted:
        """Return what was counted and begin anew."""
        with self._lock:
            counted, self._counted = self._counted, Counted()
        return counted


def _accepted_at(id: MessageId) -> int | None:
    """Return the milliseconds in the alert's reference: a UUID of version 7 begins with them (RFC 9562, 5.7)."""
    reference = id.key.alert.replace("-", "")
    return int(reference[:12], 16) if len(reference) == 32 and reference[12] == "7" else None


@dataclass(frozen=True, slots=True)
class CountedSms:
    """An SmsSender that counts."""

    sender: SmsSender
    progress: SubmissionCounts

    def send(self, message: OutgoingSms) -> Submission:
        """Hand it over and count the answer."""
        return self.progress.note(message.id, self.sender.send(message))


@dataclass(frozen=True, slots=True)
class CountedEmail:
    """An EmailSender that counts."""

    sender: EmailSender
    progress: SubmissionCounts

    def send(self, message: OutgoingEmail) -> Submission:
        """Hand it over and count the answer."""
        return self.progress.note(message.id, self.sender.send(message))
