"""Port of the sources of telephony events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.domain.event_source import EventSource


class EventSources(Protocol):
    """The sources of each tenant. A write that is repeated changes nothing."""

    def add(self, source: EventSource) -> None:
        """Store a new source. Raises StaleWrite: another source has its id."""
        ...

    def save(self, source: EventSource) -> None:
        """Store a source over the version before its own. Raises StaleWrite: another one stands there, or none."""
        ...

    def get(self, tenant: TenantId, source_id: str) -> EventSource | None:
        """Return a source, strongly consistent; None = there is none."""
        ...

    def all(self, tenant: TenantId) -> Sequence[EventSource]:
        """Return the sources of a tenant by their ids, strongly consistent."""
        ...

    def delete(self, tenant: TenantId, source_id: str) -> bool:
        """Remove a source. False: there was none."""
        ...
