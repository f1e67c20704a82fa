"""The times of a new schedule, from the options of a request."""

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
"""The longest time until the first run, in years."""

_FARTHEST = timedelta(days=366 * FARTHEST_YEARS)


@dataclass(frozen=True, slots=True)
class SchedulePlan:
    """The times of a schedule: the attributes of `Schedule` with the same names."""

    zone: str
    first: datetime
    wall: datetime | None
    interval: Interval
    end: datetime | None
    next_at: datetime
    paused: bool


def planned(options: ScheduleOptions, zone: str, now: datetime, at: str) -> SchedulePlan:
    """Return the plan.

    The delay is added to the start on the account's calendar: one day later is at the same time of day. A repeating
    schedule may have a start in the past; its first run is then the first occurrence that is not past.

    Args:
        zone: IANA name of the account's zone, for times without an offset.
        at: JSON pointer of the schedule block, for faults.

    Raises:
        InvalidRequest: with the first fault.
    """
    clocks = zone_named(zone) or ZoneInfo("UTC")
    interval = options.repeat or Interval()
    if options.repeat is not None and interval.none:
        raise InvalidRequest([Fault(f"{at}/repeat", "OUT_OF_RANGE", "must be over zero")])
    try:
        wall, first = _first(options, clocks, now)
    except ValueError as error:
        raise InvalidRequest([Fault(f"{at}/delay", "OUT_OF_RANGE", str(error))]) from error
    if first > now + _FARTHEST:
        message = f"with its delay it must be within {FARTHEST_YEARS} years"
        raise InvalidRequest([Fault(f"{at}/start", "OUT_OF_RANGE", message)])
    end = None if options.end is None else _aware(options.end, clocks)
    if end is not None and end < first:
        message = "is before the first run; `delay` counts, and its default is one hour"
        raise InvalidRequest([Fault(f"{at}/end", "OUT_OF_RANGE", message)])
    next_at: datetime | None = first
    if now - first > MISFIRE_GRACE:
        if interval.none:
            raise InvalidRequest([Fault(f"{at}/start", "OUT_OF_RANGE", "is in the past, with its delay")])
        next_at = next_run(wall or first, interval, end, clocks, now)
    if next_at is None:
        raise InvalidRequest([Fault(f"{at}/end", "OUT_OF_RANGE", "is in the past, so the schedule would never run")])
    return SchedulePlan(zone, first, wall, interval, end, next_at, options.paused)


def _first(options: ScheduleOptions, clocks: ZoneInfo, now: datetime) -> tuple[datetime | None, datetime]:
    """Return the wall-clock time of the first occurrence if it is in a gap, else None; and the first occurrence."""
    start = now if options.start is None else options.start
    first = whole(step(start, options.delay, 1, clocks))
    if options.delay.span:
        return None, first
    shown = first.astimezone(clocks).replace(tzinfo=None, fold=0)
    meant = start if start.tzinfo is None else start.astimezone(clocks).replace(tzinfo=None, fold=0)
    if not options.delay.none:
        # The same step in UTC, which has no clock changes.
        meant = step(meant.replace(tzinfo=UTC), options.delay, 1, ZoneInfo("UTC")).replace(tzinfo=None)
    meant = whole(meant.replace(tzinfo=UTC)).replace(tzinfo=None)
    return (None if meant == shown else meant), first


def _aware(at: datetime, clocks: ZoneInfo) -> datetime:
    return whole(at if at.tzinfo else instant(at, clocks))
