"""The states of one message: one receiver, one channel, from the claim to the last receipt.

    (no row) = queued ──claim──► sending ──accepted──► sent ──receipt──► delivered | failed
        │                          │                                         └─ late bounce (email) ──► failed
        │                          │ ├─ rejected permanently ──► failed
        │                          │ ├─ rejected temporarily ──► retry_wait ──claim──► sending
        │                          │ └─ deadline passed before its wave ──► retry_wait
        │                          │ └─ outcome unknown, or deadline passed ──► unknown
        │                          │       unknown ──receipt──► sent | delivered | failed
        │                          │       unknown ──no receipt in time──► sending (once, flagged) | unconfirmed
        │                          ├─ answered before the call ──► skipped
        │                          ├─ alert cancelled before the call ──► cancelled
        │                          ├─ outcome unknown, and it must not be sent twice ──► unconfirmed
        │                          └─ too late for the call ──► expired
        │                          └─ it is a call, and is dialled ──► calling
        │       calling ──ended well──► delivered
        │       calling ──ended without success──► retry_wait | failed; a late fact ──► delivered
        │       calling ──withdrawn before it was answered──► skipped | cancelled
        │       any state ──its receiver calls back, and does what the call asks for──► delivered
        ├─ failed, and a client asks for another try ──► retry_wait ──claim──► sending   (the next number of a try)
        ├─ its receiver has quiet hours ──► held ──they end──► sending
        ├─ a sending limit makes it wait, between claim and call ──► held ──the wait ends──► sending
        └─ too late ──► expired; alert cancelled ──► cancelled; its escalation answered ──► skipped
           (all from retry_wait as well, the last three from held)

    A restore from a backup makes every message that was due, or in flight, expired.

Each transition is a pure function: it takes the message and the time and returns the next message, with a `version` one
higher and a `log` one step longer. The store accepts that only on top of the version it was made from. So if two
workers change a message at once, one write fails, and that worker reads the row again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.delivery.domain.waves import Wave
from tocsin.voice.domain.call_facts import CallEnd, CallFacts, from_text, to_text

MAX_ATTEMPTS = 20
"""Most tries of a message. With the longest delays, 20 tries take longer than the default expiry of 4 h."""

RETRY_BASE = timedelta(seconds=15)
RETRY_CAP = timedelta(minutes=15)
"""Back-off with full jitter: uniform up to min(cap, base * 2 ** (attempt - 1)). The cap is the longest delay of SQS."""

STORE_RETRY_CAP = timedelta(minutes=1)
"""Longest back-off after a store of ours did not answer: when it is back, no message waits for long."""

STORE_RETRY_STEPS = 60
"""Longest log of a message with such short waits, which use up no try. Half an hour later they are as after any other
temporary failure, so that the log stays short."""

RECEIPT_GRACE = timedelta(minutes=10)
"""How long an unknown message waits for a receipt before it is sent once more, from the lost response or the end of its
claim."""

LEAST_GRACE = timedelta(minutes=5)
"""How long an unknown message waits at least if the end of its claim was noticed late. The same failure may have
delayed its receipt."""


CALL_GRACE = timedelta(seconds=60)
"""How long after the end of what a call does now nothing may be heard of it, until its provider is asked."""


BOUNCED = "bounced"
"""Reason of a FAILED receipt: the mailbox does not exist. A mail server may accept a mail and find this out later, so
only this failure replaces a delivery. Other reasons with this prefix are temporary bounces (`bounced_mailbox_full`).
They do not replace a delivery, because an out-of-office answer may look like one."""


STOPPED = "stopped"
"""Reason of a SKIPPED message of an escalation that enough people have answered."""


RESENT = "resent"
"""Reason of a RETRY_WAIT message that had failed, and that a client sends again."""


SETTINGS_SAVED = "settings_saved"
"""Reason of a RETRY_WAIT message that is tried at once, because the mail server's settings were saved."""


