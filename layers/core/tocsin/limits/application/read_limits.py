"""What an account may send, and what it spent today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin.identity.domain.api_key import ApiKey
from tocsin.limits.application.sending_limit import spent_today
from tocsin.limits.domain.sending_limits import SendingLimits
from tocsin.limits.ports import Counters, LimitSettings


@dataclass(frozen=True, slots=True)
class AccountLimits:
    """The settings of a tenant, and the estimated cost of today's text messages (millionths of a US dollar)."""

    settings: SendingLimits
    spent: int


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """Return the limits of a key's account."""

    book: LimitSettings
    counters: Counters

    def __call__(self, key: ApiKey, now: datetime) -> AccountLimits:
        """Return them; "today" is the UTC day of `now`. Raises StorageUnavailable."""
        return AccountLimits(self.book.get(key.tenant), spent_today(self.counters, key.tenant, now))
