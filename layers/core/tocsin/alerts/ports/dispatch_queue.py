"""Port of the queues between acceptance and the senders."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Protocol

from tocsin.alerts.domain.dispatch_job import DispatchJob


class DispatchQueue(Protocol):
    """The queues between acceptance and the senders, one per channel and lane. At least once, in any order."""

    def put(self, jobs: Sequence[DispatchJob], delay: timedelta = timedelta(0)) -> None:
        """Queue the orders, not before `delay` (0..15 min) is over.

        Raises:
            StorageUnavailable: some may be queued and some not; repeating is harmless, and so is not repeating:
                the sweeper finds what was lost.
        """
        ...