OUT_OF_TIME = "out_of_time"
"""Reason of a RETRY_WAIT message whose worker or claim ended before it was submitted."""


ERASED = "erased"
"""Reason of a SUPPRESSED message whose receiver was erased."""


RESTORED = "restored"
"""Reason of an EXPIRED message whose table was restored from a backup."""


class MessageState(StrEnum):
    """The state of a message."""

    QUEUED = "queued"  # accepted; no worker has claimed it yet (there is no row)
    SENDING = "sending"  # a worker has claimed it and may be calling the provider now
    CALLING = "calling"  # its receiver is being called, or talks with the call
    SENT = "sent"  # the provider accepted it and gave an id
    DELIVERED = "delivered"  # the provider reports it on the phone or in the mailbox
    HELD = "held"  # it waits for the end of its receiver's quiet hours, or until a sending limit lets it go
    RETRY_WAIT = "retry_wait"  # the provider rejected it temporarily
    UNKNOWN = "unknown"  # we cannot tell whether the provider accepted it: no response, or the worker stopped
    UNCONFIRMED = "unconfirmed"  # still unknown after the flagged second try, or too late for one
    FAILED = "failed"  # rejected permanently by the provider or network, or the last try failed
    EXPIRED = "expired"  # it became too old before it could be submitted
    SUPPRESSED = "suppressed"  # the receiver must not be contacted (STOP, hard bounce, complaint, sending limit)
    SKIPPED = "skipped"  # not needed any more: the receiver, or enough people, have answered
    CANCELLED = "cancelled"  # the alert was cancelled before the message was submitted


TERMINAL_STATES = frozenset(MessageState) - {
    MessageState.QUEUED,
    MessageState.SENDING,
    MessageState.CALLING,
    MessageState.HELD,
    MessageState.RETRY_WAIT,
    MessageState.UNKNOWN,
}
"""States after which no worker acts on the message. A receipt may still change it, above all SENT and UNCONFIRMED."""


