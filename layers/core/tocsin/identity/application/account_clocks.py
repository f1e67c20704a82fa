"""Time zones and quiet hours of accounts, cached for 30 seconds."""

from __future__ import annotations

from tocsin.calendar.domain.account_clock import PLAIN, AccountClock
from tocsin.identity.application.fresh_accounts import FreshAccounts
from tocsin.identity.ports.keys import TenantRepository
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock


class AccountClocks:
    """A cache of account clocks, each at most FRESH old. Use it from one thread only.

    Attributes:
        accounts: the cache, for other settings of the same accounts.
    """

    def __init__(self, tenants: TenantRepository, clock: Clock) -> None:
        self.accounts = FreshAccounts(tenants, clock)

    def get(self, tenant: TenantId) -> AccountClock:
        """Return the clock of an account; UTC without quiet hours if there is no such account.

        Raises:
            StorageUnavailable: the clock cannot be read now.
        """
        known = self.accounts(tenant)
        return PLAIN if known is None else known.clock
