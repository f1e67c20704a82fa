"""Port that reads schedules. Only a `UnitOfWork` or the acceptance of an alert writes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.schedules.domain.schedule import Schedule, ScheduleId


class Schedules(Protocol):
    """The schedules of each key."""

    def get(self, tenant: TenantId, key_id: ApiKeyId, id: ScheduleId) -> Schedule | None:
        """Return a schedule in any state, strongly consistent. Callers check `forgotten`."""
        ...

    def newest(self, tenant: TenantId, key_id: ApiKeyId) -> Iterator[Schedule]:
        """Yield the schedules of the key in any state, newest first. Callers check `over` and `forgotten`."""
        ...
