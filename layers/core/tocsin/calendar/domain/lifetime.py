"""Durations as clients write them: a whole number and one unit, `30d`, `12h`, `1M`; `0d` never ends."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

_FORM = re.compile(r"([0-9]{1,6})([Mwdhms])")
_UNITS = {
    "w": timedelta(weeks=1),
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "m": timedelta(minutes=1),
    "s": timedelta(seconds=1),
}


@dataclass(frozen=True, slots=True)
class Lifetime:
    """A duration: calendar months, or a fixed time, or endless (neither).

    Case matters: `1M` is one calendar month, `1m` one minute.
    """

    months: int = 0
    duration: timedelta = timedelta(0)

    @property
    def forever(self) -> bool:
        """Whether the duration never ends."""
        return self.months == 0 and self.duration == timedelta(0)

    def after(self, start: datetime) -> datetime | None:
        """Return the end of the duration that begins at `start`; None = it never ends.

        A month later is the same day of that month, or its last day if it has no such day (31 January + 1M is
        28 or 29 February).

        Raises:
            ValueError: the end lies beyond the year 9999.
        """
        if self.forever:
            return None
        try:
            if not self.months:
                return start + self.duration
            months = start.year * 12 + start.month - 1 + self.months
            year, month = divmod(months, 12)
            day = min(start.day, calendar.monthrange(year, month + 1)[1])
            return start.replace(year=year, month=month + 1, day=day)
        except (OverflowError, calendar.IllegalMonthError) as error:
            raise ValueError("ends beyond the year 9999") from error


def parse_lifetime(text: str) -> Lifetime:
    """Return the duration that `text` means.

    Raises:
        ValueError: not of the form `{n}{unit}` with unit M, w, d, h, m or s, or zero with a unit other than d.
    """
    match = _FORM.fullmatch(text)
    if match is None:
        raise ValueError("must be a whole number and one of M (month), w, d, h, m (minute), s, like 30d")
    number, unit = int(match[1]), match[2]
    if number == 0 and unit != "d":
        raise ValueError("zero is only allowed as 0d, which means it never expires")
    if unit == "M":
        return Lifetime(months=number)
    return Lifetime(duration=_UNITS[unit] * number)


def span_written(span: timedelta) -> str:
    """Return the text that `parse_lifetime` reads, in the largest exact unit: `90s`, `24h`."""
    seconds = int(span.total_seconds())
    for size, unit in ((3_600, "h"), (60, "m")):
        if seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
