"""The runs of a schedule: a first run and an interval, without drift.

Days, weeks and months are calendar steps in the account's zone, so "every day at nine" stays at nine after a clock
change. Hours and minutes are fixed durations. Every run is counted from the first one, so monthly runs from
31 January are on 28 February and 31 March.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tocsin.calendar.domain.local_time import instant

_FORM = re.compile(r"([0-9]{1,6})([Mwdhm])")
_LONGEST = {"M": 1_200, "w": 5_200, "d": 36_500, "h": 876_000, "m": 999_999}


@dataclass(frozen=True, slots=True)
class Interval:
    """A step: calendar months, calendar days, or a fixed duration. At most one of the three is set; none = no step."""

    months: int = 0
    days: int = 0
    span: timedelta = timedelta(0)

    @property
    def none(self) -> bool:
        """Whether the interval is empty."""
        return not (self.months or self.days or self.span)

    def __str__(self) -> str:
        """Return the text that `parse_interval` reads, in the largest exact unit; "" for no step."""
        minutes = self.span // timedelta(minutes=1)
        if self.months:
            return f"{self.months}M"
        if self.days:
            return f"{self.days // 7}w" if self.days % 7 == 0 else f"{self.days}d"
        if minutes:
            return f"{minutes // 60}h" if minutes % 60 == 0 else f"{minutes}m"
        return ""


def parse_interval(text: str) -> Interval:
    """Return the interval that `text` means: a whole number and one of M, w, d, h, m (minute).

    Raises:
        ValueError: any other form, or more than a hundred years.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        raise ValueError("must be a whole number and one of M (month), w, d, h, m (minute), like 15m")
    number, unit = int(match[1]), match[2]
    if number > _LONGEST[unit]:
        raise ValueError("is longer than a hundred years")
    match unit:
        case "M":
            return Interval(months=number)
        case "w":
            return Interval(days=7 * number)
        case "d":
            return Interval(days=number)
        case "h":
            return Interval(span=timedelta(hours=number))
        case _:
            return Interval(span=timedelta(minutes=number))


def step(start: datetime, interval: Interval, times: int, zone: ZoneInfo) -> datetime:
    """Return the instant `times` intervals after `start`, in UTC.

    Args:
        start: an aware instant, or a naive wall-clock time of the zone. The two differ for a time in a gap: 01:30 may
            mean the instant of 02:00, and one day later 01:30 again.

    Raises:
        ValueError: the result lies beyond the year 9999.
    """
    try:
        at = _instant(start, zone)
        if interval.span:
            return at + interval.span * times
        wall = start.astimezone(zone).replace(tzinfo=None, fold=0) if start.tzinfo else start
        moved = _months_later(wall, interval.months * times) + timedelta(days=interval.days * times)
        # Without a step, a start in the second of two equal hours stays in the second.
        return at if moved == wall else instant(moved, zone)
    except (OverflowError, calendar.IllegalMonthError) as error:
        raise ValueError("lies beyond the calendar") from error


def _instant(start: datetime, zone: ZoneInfo) -> datetime:
    return start.astimezone(UTC) if start.tzinfo else instant(start, zone)


def _months_later(wall: datetime, months: int) -> datetime:
    year, month = divmod(wall.year * 12 + wall.month - 1 + months, 12)
    if year > 9999:
        raise OverflowError
    return wall.replace(year=year, month=month + 1, day=min(wall.day, calendar.monthrange(year, month + 1)[1]))


def runs(
    first: datetime, interval: Interval, end: datetime | None, zone: ZoneInfo, since: datetime | None = None
) -> Iterator[datetime]:
    """Yield every run from `since` on, up to and including `end`, in order; one run without an interval.

    The cost does not depend on the number of runs before `since`; None = from the first. `first`: `start` of `step`.
    """
    start = _instant(first, zone)
    after = (start if since is None else max(since, start)) - datetime.resolution
    while (at := next_run(first, interval, end, zone, after)) is not None:
        yield at
        after = at


def next_run(
    first: datetime, interval: Interval, end: datetime | None, zone: ZoneInfo, after: datetime
) -> datetime | None:
    """Return the first run later than `after`; None = no later run. The cost does not depend on the number of runs."""
    start = _instant(first, zone)
    if start > after:
        return start if end is None or start <= end else None
    if interval.none:
        return None
    # Start a little before `after`, assuming the longest step; then two or three steps suffice.
    longest = interval.span or timedelta(days=31 * interval.months + interval.days, hours=26)
    times = max(0, (after - start) // longest - 1)
    try:
        at = step(first, interval, times, zone)
        while at <= after:
            times += 1
            at = step(first, interval, times, zone)
    except ValueError:
        return None  # beyond the calendar
    return at if end is None or at <= end else None


def due_by(
    first: datetime, interval: Interval, end: datetime | None, zone: ZoneInfo, since: datetime, now: datetime
) -> tuple[int, datetime]:
    """Return the number of runs from the run at `since` until `now`, both included, and the latest run."""
    if interval.none:
        return 1, since
    if interval.span:
        more = (min(now, end or now) - since) // interval.span
        return more + 1, since + interval.span * more
    count, latest = 1, since
    while (following := next_run(first, interval, end, zone, latest)) is not None and following <= now:
        count, latest = count + 1, following
    return count, latest
