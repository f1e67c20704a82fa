"""One message owed to one receiver on one channel, from claim to last evidence.

    (no row) = queued ──claim──► sending ──accepted──► sent ──receipt──► delivered | failed
        │                          │                                         └─ late bounce (email) ──► failed
        │                          │ ├─ refused for good ──► failed
        │                          │ ├─ refused for now ──► retry_wait ──claim──► sending
        │                          │ └─ reply lost, or deadline passed ──► unknown
        │                          │       unknown ──receipt──► sent | delivered | failed
        │                          │       unknown ──no evidence in time──► sending (once, flagged) | unconfirmed
        │                          ├─ answered before the call ──► skipped
        │                          └─ too late for the call ──► expired
        ├─ its receiver has quiet hours ──► held ──they end──► sending
        └─ too late ──► expired; alert cancelled ──► cancelled; its escalation answered ──► skipped
           (all from retry_wait as well, the last three from held)

Every transition here is pure: it takes the message and the time and returns the next message, whose `version` is
one higher and whose `log` is one step longer. The store accepts it only on top of the version it was made from,
so of two workers with the same idea one loses and looks again.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

MAX_ATTEMPTS = 20
"""Tries before a message is given up. At full back-off 20 tries outlast the default expiry of 4 h."""

RETRY_BASE = timedelta(seconds=15)
RETRY_CAP = timedelta(minutes=15)
"""Full-jitter back-off: a uniform delay up to min(cap, base * 2 ** (attempt - 1)). The cap is what SQS can delay."""

RECEIPT_GRACE = timedelta(minutes=10)
"""How long an unknown SMS or email waits for the provider's own event before it is sent once more."""


BOUNCED = "bounced"
"""Reason of a FAILED receipt that says that the mailbox does not exist. A mail server may take a mail and find that out
later, so this is the one thing that is believed more than a delivery. Other words that begin with it are bounces too,
but not for ever (`bounced_mailbox_full`); an answer of an absent person may look like one, so they undo no delivery."""


STOPPED = "stopped"
"""Reason of a SKIPPED message of an escalation that enough people have answered."""


class MessageState(StrEnum):
    """Where a message stands; each member tells what has happened in the network."""

    QUEUED = "queued"  # accepted; no worker has taken it yet (there is no row)
    SENDING = "sending"  # a worker holds it and may be talking to the provider right now
    SENT = "sent"  # the provider took it and gave an id
    DELIVERED = "delivered"  # the provider reports it on the handset or in the mailbox
    HELD = "held"  # its receiver has quiet hours; it goes out when they end
    RETRY_WAIT = "retry_wait"  # the provider said no, for now
    UNKNOWN = "unknown"  # the provider may or may not have it: the reply was lost or the worker died
    UNCONFIRMED = "unconfirmed"  # still not known after a flagged second try, or too late for one
    FAILED = "failed"  # the provider or network refused it for good, or tries ran out
    EXPIRED = "expired"  # it became too old before it could be handed over
    SUPPRESSED = "suppressed"  # the receiver must not be contacted (STOP, hard bounce, complaint, brake)
    SKIPPED = "skipped"  # no longer needed: the receiver or the link set has answered
    CANCELLED = "cancelled"  # the alert was cancelled before it was handed over


TERMINAL_STATES = frozenset(MessageState) - {
    MessageState.QUEUED,
    MessageState.SENDING,
    MessageState.HELD,
    MessageState.RETRY_WAIT,
    MessageState.UNKNOWN,
}
"""States in which no worker owes the message anything more. A receipt may still move SENT and UNCONFIRMED."""


class NotClaimedReason(StrEnum):
    """Why a worker may not take a message now."""

    TERMINAL_STATES = "settled"  # nothing more is owed
    IN_FLIGHT = "in_flight"  # another worker holds it and its deadline has not passed
    NOT_DUE = "not_due"  # it waits out its back-off
    QUIET_HOURS = "quiet_hours"  # it waits out its receiver's quiet hours
    AWAITING_RECEIPT = "awaiting_receipt"  # unknown; the provider's event may still come


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a message's history."""

    at: datetime
    state: MessageState
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Message:
    """The state of one message.

    Attributes:
        position: its recipient's place inside the chunk.
        version: number of transitions so far; equals `len(log)`.
        attempt: tries begun; 0 = held before the first one.
        due_at: sending: the claim's deadline; retry_wait: next try; held: when it is released; unknown: when to stop
            waiting for evidence.
        provider_id: the provider's id of the latest accepted try.
        reason: stable word for why it stands where it stands, None where the state says it all.
        possible_duplicate: it was sent again although the first try may have arrived.
    """

    position: int
    state: MessageState
    version: int
    attempt: int
    log: tuple[Step, ...]
    due_at: datetime | None = None
    provider_id: str | None = None
    reason: str | None = None
    possible_duplicate: bool = False

    @property
    def settled(self) -> bool:
        """Whether no worker owes it anything more."""
        return self.state in TERMINAL_STATES

    def _to(
        self,
        state: MessageState,
        now: datetime,
        reason: str | None = None,
        *,
        due_at: datetime | None = None,
        attempt: int | None = None,
        provider_id: str | None = None,
        possible_duplicate: bool | None = None,
    ) -> Message:
        return replace(
            self,
            state=state,
            version=self.version + 1,
            attempt=self.attempt if attempt is None else attempt,
            log=(*self.log, Step(now, state, reason)),
            due_at=due_at,
            provider_id=provider_id or self.provider_id,
            reason=reason,
            possible_duplicate=self.possible_duplicate if possible_duplicate is None else possible_duplicate,
        )


