"""Port of the calls that providers have placed."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from tocsin.delivery.domain.message_id import MessageId


class PlacedCalls(Protocol):
    """Which try each call of a provider belongs to, by the provider's id of the call."""

    def remember(self, call_id: str, message: MessageId, until: datetime) -> None:
        """Note the try of a call. A repeat changes nothing. Raises StorageUnavailable."""
        ...

    def find(self, call_id: str) -> MessageId | None:
        """Return the try of a call, None if none was noted. The read is not bound to a tenant."""
        ...
