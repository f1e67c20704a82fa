"""What the clocks of accounts say, remembered for a moment."""

from __future__ import annotations

from datetime import datetime, timedelta

from tocsin.calendar.domain.account_clock import PLAIN, AccountClock
from tocsin.identity.ports import TenantRepository
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock

FRESH = timedelta(seconds=30)
"""A zone or quiet hours that an operator gives an account are heeded this long afterwards, at the latest."""

_KEPT = 256


class AccountClocks:
    """The clocks of the last accounts served, at most FRESH old. Belongs to one thread."""

    def __init__(self, tenants: TenantRepository, clock: Clock) -> None:
        self._tenants = tenants
        self._clock = clock
        self._seen: dict[TenantId, tuple[datetime, AccountClock]] = {}

    def get(self, tenant: TenantId) -> AccountClock:
        """Return the clock of an account; UTC without quiet hours if nobody knows the account.

        Raises:
            StorageUnavailable: nobody knows just now.
        """
        now = self._clock()
        read_at, found = self._seen.get(tenant, (None, PLAIN))
        # A clock that was set back must not keep an old answer fresh.
        if read_at is None or not timedelta(0) <= now - read_at <= FRESH:
            known = self._tenants.get(tenant)
            found = PLAIN if known is None else known.clock
            if len(self._seen) >= _KEPT:
                self._seen.clear()
            self._seen[tenant] = (now, found)
        return found
