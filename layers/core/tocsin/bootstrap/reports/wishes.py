"""Composition of what happens before a wish for a report is stored. It imports nothing until there is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tocsin.bootstrap.queues import Queues
    from tocsin.bootstrap.storage import Storage
    from tocsin.kernel.domain.ids import TenantId


def want_reports(storage: Storage, queues: Queues) -> Callable[[TenantId], None]:
    """Return what arms the timer of reports. See `PlanReports.wanted`."""

    def want(tenant: TenantId) -> None:
        from tocsin.bootstrap.reports.use_cases import plan_reports

        plan_reports(storage, queues).wanted(tenant)

    return want
