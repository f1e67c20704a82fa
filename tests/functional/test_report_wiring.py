"""The worker of timers as Lambda imports it: the reports of a day go from the settings of people to the mail queue."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.functional.test_run_timers import Plant
from tests.functional.test_worker_wiring import Stack, stack
from tocsin.audit.domain.actor import SYSTEM, Via
from tocsin.audit.domain.entry import AuditEntry, Thing
from tocsin.directory.ports import DirectoryChange
from tocsin.entrypoint.process.clock import utc_now
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.tenant import Tenant
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.ids import RoleId, TenantId, UserId, time_ordered_uuid
from tocsin.preferences.domain.settings import AccountTopic, NotificationSettings
from tocsin.reports.application.plan_reports import SUBJECT
from tocsin.reports.ports import ReportPlan
from tocsin.timers.domain.timer import TimerKey, TimerKind, encode

__all__ = ["stack"]

ACME, ANA = TenantId("acme"), UserId("ana")


def test_up_11_a_report_that_is_switched_on_is_mailed_by_the_worker_of_timers(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given an admin who wants a report: the timer was armed when the settings were saved
    plant, storage, now = Plant(stack, monkeypatch), stack.storage, utc_now()
    if storage.tenants.get(ACME) is None:
        storage.tenants.add(Tenant(ACME, "Acme", now))
    ana = User(
        tenant=ACME, id=ANA, email="ana@x.test", name="Ana", role=RoleId(SystemRole.ADMIN.value), created_at=now,
        state=UserState.ACTIVE,
    )  # fmt: skip
    entry = AuditEntry(
        tenant=ACME, id=time_ordered_uuid(now, bytes(10)), at=now, who=SYSTEM, via=Via.SYSTEM, action="user.created",
        thing=Thing("user", ANA, "Ana"), before={}, after={},
    )  # fmt: skip
    storage.directory.commit([DirectoryChange(None, ana, entry)])
    topics = frozenset({AccountTopic.DAILY_ACTIVITY})
    assert storage.preferences.save(NotificationSettings(tenant=ACME, user=ANA, topics=topics, version=1))
    armed = storage.timers.get(TimerKey(ACME, TimerKind.REPORT, SUBJECT))
    plan = storage.reports.plan(ACME)
    assert armed is not None
    assert plan is not None
    assert now < armed.due_at <= now + timedelta(hours=25)

    # when the report of the day before is due
    yesterday = plan.day - timedelta(days=1)
    assert storage.reports.save_plan(ReportPlan(tenant=ACME, day=yesterday, version=plan.version + 1))
    due = armed.next(now - timedelta(seconds=1))
    assert storage.timers.move(armed, due)
    assert plant.work_off(encode(due)) == []

    # then her mail waits for the sender, and the timer for the next day
    ((job,)) = stack.bodies("EMAIL_URGENT")
    assert "ana@x.test" not in job
    counted = storage.reports.count(ACME, yesterday, utc_now())
    assert counted is not None
    assert counted.done
    standing = storage.timers.get(armed.key)
    assert standing is not None
    assert (standing.due_at, standing.generation) == (armed.due_at, due.generation + 1)
