"""Port of schedules. They are written by `UnitOfWork` and beside alerts only; this is where they are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.schedules.domain.schedule import Schedule, ScheduleId


class Schedules(Protocol):
    """The schedules of each key."""

    def get(self, tenant: TenantId, key_id: ApiKeyId, id: ScheduleId) -> Schedule | None:
        """Return a schedule, over or not, strongly consistent; callers look whether it is forgotten."""
        ...

    def list(self, tenant: TenantId, key_id: ApiKeyId, limit: int) -> Sequence[Schedule]:
        """Return the newest schedules of the key that are not over, oldest first; callers look which are forgotten."""
        ...
