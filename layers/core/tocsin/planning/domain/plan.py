"""The messages of a plan: which receivers would get a message, when, or why not.

A plan makes the same decisions as the send: the draft of the alert, the delivery terms, the escalation policy. It
assumes that no receiver answers, no provider fails and nothing changes meanwhile. For each step, the plan also says how
many answers would stop the escalation, and what the all-clear would be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from functools import partial

from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.alerts.domain.capacity import CapacityReservation
from tocsin.alerts.domain.result import SendResult
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.domain.delivery_terms import OUTLASTED, QUIET_HOURS, delivery_terms
from tocsin.kernel.domain.errors import TocsinError
from tocsin.limits.domain.sms_prices import price_of
from tocsin.planning.domain.call_plan import call_estimate
from tocsin.planning.domain.sample import Read, Sample
from tocsin.voice.domain.call_content import CallContent


class PlannedOutcome(StrEnum):
    """The planned outcome of one message."""

    SEND = "send"  # submitted as soon as a worker claims it
    HELD = "held"  # submitted when the receiver's quiet hours end
    EXPIRED = "expired"  # quiet hours end too late for it: never sent
    SUPPRESSED = "suppressed"  # the receiver must not be contacted
    EXCLUDED = "excluded"  # requested, and not contacted


@dataclass(frozen=True, slots=True)
class PlannedMessage:
    """One message of one step.

    Attributes:
        item: place of its element in the step's `alert` array.
        contact_id: None for a plain recipient.
        address: "" for a contact without one on the channel.
        at: earliest time of its submission; for an excluded receiver, the time of acceptance.
        send_before: no submission at or after this instant, and no call in of it is answered; None for an excluded
            receiver, and for a message for callers that waits for ever.
        reason: stable word for an outcome other than SEND, and for overridden quiet hours.
        segments: segments of a text that is sent or held, else None.
        cost: estimate in millionths of a US dollar; 0 if no price is known. Of a call, of one that is answered.
        cost_most: the same of all attempts of a call, each answered; of others `cost`.
        seconds: of a call that is placed or held, how long it lasts if every prompt is said once; else None.
        sample: renders what the receiver would read, if it is sent or held; else None.
    """

    item: int
    channel: Channel
    tag: str
    contact_id: str | None
    address: str
    outcome: PlannedOutcome
    at: datetime
    send_before: datetime | None = None
    reason: str | None = None
    segments: int | None = None
    cost: int = 0
    cost_most: int = 0
    seconds: float | None = None
    sample: Callable[[], Sample | None] | None = field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class PlannedAlert:
    """One alert of a plan.

    Attributes:
        step: 0 for the alert itself; from 1 for the steps of its escalation.
        at: when it would be accepted.
        result: the result of its call; None if it could not be sent, see `error`.
        all_clear: the messages of the all-clear, if enough people answered after this step.
        error: why it could not be sent, None if it could.
    """

    step: int
    at: datetime
    result: SendResult | None
    messages: tuple[PlannedMessage, ...]
    all_clear: tuple[PlannedMessage, ...] = ()
    error: TocsinError | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """What a call would do if no receiver answered.

    Attributes:
        runs: the first runs of the schedule; empty without a schedule.
        need: after each step, how many people must answer to stop the escalation; empty without an escalation.
        exhausted_at: when the escalation would be exhausted; None without an escalation.
    """

    client_ref: str
    made_at: datetime
    alerts: tuple[PlannedAlert, ...]
    runs: tuple[datetime, ...] = ()
    need: tuple[int, ...] = ()
    exhausted_at: datetime | None = None

    @property
    def cost(self) -> int:
        """Estimated cost of all texts and calls in millionths of a US dollar, all-clears excluded."""
        return sum(message.cost for alert in self.alerts for message in alert.messages)

    @property
    def cost_most(self) -> int:
        """The same if every attempt of every call is answered."""
        return sum(message.cost_most for alert in self.alerts for message in alert.messages)

    @property
    def calls(self) -> bool:
        """Whether people are called."""
        return any(message.seconds is not None for alert in self.alerts for message in alert.messages)


Segments = Callable[[AlertItem], Callable[[Recipient], int | None]]
"""For an item, returns the function that counts the segments of a receiver's text."""


def exclusions_of(reservations: Sequence[CapacityReservation], at: datetime) -> Iterator[PlannedMessage]:
    """Yield the excluded receivers of all elements; `at` is the time of acceptance."""
    for reservation in reservations:
        element = reservation.element
        for who in reservation.excluded:
            yield PlannedMessage(
                reservation.index,
                element.channel,
                element.tag,
                who.contact_id,
                who.address,
                PlannedOutcome.EXCLUDED,
                at,
                reason=who.reason,
            )


def messages_of(
    alert: Alert,
    item: AlertItem,
    recipients: Sequence[Recipient],
    segments: Segments,
    suppressed: Mapping[str, str],
    read: Read = lambda who, at: None,
) -> Iterator[PlannedMessage]:
    """Yield the planned message of each accepted receiver of an item.

    Args:
        suppressed: the reason for each suppressed address.
        read: renders what a receiver would read.
    """
    count = segments(item)
    for who in recipients:
        terms = delivery_terms(alert, who, alert.accepted_at)
        parts, cost, most, seconds, reason, sample = None, 0, 0, None, terms.why, None
        if terms.why == OUTLASTED:
            outcome = PlannedOutcome.EXPIRED
        elif (suppression := suppressed.get(who.address)) is not None:
            outcome, reason = PlannedOutcome.SUPPRESSED, suppression
        else:
            outcome = PlannedOutcome.HELD if terms.why == QUIET_HOURS else PlannedOutcome.SEND
            parts = count(who)
            sample = partial(read, who, terms.not_before)
            cost = most = 0 if parts is None or alert.sandbox else price_of(who.address, parts)
            if item.channel is Channel.CALL and isinstance(item.content, CallContent):
                call = call_estimate(item.content, who.address)
                seconds = call.seconds
                cost, most = (0, 0) if alert.sandbox else (call.cost, call.most)
        yield PlannedMessage(
            item.index,
            item.channel,
            item.tag,
            who.contact_id,
            who.address,
            outcome,
            terms.not_before,
            alert.expires_at if item.channel is Channel.INBOUND_CALL else terms.send_before,
            reason,
            parts,
            cost,
            most,
            seconds,
            sample,
        )
