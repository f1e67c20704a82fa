"""Integrations, their incidents and the subscriptions to their alerts, in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from tests.fakes.directory import FakeAuditTrail
from tests.fakes.outage import Outage
from tests.fakes.timers import FakeTimers
from tocsin.integrations.domain.incident import IntegrationIncident
from tocsin.integrations.domain.integration import Integration
from tocsin.integrations.domain.subscription import IntegrationAlert
from tocsin.integrations.ports import AlertChange, IntegrationChange
from tocsin.kernel.domain.errors import AlreadyExists, StaleWrite
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.webhooks.domain.delivery import Delivery


class FakeIntegrationAlerts:
    """`kept` may be inspected. The entries of changes go to `trail`."""

    def __init__(self, trail: FakeAuditTrail | None = None) -> None:
        self.kept: dict[tuple[TenantId, str], IntegrationAlert] = {}
        self.trail = trail or FakeAuditTrail()
        self.outage = Outage()

    def get(self, tenant: TenantId, id: str) -> IntegrationAlert | None:
        self.outage.check()
        return self.kept.get((tenant, id))

    def all(self, tenant: TenantId) -> Sequence[IntegrationAlert]:
        self.outage.check()
        return [each for (owner, _), each in sorted(self.kept.items()) if owner == tenant]

    def of_user(self, tenant: TenantId, user: UserId) -> Sequence[IntegrationAlert]:
        return [each for each in self.all(tenant) if each.user == user]

    def mark_sent(self, tenant: TenantId, ids: Sequence[str], at: datetime) -> None:
        self.outage.check()
        for id in ids:
            if (kept := self.kept.get((tenant, id))) is not None:
                self.kept[tenant, id] = replace(kept, last_sent_at=at)

    def commit(self, change: AlertChange) -> None:
        self.outage.check()
        self.check(change.before, change.after)
        self.write(change.before, change.after)
        self.trail.record([change.entry])

    def check(self, before: IntegrationAlert | None, after: IntegrationAlert | None) -> None:
        thing = after or before
        assert thing is not None
        standing = self.kept.get((thing.tenant, thing.id))
        if (standing and standing.version) != (before and before.version):
            raise StaleWrite("another call changed this alert of integrations")
        others = (each for each in self.kept.values() if each.tenant == thing.tenant and each.id != thing.id)
        if after is not None and any(each.scope == after.scope for each in others):
            raise AlreadyExists("alert of integrations", "user and companies")

    def write(self, before: IntegrationAlert | None, after: IntegrationAlert | None) -> None:
        if before is not None:
            del self.kept[before.tenant, before.id]
        if after is not None:
            self.kept[after.tenant, after.id] = after


class FakeIntegrations:
    """`kept`, `incidents_kept` and `owed` may be inspected. Timers and subscriptions are written with a change."""

    def __init__(self, alerts: FakeIntegrationAlerts, timers: FakeTimers) -> None:
        self.kept: dict[tuple[TenantId, str], Integration] = {}
        self.incidents_kept: dict[tuple[TenantId, str, str], IntegrationIncident] = {}
        self.owed: list[Delivery] = []
        self.alerts, self.timers = alerts, timers
        self.outage = Outage()

    def get(self, tenant: TenantId, id: str) -> Integration | None:
        self.outage.check()
        return self.kept.get((tenant, id))

    def all(self, tenant: TenantId) -> Sequence[Integration]:
        self.outage.check()
        return [each for (owner, _), each in sorted(self.kept.items()) if owner == tenant]

    def incident(self, tenant: TenantId, integration: str, id: str) -> IntegrationIncident | None:
        self.outage.check()
        return self.incidents_kept.get((tenant, integration, id))

    def incidents(self, tenant: TenantId) -> Sequence[IntegrationIncident]:
        self.outage.check()
        return [each for (owner, *_), each in sorted(self.incidents_kept.items()) if owner == tenant]

    def commit(self, change: IntegrationChange) -> None:
        self.outage.check()
        thing = change.after or change.before
        assert thing is not None
        standing = self.kept.get((thing.tenant, thing.id))
        if (standing and standing.version) != (change.before and change.before.version):
            raise StaleWrite("another call changed this integration")
        if change.timer is not None:
            there = self.timers.rows.get(change.timer.key)
            if there is not None and there.generation >= change.timer.generation:
                raise StaleWrite("the timer of the incident has moved")
        if any(each.delivery.key in {one.key for one in self.owed} for each in change.owed):
            raise StaleWrite("this step of the incident was told")
        if change.subscription is not None:
            self.alerts.check(None, change.subscription)
            self.alerts.write(None, change.subscription)
        if change.timer is not None:
            self.timers.arm(change.timer)
        if change.ends is not None:
            self.timers.cancel(change.ends)
        if change.after is None:
            del self.kept[thing.tenant, thing.id]
        else:
            self.kept[thing.tenant, thing.id] = change.after
        if (incident := change.incident) is not None:
            self.incidents_kept[incident.tenant, incident.integration, incident.id] = incident
        self.owed += [each.delivery for each in change.owed]
        self.alerts.trail.record(change.entries)
