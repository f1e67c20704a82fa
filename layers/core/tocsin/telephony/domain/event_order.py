"""Messages of the queue of events that are owed: "do what these events bring about". They contain ids only."""

from __future__ import annotations

import json
from dataclasses import dataclass

from tocsin.kernel.domain.ids import TenantId

_VERSION = 1

EVENTS_AN_ORDER = 25
"""Most events of one order."""


@dataclass(frozen=True, slots=True)
class EventOrder:
    """Do the acts of these events that are owed; `names` as `TelephonyEvent.name` gives them."""

    tenant: TenantId
    names: tuple[str, ...]

    def encode(self) -> str:
        """Return the body of the queue message: one line of JSON."""
        return json.dumps({"v": _VERSION, "t": self.tenant, "e": self.names}, separators=(",", ":"))

    @classmethod
    def decode(cls, text: str) -> EventOrder:
        """Parse the body of a queue message.

        Raises:
            ValueError: not an order of events, or of an unknown version.
        """
        try:
            body = json.loads(text)
            if body["v"] != _VERSION or not all(isinstance(name, str) for name in [body["t"], *body["e"]]):
                raise ValueError("an order of events of another version")
            return cls(TenantId(body["t"]), tuple(body["e"]))
        except (KeyError, TypeError, RecursionError) as error:
            raise ValueError("not an order of events") from error
