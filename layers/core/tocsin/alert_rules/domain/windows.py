"""Throttles, digests and holds: when a rule that matches speaks, and when it waits. Pure; time is a parameter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from tocsin.alert_rules.domain.facts import EventFacts
from tocsin.alert_rules.domain.rule import RuleThrottle, ThrottleBy
from tocsin.alert_rules.domain.triggers import FilterName
from tocsin.calendar.domain.local_time import instant

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class RuleWindow:
    """A span of time in which messages of a rule are counted or collected; the end is not part of it."""

    start: datetime
    end: datetime


def throttle_window(at: datetime, per: timedelta, zone: ZoneInfo) -> RuleWindow:
    """Return the window of a throttle that holds an instant.

    Windows are counted from the account's midnight. The last one of a day ends at the next midnight, so it is longer or
    shorter on days with a clock change.

    Args:
        per: one minute to one day.
    """
    day = at.astimezone(zone).date()
    midnight = instant(datetime.combine(day, time()), zone)
    next_midnight = instant(datetime.combine(day + _DAY, time()), zone)
    index = min((at - midnight) // per, -(-_DAY // per) - 1)
    start = midnight + index * per
    is_last = index == -(-_DAY // per) - 1
    return RuleWindow(start, next_midnight if is_last else min(start + per, next_midnight))


def throttle_value(by: ThrottleBy, facts: EventFacts) -> str:
    """Return what a throttle counts apart; events without such a value share "".

    A caller is the number that the event came from.
    """
    found: Sequence[str]
    match by:
        case ThrottleBy.RULE:
            found = ()
        case ThrottleBy.LINE:
            found = facts.values.get(FilterName.LINES, ())
        case ThrottleBy.GROUP:
            found = facts.values.get(FilterName.GROUPS, ())
        case ThrottleBy.NUMBER:
            found = facts.own_numbers
        case ThrottleBy.CALLER:
            found = facts.values.get(FilterName.NUMBERS, ())
    return found[0] if found else ""


def is_within(throttle: RuleThrottle, used: int) -> bool:
    """Whether one more message is within a throttle.

    Args:
        used: messages of this window and value so far, without tests.
    """
    return used < throttle.most


def digest_window(open_since: datetime | None, now: datetime, every: timedelta) -> RuleWindow:
    """Return the window that collects a mail now: the one that is open, else one that begins now."""
    if open_since is not None and open_since <= now < open_since + every:
        return RuleWindow(open_since, open_since + every)
    return RuleWindow(now, now + every)


@dataclass(frozen=True, slots=True)
class HeldLine:
    """A line that went offline and is not told yet.

    Attributes:
        since: when it went offline.
        until: when it is told, if it is offline still.
    """

    line: str
    since: datetime
    until: datetime


def held_after(present: HeldLine | None, line: str, word: str, at: datetime, hold: timedelta) -> HeldLine | None:
    """Return what is held of a line after a registration event; None = nothing.

    Args:
        present: what is held so far. An event that is older than that changes nothing: no source promises an order.
        word: `registered`, `unregistered` or `refreshed`, as the state of the line has it.
    """
    if present is not None and at < present.since:
        return present
    if word == "unregistered":
        return present or HeldLine(line, at, at + hold)
    return None


class HoldEnd(StrEnum):
    """What becomes of a hold at its end."""

    RELEASED = "released"  # the line is offline still: it is told
    DROPPED = "dropped"  # it is back, or the rule was deleted or disabled
    PROLONGED = "prolonged"  # it was back meanwhile, and went offline anew


@dataclass(frozen=True, slots=True)
class EndedHold:
    """A hold at its end, and what is held on, if it is prolonged."""

    end: HoldEnd
    held: HeldLine | None = None


def ended(held: HeldLine, offline_since: datetime | None, *, rule_enabled: bool) -> EndedHold:
    """Return what becomes of a hold whose time is over.

    Args:
        offline_since: of the line, as its state has it now; None = it is online.
        rule_enabled: False if the rule is deleted or disabled. An edit drops no hold.
    """
    if offline_since is None or not rule_enabled:
        return EndedHold(HoldEnd.DROPPED)
    if offline_since > held.since:
        again = HeldLine(held.line, offline_since, offline_since + (held.until - held.since))
        return EndedHold(HoldEnd.PROLONGED, again)
    return EndedHold(HoldEnd.RELEASED)
