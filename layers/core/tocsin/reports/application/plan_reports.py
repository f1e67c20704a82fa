"""Keep the timer of an account's reports: there is one, for the day that is told next."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from tocsin.kernel.domain.errors import StaleWrite, StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.limits.ports import LimitSettings
from tocsin.reports.domain.report_day import due_at, next_day_told
from tocsin.reports.ports import ReportPlan, ReportStore
from tocsin.timers.domain.timer import Timer, TimerKey, TimerKind
from tocsin.timers.ports import TimerQueue, Timers

SUBJECT = "daily"

_ROUNDS = 5

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PlanReports:
    """Arms and moves the timer. All of it may be repeated, and no day is told twice or omitted.

    Attributes:
        zone: returns the time zone of an account.
        limits: say that what is sent is counted from then on: it costs a write a batch, which others are spared.
    """

    store: ReportStore
    timers: Timers
    limits: LimitSettings
    zone: Callable[[TenantId], ZoneInfo]
    clock: Clock
    queue: TimerQueue

    def wanted(self, tenant: TenantId) -> None:
        """See that the timer is armed: to be called before a person's wish for a report is stored.

        If the wish is not stored in the end, the timer goes by itself. Who is the first to want a report gets the next
        one that is due.

        Raises:
            StorageUnavailable: the wish must not be stored yet.
            StaleWrite: likewise.
        """
        zone, now = self.zone(tenant), self.clock()
        self.limits.count(tenant, now)
        standing = self.timers.get(_key(tenant))
        for _ in range(_ROUNDS):
            plan = self.store.plan(tenant)
            after = plan or ReportPlan(tenant=tenant, day=next_day_told(now, zone), version=0)
            if standing is None:  # reports rested, and days of which no report was wanted are not told
                after = replace(after, day=max(after.day, next_day_told(now, zone)))
            after = replace(after, unwanted=0)
            if plan is not None and after == plan:
                break
            after = replace(after, version=after.version + 1)
            if self.store.save_plan(after):
                break
        else:
            raise StaleWrite("other calls kept changing when reports are sent")
        self._set(after, zone, standing)

    def moved(self, tenant: TenantId) -> None:
        """Move the timer, if there is one: the account has another time zone. Raises StorageUnavailable: repeat it."""
        standing = self.timers.get(_key(tenant))
        plan = self.store.plan(tenant) if standing is not None else None
        if plan is not None:
            self._set(plan, self.zone(tenant), standing)

    def _set(self, plan: ReportPlan, zone: ZoneInfo, standing: Timer | None) -> None:
        now, key = self.clock(), _key(plan.tenant)
        timer = Timer(key, 1, due_at(plan.day, zone))
        if standing is None:
            armed = self.timers.arm(timer)
        elif standing.due_at == timer.due_at and standing.due_at > now:
            return
        else:  # one that is due by now may be about to end
            timer = standing.next(timer.due_at)
            armed = self.timers.move(standing, timer)
        if not armed:
            return
        try:
            self.queue.enqueue([timer], now)
        except StorageUnavailable:
            _log.warning("report_not_enqueued", extra={"tenant": plan.tenant})  # the sweeper finds it when it is due


def _key(tenant: TenantId) -> TimerKey:
    return TimerKey(tenant, TimerKind.REPORT, SUBJECT)
