"""Ports of timers: their rows, the queue for their orders, and the scheduler that wakes up distant timers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from tocsin.timers.domain.timer import Timer, TimerKey


class Timers(Protocol):
    """The rows of timers. The sweeper finds each overdue row, even if its order was lost."""

    def arm(self, timer: Timer) -> bool:
        """Write a timer, unless a row of the same or a higher generation exists. That row stays.

        Returns:
            Whether the row now equals `timer`. A repeated call returns the same.
        """
        ...

    def get(self, key: TimerKey) -> Timer | None:
        """Return the timer, strongly consistent."""
        ...

    def move(self, over: Timer, to: Timer | None) -> bool:
        """Replace the row by `to`, or remove the row, if the row equals `over` in generation and time.

        Args:
            to: `over.next(…)`; None = the timer is done.

        Returns:
            Whether this call replaced or removed the row, or no row was left to remove. False: another writer was
                first, and that writer enqueues the order.
        """
        ...

    def cancel(self, key: TimerKey, generation: int | None = None) -> None:
        """Remove a timer. If `generation` is given, a row of another generation stays."""
        ...

    def due(self, before: datetime, limit: int) -> Sequence[TimerKey]:
        """Return up to `limit` timers of all tenants whose next check is due at `before`, earliest check first.

        A timer is first checked SWEEP_AFTER after its due time. Only the sweeper may read across tenants.
        """
        ...

    def defer(self, timer: Timer, at: datetime) -> None:
        """Set the sweeper's next check of a timer. If the row no longer equals `timer`, nothing is written."""
        ...


class TimerQueue(Protocol):
    """The queue for orders of timers. Delivery is at least once, in any order."""

    def enqueue(self, timers: Sequence[Timer], now: datetime) -> None:
        """Enqueue an order for each timer.

        An order for a timer within LONGEST_DELAY arrives when the timer is due, never earlier. An order for a more
        distant timer arrives at once; its worker sets a wake-up, so only that worker needs the right to do so.

        Raises:
            StorageUnavailable: some orders may be enqueued and others not; the sweeper finds timers without an order.
        """
        ...


class WakeUpScheduler(Protocol):
    """Enqueues the order of a distant timer shortly before the timer is due."""

    def set(self, timer: Timer) -> None:
        """Enqueue an order for this timer in the minute that begins at `wake_up_at(timer)`. Safe to repeat.

        Raises:
            StorageUnavailable: the wake-up may be set or not.
        """
        ...
