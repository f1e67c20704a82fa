"""Short links: one per message, impossible to guess, and the same for every try of the message."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin.alerts.domain.alert import ChunkKey


@dataclass(frozen=True, slots=True)
class ShortLink:
    """The message that a code stands for. Contains ids only.

    Attributes:
        code: the last part of the short URL.
        submitted_at: when the latest submission of the message began.
        expires_at: when the alert's lifetime ends; None = never.
    """

    code: str
    key: ChunkKey
    position: int
    submitted_at: datetime
    expires_at: datetime | None
