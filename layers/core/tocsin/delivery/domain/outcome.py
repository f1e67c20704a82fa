"""What came of one try, put on top of whatever its row says by now.

Between the claim and the record the world moves on: a receipt may overtake the worker that sent, and a slow worker's
claim may lapse. What the worker knows of its try still counts, as far as nothing better is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.delivery.domain.message import (
    Message,
    MessageState,
    Receipt,
    accepted,
    apply_receipt,
    outcome_unknown,
    refused,
    rejected_for_now,
    skipped,
    suppressed,
    too_late,
)
from tocsin.delivery.domain.submission import Accepted, OutcomeUnknown, Rejected, Submission


class WithheldReason(StrEnum):
    """Why a claimed message was not handed over after all. The provider does not have it, for certain."""

    TOO_LATE = "too_late"  # the message's `send_before` came between the claim and the call
    QUIET_HOURS = "quiet_hours"  # its receiver's quiet hours began between the claim and the call
    OUT_OF_TIME = "out_of_time"  # the worker or its claim would have ended during the call


@dataclass(frozen=True, slots=True)
class Suppressed:
    """The receiver must not be contacted, which was found between the claim and the call."""

    reason: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """The receiver, or enough others, answered before the call."""

    reason: str


Outcome = Submission | WithheldReason | Suppressed | Skipped


def recorded(row: Message, attempt: int, outcome: Outcome, now: datetime, delay: timedelta) -> Message | None:
    """Return `row` moved by the outcome of try number `attempt`, or None if it changes nothing.

    Args:
        row: the message as claimed, or as it was found after a lost race.
        delay: how long to wait before the next try, if the outcome asks for one.
    """
    holds = row.attempt == attempt and row.state is MessageState.SENDING
    # Our claim lapsed and somebody gave the message up for unknown; nobody has tried it again, and we know better.
    lapsed = row.attempt == attempt and row.state is MessageState.UNKNOWN
    match outcome:
        case Accepted(provider_id):
            if holds or lapsed:
                return accepted(row, provider_id, now)
            return apply_receipt(row, Receipt(attempt, MessageState.SENT, provider_id=provider_id), now)
        case Rejected(reason, permanent=True):
            if holds or lapsed:
                return refused(row, reason, now)
            return apply_receipt(row, Receipt(attempt, MessageState.FAILED, reason), now)
        case Rejected(reason):
            return rejected_for_now(row, reason, now, delay) if holds or lapsed else None
        case OutcomeUnknown(reason):
            return outcome_unknown(row, reason, now) if holds else None
        case Suppressed(reason):
            return suppressed(row, reason, now) if holds or lapsed else None
        case Skipped(reason):
            return skipped(row, reason, now) if holds or lapsed else None
        case WithheldReason.TOO_LATE:
            return too_late(row, now) if holds or lapsed else None
        case WithheldReason.OUT_OF_TIME | WithheldReason.QUIET_HOURS:
            return rejected_for_now(row, outcome.value, now, timedelta(0)) if holds or lapsed else None
