"""Quiet hours as rows and sealed parts keep them: `["22:00","07:00",[1,2,3,4,5],"Europe/London"]`, or `"none"`.

The weekdays are null for every day, the zone for the account's. An account's clock is `["Europe/London", quiet hours]`.
"""

from __future__ import annotations

from datetime import time
from typing import Any

from tocsin.calendar.domain.account_clock import AccountClock
from tocsin.calendar.domain.quiet_hours import EVERY_DAY, QuietChoice, QuietHours, Reachable


def from_quiet(choice: QuietChoice) -> Any:
    """Return the JSON form, None if no choice was made."""
    match choice:
        case None:
            return None
        case Reachable():
            return choice.value
        case QuietHours(start, end, weekdays, zone):
            days = None if weekdays == EVERY_DAY else sorted(weekdays)
            return [f"{start:%H:%M}", f"{end:%H:%M}", days, zone]


def to_quiet(stored: Any) -> QuietChoice:
    """Return what `from_quiet` was given."""
    return _hours(stored) if isinstance(stored, list) else None if stored is None else Reachable(stored)


def from_clock(clock: AccountClock) -> list[Any]:
    """Return the JSON form of an account's clock."""
    return [clock.zone, from_quiet(clock.quiet)]


def to_clock(stored: list[Any]) -> AccountClock:
    """Return what `from_clock` was given."""
    zone, quiet = stored
    return AccountClock(zone, None if quiet is None else _hours(quiet))


def _hours(stored: list[Any]) -> QuietHours:
    start, end, days, zone = stored
    weekdays = EVERY_DAY if days is None else frozenset(days)
    return QuietHours(time.fromisoformat(start), time.fromisoformat(end), weekdays, zone)
