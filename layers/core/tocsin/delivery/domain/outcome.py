"""The outcome of one try, and how it changes the message row.

The row may have changed between claim and record: a receipt may have come first, or a slow worker's claim may have
expired. The outcome still counts unless the row has a state of higher rank.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.delivery.domain.ended_calls import call_outcome
from tocsin.delivery.domain.message import (
    OUT_OF_TIME,
    RECEIPT_GRACE,
    Message,
    MessageState,
    Receipt,
    accepted,
    apply_receipt,
    cancelled,
    dialled,
    held_back,
    named,
    not_asked,
    outcome_unknown,
    rejected_permanently,
    rejected_temporarily,
    skipped,
    suppressed,
    too_late,
    unconfirmed,
)
from tocsin.delivery.domain.submission import (
    Accepted,
    CallOver,
    Dialled,
    OutcomeUnknown,
    Rejected,
    Submission,
    Waits,
)
from tocsin.voice.domain.call_facts import CallFacts
from tocsin.voice.domain.verdict import RETRY_AFTER, CallReason


class WithheldReason(StrEnum):
    """Why the worker did not submit a message that it had claimed. The provider does not have the message."""

    TOO_LATE = "too_late"  # the message's `send_before` passed between claim and call
    QUIET_HOURS = "quiet_hours"  # its receiver's quiet hours began between claim and call
    OUT_OF_TIME = OUT_OF_TIME  # the worker's time or its claim might have ended during the call


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A guard found, between claim and call, that the receiver must not be contacted."""

    reason: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A guard found, between claim and call, that the receiver or enough other people have answered."""

    reason: str


@dataclass(frozen=True, slots=True)
class AlertCancelled:
    """A guard found, between claim and call, that the alert was cancelled."""

    reason: str = "cancelled"


Outcome = Submission | WithheldReason | Suppressed | Skipped | AlertCancelled


def recorded(row: Message, attempt: int, outcome: Outcome, now: datetime, delay: timedelta) -> Message | None:
    """Return `row` changed by the outcome of try number `attempt`, or None if the outcome changes nothing.

    Args:
        row: the message as claimed, or as read again after another writer changed it.
        delay: wait before the next try after a temporary rejection, or before an idempotent try is made again.
    """
    has_claim = row.attempt == attempt and row.state is MessageState.SENDING
    # Our claim expired, and another worker set the message to unknown. No later try was begun: our outcome counts.
    expired_claim = row.attempt == attempt and row.state is MessageState.UNKNOWN
    match outcome:
        case Accepted(provider_id):
            if has_claim or expired_claim:
                return accepted(row, provider_id, now)
            return apply_receipt(row, Receipt(attempt, MessageState.SENT, provider_id=provider_id), now)
        case Dialled(provider_id, answer_within):
            if has_claim or expired_claim:
                return dialled(row, provider_id, now, answer_within)
            return named(row, provider_id, now) if row.attempt == attempt else None
        case CallOver(_, facts, content, main):
            return call_outcome(row, attempt, facts, content, main, _simulated_end(row, facts, now), next_at=now)
        case Rejected(reason, permanent=True):
            if has_claim or expired_claim:
                return rejected_permanently(row, reason, now)
            return apply_receipt(row, Receipt(attempt, MessageState.FAILED, reason), now)
        case Rejected(reason, by_us=True):
            return not_asked(row, reason, now, delay) if has_claim or expired_claim else None
        case Rejected(reason):
            return rejected_temporarily(row, reason, now, delay) if has_claim or expired_claim else None
        case OutcomeUnknown(reason, resend=False):
            return unconfirmed(row, reason, now) if has_claim else None
        case OutcomeUnknown(reason, idempotent, reported_within):
            wait = delay if idempotent else RECEIPT_GRACE if reported_within is None else reported_within
            return outcome_unknown(row, reason, now, wait) if has_claim else None
        case Suppressed(reason):
            return suppressed(row, reason, now) if has_claim or expired_claim else None
        case Skipped(reason):
            return skipped(row, reason, now) if has_claim or expired_claim else None
        case AlertCancelled():
            return cancelled(row, now) if has_claim or expired_claim else None
        case Waits(reason, until):
            return held_back(row, reason, now, until) if has_claim or expired_claim else None
        case WithheldReason.TOO_LATE:
            return too_late(row, now) if has_claim or expired_claim else None
        case WithheldReason.OUT_OF_TIME | WithheldReason.QUIET_HOURS:
            return rejected_temporarily(row, outcome.value, now, timedelta(0)) if has_claim or expired_claim else None


def _simulated_end(row: Message, facts: CallFacts, now: datetime) -> datetime:
    """Return when a call that was decided at once would have ended, if the calls before it had taken their time."""
    began, before = now, row.log[-2] if row.version > 1 else None
    if before is not None and before.facts is not None and before.reason is not None:
        began = max(now, before.at + RETRY_AFTER[CallReason(before.reason)])
    return began + timedelta(seconds=(facts.dial_seconds or 0) + (facts.talk_seconds or 0))
