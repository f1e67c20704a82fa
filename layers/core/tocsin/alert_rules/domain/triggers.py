"""Triggers: which events a rule is about.

Within a filter any listed value matches, across filters all must match, and a filter that is not set matches everything
(AL-23). Triggers of one rule are alternatives (AL-27).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from enum import StrEnum

from tocsin.calendar.domain.quiet_hours import EVERY_DAY

DAY_MINUTES = 24 * 60
WEEK_MINUTES = 7 * DAY_MINUTES


class RuleType(StrEnum):
    """What a rule is about. It never changes (AL-2); the values are words of the API."""

    CALL = "call"
    SIP = "sip"
    SMS = "sms"


class FilterName(StrEnum):
    """Filters; the values are words of the API."""

    NUMBERS = "numbers"  # any number of the event: E.164, or an extension
    LINES = "lines"
    GROUPS = "groups"
    USERS = "users"
    DIRECTIONS = "directions"
    STATUSES = "statuses"
    EVENTS = "events"
    TAGS = "tags"
    DURATION = "duration"
    TIME_OF_DAY = "time_of_day"
    CONTAINS = "contains"


_N = FilterName
VALUE_FILTERS: Mapping[RuleType, tuple[FilterName, ...]] = {
    RuleType.CALL: (_N.LINES, _N.NUMBERS, _N.GROUPS, _N.DIRECTIONS, _N.STATUSES, _N.TAGS),
    RuleType.SIP: (_N.LINES, _N.EVENTS),
    RuleType.SMS: (_N.LINES, _N.NUMBERS, _N.USERS, _N.DIRECTIONS),
}
"""Filters that are lists of values, for each type of rule."""

CHOICES: Mapping[RuleType, Mapping[FilterName, tuple[str, ...]]] = {
    RuleType.CALL: {
        _N.DIRECTIONS: ("incoming", "outgoing", "internal"),
        _N.STATUSES: ("answered", "missed", "voicemail", "abandoned", "busy", "failed", "transferred"),
    },
    RuleType.SIP: {_N.EVENTS: ("registered", "unregistered", "refreshed")},
    RuleType.SMS: {_N.DIRECTIONS: ("incoming", "outgoing")},
}
"""Filters that have a few fixed values."""

NEEDED: Mapping[RuleType, tuple[FilterName, ...]] = {
    RuleType.CALL: (),
    RuleType.SIP: (_N.LINES, _N.EVENTS),
    RuleType.SMS: (),
}
"""Filters that a trigger cannot be without (AL-30)."""


@dataclass(frozen=True, slots=True)
class SecondsRange:
    """A length in seconds; both ends are part of it (AL-25), and None = there is no such end."""

    least: int | None = None
    most: int | None = None

    def holds(self, seconds: int) -> bool:
        """Whether a length is within."""
        return (self.least is None or self.least <= seconds) and (self.most is None or seconds <= self.most)


@dataclass(frozen=True, slots=True)
class DailyHours:
    """Hours of the day in the account's zone. The begin is part of them, the end is not.

    Hours whose end is before their begin go on after midnight, and belong to the day on which they began.

    Attributes:
        begin, end: minutes of the day, 0..1439 and 0..1440; never equal.
        days: ISO weekdays on which the hours begin, 1 = Monday .. 7 = Sunday.
    """

    begin: int
    end: int
    days: frozenset[int] = EVERY_DAY

    def spans(self) -> list[tuple[int, int]]:
        """Return the hours as minutes of the week, 0 = Monday 00:00; the end of a span is not part of it."""
        length = (self.end - self.begin) % DAY_MINUTES or DAY_MINUTES
        found = []
        for day in sorted(self.days):
            first = (day - 1) * DAY_MINUTES + self.begin
            past = max(0, first + length - WEEK_MINUTES)
            found.append((first, first + length - past))
            if past:
                found.append((0, past))
        return found


def minutes_of(text: str) -> int:
    """Return the minute of the day that `HH:MM` means, 0..1440; `24:00` is the end of the day. Raises ValueError."""
    if text == "24:00":
        return DAY_MINUTES
    if len(text) != 5:
        raise ValueError("must be a time like 09:30, or 24:00")
    at = time.fromisoformat(text)
    return at.hour * 60 + at.minute


def hours_text(minutes: int) -> str:
    """Return the text that `minutes_of` reads."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


@dataclass(frozen=True, slots=True)
class TriggerFilters:
    """What an event must be like.

    Attributes:
        values: a filter that is absent matches everything. Numbers are as `numbers.normal_number` leaves them, tags as
            `folded`; lines, groups and users are ids of the directory.
        duration: of a call, from the first ring to the end.
        time_of_day: when a call started; empty = at any time.
        contains: a part of a text message, `folded`; None = any text.
    """

    values: Mapping[FilterName, frozenset[str]] = field(default_factory=dict)
    duration: SecondsRange | None = None
    time_of_day: tuple[DailyHours, ...] = ()
    contains: str | None = None


@dataclass(frozen=True, slots=True)
class RuleTrigger:
    """One alternative of a rule.

    Attributes:
        id: unique within the rule.
        description: what history calls the `entity`; "" = none.
        out_of_scope: it names what its owner may not use any more, and never matches.
    """

    id: str
    filters: TriggerFilters
    description: str = ""
    out_of_scope: bool = False


def folded(text: str) -> str:
    """Return a tag or a part of a text as it is compared: case and surrounding blanks do not count."""
    return text.strip().casefold()
