"""Instants of wall-clock times, in zones with clock changes.

A wall-clock time in a gap (clocks went forward) means the first instant after the gap. A time that occurs twice (clocks
went back) means its first occurrence. Tocsin has its own rule, so that the rule can be documented and tested: a cloud
scheduler skips times in a gap, and chooses one of two equal times itself.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo


def instant(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the UTC instant of a naive wall-clock time in a zone."""
    first = wall.replace(tzinfo=zone, fold=0)
    at = first.astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == wall:
        return at
    # In a gap, fold=0 uses the offset before the clock change and fold=1 the offset after it. The change lies between
    # the two instants, and the first instant after the change is the result.
    low = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return _jump(low, at, zone)


@lru_cache(maxsize=4096)
def span(day: date, start: time, end: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the UTC instants at which a time span of `day` begins and ends; the end is exclusive.

    An `end` that is not after `start` is on the next day, so equal times mean a whole day. Both instants of a span in a
    gap are equal. Results are cached, because the receivers of an account share their quiet hours.
    """
    last = day if end > start else day + timedelta(days=1)
    return instant(datetime.combine(day, start), zone), instant(datetime.combine(last, end), zone)


def _jump(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    offset = before.astimezone(zone).utcoffset()
    while after - before > timedelta(seconds=1):
        middle = (before + (after - before) / 2).replace(microsecond=0)
        if middle <= before:
            middle = before + timedelta(seconds=1)
        if middle.astimezone(zone).utcoffset() == offset:
            before = middle
        else:
            after = middle
    return after.replace(microsecond=0)
