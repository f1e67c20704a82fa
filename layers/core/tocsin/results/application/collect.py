"""Hand out what happened to a client's alerts, each event once."""

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
"""Events of one call, however many were asked for."""


@dataclass(frozen=True, slots=True)
class Collected:
    """Events, oldest first, and how many still wait (None if nobody asked)."""

    events: Sequence[ResultEvent]
    remaining: int | None = None


@dataclass(frozen=True, slots=True)
class CollectEvents:
    """Take waiting events of the calling key."""

    results: WaitingEvents
    alerts: AlertRepository
    clock: Clock

    def __call__(
        self, key: ApiKey, alert: AlertRef | None, maximum: int = 1, *, count_remaining: bool = False
    ) -> Collected:
        """Return up to `maximum` events of one alert, or (None) of all alerts of the key.

        An alert that is unknown, over, or another key's has no events: the three look the same.

        Raises:
            StorageUnavailable: events that were taken and not answered are lost to the client's poll; the state of
                each message stays readable.
        """
        now = self.clock()
        if alert is not None:
            found = self.alerts.get(key.tenant, alert)
            if found is None or found.key_id != key.id or found.expired(now):
                return Collected((), 0 if count_remaining else None)
        events = self.results.collect(key.tenant, key.id, alert, max(1, min(maximum, MAX_EVENTS)), now)
        remaining = self.results.remaining(key.tenant, key.id, alert, now) if count_remaining else None
        return Collected(events, remaining)

    def waiting(self, key: ApiKey, now: datetime) -> int:
        """Return how many events of the key, of all its alerts, wait at `now`. Raises StorageUnavailable."""
        return self.results.remaining(key.tenant, key.id, None, now)