class NotClaimedReason(StrEnum):
    """Why a worker may not claim a message now."""

    TERMINAL = "settled"  # the message is in a terminal state
    IN_FLIGHT = "in_flight"  # another worker has claimed it, and the claim is still valid
    IN_CALL = "in_call"  # its receiver is being called
    NOT_DUE = "not_due"  # it waits for its next try
    QUIET_HOURS = "quiet_hours"  # it waits for the end of its receiver's quiet hours
    AWAITING_RECEIPT = "awaiting_receipt"  # unknown; a receipt may still come


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a message's log: the new state, when, and why.

    Attributes:
        facts: the text of what is known about the call (`call_facts`); None for a step that is not about a call.
    """

    at: datetime
    state: MessageState
    reason: str | None = None
    facts: str | None = None

    @property
    def of_our_call(self) -> bool:
        """Whether it is about a call that we placed."""
        if self.state is MessageState.CALLING:
            return True
        return self.facts is not None and not from_text(self.facts).called_back


@dataclass(frozen=True, slots=True)
class Message:
    """One message and its log.

    Attributes:
        position: position of its recipient inside the chunk.
        version: number of transitions so far; equals `len(log)`.
        attempt: number of tries that were begun; 0 = held before the first one.
        due_at: sending: the claim's deadline; calling: when its provider is asked about the call; retry_wait: the next
            try; held: the end of that wait; unknown: the end of the wait for a receipt; else None.
        provider_id: the provider's message id of the latest accepted try.
        reason: stable word for why it is in its state, None if the state says enough.
        possible_duplicate: whether it was sent again although the first try may have arrived.
        wave: sending: its place in the order of its claim; None = the claim has no order, or the state is another.
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
    wave: Wave | None = None

    @property
    def terminal(self) -> bool:
        """Whether the message is in a terminal state."""
        return self.state in TERMINAL_STATES

    @property
    def resent_at(self) -> datetime | None:
        """When a client last asked to send it again, None if no client did."""
        return next((step.at for step in reversed(self.log) if step.reason == RESENT), None)

    @property
    def unknown_before(self) -> int:
        """How often the outcome of a try was unknown so far."""
        return sum(step.state is MessageState.UNKNOWN for step in self.log)

    @property
    def call_facts(self) -> CallFacts:
        """What is known about the call of the latest try."""
        for step in reversed(self.log):
            if step.facts is not None:
                return from_text(step.facts)
            if step.state is MessageState.SENDING:
                break
        return CallFacts()

    @property
    def repeated(self) -> bool:
        """Whether its latest try was made before, under its number, and its provider may have it since then."""
        claims = 0
        for step in reversed(self.log):
            if step.state is MessageState.SENDING:
                claims += 1
            elif step.state is not MessageState.UNKNOWN:
                break
        return claims > 1 and not self.possible_duplicate

    @property
    def attempt_began(self) -> datetime:
        """When its latest try was claimed; of a message without a try, when it was first seen."""
        claims = (step.at for step in reversed(self.log) if step.state is MessageState.SENDING)
        return next(claims, self.log[0].at)

    @property
    def answered_at(self) -> datetime | None:
        """When the call of the latest try first told something, None if it has not."""
        first = None
        for step in reversed(self.log):
            if step.state is MessageState.SENDING:
                break
            if step.facts is not None:
                first = step.at
        return first

    @property
    def rings(self) -> bool:
        """Whether its receiver is being called, and has not answered yet as far as we know."""
        return self.state is MessageState.CALLING and not self.call_facts.answered

    @property
    def calls(self) -> tuple[str | None, ...]:
        """For each call that we placed since it was last sent again, oldest first: why it did not succeed.

        None if it did, or goes on.
        """
        reasons: list[str | None] = []
        placed = False
        for step in self.log:
            if step.reason == RESENT:
                reasons = []
            if step.state is MessageState.SENDING:
                placed = False
            elif step.of_our_call:
                reasons[len(reasons) - placed :] = [step.reason]
                placed = True
        return tuple(reasons)

    def calls_after(self, attempt: int) -> int:
        """Return how many calls we placed in the tries after the try `attempt`."""
        tries, calls, placed = self.attempt - attempt, 0, False
        earlier = [*self.log[-2::-1], None]
        for step, before in zip(reversed(self.log), earlier, strict=True):
            if tries <= 0:
                break
            placed = placed or step.of_our_call
            if step.state is MessageState.SENDING:
                calls, placed = calls + placed, False
                repeated = before is not None and before.state is MessageState.UNKNOWN and not self.possible_duplicate
                tries -= not repeated
        return calls

    def _to(
        self,
        state: MessageState,
        now: datetime,
        reason: str | None = None,
        *,
        facts: CallFacts | None = None,
        due_at: datetime | None = None,
        attempt: int | None = None,
        provider_id: str | None = None,
        possible_duplicate: bool | None = None,
        wave: Wave | None = None,
    ) -> Message:
        return Message(
            position=self.position,
            state=state,
            version=self.version + 1,
            attempt=self.attempt if attempt is None else attempt,
            log=(*self.log, Step(now, state, reason, None if facts is None else to_text(facts))),
            due_at=due_at,
            provider_id=provider_id or self.provider_id,
            reason=reason,
            possible_duplicate=self.possible_duplicate if possible_duplicate is None else possible_duplicate,
            wave=wave,
        )


@dataclass(frozen=True, slots=True)
class NotClaimed:
    """The message cannot be claimed now; it can be checked next at `until` (None: never)."""

    reason: NotClaimedReason
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class SendingTerms:
    """Whether and when a message may be sent, from its alert and its receiver.

    Attributes:
        send_before: no claim at or after this instant.
        cancelled: whether the alert was cancelled.
        claim_for: how long a claim is valid: the provider timeout plus a margin.
        not_before: no claim before this instant; None = now. If it is not before `send_before`, the message expires.
        why: stable word for `not_before`, or for overridden quiet hours; None = no quiet hours.
        stopped: whether enough people have answered the alert's escalation, and the message was not sent again since.
        idempotent: whether the provider takes the same try twice for one. Then a try whose outcome is unknown is made
            again at once, under its number.
        most_attempts: tries after which it has failed.
    """

    send_before: datetime
    cancelled: bool
    claim_for: timedelta
    not_before: datetime | None = None
    why: str | None = None
    stopped: bool = False
    idempotent: bool = False
    most_attempts: int = MAX_ATTEMPTS


