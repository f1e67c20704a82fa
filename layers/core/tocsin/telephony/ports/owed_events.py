"""Port of the queue of events that are owed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tocsin.telephony.domain.event_order import EventOrder


class OwedEvents(Protocol):
    """The queue for orders of events. Delivery is at least once, in any order."""

    def put(self, orders: Sequence[EventOrder]) -> None:
        """Put orders on the queue.

        Raises:
            StorageUnavailable: any of them may be queued; the sweeper orders again what stays owed.
        """
        ...
