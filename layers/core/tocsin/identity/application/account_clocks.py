"""Time zones and quiet hours of accounts, cached for 30 seconds."""

from __future__ import annotations

from datetime import datetime, timedelta

from tocsin.calendar.domain.account_clock import PLAIN, AccountClock
from tocsin.identity.ports.keys import TenantRepository
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock

FRESH = timedelta(seconds=30)
"""How long a cached clock is used. A change by an operator takes effect within this time."""

_KEPT = 256


class AccountClocks:
    """A cache of account clocks, each at most FRESH old. Use it from one thread only."""

    def __init__(self, tenants: TenantRepository, clock: Clock) -> None:
        self._tenants = tenants
        self._clock = clock
        self._cached: dict[TenantId, tuple[datetime, AccountClock]] = {}

    def get(self, tenant: TenantId) -> AccountClock:
        """Return the clock of an account; UTC without quiet hours if there is no such account.

        Raises:
            StorageUnavailable: the clock cannot be read now.
        """
        now = self._clock()
        read_at, found = self._cached.get(tenant, (None, PLAIN))
        # If the system clock is set back, a cached answer must not stay fresh.
        if read_at is None or not timedelta(0) <= now - read_at <= FRESH:
            known = self._tenants.get(tenant)
            found = PLAIN if known is None else known.clock
            if len(self._cached) >= _KEPT:
                self._cached.clear()
            self._cached[tenant] = (now, found)
        return found