def claim_message(
    current: Message | None,
    position: int,
    now: datetime,
    terms: SendingTerms,
    wave: Wave | None = None,
    *,
    submitted: bool = True,
) -> Message | NotClaimed:
    """Decide whether a worker may claim a message.

    Args:
        current: the message row, None if there is none.
        wave: the message's place in the order of the new claim.
        submitted: whether the claim of `current` may have been followed by a submission (see `was_left_behind`).

    Returns:
        A message in state SENDING: save this claim, then submit the message. A message in another state (held, expired,
            cancelled, skipped, unknown, unconfirmed, failed): save it; it is not submitted. If `current` was CALLING,
            then stop its call, which is not answered yet. `NotClaimed`: do nothing.
    """
    if current is None:
        blank = Message(position, MessageState.QUEUED, 0, 0, ())
        return _closed(blank, now, terms) or _defer(blank, now, terms) or _claimed(blank, now, terms, wave)
    match current.state:
        case MessageState.RETRY_WAIT | MessageState.HELD:
            if closed := _closed(current, now, terms):
                return closed
            if current.due_at is not None and now < current.due_at:
                quiet = current.reason == NotClaimedReason.QUIET_HOURS
                return NotClaimed(NotClaimedReason.QUIET_HOURS if quiet else NotClaimedReason.NOT_DUE, current.due_at)
            if current.attempt >= terms.most_attempts:
                return current._to(MessageState.FAILED, now, "attempts_exhausted")
            return _defer(current, now, terms) or _claimed(current, now, terms, wave)
        case MessageState.SENDING:
            if current.due_at is not None and now < current.due_at:
                return NotClaimed(NotClaimedReason.IN_FLIGHT, current.due_at)
            if not submitted:
                return rejected_temporarily(current, OUT_OF_TIME, now, timedelta(0))
            ended = now if current.due_at is None else current.due_at
            wait_until = now if terms.idempotent else max(ended + RECEIPT_GRACE, now + LEAST_GRACE)
            return current._to(MessageState.UNKNOWN, now, "claim_expired", due_at=wait_until)
        case MessageState.UNKNOWN:
            if current.due_at is not None and now < current.due_at:
                return NotClaimed(NotClaimedReason.AWAITING_RECEIPT, current.due_at)
            tries = sum(step.state is MessageState.SENDING for step in current.log)
            last_try = current.possible_duplicate or max(current.attempt, tries) >= terms.most_attempts
            if last_try or terms.cancelled or terms.stopped or now >= terms.send_before:
                return current._to(MessageState.UNCONFIRMED, now, current.reason)
            if terms.not_before is not None and now < terms.not_before:
                if terms.not_before >= terms.send_before:
                    return current._to(MessageState.UNCONFIRMED, now, terms.why)
                # The first try may have arrived. It stays unknown and is not held, so that a receipt still counts.
                return current._to(MessageState.UNKNOWN, now, terms.why, due_at=terms.not_before)
            if terms.idempotent:  # the same try, so its number stays
                return _claimed(replace(current, attempt=current.attempt - 1), now, terms, wave)
            return _claimed(current, now, terms, wave, possible_duplicate=True)
        case MessageState.CALLING:
            if (terms.cancelled or terms.stopped) and current.rings:
                return _not_wanted(current, now, terms)
            overdue = current.due_at is None or now >= current.due_at
            return NotClaimed(NotClaimedReason.IN_CALL, None if overdue else current.due_at)
        case _:
            return NotClaimed(NotClaimedReason.TERMINAL)


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


