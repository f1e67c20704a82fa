"""An alert as a caller sees it: whole, or of a person to whom it was sent the text and the person's own messages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from tocsin.alerts.domain.alert import Alert, ChunkKey
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.domain.message import MessageState
from tocsin.history.domain.message_facts import MessageFacts

OwnMessages = dict[tuple[ChunkKey, int], MessageFacts]
"""The messages to one receiver, by chunk and position."""


@dataclass(frozen=True, slots=True)
class SeenAlert:
    """An alert as a caller sees it.

    Attributes:
        whole: as it was accepted.
        own: where the caller received it, who sees nothing else of it; None = the caller sees the whole.
    """

    whole: Alert
    own: frozenset[tuple[ChunkKey, int]] | None = None

    @property
    def alert(self) -> Alert:
        """The alert, without what is about other receivers."""
        return self.whole if self.own is None else received_part(self.whole, self.own)

    def shows(self, key: ChunkKey, position: int) -> bool:
        """Whether the caller sees the receiver at a place."""
        return self.own is None or (key, position) in self.own

    def own_of(self, channel: Channel | None) -> list[tuple[ChunkKey, int]]:
        """Return where the caller received it on a channel (None = on any), in order."""
        channels = {item.index: item.channel for item in self.whole.items}
        found = [place for place in self.own or () if channel in {None, channels[place[0].item]}]
        return sorted(found, key=lambda place: (place[0].item, place[0].chunk, place[1]))


def received_part(alert: Alert, own: Iterable[tuple[ChunkKey, int]]) -> Alert:
    """Return an alert as if the receiver at these places were its only one, and as if it had no escalation."""
    messages = Counter(key.item for key, _ in own)
    items = tuple(
        replace(item, requested=number, accepted=number, failure_reason=None, failure_code=None)
        for item in alert.items
        if (number := messages[item.index])
    )
    return replace(alert, items=items, escalation=None, link=None)


def own_counts(messages: OwnMessages) -> dict[MessageState, int]:
    """Return the number of messages per state; every state is present."""
    counts = Counter(facts.state for facts in messages.values())
    return {state: counts[state] for state in MessageState}
