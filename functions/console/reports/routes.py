"""Routes of the daily reports: those of one day, by the account's clock, as a page and as CSV."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from chalice.app import Blueprint, Response

from console.faults import FaultsShown
from console.site import Site
from console.visit import Visit
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.kernel.domain.errors import Fault
from tocsin.reports.application.read_reports import DayState, ReadReports
from tocsin.reports.domain.report_kind import TITLES
from tocsin.reports.domain.written_report import as_csv

_DAY = timedelta(days=1)
_NEEDS = Permission.ACCOUNT, Reach.ALL


def report_routes(site: Site, read: ReadReports) -> Blueprint:
    """Return the routes."""
    routes = Blueprint(__name__)

    @site.page(routes, "reports", _NEEDS[0], reach=_NEEDS[1])
    def reports(visit: Visit) -> Response:
        day, faults = _asked(visit)
        shown = None if faults else read(visit.principal.tenant, day)
        return site.show(
            visit,
            "reports",
            422 if faults else 200,
            it=shown,
            before=shown.day - _DAY if shown and shown.first < shown.day <= shown.last else None,
            after=shown.day + _DAY if shown and shown.first <= shown.day < shown.last else None,
            typed=shown.day.isoformat() if shown else visit.query.get("date"),
            states=DayState,
            titles=TITLES,
            account_zone=read.zone(visit.principal.tenant).key,
            faults=FaultsShown(faults),
        )

    @site.page(routes, "reports/export.csv", _NEEDS[0], reach=_NEEDS[1])
    def export(visit: Visit) -> Response:
        day, faults = _asked(visit)
        shown = None if faults else read(visit.principal.tenant, day)
        if shown is None or not shown.reports:
            return visit.go("reports", date=visit.query.get("date"))
        headers: dict[str, str | list[str]] = {
            "Content-Type": "text/csv; charset=utf-8",
            "Content-Disposition": f'attachment; filename="reports-{shown.day}.csv"',
        }
        return Response(as_csv(shown.reports), headers, 200)

    return routes


def _asked(visit: Visit) -> tuple[date | None, Sequence[Fault]]:
    """Return the day of the address, None = it names none; and a fault if what it names is no day."""
    typed = visit.query.get("date", "").strip()
    try:
        return (date.fromisoformat(typed) if typed else None), []
    except ValueError:
        return None, [Fault("date", "WRONG_FORM", "Write a day like 2026-11-29.")]
