"""Port that reads schedules. Only a `UnitOfWork` or the acceptance of an alert writes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.schedules.domain.schedule import Schedule, ScheduleId


class Schedules(Protocol):
    """The schedules of each key."""

    def get(self, tenant: TenantId, key_id: ApiKeyId, id: ScheduleId) -> Schedule | None:
        """Return a schedule in any state, strongly consistent. Callers check `forgotten`."""
        ...

    def list(self, tenant: TenantId, key_id: ApiKeyId, limit: int) -> Sequence[Schedule]:
        """Return the newest `limit` schedules of the key that are not over, oldest first. Callers check `forgotten`."""
        ...
