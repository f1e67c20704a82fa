"""Numbers that people can answer to, and what was last said to whom, from them and by mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin.alerts.domain.alert import ChunkKey
from tocsin.kernel.domain.ids import ApiKeyId, TenantId

BY_MAIL = "mail"
"""Our side of a conversation by mail, whatever address it was sent from."""


@dataclass(frozen=True, slots=True)
class TwoWayNumber:
    """A number of ours that carries answers back (E.164), and the tenant and key it was given to."""

    number: str
    tenant: TenantId
    key_id: ApiKeyId


@dataclass(frozen=True, slots=True)
class Said:
    """One message of a conversation between a number of ours and a person.

    Attributes:
        key, position: the message.
        at: when it was about to be handed over.
        expires_at: when its alert's lifetime is over; None = never.
    """

    key: ChunkKey
    position: int
    at: datetime
    expires_at: datetime | None = None