@dataclass(frozen=True, slots=True)
class NotClaimed:
    """The message may not be taken now; look again at `until` (None: never)."""

    reason: NotClaimedReason
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class SendingTerms:
    """What the alert, and who it is for, say about sending at all.

    Attributes:
        send_before: no claim at or after this instant.
        cancelled: the alert was cancelled.
        claim_for: how long a claim stands; provider time-out plus a margin.
        not_before: no claim before this instant, None = at once; if it is not before `send_before`, never.
        why: stable word for `not_before`, or for having overridden it.
        stopped: enough people have answered its escalation; nobody else need be told.
    """

    send_before: datetime
    cancelled: bool
    claim_for: timedelta
    not_before: datetime | None = None
    why: str | None = None
    stopped: bool = False


def take(current: Message | None, position: int, now: datetime, terms: SendingTerms) -> Message | NotClaimed:
    """Decide what a worker that comes across a message does with it.

    Returns:
        A message in state SENDING: claimed, save it and then send. In any other state: it moved without a send
        (held, expired, cancelled, unknown, unconfirmed, failed), save it. `NotClaimed`: leave it alone.
    """
    if current is None:
        blank = Message(position, MessageState.QUEUED, 0, 0, ())
        return _closed(blank, now, terms) or _defer(blank, now, terms) or _claimed(blank, now, terms)
    match current.state:
        case MessageState.RETRY_WAIT | MessageState.HELD:
            if closed := _closed(current, now, terms):
                return closed
            if current.due_at is not None and now < current.due_at:
                quiet = current.state is MessageState.HELD
                return NotClaimed(NotClaimedReason.QUIET_HOURS if quiet else NotClaimedReason.NOT_DUE, current.due_at)
            if current.attempt >= MAX_ATTEMPTS:
                return current._to(MessageState.FAILED, now, "attempts_exhausted")
            return _defer(current, now, terms) or _claimed(current, now, terms)
        case MessageState.SENDING:
            if current.due_at is not None and now < current.due_at:
                return NotClaimed(NotClaimedReason.IN_FLIGHT, current.due_at)
            return current._to(MessageState.UNKNOWN, now, "claim_expired", due_at=now + RECEIPT_GRACE)
        case MessageState.UNKNOWN:
            if current.due_at is not None and now < current.due_at:
                return NotClaimed(NotClaimedReason.AWAITING_RECEIPT, current.due_at)
            last_try = current.possible_duplicate or current.attempt >= MAX_ATTEMPTS
            if last_try or terms.cancelled or terms.stopped or now >= terms.send_before:
                return current._to(MessageState.UNCONFIRMED, now, current.reason)
            if terms.not_before is not None and now < terms.not_before:
                if terms.not_before >= terms.send_before:
                    return current._to(MessageState.UNCONFIRMED, now, terms.why)
                # The first try may have arrived, so it is not simply held: evidence still counts, all night long.
                return current._to(MessageState.UNKNOWN, now, terms.why, due_at=terms.not_before)
            return _claimed(current, now, terms, possible_duplicate=True)
        case _:
            return NotClaimed(NotClaimedReason.TERMINAL_STATES)


def _closed(message: Message, now: datetime, terms: SendingTerms) -> Message | None:
    if terms.cancelled:
        return message._to(MessageState.CANCELLED, now)
    if terms.stopped:
        return message._to(MessageState.SKIPPED, now, STOPPED)
    if now >= terms.send_before:
        return message._to(MessageState.EXPIRED, now)
    return None


