"""Count the events of a day: hour by hour of their receipt, in turns that go on where the one before ended."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.reports.domain.day_sums import DayCounter
from tocsin.reports.domain.report_day import begin_of, due_at, end_of
from tocsin.reports.ports import CountedDay, ReportStore
from tocsin.telephony.application.read_hours import ReadHours
from tocsin.telephony.domain.event_pack import HOUR, QUARTER, PackContents, hour_of

AHEAD = HOUR
"""How long before a day its events may be received: the clocks of telephone systems are minutes ahead at most."""


@dataclass(frozen=True, slots=True)
class CountDay:
    """Counts a day. What is counted stays for COUNT_KEPT, so a day is counted once."""

    store: ReportStore
    hours: ReadHours

    def __call__(
        self, tenant: TenantId, day: date, zone: ZoneInfo, now: datetime, stop: Callable[[], bool]
    ) -> CountedDay:
        """Return the count of a day, after some hours more; it is not done if it was stopped.

        Args:
            zone: of the account; a count that has begun goes on in its own.
            stop: whether to end after an hour.

        Raises:
            StorageUnavailable: repeat the call.
        """
        found = self.store.count(tenant, day, now)
        if found is not None and found.done:
            return found
        before = found or new_count(tenant, day, zone, now)
        after = self.walked(before, stop)
        after = replace(after, turn=before.turn + 1 if found else 1)
        if not self.store.save_count(after):
            raise StorageUnavailable("another worker counts this day")
        return after

    def walked(self, count: CountedDay, stop: Callable[[], bool]) -> CountedDay:
        """Return a count after some hours more, or at its end. Nothing is stored."""
        counter = DayCounter(count.sums, count.begin, count.end, count.received_before)

        def wanted(contents: PackContents) -> bool:
            return any(count.begin < each.quarter + QUARTER and each.quarter < count.end for each in contents.counts)

        next_hour = count.next_hour
        for hour, events in self.hours(count.tenant, next_hour, count.received_before, wanted):
            for found in events:
                counter.add(found.event)
            next_hour = hour + HOUR
            if next_hour < count.received_before and stop():
                return replace(count, next_hour=next_hour, sums=counter.close())
        return replace(count, next_hour=next_hour, sums=counter.close(), done=True)


def new_count(tenant: TenantId, day: date, zone: ZoneInfo, now: datetime) -> CountedDay:
    """Return the count of a day before its first hour; what came until now counts if its reports are not due yet."""
    begin = begin_of(day, zone)
    return CountedDay(
        tenant=tenant,
        day=day,
        zone=zone.key,
        begin=begin,
        end=end_of(day, zone),
        received_before=min(due_at(day, zone), now),
        next_hour=hour_of(begin - AHEAD),
    )
