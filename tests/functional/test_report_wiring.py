"""The worker of timers as Lambda imports it: the reports of a day go from the settings of people to the mail queue."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.functional.test_run_timers import Plant
from tests.functional.test_worker_wiring import Stack, stack
from tocsin.audit.domain.actor import SYSTEM, Actor, ActorKind, Via
from tocsin.audit.domain.entry import AuditEntry, Thing
from tocsin.directory.ports import DirectoryChange
from tocsin.entrypoint.process.clock import utc_now
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.role import system_role
from tocsin.identity.domain.tenant import Tenant
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.ids import RoleId, TenantId, UserId, time_ordered_uuid
from tocsin.preferences.application.manage_settings import ME
from tocsin.reports.application.plan_reports import SUBJECT
from tocsin.reports.ports import ReportPlan
from tocsin.timers.domain.timer import TimerKey, TimerKind, WakeUpScheduled, encode, next_wake_up, wake_up_name

__all__ = ["stack"]

ACME, ANA = TenantId("acme"), UserId("ana")


def test_up_11_a_report_that_is_switched_on_is_mailed_by_the_worker_of_timers(
    stack: Stack, monkeypatch: pytest.MonkeyPatch
) -> None:
    # given an admin who switches a report on
    plant, storage, now = Plant(stack, monkeypatch), stack.storage, utc_now()
    monkeypatch.setenv("USER_POOL_ID", "pool")
    monkeypatch.setenv("USER_POOL_CLIENT_ID", "client")
    settings_api = stack.start("settings_api.app")
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
    role = system_role(ACME, SystemRole.ADMIN)
    caller = Principal(ACME, Actor(ActorKind.USER, ANA, "Ana"), role, user=ana)
    settings_api.use.preferences.change(caller, ME, {"account": {"daily_activity": True}}, lambda settings: None)

    # then the timer stands, and its order has the wake-up made that makes it fire in time
    armed = storage.timers.get(TimerKey(ACME, TimerKind.REPORT, SUBJECT))
    plan = storage.reports.plan(ACME)
    assert armed is not None
    assert plan is not None
    assert now < armed.due_at <= now + timedelta(hours=25)
    assert stack.bodies("TIMERS") == [encode(armed)]
    assert plant.work_off(encode(armed)) == []
    far = isinstance(next_wake_up(armed, utc_now()), WakeUpScheduled)
    assert plant.alarms() == ([wake_up_name(armed)] if far else [])

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
