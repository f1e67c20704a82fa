"""Quiet hours: the part of the day in which a receiver gets no message.

A tenant may have quiet hours for all receivers. A contact may have quiet hours of its own, which take precedence, or
none. A message in its receiver's quiet hours is held until they end (see `delivery_terms`).

Quiet hours begin on a day of their zone and may end on the next. The start is quiet, the end is not. For clock changes,
see `local_time`.
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
    """A contact's setting instead of quiet hours."""

    ALWAYS = "none"  # the tenant's quiet hours do not apply to this contact


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A part of the day, from the first quiet minute to the first that is not quiet.

    Attributes:
        start, end: wall-clock times, never equal; an `end` before `start` is on the next day.
        weekdays: days on which quiet hours begin, 1 = Monday .. 7 = Sunday.
        zone: IANA name; None = the account's zone.

    Raises:
        ValueError: start and end are equal, or `weekdays` is empty or out of range.
    """

    start: time
    end: time
    weekdays: frozenset[int] = EVERY_DAY
    zone: str | None = None

    def __post_init__(self) -> None:
        """Reject quiet hours that never end, because they would hold messages for ever."""
        if self.start == self.end:
            raise ValueError("quiet hours must end at another time than they begin at")
        if not self.weekdays or not self.weekdays <= EVERY_DAY:
            raise ValueError("quiet hours begin on some of the weekdays 1 to 7")


QuietChoice = QuietHours | Reachable | None
"""A contact's setting: its own quiet hours, none, or no setting (then the tenant's apply)."""


def parse_quiet_time(text: str) -> time:
    """Return the time of day that `text` means.

    Raises:
        ValueError: `text` is not HH:MM from 00:00 to 23:59.
    """
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError("must be a time like 22:00, up to 23:59")
    return time(int(match[1]), int(match[2]))


def parse_quiet_hours(text: str) -> QuietHours:
    """Return the quiet hours that `text` means: `22:00-07:00`, or `22:00-07:00/mon-fri`.

    Raises:
        ValueError: any other form, an unknown weekday, or hours that never end.
    """
    hours, slash, days = text.partition("/")
    start, _, end = hours.partition("-")
    weekdays = parse_weekdays(days) if slash else EVERY_DAY
    return QuietHours(parse_quiet_time(start), parse_quiet_time(end), weekdays)


def quiet_hours_text(quiet: QuietHours) -> str:
    """Return the text that `parse_quiet_hours` reads. The zone is not part of the text."""
    days = "" if quiet.weekdays == EVERY_DAY else "/" + ",".join(map(str, sorted(quiet.weekdays)))
    return f"{quiet.start:%H:%M}-{quiet.end:%H:%M}{days}"


def in_effect(choice: QuietChoice, tenant: QuietHours | None) -> QuietHours | None:
    """Return the quiet hours of a receiver: the contact's setting, or else the tenant's quiet hours."""
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
        zone: the account's zone; unused if the quiet hours have their own.
    """
    at = at.astimezone(UTC)
    while (hours := _lying_in(quiet, at, zone)) is not None:
        # A clock change can skip the only minutes between two nights; then their quiet hours touch.
        at = hours[1]
    return at


def next_quiet(quiet: QuietHours, after: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Return the first quiet hours, from begin to release, that are not over at the aware instant `after`, in UTC."""
    after = after.astimezone(UTC)
    if lying := _lying_in(quiet, after, zone):
        return lying[0], release(quiet, after, zone)
    here = _zone(quiet, zone)
    today = after.astimezone(here).date()
    # A week has every weekday. A clock change can skip one night, but never the same night of two weeks.
    for number in range(-1, 16):
        day = today + number * _DAY
        if day.isoweekday() in quiet.weekdays:
            begin, end = span(day, quiet.start, quiet.end, here)
            if begin >= after and end > begin:
                return begin, release(quiet, begin, zone)
    raise ValueError("quiet hours that never begin")


def _lying_in(quiet: QuietHours, at: datetime, zone: ZoneInfo) -> tuple[datetime, datetime] | None:
    """Return begin and end of the quiet hours around `at`; None = `at` is outside of quiet hours."""
    here = _zone(quiet, zone)
    today = at.astimezone(here).date()
    # The night before; and the next day, if clocks go back over midnight.
    for day in (today - _DAY, today, today + _DAY):
        if day.isoweekday() in quiet.weekdays:
            begin, end = span(day, quiet.start, quiet.end, here)
            if begin <= at < end:
                return begin, end
    return None


def _zone(quiet: QuietHours, account: ZoneInfo) -> ZoneInfo:
    """Return the zone of quiet hours. If the zone database no longer knows their zone, the account's zone applies."""
    return account if quiet.zone is None else zone_named(quiet.zone) or account
