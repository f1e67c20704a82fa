"""Two-way numbers, and the entries of conversations by text and by mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin.alerts.domain.alert import ChunkKey
from tocsin.kernel.domain.ids import ApiKeyId, TenantId

BY_MAIL = "mail"
"""Our side of every conversation by mail, for all sender addresses."""


@dataclass(frozen=True, slots=True)
class TwoWayNumber:
    """One of our numbers that people can reply to (E.164), and the tenant and key that it is assigned to."""

    number: str
    tenant: TenantId
    key_id: ApiKeyId


@dataclass(frozen=True, slots=True)
class Said:
    """An entry of a conversation: one message from one of our numbers, or by mail, to a person.

    Attributes:
        key, position: the message.
        at: when its submission was about to begin.
        expires_at: when its alert's lifetime ends; None = never.
    """

    key: ChunkKey
    position: int
    at: datetime
    expires_at: datetime | None = None
