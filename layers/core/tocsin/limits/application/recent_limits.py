"""The settings of tenants, read again when they are older than FRESH."""

from __future__ import annotations

from datetime import datetime, timedelta

from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.limits.domain.sending_limits import SendingLimits
from tocsin.limits.ports import LimitSettings

FRESH = timedelta(seconds=15)
"""A change of the settings takes effect within this time."""

_KEPT = 64


class RecentLimits:
    """A cache of the settings of up to 64 tenants, at most FRESH old. Belongs to one thread."""

    def __init__(self, settings: LimitSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._cached: dict[TenantId, tuple[datetime, SendingLimits]] = {}

    def get(self, tenant: TenantId) -> SendingLimits:
        """Return the settings of a tenant. Raises StorageUnavailable."""
        now = self._clock()
        read_at, sending_limits = self._cached.get(tenant, (None, None))
        if read_at is None or sending_limits is None or not timedelta(0) <= now - read_at <= FRESH:
            sending_limits = self._settings.get(tenant)
            if len(self._cached) >= _KEPT:
                self._cached.clear()
            self._cached[tenant] = (now, sending_limits)
        return sending_limits
