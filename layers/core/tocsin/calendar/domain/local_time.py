"""Wall-clock times and the instants they stand for, in zones whose clocks jump.

A wall-clock time inside a gap (clocks went forward over it) stands for the first instant after the gap; one that occurs
twice (clocks went back) stands for its first occurrence. The rule is ours so that it can be shown and tested; a cloud
scheduler skips the first and picks on its own in the second.
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
    # In a gap: fold=0 reads the time with the offset before the jump, fold=1 with the one after it. The jump lies
    # between the two readings, and the first instant after it is where the wall clock lands.
    low = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    return _jump(low, at, zone)


@lru_cache(maxsize=4096)
def span(day: date, start: time, end: time, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the UTC instants at which hours that begin on `day` begin and end; the end is not part of them.

    An `end` that is not after `start` is the next day's, so the same time twice is a whole day. Hours that clocks jump
    over are empty: both instants are the same. Remembered, for the people of an account share their nights.
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
