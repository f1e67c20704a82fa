"""When an element of a call may be sent: `timeWindows`, texts like `*;*;1-5;09:00:00;17:00:00`.

    months ; days of the month ; weekdays ; start        ; end
    *        *                   mon-fri    09:00:00       17:00:00

`*` means any; for start and end it means the whole day. A part is a number, a range or a list of both. Months and
weekdays may be names (`jan`, `january`, `mon`, `monday`, in any case). **Weekdays count from 1 = Monday to
7 = Sunday** (ISO 8601). The start is part of the window, the end is not. A window whose end is not after its start
ends on the next day and belongs to the day on which it begins: `*;*;fri;22:00:00;02:00:00` is open on Saturday at one.

Windows are wall-clock times of a zone. For times that a clock change skips or repeats, see `local_time`.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tocsin.calendar.domain.local_time import span
from tocsin.kernel.domain.errors import Fault, InvalidRequest

ANY = "*"
FORM = "months;days;weekdays;HH:MM:SS;HH:MM:SS"

LOOKS_AHEAD = timedelta(days=3653)
"""How far `next_opening` searches: ten years. A window on leap days that are Sundays may open later."""

_DAY = timedelta(days=1)
_MIDNIGHT = time(0)
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])")
_NUMBER = re.compile(r"[0-9]{1,2}|[1-9][0-9]{2,3}")
_WEEKDAYS = {name.lower(): number for number, name in enumerate(calendar.day_name, start=1)}
_MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
_LONGEST_MONTH = {month: calendar.monthrange(2024, month)[1] for month in range(1, 13)}


@dataclass(frozen=True, slots=True)
class TimeWindow:
    """Hours that begin on some days.

    Attributes:
        months: 1..12.
        days: of the month, 1..31.
        weekdays: 1 = Monday .. 7 = Sunday.
        start, end: wall-clock times; an `end` that is not after `start` is on the next day.
    """

    months: frozenset[int]
    days: frozenset[int]
    weekdays: frozenset[int]
    start: time
    end: time

    def __str__(self) -> str:
        """Return a text that `parse_time_window` reads as this window."""
        parts = (self.months, 12), (self.days, 31), (self.weekdays, 7)
        numbers = [ANY if len(part) == last else ",".join(map(str, sorted(part))) for part, last in parts]
        hours = (ANY, ANY) if self.start == self.end else (f"{self.start:%H:%M:%S}", f"{self.end:%H:%M:%S}")
        return ";".join((*numbers, *hours))

    def begins_on(self, day: date) -> bool:
        """Whether the window opens on this day."""
        return day.month in self.months and day.day in self.days and day.isoweekday() in self.weekdays

    def hours(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return the instants at which the window opens and closes, if it opens on `day`."""
        return span(day, self.start, self.end, zone)


@dataclass(frozen=True, slots=True)
class _Unit:
    """The unit of a part: its name, greatest number and named values."""

    name: str
    last: int
    names: dict[str, int]
    hint: str = ""

    def number(self, word: str) -> int | None:
        """Return the number that a word means, without a range check; None = the word is no number or name."""
        if _NUMBER.fullmatch(word):
            return int(word)
        lower = word.lower()
        return next((number for name, number in self.names.items() if lower in (name, name[:3])), None)


_UNITS = (
    _Unit("month", 12, _MONTHS),
    _Unit("day", 31, {}),
    _Unit("weekday", 7, _WEEKDAYS, "; 1 is Monday, 7 is Sunday"),
)


def parse_time_window(text: str, pointer: str = "") -> TimeWindow:
    """Return the window that `text` means.

    Args:
        pointer: JSON pointer of the text in the request.

    Raises:
        InvalidRequest: with all faults, including that the window never opens.
    """
    parts = text.split(";")
    if len(parts) != 5:
        raise InvalidRequest([Fault(pointer, "WRONG_FORM", f"must be `{FORM}` with * for any")])
    faults: list[tuple[str, str]] = []
    months, days, weekdays = (
        frozenset(_numbers(part, unit, faults)) for part, unit in zip(parts[:3], _UNITS, strict=True)
    )
    start, end = (_time(part, which, faults) for part, which in zip(parts[3:], ("start", "end"), strict=True))
    if parts[3] == parts[4] != ANY and not faults:
        faults.append(("NEVER", f"begins and ends at {parts[3]}; write `*;*` for the whole day"))
    if not faults and all(day > _LONGEST_MONTH[month] for month in months for day in days):
        faults.append(("NEVER", "none of its months has one of its days"))
    if faults:
        raise InvalidRequest([Fault(pointer, code, message) for code, message in faults])
    return TimeWindow(months, days, weekdays, start, end)


