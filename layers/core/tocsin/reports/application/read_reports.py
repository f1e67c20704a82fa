"""Read the reports of a day, whether or not they were sent."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.reports.application.count_day import CountDay, new_count
from tocsin.reports.application.read_figures import ReadFigures
from tocsin.reports.domain.day_reports import written
from tocsin.reports.domain.report_day import begin_of
from tocsin.reports.domain.report_kind import ReportKind
from tocsin.reports.domain.written_report import WrittenReport
from tocsin.reports.ports import COUNT_KEPT, CountedDay, ReportStore

SECONDS = 8.0
"""Seconds of the processor for which a day is counted while a person waits."""


@dataclass(frozen=True, slots=True)
class DayShown:
    """The reports of a day.

    Attributes:
        complete: all events of the day are counted that a report tells; else some are, and more will be.
        reports: none if the day has too many events to count while a person waits.
    """

    day: date
    zone: ZoneInfo
    complete: bool
    reports: Sequence[WrittenReport]


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
        day = day or now.astimezone(zone).date() - timedelta(days=1)
        found = self.counted(tenant, day)
        figures = None if found is None else self.figures(found)
        reports = [] if figures is None else [written(kind, figures) for kind in ReportKind]
        complete = found is not None and found.end + timedelta(hours=8) <= now
        return DayShown(day, zone, complete, reports)

    def days(self, tenant: TenantId) -> tuple[date, date]:
        """Return the first and the last day that can be read."""
        today = self.clock().astimezone(self.zone(tenant)).date()
        return today - COUNT_KEPT + timedelta(days=1), today

    def counted(self, tenant: TenantId, day: date) -> CountedDay | None:
        """Return the count of a day; None: it is to come, or has too many events to count while a person waits."""
        now, began, zone = self.clock(), self.seconds(), self.zone(tenant)
        found = self.store.count(tenant, day, now)
        if found is not None and found.done:
            return found
        if begin_of(day, zone) > now:
            return None
        counted = self.count.walked(new_count(tenant, day, zone, now), lambda: self.seconds() - began >= SECONDS)
        return counted if counted.done else None