def _defer(message: Message, now: datetime, terms: SendingTerms) -> Message | None:
    if terms.not_before is None or now >= terms.not_before:
        return None
    if terms.not_before >= terms.send_before:
        return message._to(MessageState.EXPIRED, now, terms.why)
    return message._to(MessageState.HELD, now, terms.why, due_at=terms.not_before)


def _claimed(
    message: Message, now: datetime, terms: SendingTerms, *, possible_duplicate: bool | None = None
) -> Message:
    return message._to(
        MessageState.SENDING,
        now,
        terms.why,
        due_at=now + terms.claim_for,
        attempt=message.attempt + 1,
        possible_duplicate=possible_duplicate,
    )


def accepted(message: Message, provider_id: str, now: datetime) -> Message:
    """The provider took the message that `message` (SENDING) holds."""
    return message._to(MessageState.SENT, now, provider_id=provider_id)


def refused(message: Message, reason: str, now: datetime) -> Message:
    """The provider refused it for good."""
    return message._to(MessageState.FAILED, now, reason)


def rejected_for_now(message: Message, reason: str, now: datetime, delay: timedelta) -> Message:
    """The provider refused it but may take it after `delay` (see `retry_delay`)."""
    return message._to(MessageState.RETRY_WAIT, now, reason, due_at=now + delay)


def outcome_unknown(message: Message, reason: str, now: datetime) -> Message:
    """The call went out and no answer came back: nobody knows."""
    return message._to(MessageState.UNKNOWN, now, reason, due_at=now + RECEIPT_GRACE)


def suppressed(message: Message, reason: str, now: datetime) -> Message:
    """The receiver must not be contacted; found after the claim and before the call."""
    return message._to(MessageState.SUPPRESSED, now, reason)


def skipped(message: Message, reason: str, now: datetime) -> Message:
    """It is not needed any more; found after the claim and before the call."""
    return message._to(MessageState.SKIPPED, now, reason)


def too_late(message: Message, now: datetime) -> Message:
    """It became too old between the claim and the call; it was not handed over."""
    return message._to(MessageState.EXPIRED, now)


def retry_delay(attempt: int, fraction: float, at_least: timedelta = timedelta(0)) -> timedelta:
    """Return the full-jitter delay after try number `attempt` (from 1).

    Args:
        fraction: uniform in [0, 1).
        at_least: the provider's own Retry-After, honoured up to RETRY_CAP.
    """
    ceiling = min(RETRY_CAP, RETRY_BASE * float(2 ** min(attempt - 1, 16)))
    return max(ceiling * fraction, min(at_least, RETRY_CAP))


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the provider reports later about one try.

    Attributes:
        attempt: which try of the message it speaks of.
        state: SENT, DELIVERED or FAILED.
    """

    attempt: int
    state: MessageState
    reason: str | None = None
    provider_id: str | None = None


_CLOSED_TO_ALL_BUT_DELIVERY = frozenset(
    {
        MessageState.HELD,
        MessageState.RETRY_WAIT,
        MessageState.EXPIRED,
        MessageState.SUPPRESSED,
        MessageState.SKIPPED,
        MessageState.CANCELLED,
    }
)
_RECEIPT_RANK = {MessageState.SENT: 1, MessageState.FAILED: 2, MessageState.DELIVERED: 3}


def apply_receipt(message: Message, receipt: Receipt, now: datetime) -> Message | None:
    """Return the message moved by a receipt, or None if the receipt changes nothing.

    Receipts come late, twice and out of order. Delivery of any try settles the message: somebody holds it. A receipt
    for a try that was never begun is not about this message.
    A failure or acceptance counts only for the latest try, and only while nothing better is known. A bounce of the
    latest try stands whether it comes before its delivery or after it.
    """
    if receipt.attempt > message.attempt or (message.state is MessageState.FAILED and message.reason == BOUNCED):
        return None
    latest = receipt.attempt == message.attempt
    bounced = latest and receipt.state is MessageState.FAILED and receipt.reason == BOUNCED
    if bounced and message.state in (MessageState.DELIVERED, MessageState.FAILED):
        return message._to(MessageState.FAILED, now, BOUNCED, provider_id=receipt.provider_id)
    if _RECEIPT_RANK[receipt.state] <= _RECEIPT_RANK.get(message.state, 0):
        return None
    if receipt.state is not MessageState.DELIVERED and not latest:
        return None
    # Delivered after an earlier unknown try: a fact worth keeping. Anything else about a closed message is noise.
    if message.state in _CLOSED_TO_ALL_BUT_DELIVERY and receipt.state is not MessageState.DELIVERED:
        return None
    return message._to(receipt.state, now, receipt.reason, provider_id=receipt.provider_id)
