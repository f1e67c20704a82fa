"""Reserve the remaining capacity of an API key for the elements of one call."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tocsin.alerts.domain.alert import AlertItem
from tocsin.alerts.domain.exclusion import Exclusion, ExclusionReason, common_reason
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.alerts.domain.result import ItemResult
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.recipient import Recipient
from tocsin.content.domain.content import Content, LookupTerms
from tocsin.kernel.domain.counted import counted
from tocsin.kernel.domain.warnings import Warned


@dataclass(frozen=True, slots=True)
class PreparedElement:
    """One element of the call, with everything except its share of the capacity.

    Attributes:
        recipients: the receivers that can be reached; empty if the element fails.
        requested: number of requested receivers, as far as they are known.
        content: None if the element fails.
        failure_reason: why fewer than `requested` can be reached, None if there was no failure.
        failure_code: stable word for why the whole element failed; None = see the reasons of `excluded`.
        lookups: how keywords in braces are replaced, None = not at all.
        segments, replaced: see ItemResult.
        excluded: the requested receivers that are not among the recipients.
        except_responded: see Element.
        warnings: see ItemResult.
    """

    channel: Channel
    tag: str
    recipients: tuple[Recipient, ...]
    requested: int
    content: Content | None
    failure_reason: str | None = None
    lookups: LookupTerms | None = None
    segments: int | None = None
    replaced: int = 0
    excluded: tuple[Exclusion, ...] = ()
    except_responded: frozenset[ResponseKind] = frozenset()
    warnings: tuple[Warned, ...] = ()
    failure_code: str | None = None


@dataclass(frozen=True, slots=True)
class CapacityReservation:
    """The capacity of one element, for its first `len(recipients)` receivers.

    Attributes:
        index: place of the element in the request's `alert` array.
        remaining: capacity that is left on the channel afterwards; None = unlimited.
    """

    element: PreparedElement
    index: int
    recipients: Sequence[Recipient]
    remaining: int | None
    failure_reason: str | None

    @property
    def excluded(self) -> tuple[Exclusion, ...]:
        """The receivers that are not contacted; those without capacity come last."""
        short = self.element.recipients[len(self.recipients) :]
        return self.element.excluded + tuple(Exclusion.of(who, ExclusionReason.NO_CAPACITY) for who in short)

    @property
    def failure_code(self) -> str | None:
        """Stable word for `failure_reason`, None if there was no failure."""
        if self.failure_reason is None:
            return None
        return self.element.failure_code or common_reason(self.excluded)

    @property
    def item(self) -> AlertItem:
        """The element as it is stored with the alert."""
        e, taken = self.element, len(self.recipients)
        content = e.content if taken else None
        lookups = e.lookups if taken else None
        return AlertItem(
            self.index,
            e.channel,
            e.tag,
            content,
            e.requested,
            taken,
            self.failure_reason,
            lookups,
            e.except_responded,
            self.failure_code,
        )

    @property
    def result(self) -> ItemResult:
        """The element's part of the response."""
        e, taken = self.element, len(self.recipients)
        done, reason = taken > 0, self.failure_reason
        segments, replaced = (e.segments, e.replaced) if done else (None, 0)
        return ItemResult(
            e.channel,
            e.tag,
            done,
            e.requested,
            min(taken, e.requested),
            self.remaining,
            reason,
            segments,
            replaced,
            e.warnings,
            self.failure_code,
        )


def reserve(elements: Sequence[PreparedElement], remaining: Mapping[Channel, int]) -> Iterator[CapacityReservation]:
    """Yield the reservation of each element. Earlier elements of the request are served first.

    Args:
        remaining: remaining capacity of each limited channel; an absent channel is unlimited.
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
            excluded = counted(short, "receiver was", "receivers were")
            cut = f"the {element.channel.value} capacity of this key is used up: {excluded} excluded"
            reason = f"{reason}; {cut}" if reason else cut
        yield CapacityReservation(element, index, recipients, left[element.channel], reason)
