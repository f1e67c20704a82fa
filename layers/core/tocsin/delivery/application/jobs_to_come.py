"""Remember for which messages a job of this process is still to come."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tocsin.alerts.domain.alert import ChunkKey

_FULL = 10_000


class JobsToCome:
    """Keeps jobs that come again by themselves from multiplying: of two jobs for the same message, one is queued again.

    Such jobs change no message while they wait, so no row tells that another one is on its way. What other processes
    have queued is not known; each adds one job at most.
    """

    def __init__(self) -> None:
        self._comes: dict[tuple[ChunkKey, int], datetime] = {}

    def without(self, key: ChunkKey, positions: Iterable[int], now: datetime) -> list[int]:
        """Return the positions for which no job is to come."""
        return [position for position in positions if self._comes.get((key, position), now) <= now]

    def note(self, key: ChunkKey, positions: Iterable[int], at: datetime, now: datetime) -> None:
        """Note that a job for these positions comes at an instant."""
        if len(self._comes) > _FULL:
            self._comes = {place: comes for place, comes in self._comes.items() if comes > now}
        self._comes |= {(key, position): at for position in positions}
