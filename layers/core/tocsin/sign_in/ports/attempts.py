"""Port of the counts that throttle sign-ins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tocsin.sign_in.domain.throttle import Limit


@dataclass(frozen=True, slots=True)
class AttemptCount:
    """A count after one more.

    Attributes:
        count: of the window that is open.
        ended_count, ended_at: of the window before, if this call began a new one; 0 and None otherwise.
    """

    count: int
    ended_count: int = 0
    ended_at: datetime | None = None


class Attempts(Protocol):
    """Counts by name. A window begins with the first attempt in it."""

    def take(self, limits: Sequence[Limit], now: datetime) -> datetime | None:
        """Count an attempt against every limit, or against none if one of them is reached.

        Concurrent calls never bring a count above its limit.

        Returns:
            None: counted. Otherwise when there is room again.
        """
        ...

    def give_back(self, limits: Sequence[Limit], now: datetime) -> None:
        """Take an attempt back that was no failure."""
        ...

    def clear(self, counters: Sequence[str]) -> None:
        """Begin these counts anew."""
        ...

    def add(self, limit: Limit, now: datetime) -> AttemptCount:
        """Count one more, also above the limit."""
        ...
