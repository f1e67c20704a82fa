"""Composition of reports: when they are sent, and how they are read.

Each use case is made, and its modules are imported, with its first use; see `Storage`.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from zoneinfo import ZoneInfo

    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.kernel.domain.ids import TenantId
    from tocsin.reports.application.count_day import CountDay
    from tocsin.reports.application.plan_reports import PlanReports
    from tocsin.reports.application.read_figures import ReadFigures
    from tocsin.reports.application.read_reports import ReadReports
    from tocsin.reports.application.tell_reports import TellReports


def plan_reports(storage: Storage, queues: Queues) -> PlanReports:
    """Return what arms and moves the timers of reports."""
    from tocsin.reports.application.plan_reports import PlanReports

    return PlanReports(
        store=storage.reports,
        timers=storage.timers,
        limits=storage.limit_settings,
        zone=zone_of(storage),
        clock=storage.clock,
        queue=queues.timers,
    )


def move_reports(storage: Storage, queues: Queues) -> Callable[[TenantId], None]:
    """Return what moves the timer of reports when an account has another zone."""

    def move(tenant: TenantId) -> None:
        plan_reports(storage, queues).moved(tenant)

    return move


def zone_of(storage: Storage) -> Callable[[TenantId], ZoneInfo]:
    """Return what reads the time zone of an account, strongly consistent."""
    from tocsin.calendar.domain.account_clock import UTC_NAME
    from tocsin.calendar.domain.time_zone import zone

    def read(tenant: TenantId) -> ZoneInfo:
        found = storage.tenants.get(tenant)
        known = zone(found.zone if found else UTC_NAME) or zone(UTC_NAME)
        assert known is not None
        return known

    return read


class ReportUseCases:
    """The use cases of reports. One object serves one process and thread."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def tell(self, queues: Queues, *, service: str, console: str) -> TellReports:
        """Return the action of the timers REPORT.

        Args:
            service: the function's name, as a metric dimension.
            console: where the console is, as `console_link` takes it.
        """
        from tocsin.bootstrap.personal_notices import mail_people_of_account, who_wants
        from tocsin.reports.application.planned_preferences import asks_for_a_report
        from tocsin.reports.application.tell_reports import TellReports

        storage = self._storage
        return TellReports(
            store=storage.reports,
            count=self._count,
            figures=self._figures,
            limits=storage.limit_settings,
            who=who_wants(storage),
            asked=lambda tenant: any(map(asks_for_a_report, storage.preferences.all(tenant))),
            send=mail_people_of_account(storage, queues, service=service),
            zone=zone_of(storage),
            clock=storage.clock,
            console=console,
        )

    @cached_property
    def read(self) -> ReadReports:
        """The reports of any day, for people and for operators."""
        from tocsin.reports.application.read_reports import ReadReports

        storage = self._storage
        return ReadReports(
            store=storage.reports,
            count=self._count,
            figures=self._figures,
            zone=zone_of(storage),
            clock=storage.clock,
        )

    @cached_property
    def _count(self) -> CountDay:
        from tocsin.reports.application.count_day import CountDay
        from tocsin.telephony.application.read_hours import ReadHours

        storage = self._storage
        return CountDay(storage.reports, ReadHours(storage.event_rows, storage.event_packs, storage.clock))

    @cached_property
    def _figures(self) -> ReadFigures:
        from tocsin.reports.application.name_lines import NameAllLines
        from tocsin.reports.application.read_figures import ReadFigures

        storage = self._storage

        def account_name(tenant: TenantId) -> str:
            found = storage.tenants.get(tenant)
            return found.name if found else tenant

        return ReadFigures(
            totals=storage.totals,
            counters=storage.counters,
            limits=storage.limit_settings,
            name_lines=NameAllLines(storage.directory),
            account_name=account_name,
        )
