"""Short links: one per message, guessable by nobody, and the same however often the message is tried."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin.alerts.domain.alert import ChunkKey


@dataclass(frozen=True, slots=True)
class ShortLink:
    """Where a code leads: to one message of one alert. Holds ids only.

    Attributes:
        submitted_at: when the latest try to send the message began.
        expires_at: when the alert's lifetime is over; None = never.
    """

    code: str
    key: ChunkKey
    position: int
    submitted_at: datetime
    expires_at: datetime | None
