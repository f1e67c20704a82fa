"""How the capacity that is left is shared out among the elements of one call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tocsin.alerts.domain.alert import AlertItem
from tocsin.alerts.domain.exclusion import Exclusion, ExclusionReason
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.alerts.domain.result import ItemResult
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.recipient import Recipient
from tocsin.content.domain.content import EmailContent, LookupTerms, SmsContent
from tocsin.kernel.domain.warnings import Warned


@dataclass(frozen=True, slots=True)
class PreparedElement:
    """One element of the call with everything known about it but the capacity.

    Attributes:
        recipients: who can be reached; empty when the element fails.
        requested: receivers asked for; 0 when they could not be resolved.
        content: None when the element fails.
        failure_reason: why fewer than `requested` are left, None if nobody was refused.
        lookups: how keywords are read, None = not at all.
        segments, replaced: see ItemResult.
        excluded: who of the requested is not among the recipients, as far as it is known who.
        except_responded: see Element.
        warnings: see ItemResult.
    """

    channel: Channel
    tag: str
    recipients: tuple[Recipient, ...]
    requested: int
    content: SmsContent | EmailContent | None
    failure_reason: str | None = None
    lookups: LookupTerms | None = None
    segments: int | None = None
    replaced: int = 0
    excluded: tuple[Exclusion, ...] = ()
    except_responded: frozenset[ResponseKind] = frozenset()
    warnings: tuple[Warned, ...] = ()


@dataclass(frozen=True, slots=True)
class CapacityReservation:
    """What one element gets: its first `len(recipients)` receivers. `remaining` is None on an unlimited channel."""

    element: PreparedElement
    index: int
    recipients: Sequence[Recipient]
    remaining: int | None
    failure_reason: str | None

    @property
    def excluded(self) -> tuple[Exclusion, ...]:
        """Who was asked for and is not contacted, those the capacity was too small for last."""
        short = self.element.recipients[len(self.recipients) :]
        return self.element.excluded + tuple(
            Exclusion(who.contact_id, who.address, ExclusionReason.NO_CAPACITY, place=who.place) for who in short
        )

    @property
    def item(self) -> AlertItem:
        """The element as the alert keeps it."""
        e, taken = self.element, len(self.recipients)
        content = e.content if taken else None
        lookups = e.lookups if taken else None
        return AlertItem(
            self.index, e.channel, e.tag, content, e.requested, taken, self.failure_reason, lookups, e.except_responded
        )

    @property
    def result(self) -> ItemResult:
        """The element as the client is told."""
        e, taken = self.element, len(self.recipients)
        done, reason = taken > 0, self.failure_reason
        segments, replaced = (e.segments, e.replaced) if done else (None, 0)
        return ItemResult(
            e.channel, e.tag, done, e.requested, taken, self.remaining, reason, segments, replaced, e.warnings
        )


def reserve(elements: Sequence[PreparedElement], remaining: Mapping[Channel, int]) -> Iterator[CapacityReservation]:
    """Yield what each element gets, in order; the first in the request is the first served.

    Args:
        remaining: what is left of each limited channel; a channel that is not here is unlimited.
    """
    left = dict(remaining)
    for index, element in enumerate(elements):
        capacity = left.get(element.channel)
        if capacity is None:
            yield CapacityReservation(element, index, element.recipients, None, element.failure_reason)
            continue
        recipients = element.recipients[: max(capacity, 0)]
        left[element.channel] = capacity - len(recipients)
        reason = element.failure_reason
        if short := len(element.recipients) - len(recipients):
            cut = f"the {element.channel.value} capacity of this key is used up: {short} receivers were left out"
            reason = f"{reason}; {cut}" if reason else cut
        yield CapacityReservation(element, index, recipients, left[element.channel], reason)