def parse_weekdays(text: str) -> frozenset[int]:
    """Return the weekdays that `text` names, in the form of a window's third part; 1 = Monday.

    Raises:
        ValueError: a name or number is not a weekday.
    """
    faults: list[tuple[str, str]] = []
    found = frozenset(_numbers(text, _UNITS[2], faults))
    if faults:
        raise ValueError("; ".join(message for _, message in faults))
    return found


def _numbers(part: str, unit: _Unit, faults: list[tuple[str, str]]) -> Iterator[int]:
    """Yield the numbers that a part names, and append its faults to `faults`."""
    if part == ANY:
        yield from range(1, unit.last + 1)
        return
    for entry in part.split(","):
        first, dash, last = entry.partition("-")
        ends = [unit.number(word) for word in ((first, last) if dash else (first,))]
        if any(end is None for end in ends):
            faults.append(("WRONG_FORM", f"{entry[:32]!r} is no {unit.name}, and no range of them{unit.hint}"))
            continue
        low, high = int(ends[0] or 0), int(ends[-1] or 0)
        outside = [end for end in dict.fromkeys((low, high)) if not 1 <= end <= unit.last]
        if outside:
            which = " and ".join(map(str, outside))
            faults.append(("OUT_OF_RANGE", f"there is no {unit.name} {which}; 1 to {unit.last}{unit.hint}"))
        elif low > high:
            around = f"{first}-{unit.last},1-{last}"
            faults.append(("INVERTED", f"the {unit.name}s {entry} run backwards; write {around} to go round"))
        else:
            yield from range(low, high + 1)


def _time(part: str, which: str, faults: list[tuple[str, str]]) -> time:
    if part == ANY:
        return _MIDNIGHT
    match = _TIME.fullmatch(part)
    if match is None:
        faults.append(("WRONG_FORM", f"its {which} must be HH:MM:SS up to 23:59:59, or *; 00:00:00 is midnight"))
        return _MIDNIGHT
    return time(int(match[1]), int(match[2]), int(match[3]))


def open_at(windows: Sequence[TimeWindow], instant: datetime, zone: ZoneInfo) -> bool:
    """Whether one of the windows is open at the aware instant. Without windows, every instant is open."""
    return not windows or any(begin <= instant < end for begin, end in _around(windows, instant, zone))


def next_opening(windows: Sequence[TimeWindow], after: datetime, zone: ZoneInfo) -> datetime | None:
    """Return the first instant at or after the aware instant `after` at which a window is open, in UTC.

    None = no window opens within LOOKS_AHEAD.
    """
    after = after.astimezone(UTC)
    if not windows:
        return after
    first = after.astimezone(zone).date() - _DAY
    for number in range(LOOKS_AHEAD // _DAY + 2):
        day = first + number * _DAY
        # A window of an earlier day never opens after one of a later day, so the first day with a window decides.
        found = [max(begin, after) for begin, end in _hours(windows, [day], zone) if end > after and end > begin]
        if found:
            return min(found)
    return None


def _around(windows: Iterable[TimeWindow], instant: datetime, zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    """Yield the spans that may contain an instant.

    These are spans of its day, of the night before and, if clocks go back over midnight, of the next day.
    """
    today = instant.astimezone(zone).date()
    return _hours(windows, [today - _DAY, today, today + _DAY], zone)


def _hours(windows: Iterable[TimeWindow], days: Iterable[date], zone: ZoneInfo) -> Iterator[tuple[datetime, datetime]]:
    for day in days:
        for window in windows:
            if window.begins_on(day):
                yield window.hours(day, zone)
