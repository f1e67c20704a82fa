"""Tenants in memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tests.fakes.outage import Outage
from tocsin.calendar.domain.account_clock import AccountClock
from tocsin.identity.domain.tenant import Tenant
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

    def set_clock(self, tenant: TenantId, clock: AccountClock) -> None:
        known = self.tenants.get(tenant)
        if known is None:
            raise NotFound("tenant")
        self.tenants[tenant] = replace(known, zone=clock.zone, quiet=clock.quiet)

    def require_mfa(self, tenant: TenantId, *, required: bool) -> None:
        known = self.tenants.get(tenant)
        if known is None:
            raise NotFound("tenant")
        self.tenants[tenant] = replace(known, mfa_required=required)
