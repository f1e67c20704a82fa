"""Return the waiting events of an API key to its client: each once, or without removing them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.ids import AlertRef
from tocsin.kernel.ports import Clock
from tocsin.results.domain.result_event import ResultEvent
from tocsin.results.ports import WaitingEvents

MAX_EVENTS = 100
"""Most events of one call."""


@dataclass(frozen=True, slots=True)
class Collected:
    """Events, oldest first, and the number of events that still wait (None = not counted)."""

    events: Sequence[ResultEvent]
    remaining: int | None = None


@dataclass(frozen=True, slots=True)
class CollectEvents:
    """Collects the waiting events of an API key."""

    results: WaitingEvents
    alerts: AlertRepository
    clock: Clock

    def __call__(
        self,
        key: ApiKey,
        alert: AlertRef | None,
        maximum: int = 1,
        *,
        count_remaining: bool = False,
        peek: bool = False,
    ) -> Collected:
        """Return up to `maximum` events of one alert, or of all alerts of the key (None).

        The result is empty for an unknown alert, an expired one, and one of another key.

        Args:
            maximum: a number outside 1..MAX_EVENTS is replaced by the nearest limit.
            count_remaining: whether the events that still wait are counted.
            peek: remove none, so that the next call finds them again; they then count as waiting.

        Raises:
            StorageUnavailable: events may be removed and not returned. The state of each message can still be read.
        """
        now = self.clock()
        if alert is not None:
            found = self.alerts.get(key.tenant, alert)
            if found is None or found.key_id != key.id or found.expired(now):
                return Collected((), 0 if count_remaining else None)
        read = self.results.peek if peek else self.results.collect
        events = read(key.tenant, key.id, alert, max(1, min(maximum, MAX_EVENTS)), now)
        remaining = self.results.remaining(key.tenant, key.id, alert, now) if count_remaining else None
        return Collected(events, remaining)

    def waiting(self, key: ApiKey, now: datetime) -> int:
        """Return the number of events of all alerts of the key that wait at `now`. Raises StorageUnavailable."""
        return self.results.remaining(key.tenant, key.id, None, now)