def _not_wanted(calling: Message, now: datetime, terms: SendingTerms) -> Message:
    began = calling.attempt_began or now
    dialled_at = next(s.at for s in calling.log if s.state is MessageState.CALLING and s.at >= began)
    facts = CallFacts(CallEnd.STOPPED, dial_seconds=(now - dialled_at).total_seconds())
    if terms.cancelled:
        return calling._to(MessageState.CANCELLED, now, facts=facts)
    return calling._to(MessageState.SKIPPED, now, STOPPED, facts=facts)


def _claimed(
    message: Message,
    now: datetime,
    terms: SendingTerms,
    wave: Wave | None,
    *,
    possible_duplicate: bool | None = None,
) -> Message:
    return message._to(
        MessageState.SENDING,
        now,
        terms.why,
        due_at=now + terms.claim_for,
        attempt=message.attempt + 1,
        possible_duplicate=possible_duplicate,
        wave=wave,
    )


def was_left_behind(message: Message, batch: Iterable[Message], read_at: datetime) -> bool:
    """Return whether a claim ended and the message was certainly not submitted: its wave's turn never came.

    The rows must have been read after the claim ended, because until then its worker may have gone on. No worker begins
    a submission shortly before the end of its claim, so clocks may differ by some seconds.

    Args:
        batch: the rows of its batch.
        read_at: an instant before the rows were read.
    """
    wave = message.wave
    if wave is None or message.state is not MessageState.SENDING or message.due_at is None or read_at < message.due_at:
        return False
    return any(other.state is MessageState.SENDING and wave.follows(other.wave) for other in batch)


def accepted(message: Message, provider_id: str, now: datetime) -> Message:
    """Return the message after the provider accepted it."""
    return message._to(MessageState.SENT, now, provider_id=provider_id)


def rejected_permanently(message: Message, reason: str, now: datetime) -> Message:
    """Return the message after the provider rejected it permanently."""
    return message._to(MessageState.FAILED, now, reason)


def rejected_temporarily(message: Message, reason: str, now: datetime, delay: timedelta) -> Message:
    """Return the message after a temporary rejection; the next try is due after `delay` (see `retry_delay`).

    A try that was repeated is repeated once more: its provider may have it since an earlier time.
    """
    if message.repeated:
        return outcome_unknown(message, reason, now, delay)
    return message._to(MessageState.RETRY_WAIT, now, reason, due_at=now + delay)


def not_asked(message: Message, reason: str, now: datetime, delay: timedelta) -> Message:
    """Return the message after a store of ours did not answer: its provider was not asked, so no try is used up.

    A message with a long log is treated as after any other temporary failure.
    """
    if message.repeated or message.version > STORE_RETRY_STEPS:
        return rejected_temporarily(message, reason, now, delay)
    return message._to(MessageState.RETRY_WAIT, now, reason, due_at=now + delay, attempt=message.attempt - 1)


def outcome_unknown(message: Message, reason: str, now: datetime, wait: timedelta = RECEIPT_GRACE) -> Message:
    """Return the message after a call without a usable response; it waits for a receipt."""
    return message._to(MessageState.UNKNOWN, now, reason, due_at=now + wait)


def unconfirmed(message: Message, reason: str, now: datetime) -> Message:
    """Return the message after a call without a usable response that no report will follow; it is not sent again."""
    return message._to(MessageState.UNCONFIRMED, now, reason)


_CALL_UNDER_WAY = frozenset({MessageState.SENDING, MessageState.UNKNOWN, MessageState.CALLING})
"""States of a message whose latest call may go on. Its first report may come before its dialling is recorded."""


def dialled(message: Message, provider_id: str, now: datetime, answer_within: timedelta) -> Message:
    """Return a claimed message after its provider began to call the receiver, who has `answer_within` to answer."""
    due_at = now + answer_within + CALL_GRACE
    return message._to(MessageState.CALLING, now, due_at=due_at, provider_id=provider_id)


