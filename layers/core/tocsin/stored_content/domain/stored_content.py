"""Content kept for later calls, by id or by name; it expires unless it is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from tocsin.kernel.domain.ids import ApiKeyId, StoreId, TenantId

UNUSED_LIFETIME = timedelta(days=30)
"""How long a store lives without being used, unless it says otherwise."""


class ContentType(StrEnum):
    """What a store holds; the values are the wire's `contentType`."""

    CALL = "call"
    SMS = "sms"
    EMAIL = "email"
    INBOUND_CALL = "inboundCall"
    RECIPIENT_LIST = "recipientList"
    ALERT = "alert"
    CONTACT_GROUP = "contactGroup"
    CONTACT_LIST = "contactList"
    CONTACT_SET_LIST = "contactSetList"


@dataclass(frozen=True, slots=True)
class StoreRef:
    """How a request names a store: exactly one of the two is set. Names are unique per key and content type."""

    store_id: StoreId | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class StoredContent:
    """One store.

    Attributes:
        key_id: the API key that owns it; no other key sees it.
        name: None if it can be found by id only.
        content: decoded content. Text for sms, email and the lists (CSV); JSON text for alert and contactGroup;
            base64 text for recorded voice.
        extras: the fields beside `content` that its type takes (an email's body type, a call's voice format, …).
        lifetime: how long it lives unused; None = never expires. Each use renews `expires_at`.
    """

    tenant: TenantId
    key_id: ApiKeyId
    store_id: StoreId
    type: ContentType
    tag: str
    name: str | None
    content: str
    created_at: datetime
    lifetime: timedelta | None
    expires_at: datetime | None
    extras: Mapping[str, Any] = field(default_factory=dict)

    def expired(self, now: datetime) -> bool:
        """Whether it has not been used for its whole lifetime."""
        return self.expires_at is not None and now >= self.expires_at
