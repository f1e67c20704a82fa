"""When a source of events counts as silent.

A telephone system that tells nothing looks like one with nothing to tell. The interval that is normal for a source is
given by its settings, or learnt: twice the longest gap of the last week in its busy hours. Outside its busy hours a
source may be quiet, so that time does not count.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

WEEK = timedelta(days=7)
HOUR = timedelta(hours=1)

SHORTEST = timedelta(minutes=15)
"""No learnt interval is shorter."""

MINUTE = timedelta(minutes=1)
"""A source that is heard more often than this is noted once: its row and its timer move at most once a minute."""

BUSY_MINUTES = 4
"""An hour is busy if the source was heard in this many of its minutes."""


@dataclass(frozen=True, slots=True)
class HeardHour:
    """One hour in which a source was heard: first and last time, minutes with an event, longest gap between events."""

    first: datetime
    last: datetime
    minutes: int = 1
    longest: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class SourcePulse:
    """When a source was heard within the last week.

    Attributes:
        last: when it was heard last, by time of receipt; None if it never was.
        hours: by the start of the hour, UTC; at most 169, since the hour that goes on is compared with its last one.
    """

    last: datetime | None = None
    hours: Mapping[datetime, HeardHour] = field(default_factory=dict)

    def heard(self, at: datetime) -> SourcePulse:
        """Return the pulse after an event that was received at this time; itself if less than a minute has passed."""
        at = at.astimezone(UTC)
        if self.last is not None and at < self.last + MINUTE:
            return self
        start = _hour(at)
        known = self.hours.get(start)
        hour = HeardHour(at, at)
        if known is not None:
            hour = HeardHour(known.first, at, known.minutes + 1, max(known.longest, at - known.last))
        kept = {begin: each for begin, each in self.hours.items() if begin >= start - WEEK}
        return replace(self, last=at, hours={**kept, start: hour})

    def expected_every(self) -> timedelta | None:
        """Return the learnt interval: twice the longest gap in busy hours; None if no hour was busy."""
        busy = {start: hour for start, hour in sorted(self.hours.items()) if hour.minutes >= BUSY_MINUTES}
        if not busy:
            return None
        gaps = [hour.longest for hour in busy.values()]
        gaps += [_gap(before, after) for before, after in pairwise(busy.values())]
        return max(SHORTEST, 2 * max(gaps))

    def silent_at(self, expect_every: timedelta | None = None) -> datetime | None:
        """Return when the source counts as silent if it is not heard before.

        Args:
            expect_every: of the source's settings, counts at all times. Without it the learnt interval is used, and
                only the time in busy hours counts: an hour is busy if the same hour of the last week was.

        Returns:
            None if the source was never heard, or if nothing is learnt and nothing is set.
        """
        if self.last is None:
            return None
        if expect_every is not None:
            return self.last + expect_every
        left = self.expected_every()
        if left is None:
            return None
        busy_times = self._busy_times(self.last)
        start, end = next(busy_times)
        while left > end - start:
            left -= end - start
            start, end = next(busy_times)
        return start + left

    def silent(self, now: datetime, expect_every: timedelta | None = None) -> bool:
        """Whether the source counts as silent."""
        at = self.silent_at(expect_every)
        return at is not None and now >= at

    def _busy_times(self, since: datetime) -> Iterator[tuple[datetime, datetime]]:
        """Yield the busy time after `since`, hour by hour, week after week. Some hour is busy."""
        busy = {_of_week(start) for start, hour in self.hours.items() if hour.minutes >= BUSY_MINUTES}
        start = _hour(since)
        while True:
            if _of_week(start) in busy:
                yield max(start, since), start + HOUR
            start += HOUR


@dataclass(frozen=True, slots=True)
class KeptPulse:
    """What is kept of a source.

    Attributes:
        told: when the source was heard last before the silence that people were told of; None: they were told of none,
            or that it is over.
        version: counts writes, from 1; 0 = nothing is kept.
    """

    pulse: SourcePulse = field(default_factory=SourcePulse)
    told: datetime | None = None
    version: int = 0

    def heard(self, at: datetime) -> KeptPulse:
        """Return what is kept after an event that was received at this time; itself if there is nothing to note."""
        pulse = self.pulse.heard(at.replace(microsecond=0))
        return self if pulse is self.pulse else replace(self, pulse=pulse, version=self.version + 1)

    def with_told(self, told: datetime | None) -> KeptPulse:
        """Return what is kept once people are told of a silence, or that it is over."""
        return replace(self, told=told, version=self.version + 1)

    @property
    def is_over(self) -> bool:
        """Whether the source has spoken again, and people were told of its silence only."""
        return self.told is not None and self.pulse.last is not None and self.pulse.last > self.told

    def due_at(self, now: datetime, expect_every: timedelta | None) -> datetime | None:
        """Return when something is to be told next; None if nothing can be. `expect_every`: as `silent_at` takes it."""
        if self.is_over:
            return now
        return None if self.told is not None else self.pulse.silent_at(expect_every)


def _gap(before: HeardHour, after: HeardHour) -> timedelta:
    """Return the time between two busy hours that was silent. Of hours in between, which were not busy, none counts."""
    if _hour(before.last) + HOUR == _hour(after.first):
        return after.first - before.last
    return (_hour(before.last) + HOUR - before.last) + (after.first - _hour(after.first))


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def _of_week(start: datetime) -> tuple[int, int]:
    return start.weekday(), start.hour
