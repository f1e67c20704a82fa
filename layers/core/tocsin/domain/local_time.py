"""Wall-clock times and the instants they stand for, in zones whose clocks jump.

A wall-clock time inside a gap (clocks went forward over it) stands for the first instant after the gap; one that occurs
twice (clocks went back) stands for its first occurrence. The rule is ours so that it can be shown and tested; a cloud
scheduler skips the first and picks on its own in the second.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
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
