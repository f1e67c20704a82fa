"""A cache of what a process has read, each value at most so old."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from tocsin.kernel.ports import Clock

K = TypeVar("K")
V = TypeVar("V")


class RecentlyRead(Generic[K, V]):
    """Reads by a key, and keeps what it read for a while. For one thread.

    Args:
        read: returns the value of a key; None is a value too. What it raises is not kept.
        known_for: at this age a value is read anew, so it is the longest delay until a change takes effect.
        most: so many values are kept; one more, and all are read anew.
    """

    def __init__(self, read: Callable[[K], V], clock: Clock, known_for: timedelta, most: int) -> None:
        self._read = read
        self._clock = clock
        self._known_for = known_for
        self._most = most
        self._known: dict[K, tuple[datetime, V]] = {}

    def __call__(self, key: K) -> V:
        """Return the value of a key. Raises what `read` raises."""
        now = self._clock()
        # After the clock was set back, a negative age must not keep an old value in use.
        if (known := self._known.get(key)) is not None and timedelta(0) <= now - known[0] < self._known_for:
            return known[1]
        value = self._read(key)
        if len(self._known) >= self._most:
            self._known.clear()
        self._known[key] = (now, value)
        return value
