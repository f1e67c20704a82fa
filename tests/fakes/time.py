"""A clock that moves only when it is told to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


class VirtualClock:
    """Hands out `now`; every test and every run of a scenario has its own."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now

    def advance(self, by: timedelta) -> None:
        """Let time pass; a negative span sets the clock back."""
        self.now += by

    def at_least(self, now: datetime) -> None:
        """Go to `now`, never backwards."""
        self.now = max(self.now, now)
