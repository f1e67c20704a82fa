"""Hours in which people are not to be disturbed, and when they are over.

A tenant may have quiet hours for everybody, a contact its own, which win; a contact may also be reachable at any time.
What comes for somebody in quiet hours is held and goes out when they end (see `delivery_terms`).

Quiet hours begin on a day of their zone and, as most of them do, end on the next. The first minute is quiet, the end is
not. Clocks that jump: see `local_time`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from tocsin.calendar.domain.local_time import span
from tocsin.calendar.domain.time_window import parse_weekdays
from tocsin.calendar.domain.time_zone import zone as zone_named

EVERY_DAY = frozenset(range(1, 8))

_DAY = timedelta(days=1)
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])")


class Reachable(StrEnum):
    """What a contact says instead of quiet hours."""

    ALWAYS = "none"  # the tenant's quiet hours are not this contact's


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A part of the day, from the first quiet minute to the first that is not; never the same.

    Attributes:
        start, end: on the wall; an `end` before `start` is the next day's.
        weekdays: on which they begin, 1 = Monday .. 7 = Sunday.
        zone: IANA name, None = the account's.
    """

    start: time
    end: time
    weekdays: frozenset[int] = EVERY_DAY
    zone: str | None = None

    def __post_init__(self) -> None:
        """Hours that never end would hold messages for ever."""
        if self.start == self.end:
            raise ValueError("quiet hours must end at another time than they begin at")
        if not self.weekdays or not self.weekdays <= EVERY_DAY:
            raise ValueError("quiet hours begin on some of the weekdays 1 to 7")


QuietChoice = QuietHours | Reachable | None
"""What a contact says: its own hours, none, or nothing (then the tenant's hold)."""


def parse_quiet_time(text: str) -> time:
    """Return the time of day `text` stands for.

    Raises:
        ValueError: it is not HH:MM from 00:00 to 23:59.
    """
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError("must be a time like 22:00, up to 23:59")
    return time(int(match[1]), int(match[2]))


def parse_quiet_hours(text: str) -> QuietHours:
    """Return the quiet hours that `text` stands for: `22:00-07:00`, or `22:00-07:00/mon-fri`.

    Raises:
        ValueError: any other form, an unknown weekday, or hours that never end.
    """
    hours, slash, days = text.partition("/")
    start, _, end = hours.partition("-")
    weekdays = parse_weekdays(days) if slash else EVERY_DAY
    return QuietHours(parse_quiet_time(start), parse_quiet_time(end), weekdays)


def quiet_hours_text(quiet: QuietHours) -> str:
    """Return the form that `parse_quiet_hours` reads; a zone of its own is not part of it."""
    days = "" if quiet.weekdays == EVERY_DAY else "/" + ",".join(map(str, sorted(quiet.weekdays)))
    return f"{quiet.start:%H:%M}-{quiet.end:%H:%M}{days}"


def in_effect(choice: QuietChoice, tenant: QuietHours | None) -> QuietHours | None:
    """Return the quiet hours of a receiver: their own if they say anything, else the tenant's."""
    match choice:
        case None:
            return tenant
        case Reachable.ALWAYS:
            return None
        case own:
            return own


def release(quiet: QuietHours, at: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant at or after the aware instant `at` outside quiet hours, in UTC.

    Args:
        zone: the account's; quiet hours with a zone of their own do not look at it.
    """
    at = at.astimezone(UTC)
    while (hours := _lying_in(quiet, at, zone)) is not None:
        # Where clocks jump over the only waking minutes of a day, one night's hours touch the next one's.
        at = hours[1]
    return at


def next_quiet(quiet: QuietHours, after: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the first quiet hours, from begin to release, that are not over at the aware instant `after`, in UTC."""
    after = after.astimezone(UTC)
    if lying := _lying_in(quiet, after, zone):
        return lying[0], release(quiet, after, zone)
    here = _zone(quiet, zone)
    today = after.astimezone(here).date()
    # A week has a night of every weekday; clocks can jump over it, and over the next week's never.
    for number in range(-1, 16):
        day = today + number * _DAY
        if day.isoweekday() in quiet.weekdays:
            begin, end = span(day, quiet.start, quiet.end, here)
            if begin >= after and end > begin:
                return begin, release(quiet, begin, zone)
    raise ValueError("quiet hours that never come")


def _lying_in(quiet: QuietHours, at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """Return the hours of one day that `at` lies in, None if it is outside."""
    here = _zone(quiet, zone)
    today = at.astimezone(here).date()
    # The night before, and where clocks go back over midnight the day after.
    for day in (today - _DAY, today, today + _DAY):
        if day.isoweekday() in quiet.weekdays:
            begin, end = span(day, quiet.start, quiet.end, here)
            if begin <= at < end:
                return begin, end
    return None


def _zone(quiet: QuietHours, account: ZoneInfo) -> ZoneInfo:
    """Return where the hours count. A name that the zone database has lost since falls back on the account's."""
    return account if quiet.zone is None else zone_named(quiet.zone) or account
