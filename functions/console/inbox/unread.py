"""How many notices are unread, for the menu of every page: one read of a few units, at most every few seconds."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tocsin.inbox.ports import Inboxes
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.kernel.ports import Clock

FRESH = timedelta(seconds=5)
_MOST = 1_000


@dataclass(slots=True)
class UnreadCounts:
    """Counts, kept for a few seconds by each process."""

    inboxes: Inboxes
    clock: Clock
    _kept: dict[tuple[TenantId, UserId], tuple[datetime, int]] = field(default_factory=dict)

    def of(self, tenant: TenantId, user: UserId) -> int:
        """Return how many are unread; 100 = so many or more. 0 if they cannot be read now: the page itself stands."""
        now = self.clock()
        at, count = self._kept.get((tenant, user), (None, 0))
        if at is not None and at <= now < at + FRESH:
            return count
        try:
            count = self.inboxes.unread(tenant, user, now)
        except StorageUnavailable:
            return count
        if len(self._kept) >= _MOST:
            self._kept.clear()
        self._kept[tenant, user] = now, count
        return count

    def forget(self, tenant: TenantId, user: UserId) -> None:
        """Count anew at the next page, because the person marked something."""
        self._kept.pop((tenant, user), None)
