"""What an account may send, and the estimated cost of its texts and calls of today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.ids import TenantId
from tocsin.limits.domain.day_counters import day_counter
from tocsin.limits.domain.sending_limits import SendingLimits
from tocsin.limits.ports import Counters, LimitSettings


@dataclass(frozen=True, slots=True)
class AccountLimits:
    """The settings of a tenant, and the estimated cost of today's texts and calls in millionths of a US dollar."""

    settings: SendingLimits
    spent: int


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """Return the limits of a key's account."""

    settings: LimitSettings
    counters: Counters

    def __call__(self, key: ApiKey, now: datetime) -> AccountLimits:
        """Return the limits; "today" is the UTC day of `now`. Raises StorageUnavailable."""
        return AccountLimits(self.settings.get(key.tenant), spent_today(self.counters, key.tenant, now))


def spent_today(counters: Counters, tenant: TenantId, now: datetime) -> int:
    """Return the estimated cost of texts and calls of the UTC day of `now`, in millionths of a US dollar."""
    return counters.read(tenant, day_counter(now, "spend"))
