"""A telephony event as it is kept: with the decision what it brings about, which is made once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tocsin.telephony.domain.event import TelephonyEvent

EVENT_KEPT = timedelta(days=7)
"""After its receipt. A repeat within this time is told as such."""

ORDER_PATIENCE = timedelta(minutes=2)
"""How long after its receipt an event may be owed before the sweeper orders it again."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class EventDecision:
    """What an event brings about.

    Attributes:
        acts: JSON values, for example `["rule", "<rule>", 7, ["<trigger>"]]`; none: nothing is to be done.
        ignored: the event is not kept, because no rule asks for its kind.
    """

    acts: tuple[Any, ...] = ()
    ignored: bool = False


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event with its decision.

    Attributes:
        name: of the event within its tenant. It stays when an erasure changes the event.
        acts: as decided when the event was first received.
        owed: some acts may not be done yet.
        extensions: attributes that are kept and never read.
    """

    name: str
    event: TelephonyEvent
    acts: tuple[Any, ...] = ()
    owed: bool = False
    extensions: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def new(cls, event: TelephonyEvent, acts: tuple[Any, ...], extensions: Mapping[str, str]) -> StoredEvent:
        """Return an event that was just decided on; it is owed if anything is to be done."""
        return cls(event.name, event, acts, bool(acts), extensions)

    @property
    def place(self) -> str:
        """Sorts events by their receipt, then by their names: milliseconds since 1970 and the name."""
        return f"{(self.event.received_at - _EPOCH) // timedelta(milliseconds=1):014}#{self.name}"

    def expired(self, now: datetime) -> bool:
        """Whether the event is no longer kept."""
        return now >= self.event.received_at + EVENT_KEPT
