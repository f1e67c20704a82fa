"""Tenants in memory."""

from __future__ import annotations

from dataclasses import dataclass, field

from tocsin.domain.ids import TenantId
from tocsin.domain.tenant import Tenant


@dataclass
class FakeTenantRepository:
    """Tenants by id."""

    tenants: dict[TenantId, Tenant] = field(default_factory=dict)

    def add(self, tenant: Tenant) -> Tenant:
        return self.tenants.setdefault(tenant.id, tenant)

    def get(self, tenant: TenantId) -> Tenant | None:
        return self.tenants.get(tenant)
