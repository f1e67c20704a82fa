"""A value that is read anew at most every few seconds, because reading it asks the API."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from http.client import HTTPException
from typing import Generic, TypeVar

FRESH = 5.0
"""Seconds for which a value is used."""

T = TypeVar("T")


class Recent(Generic[T]):
    """One such value.

    Args:
        read: if it fails, the last value stays.
        first: the value before the first reading.
    """

    def __init__(self, read: Callable[[], T], first: T, clock: Callable[[], float] = time.monotonic) -> None:
        self._read = read
        self._last = first
        self._clock = clock
        self._read_at = float("-inf")

    def value(self) -> T:
        """Return the value, not older than FRESH if it can be read."""
        if self._clock() - self._read_at >= FRESH:
            self._read_at = self._clock()
            with suppress(OSError, HTTPException, LookupError):  # the engine is busy, or stops
                self._last = self._read()
        return self._last
