"""A telephony event as it is kept: with the decision what it brings about, which is made once; and the order to act."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.vocabulary import without_secrets

EVENT_KEPT = timedelta(days=7)
"""After its receipt. A repeat within this time is told as such."""

ORDER_PATIENCE = timedelta(minutes=2)
"""How long after its receipt an event may be owed before the sweeper orders it again."""

EVENTS_AN_ORDER = 25
"""Most events of one order."""

_ORDER_VERSION = 1
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
        """Return an event that was just decided on; it is owed if anything is to be done.

        Only acts use passwords and PINs, so an event without acts is kept without them.
        """
        stored = cls(event.name, event, acts, bool(acts), extensions)
        return stored if acts else stored.without_secrets()

    def without_secrets(self) -> StoredEvent:
        """Return the event without passwords and PINs; the same object if it has none."""
        data = without_secrets(self.event.type, self.event.data)
        return self if data == self.event.data else replace(self, event=replace(self.event, data=data))

    @property
    def sandbox(self) -> bool:
        """Whether a sandbox key sent the event."""
        return self.event.sandbox

    @property
    def place(self) -> str:
        """Sorts events by their receipt, then by their names: milliseconds since 1970 and the name."""
        return f"{(self.event.received_at - _EPOCH) // timedelta(milliseconds=1):014}#{self.name}"

    def expired(self, now: datetime) -> bool:
        """Whether the event is no longer kept."""
        return now >= self.event.received_at + EVENT_KEPT


@dataclass(frozen=True, slots=True)
class EventOrder:
    """Message of the queue: do what is owed of these events. It contains ids only.

    Attributes:
        names: as `TelephonyEvent.name` gives them.
    """

    tenant: TenantId
    names: tuple[str, ...]

    def encode(self) -> str:
        """Return the body of the queue message: one line of JSON."""
        return json.dumps({"v": _ORDER_VERSION, "t": self.tenant, "e": self.names}, separators=(",", ":"))

    @classmethod
    def decode(cls, text: str) -> EventOrder:
        """Parse the body of a queue message.

        Raises:
            ValueError: not an order of events, or of an unknown version.
        """
        try:
            body = json.loads(text)
            if body["v"] != _ORDER_VERSION or not all(isinstance(name, str) for name in [body["t"], *body["e"]]):
                raise ValueError("an order of events of another version")
            return cls(TenantId(body["t"]), tuple(body["e"]))
        except (KeyError, TypeError, RecursionError) as error:
            raise ValueError("not an order of events") from error
