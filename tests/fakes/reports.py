"""Plans and counts of reports in memory."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from datetime import date, datetime

from tests.fakes.outage import Outage
from tocsin.kernel.domain.ids import TenantId
from tocsin.reports.ports import COUNT_KEPT, CountedDay, ReportPlan


@dataclass
class FakeReportStore:
    """`plans` and `counts` may be inspected."""

    plans: dict[TenantId, ReportPlan] = field(default_factory=dict)
    counts: dict[tuple[TenantId, date], CountedDay] = field(default_factory=dict)
    outage: Outage = field(default_factory=Outage)

    def plan(self, tenant: TenantId) -> ReportPlan | None:
        self.outage.check()
        return self.plans.get(tenant)

    def save_plan(self, plan: ReportPlan) -> bool:
        standing = self.plan(plan.tenant)
        if standing == plan:
            return True
        if (standing.version if standing else 0) != plan.version - 1:
            return False
        self.plans[plan.tenant] = plan
        return True

    def count(self, tenant: TenantId, day: date, now: datetime) -> CountedDay | None:
        self.outage.check()
        found = self.counts.get((tenant, day))
        return deepcopy(found) if found and now < found.begin + COUNT_KEPT else None

    def save_count(self, count: CountedDay) -> bool:
        self.outage.check()
        standing = self.counts.get((count.tenant, count.day))
        if standing and (standing.turn, standing.next_hour, standing.done) == (count.turn, count.next_hour, count.done):
            return True
        if (standing.turn if standing else 0) != count.turn - 1:
            return False
        self.counts[count.tenant, count.day] = deepcopy(count)
        return True
