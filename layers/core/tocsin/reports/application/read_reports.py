"""Read the reports of a day, whether or not they were sent."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum, auto
from zoneinfo import ZoneInfo

from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.reports.application.count_day import CountDay, new_count
from tocsin.reports.application.read_figures import ReadFigures
from tocsin.reports.domain.day_reports import written
from tocsin.reports.domain.report_day import due_at
from tocsin.reports.domain.report_kind import ReportKind
from tocsin.reports.domain.written_report import WrittenReport
from tocsin.reports.ports import COUNT_KEPT, CountedDay, ReportStore

SECONDS = 8.0
"""Seconds of the processor for which a day is counted while a person waits."""

_DAY = timedelta(days=1)


class DayState(Enum):
    """How far the figures of a day can be read."""

    TO_COME = auto()  # the day has not begun
    UNTIL_NOW = auto()  # its reports are not due; what comes in until then counts too
    COMPLETE = auto()
    TOO_MANY = auto()  # more events than can be counted while a person waits
    FORGOTTEN = auto()  # it began more than COUNT_KEPT ago


@dataclass(frozen=True, slots=True)
class DayShown:
    """The reports of a day.

    Attributes:
        zone: of the account.
        first, last: the days that can be read; the last one is today.
        quiet: nothing at all is counted on the day.
        reports: one of each kind; none unless the state is UNTIL_NOW or COMPLETE.
        not_counted: a sentence about what is not counted, if there is any.
    """

    day: date
    zone: ZoneInfo
    first: date
    last: date
    state: DayState
    quiet: bool = False
    reports: Sequence[WrittenReport] = ()
    not_counted: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class ReadReports:
    """Reads what was counted for the reports of a day, or counts it and keeps nothing.

    Attributes:
        zone: returns the time zone of an account.
        seconds: of the processor, that this process has used.
    """

    store: ReportStore
    count: CountDay
    figures: ReadFigures
    zone: Callable[[TenantId], ZoneInfo]
    clock: Clock
    seconds: Callable[[], float] = time.process_time

    def __call__(self, tenant: TenantId, day: date | None) -> DayShown:
        """Return the reports of a day; None = yesterday, by the account's clock. Raises StorageUnavailable."""
        now, zone = self.clock(), self.zone(tenant)
        today = now.astimezone(zone).date()
        day, first = day or today - _DAY, today - COUNT_KEPT + _DAY
        if day > today:
            return DayShown(day, zone, first, today, DayState.TO_COME)
        if day < first:
            return DayShown(day, zone, first, today, DayState.FORGOTTEN)
        count = self._counted(tenant, day, zone, now)
        if count is None:
            return DayShown(day, zone, first, today, DayState.TOO_MANY)
        figures = self.figures(count)
        return DayShown(
            day,
            zone,
            first,
            today,
            DayState.COMPLETE if due_at(day, ZoneInfo(count.zone)) <= now else DayState.UNTIL_NOW,
            figures.quiet,
            [written(kind, figures) for kind in ReportKind],
            figures.not_counted,
        )

    def counted(self, tenant: TenantId, day: date) -> CountedDay | None:
        """Return the count of a day that has begun; None: it has too many events. Raises StorageUnavailable."""
        return self._counted(tenant, day, self.zone(tenant), self.clock())

    def _counted(self, tenant: TenantId, day: date, zone: ZoneInfo, now: datetime) -> CountedDay | None:
        began = self.seconds()
        found = self.store.count(tenant, day, now)
        if found is not None and found.done:
            return found
        counted = self.count.walked(new_count(tenant, day, zone, now), lambda: self.seconds() - began >= SECONDS)
        return counted if counted.done else None
