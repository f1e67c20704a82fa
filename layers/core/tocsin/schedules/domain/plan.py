"""From what a client asks for to a schedule: when it first runs, and whether it can be."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from tocsin.alerts.domain.features import ScheduleOptions
from tocsin.calendar.domain.local_time import instant
from tocsin.calendar.domain.repeat import Interval, next_run, step
from tocsin.calendar.domain.time_zone import zone as zone_named
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.schedules.domain.schedule import MISFIRE_GRACE, whole

FARTHEST_YEARS = 10
"""How far off the first run may be."""

_FARTHEST = timedelta(days=366 * FARTHEST_YEARS)


@dataclass(frozen=True, slots=True)
class SchedulePlan:
    """When a schedule runs; see the attributes of `Schedule` of the same names."""

    zone: str
    first: datetime
    wall: datetime | None
    interval: Interval
    end: datetime | None
    next_at: datetime
    paused: bool


def planned(asked: ScheduleOptions, zone: str, now: datetime, at: str) -> SchedulePlan:
    """Return the plan.

    The delay counts from the start on the calendar of the account: a day later at the same time of day. A start in the
    past is a place to count from: a repeating schedule begins with its first occurrence that is not past.

    Args:
        zone: IANA name of the account's zone: times without an offset are meant there.
        at: pointer of the block, for faults.

    Raises:
        InvalidRequest: with everything that is wrong.
    """
    clocks = zone_named(zone) or ZoneInfo("UTC")
    interval = asked.repeat or Interval()
    if asked.repeat is not None and interval.none:
        raise InvalidRequest([Fault(f"{at}/repeat", "OUT_OF_RANGE", "must be over zero")])
    try:
        wall, first = _first(asked, clocks, now)
    except ValueError as error:
        raise InvalidRequest([Fault(f"{at}/delay", "OUT_OF_RANGE", str(error))]) from error
    if first > now + _FARTHEST:
        message = f"with its delay it must be within {FARTHEST_YEARS} years"
        raise InvalidRequest([Fault(f"{at}/start", "OUT_OF_RANGE", message)])
    end = None if asked.end is None else _aware(asked.end, clocks)
    if end is not None and end < first:
        message = "lies before the first run; `delay` counts, and is an hour if it is left out"
        raise InvalidRequest([Fault(f"{at}/end", "OUT_OF_RANGE", message)])
    next_at: datetime | None = first
    if now - first > MISFIRE_GRACE:
        if interval.none:
            raise InvalidRequest([Fault(f"{at}/start", "OUT_OF_RANGE", "lies in the past, with its delay")])
        next_at = next_run(wall or first, interval, end, clocks, now)
    if next_at is None:
        raise InvalidRequest([Fault(f"{at}/end", "OUT_OF_RANGE", "lies in the past: it would never run")])
    return SchedulePlan(zone, first, wall, interval, end, next_at, asked.paused)


def _first(asked: ScheduleOptions, clocks: ZoneInfo, now: datetime) -> tuple[datetime | None, datetime]:
    """Return the first occurrence; and what the clocks were to show then, where they never do."""
    start = now if asked.start is None else asked.start
    first = whole(step(start, asked.delay, 1, clocks))
    if asked.delay.span:
        return None, first
    shown = first.astimezone(clocks).replace(tzinfo=None, fold=0)
    meant = start if start.tzinfo is None else start.astimezone(clocks).replace(tzinfo=None, fold=0)
    if not asked.delay.none:
        # The same step where no clock ever jumps.
        meant = step(meant.replace(tzinfo=UTC), asked.delay, 1, ZoneInfo("UTC")).replace(tzinfo=None)
    meant = whole(meant.replace(tzinfo=UTC)).replace(tzinfo=None)
    return (None if meant == shown else meant), first


def _aware(at: datetime, clocks: ZoneInfo) -> datetime:
    return whole(at if at.tzinfo else instant(at, clocks))
