"""Read what the reports of a day are made of, beside the count of its events."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from tocsin.kernel.domain.ids import TenantId
from tocsin.limits.application.read_limits import spent_today
from tocsin.limits.ports import Counters, LimitSettings, SendingTotals
from tocsin.reports.domain.day_reports import DayFigures
from tocsin.reports.ports import CountedDay, NameLines

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class ReadFigures:
    """Completes the count of a day.

    Attributes:
        account_name: returns what an account is called.
    """

    totals: SendingTotals
    counters: Counters
    limits: LimitSettings
    name_lines: NameLines
    account_name: Callable[[TenantId], str]

    def __call__(self, count: CountedDay) -> DayFigures:
        """Return the figures. Raises StorageUnavailable."""
        tenant = count.tenant
        last = (count.end - timedelta(microseconds=1)).date()
        first = count.begin.date()
        days = [first + n * _DAY for n in range((last - first).days + 1)]
        limits = self.limits.get(tenant)
        return DayFigures(
            account=self.account_name(tenant),
            day=count.day,
            zone=ZoneInfo(count.zone),
            begin=count.begin,
            sums=count.sums,
            amounts=self.totals.read(tenant, count.begin, count.end),
            counted_since=limits.counted_since,
            spent={day: spent_today(self.counters, tenant, _noon(day)) for day in days},
            cap=limits.daily_spend,
            line_names=self.name_lines(tenant) if count.sums.lines else {},
        )


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
