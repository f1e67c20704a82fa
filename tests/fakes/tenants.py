"""Tenants in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from typing import Any

from tests.fakes.outage import Outage
from tocsin.calendar.domain.account_clock import AccountClock
from tocsin.identity.domain.tenant import BusTopic, Tenant
from tocsin.kernel.domain.errors import NotFound
from tocsin.kernel.domain.ids import TenantId


@dataclass
class FakeTenantRepository:
    """Tenants by id."""

    tenants: dict[TenantId, Tenant] = field(default_factory=dict)
    outage: Outage = field(default_factory=Outage)

    def add(self, tenant: Tenant) -> Tenant:
        return self.tenants.setdefault(tenant.id, tenant)

    def get(self, tenant: TenantId) -> Tenant | None:
        self.outage.check()
        return self.tenants.get(tenant)

    def all(self) -> Sequence[Tenant]:
        return sorted(self.tenants.values(), key=lambda tenant: tenant.id)

    def rename(self, tenant: TenantId, name: str) -> None:
        self._change(tenant, name=name)

    def set_clock(self, tenant: TenantId, clock: AccountClock) -> None:
        self._change(tenant, zone=clock.zone, quiet=clock.quiet)

    def require_mfa(self, tenant: TenantId, *, required: bool) -> None:
        self._change(tenant, mfa_required=required)

    def allow_password_grant(self, tenant: TenantId, *, allowed: bool) -> None:
        self._change(tenant, password_grant=allowed)

    def allow_system_mail(self, tenant: TenantId, *, allowed: bool) -> None:
        self._change(tenant, system_mail=allowed)

    def keep_events(self, tenant: TenantId, days: int) -> None:
        self._change(tenant, events_kept_days=days)

    def set_country(self, tenant: TenantId, country: str | None) -> None:
        self._change(tenant, country=country)

    def set_notice_sender(self, tenant: TenantId, sender: str | None) -> None:
        self._change(tenant, notice_sender=sender)

    def set_pbx(self, tenant: TenantId, pbx: Mapping[str, str]) -> None:
        self._change(tenant, pbx=dict(pbx))

    def set_bus(self, tenant: TenantId, topics: Set[BusTopic]) -> None:
        self._change(tenant, bus=frozenset(topics))

    def _change(self, tenant: TenantId, **changes: Any) -> None:
        known = self.tenants.get(tenant)
        if known is None:
            raise NotFound("tenant")
        self.tenants[tenant] = replace(known, **changes)
