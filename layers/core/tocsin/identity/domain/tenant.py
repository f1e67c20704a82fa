"""A customer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from tocsin.calendar.domain.account_clock import UTC_NAME, AccountClock
from tocsin.calendar.domain.quiet_hours import QuietHours
from tocsin.kernel.domain.ids import TenantId

TENANT_FORM = re.compile(r"[a-z0-9]{4,20}")
"""What a tenant id looks like. It stands in row keys and API keys, so it is short and has no separators."""


@dataclass(frozen=True, slots=True)
class Tenant:
    """One customer.

    Attributes:
        name: what people call it.
        zone: IANA name of the zone in which its times of day are meant.
        quiet: quiet hours of all its receivers who have none of their own, None = there are none.
    """

    id: TenantId
    name: str
    created_at: datetime
    zone: str = UTC_NAME
    quiet: QuietHours | None = None

    @property
    def clock(self) -> AccountClock:
        """What its alerts need to know of its time."""
        return AccountClock(self.zone, self.quiet)
