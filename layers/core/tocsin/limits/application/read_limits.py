"""What an account may send, and what it spent today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin.identity.domain.api_key import ApiKey
from tocsin.limits.application.brake import spent_today
from tocsin.limits.domain.brakes import Brakes
from tocsin.limits.ports import BrakeBook, Meters


@dataclass(frozen=True, slots=True)
class AccountLimits:
    """The settings of a tenant, and the estimated cost of today's text messages (millionths of a US dollar)."""

    settings: Brakes
    spent: int


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """Return the limits of a key's account."""

    book: BrakeBook
    meters: Meters

    def __call__(self, key: ApiKey, now: datetime) -> AccountLimits:
        """Return them; "today" is the UTC day of `now`. Raises StorageUnavailable."""
        return AccountLimits(self.book.get(key.tenant), spent_today(self.meters, key.tenant, now))
