"""The settings of tenants, read again when they are older than FRESH."""

from __future__ import annotations

from datetime import timedelta

from tocsin.kernel.application.recently_read import RecentlyRead
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
        self._recent = RecentlyRead(settings.get, clock, FRESH, _KEPT)

    def get(self, tenant: TenantId) -> SendingLimits:
        """Return the settings of a tenant. Raises StorageUnavailable."""
        return self._recent(tenant)
