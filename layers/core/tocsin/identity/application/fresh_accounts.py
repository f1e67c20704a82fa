"""Settings of accounts, cached for 30 seconds."""

from __future__ import annotations

from datetime import timedelta

from tocsin.identity.domain.tenant import BusTopic, Tenant
from tocsin.identity.ports.keys import TenantRepository
from tocsin.kernel.application.recently_read import RecentlyRead
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock

FRESH = timedelta(seconds=30)
"""How long cached settings are used. A change takes effect within this time."""

_KEPT = 256


class FreshAccounts:
    """A cache of accounts, each at most FRESH old. Use it from one thread only."""

    def __init__(self, tenants: TenantRepository, clock: Clock) -> None:
        self._recent = RecentlyRead(tenants.get, clock, FRESH, _KEPT)

    def __call__(self, tenant: TenantId) -> Tenant | None:
        """Return an account; None if there is none.

        Raises:
            StorageUnavailable: it cannot be read now.
        """
        return self._recent(tenant)

    def wants(self, tenant: TenantId, topic: BusTopic) -> bool:
        """Whether an account asks for a topic on the event bus. Raises StorageUnavailable."""
        found = self(tenant)
        return found is not None and topic in found.bus
