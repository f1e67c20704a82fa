"""What a send would do, told before it is done: to whom, when, or why not.

A plan is made of the same decisions as the send itself: the draft of the alert, the terms of delivery, the ladder of an
escalation. It assumes that nobody answers, that no provider fails and that nothing changes meanwhile; what answers
would change is told beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.alerts.domain.capacity import CapacityReservation
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.phone_region import region_of
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.domain.delivery_terms import OUTLASTED, QUIET_HOURS, delivery_terms
from tocsin.limits.domain.sms_prices import estimated_price


class PlannedOutcome(StrEnum):
    """What becomes of one message."""

    SEND = "send"  # handed over as soon as a worker comes to it
    HELD = "held"  # handed over when the receiver's quiet hours end
    EXPIRED = "expired"  # held until its time is over, and never sent
    SUPPRESSED = "suppressed"  # the receiver must not be contacted
    EXCLUDED = "excluded"  # asked for, and not contacted


@dataclass(frozen=True, slots=True)
class PlannedMessage:
    """One message of one step.

    Attributes:
        item: place of its element in the step's `alert` array.
        contact_id: None for a plain recipient.
        address: "" for a contact without one on the channel.
        at: when it is handed over, at the earliest; for what is never sent, when that is decided.
        send_before: it is not handed over at or after this instant; None for what is left out.
        reason: stable word for an outcome other than SEND, and for quiet hours that were overridden.
        segments: sms that are sent: parts the text takes.
        cost: estimate in millionths of a US dollar; 0 where nothing is known of a price.
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


Segments = Callable[[AlertItem], Callable[[Recipient], int | None]]
"""Counts the parts of a receiver's text."""


def exclusions_of(reservations: Sequence[CapacityReservation], at: datetime) -> Iterator[PlannedMessage]:
    """Yield who is not contacted."""
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
) -> Iterator[PlannedMessage]:
    """Yield what becomes of each accepted receiver of an item.

    Args:
        suppressed: why an address must not be contacted, of those that must not.
    """
    count = segments(item)
    for who in recipients:
        terms = delivery_terms(alert, who, alert.accepted_at)
        parts, cost, reason = None, 0, terms.why
        if terms.why == OUTLASTED:
            outcome = PlannedOutcome.EXPIRED
        elif (suppression := suppressed.get(who.address)) is not None:
            outcome, reason = PlannedOutcome.SUPPRESSED, suppression
        else:
            outcome = PlannedOutcome.HELD if terms.why == QUIET_HOURS else PlannedOutcome.SEND
            parts = count(who)
            cost = 0 if parts is None or alert.sandbox else _price(who.address, parts)
        yield PlannedMessage(
            item.index,
            item.channel,
            item.tag,
            who.contact_id,
            who.address,
            outcome,
            terms.not_before,
            terms.send_before,
            reason,
            parts,
            cost,
        )


def _price(address: str, segments: int) -> int:
    place = region_of(address)
    return estimated_price(place.region if place else None, segments)