def in_call(
    message: Message,
    attempt: int,
    facts: CallFacts,
    now: datetime,
    next_within: timedelta,
    provider_id: str | None = None,
) -> Message | None:
    """Return the message with what a call that goes on has told; None if that is nothing new, or the call is over.

    Args:
        attempt: number of the call's try.
        next_within: how long the call plays and listens until it tells more.
        provider_id: the provider's id of the call; the worker that dialled may not have recorded it.
    """
    if message.attempt != attempt or message.state not in _CALL_UNDER_WAY:
        return None
    known = message.call_facts
    merged = known.merge(facts)
    if message.state is MessageState.CALLING and to_text(merged) == to_text(known):
        return None
    due_at = now + next_within + CALL_GRACE
    return message._to(MessageState.CALLING, now, facts=merged, due_at=due_at, provider_id=provider_id)


def named(message: Message, provider_id: str, now: datetime) -> Message | None:
    """Return a message whose call was answered before its dialling was recorded, with the provider's id of the call.

    None if the id is known, or the call is over.
    """
    if message.state is not MessageState.CALLING or message.provider_id == provider_id:
        return None
    return message._to(MessageState.CALLING, now, due_at=message.due_at, provider_id=provider_id)


def asked_again(message: Message, now: datetime) -> Message:
    """Return the message of an overdue call that goes on; its provider is asked again later."""
    return message._to(MessageState.CALLING, now, due_at=now + CALL_GRACE)


def call_ended(
    message: Message, attempt: int, facts: CallFacts, reason: str | None, now: datetime, delay: timedelta | None
) -> Message | None:
    """Return the message after a call has ended, or a late fact about its end; None if that changes nothing.

    A success of any try counts. The failure of a try counts once, and never after a success.

    Args:
        facts: everything that is known about the call, `call_facts` included.
        reason: why the call did not succeed; None for a success.
        delay: the wait before the next call after a failure; None if there is none.
    """
    if attempt > message.attempt:
        return None
    latest = attempt == message.attempt
    if reason is None:
        known = message.call_facts
        nothing_new = not latest or known.called_back or to_text(facts) == to_text(known)
        told = message.state is MessageState.DELIVERED and nothing_new
        facts = replace(facts, later_calls=message.calls_after(attempt))
        return None if told else message._to(MessageState.DELIVERED, now, facts=facts)
    if not latest or message.state not in _CALL_UNDER_WAY:
        return None
    if delay is None:
        return message._to(MessageState.FAILED, now, reason, facts=facts)
    return message._to(MessageState.RETRY_WAIT, now, reason, facts=facts, due_at=now + delay)


def called_back(message: Message, facts: CallFacts, now: datetime) -> Message:
    """Return the message after its receiver called back and did what the call asks for; an attempt under way is over.

    Args:
        facts: what is known about the call that the receiver made.
    """
    return message._to(MessageState.DELIVERED, now, facts=replace(facts, called_back=True))


def withdrawn(
    message: Message,
    attempt: int,
    facts: CallFacts,
    state: MessageState,
    now: datetime,
    reason: str | None = None,
) -> Message | None:
    """Return the message after its call was stopped, or was not wanted when it was answered; None if the call is over.

    Args:
        state: CANCELLED, SKIPPED or SUPPRESSED.
        reason: why, if the state does not say enough; None with SKIPPED = enough people have answered.
    """
    if message.attempt != attempt or message.state not in _CALL_UNDER_WAY:
        return None
    return message._to(state, now, reason or (STOPPED if state is MessageState.SKIPPED else None), facts=facts)


def suppressed(message: Message, reason: str, now: datetime) -> Message:
    """Return the message after a guard found, between claim and call, that its receiver must not be contacted."""
    return message._to(MessageState.SUPPRESSED, now, reason)


def skipped(message: Message, reason: str, now: datetime) -> Message:
    """Return the message after a guard found, between claim and call, that it is not needed any more."""
    return message._to(MessageState.SKIPPED, now, reason)


