"""Port of the dispatch queues between acceptance and the workers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

from tocsin.alerts.domain.alert import Lane
from tocsin.alerts.domain.dispatch_job import DispatchJob


class LaneLoad(StrEnum):
    """What the jobs of a lane do. Delayed jobs count for calls only: those wait for a line."""

    IDLE = "idle"  # there is none
    TAKEN = "taken"  # workers have all of them, or had: a failed job comes back after its visibility timeout
    WAITING = "waiting"  # some wait for workers


class DispatchQueue(Protocol):
    """The dispatch queues, one per channel and lane. They deliver at least once and in any order."""

    def put(self, jobs: Sequence[DispatchJob], delay: timedelta = timedelta(0)) -> None:
        """Queue the jobs. They are delivered after `delay` (0..15 min).

        Raises:
            StorageUnavailable: some jobs may be queued. A repeat does no harm, and the sweeper finds lost jobs.
        """
        ...

    def load(self, lane: Lane) -> LaneLoad:
        """Return what the jobs of a lane do, of all channels together. The answer may be a minute old.

        Raises:
            StorageUnavailable: a queue did not answer.
        """
        ...
