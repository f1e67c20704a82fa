"""Port of the dispatch queues between acceptance and the workers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from tocsin.alerts.domain.dispatch_job import DispatchJob


class DispatchQueue(Protocol):
    """The dispatch queues, one per channel and lane. They deliver at least once and in any order."""

    def put(self, jobs: Sequence[DispatchJob], delay: timedelta = timedelta(0)) -> None:
        """Queue the jobs. They are delivered after `delay` (0..15 min).

        Raises:
            StorageUnavailable: some jobs may be queued. A repeat does no harm, and the sweeper finds lost jobs.
        """
        ...
