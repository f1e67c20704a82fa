"""Throttles, digests and holds: when a rule that matches speaks, and when it waits. Pure; time is a parameter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
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


CATCHING_UP = timedelta(seconds=15)
"""How long the next event of a line may take that comes behind an event that is late itself."""


def hold_ends(offline_at: datetime, hold: timedelta, now: datetime) -> datetime:
    """Return when a hold ends that begins now.

    Args:
        offline_at: when the line went offline. A telephone system that was cut off tells it late; then the line's next
            event has CATCHING_UP to come too, so that an outage that is over is not told.
    """
    return max(offline_at + hold, now + min(hold, CATCHING_UP))


def is_offline_still(held_since: datetime, offline_since: datetime | None) -> bool:
    """Whether a line whose hold is over was offline all the time.

    Args:
        held_since: when the line went offline that is held.
        offline_since: of the line, as its state has it now; None = it is online. A line that was back meanwhile and
            went offline anew is held anew, from then on.
    """
    return offline_since is not None and offline_since <= held_since
