"""The day that a report is about, by the clock of the account."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

TOLD_AT = time(8)
"""When the reports of a day are sent, on the day after it. Each event that was received before counts."""

_DAY = timedelta(days=1)


def begin_of(day: date, zone: ZoneInfo) -> datetime:
    """Return when a day begins, in UTC: it ends when the next one begins, after 23, 24 or 25 hours.

    A day whose midnight is skipped begins when the clock jumps; of two midnights the first one counts.
    """
    return datetime.combine(day, time(), zone).astimezone(UTC)


def end_of(day: date, zone: ZoneInfo) -> datetime:
    """Return when a day ends, in UTC."""
    return begin_of(day + _DAY, zone)


def due_at(day: date, zone: ZoneInfo) -> datetime:
    """Return when the reports of a day are sent, in UTC."""
    return datetime.combine(day + _DAY, TOLD_AT, zone).astimezone(UTC)


def next_day_told(now: datetime, zone: ZoneInfo) -> date:
    """Return the day whose reports are the next to be sent after `now`."""
    today = now.astimezone(zone).date()
    return today - _DAY if now < due_at(today - _DAY, zone) else today
