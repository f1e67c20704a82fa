"""Port of the packs of events."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.domain.event_pack import PackedEvent, PackPart


class EventPacks(Protocol):
    """Packs of hours, each in parts, kept for a time that is fixed when a part is written."""

    def keep(self, tenant: TenantId, part: PackPart, events: Sequence[Any], kept_for: timedelta) -> None:
        """Store a part, and replace the one of the same hour and number. A repeat stores the same.

        Args:
            events: as `packed` gives them, oldest first.
            kept_for: from the begin of the hour on.

        Raises:
            StorageUnavailable: the part may be stored.
        """
        ...

    def parts(self, tenant: TenantId, first: datetime, last: datetime, now: datetime) -> Sequence[PackPart]:
        """Return the parts that are kept of the hours from `first` to `last`, both included, strongly consistent.

        Hours are in order, and so are the parts of an hour by their numbers.
        """
        ...

    def events(self, tenant: TenantId, part: PackPart) -> Sequence[PackedEvent]:
        """Return the events of a part, oldest first; none if the part is gone meanwhile."""
        ...

    def drop(self, tenant: TenantId, hour: datetime) -> None:
        """Remove all parts of an hour.

        Raises:
            StorageUnavailable: some may be gone.
        """
        ...
