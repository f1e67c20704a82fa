"""Port of the events that are kept."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.domain.stored_event import StoredEvent

EVENTS_AT_ONCE = 25
"""Most events of one insertion."""


class EventRows(Protocol):
    """Events, each with its decision, for EVENT_KEPT after their receipt. An event is written once."""

    def insert(self, tenant: TenantId, events: Sequence[StoredEvent]) -> Collection[str]:
        """Store up to EVENTS_AT_ONCE events of different names, each independently of the others.

        Returns:
            The names of those that stood already: they stay as they are, with their first decision. A write whose
            response was lost and that was repeated counts among them.

        Raises:
            StorageUnavailable: any of the events may be stored.
        """
        ...

    def read(self, tenant: TenantId, names: Collection[str], now: datetime) -> Mapping[str, StoredEvent]:
        """Return the events of these names that are kept, strongly consistent."""
        ...

    def of_hour(
        self, tenant: TenantId, hour: datetime, limit: int, now: datetime, before: str | None = None
    ) -> Sequence[StoredEvent]:
        """Return events that were received within an hour, newest first. One that just came may be missing.

        Args:
            hour: any time within it.
            limit: fewer events than this are returned only if there are no more in the hour.
            before: the place of an event; those that came after it, and itself, are not returned.
        """
        ...

    def count_of_hour(self, tenant: TenantId, hour: datetime) -> int:
        """Return how many events were received within an hour. One that just came may be missing."""
        ...

    def done(self, tenant: TenantId, name: str) -> bool:
        """Note that all acts of an event are done; it is owed no longer. False: it was not owed."""
        ...

    def forget_secrets(self, tenant: TenantId, name: str) -> None:
        """Take passwords and PINs out of an event. One that has none, or is gone, stays as it is."""
        ...

    def owed(self, now: datetime, limit: int) -> Sequence[tuple[TenantId, str]]:
        """Return up to `limit` events of all tenants that are owed for ORDER_PATIENCE or longer, oldest first.

        One that was deferred is returned from that time on.
        """
        ...

    def defer(self, tenant: TenantId, name: str, at: datetime) -> None:
        """Let an owed event be returned by `owed` from `at` on. One that is not owed stays as it is."""
        ...
