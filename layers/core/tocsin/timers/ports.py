"""Ports of time: the timers' rows, the queue that brings their orders, and the alarm clock for what is far off."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from tocsin.timers.domain.timer import Timer, TimerKey


class Timers(Protocol):
    """What is due when. A timer that nobody removed is found by the sweeper, whatever became of its order."""

    def arm(self, timer: Timer) -> bool:
        """Write the timer over nothing or over a lower generation; a row of the same or a higher one stands.

        Returns:
            Whether the row says what `timer` says now; a repeat is told the same.
        """
        ...

    def get(self, key: TimerKey) -> Timer | None:
        """Return the timer, strongly consistent."""
        ...

    def move(self, over: Timer, to: Timer | None) -> bool:
        """Put `to` in the place of exactly `over` (generation and time), or remove it.

        Args:
            to: `over.next(…)`; None: it is done.

        Returns:
            Whether this call did, or nothing was left to remove. False: another writer was first, and rings.
        """
        ...

    def cancel(self, key: TimerKey, generation: int | None = None) -> None:
        """Remove the timer; one of another generation than was named stays."""
        ...

    def due(self, before: datetime, limit: int) -> Sequence[TimerKey]:
        """Return timers that ought to have run by then (`SWEEP_AFTER` is allowed for), oldest first, of all tenants.

        Reads across tenants; only the sweeper may call it.
        """
        ...

    def defer(self, timer: Timer, at: datetime) -> None:
        """Set when the sweeper looks at this setting of a timer next; a moved or removed one is left alone."""
        ...


class TimerQueue(Protocol):
    """The queue of timers' orders. At least once, in any order."""

    def enqueue(self, timers: Sequence[Timer], now: datetime) -> None:
        """Put an order for each timer: a near one arrives when it is due, never before; a far one at once.

        Whoever takes a far one from the queue sets the alarm clock: only there the right to do so is needed.

        Raises:
            StorageUnavailable: some may be queued and some not; the sweeper finds what was lost.
        """
        ...


class WakeUpScheduler(Protocol):
    """Puts a far timer's order on the queue shortly before it is due."""

    def set(self, timer: Timer) -> None:
        """Ring for this setting once, in the minute that begins at `wake_up_at(timer)`. Set already is set.

        Raises:
            StorageUnavailable: it may be set or not.
        """
        ...