def held_back(message: Message, reason: str, now: datetime, until: datetime) -> Message:
    """Return the message after a guard found, between claim and call, that it must wait until `until`.

    The try did not take place, so the next claim has its number again.
    """
    return message._to(MessageState.HELD, now, reason, due_at=until, attempt=message.attempt - 1)


def cancelled(message: Message, now: datetime) -> Message:
    """Return the message after a guard found, between claim and call, that its alert was cancelled."""
    return message._to(MessageState.CANCELLED, now)


def too_late(message: Message, now: datetime) -> Message:
    """Return the message after it became too old between claim and call; it was not submitted."""
    return message._to(MessageState.EXPIRED, now)


def resent(message: Message, now: datetime) -> Message | None:
    """Return a failed message as it waits for another try; None: it has not failed, or has no try left.

    A message that may be with the provider, or with its receiver, never gets here: those states are not FAILED.
    """
    if message.state is not MessageState.FAILED or message.attempt >= MAX_ATTEMPTS:
        return None
    return message._to(MessageState.RETRY_WAIT, now, RESENT, due_at=now)


def tried_now(message: Message, now: datetime) -> Message | None:
    """Return a message that waits for its next try as it is due now; None: it does not wait, or is due already."""
    if message.state is not MessageState.RETRY_WAIT or message.due_at is None or message.due_at <= now:
        return None
    return message._to(MessageState.RETRY_WAIT, now, SETTINGS_SAVED, due_at=now)


def ended_by_restore(current: Message | None, position: int, now: datetime) -> Message | None:
    """Return a message as EXPIRED after its table was restored from a backup; None if it stays.

    Whatever was due, or in flight when the backup was made, may have gone out since. A message whose time is still to
    come stays.

    Args:
        current: the message row, None if there is none.
    """
    if current is None:
        return Message(position, MessageState.QUEUED, 0, 0, ())._to(MessageState.EXPIRED, now, RESTORED)
    later = current.state in (MessageState.HELD, MessageState.RETRY_WAIT) and (current.due_at or now) > now
    return None if current.terminal or later else current._to(MessageState.EXPIRED, now, RESTORED)


def retry_delay(attempt: int, fraction: float, at_least: timedelta = timedelta(0)) -> timedelta:
    """Return the full-jitter delay after try number `attempt` (from 1).

    Args:
        fraction: uniform in [0, 1).
        at_least: the provider's own Retry-After, honoured up to RETRY_CAP.
    """
    ceiling = min(RETRY_CAP, RETRY_BASE * float(2 ** min(attempt - 1, 16)))
    return max(ceiling * fraction, min(at_least, RETRY_CAP))


def store_retry_delay(message: Message, fraction: float) -> timedelta:
    """Return the full-jitter delay after a store of ours did not answer about a claimed message (see `not_asked`).

    Args:
        fraction: uniform in [0, 1).
    """
    if message.version > STORE_RETRY_STEPS:
        return retry_delay(message.attempt, fraction)
    return min(STORE_RETRY_CAP, RETRY_BASE * message.version) * fraction


@dataclass(frozen=True, slots=True)
class Receipt:
    """A provider's later report about one try.

    Attributes:
        attempt: number of the try, from 1.
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
    """Return the message after a receipt, or None if the receipt changes nothing.

    Receipts may be late, repeated and out of order. The delivery of any try counts. An acceptance or failure counts for
    the latest try only, and not after a state of higher rank. A bounce (`BOUNCED`) of the latest try counts before and
    after its delivery. A receipt for a try that was never begun changes nothing.
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
    # An earlier unknown try may have been delivered; that is recorded. Other receipts no longer matter here.
    if message.state in _CLOSED_TO_ALL_BUT_DELIVERY and receipt.state is not MessageState.DELIVERED:
        return None
    return message._to(receipt.state, now, receipt.reason, provider_id=receipt.provider_id)
