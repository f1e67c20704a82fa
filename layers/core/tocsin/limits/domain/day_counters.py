"""Names and expiry times of the counters of a UTC day."""

from __future__ import annotations

from datetime import datetime, timedelta

_KEPT = timedelta(days=35)


def day_counter(now: datetime, name: str) -> str:
    """Return the name of a counter of the UTC day of `now`, for example `spend#20261129`."""
    return f"{name}#{now:%Y%m%d}"


def counter_expires_at(now: datetime) -> datetime:
    """Return when the day's counters may be deleted: 35 days after `now`."""
    return now + _KEPT
