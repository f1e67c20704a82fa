"""Content that later calls use, by id or by name. A store expires without use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from tocsin.identity.domain.visibility import BY_NO_PERSON, Made
from tocsin.kernel.domain.ids import ApiKeyId, StoreId, TenantId

UNUSED_LIFETIME = timedelta(days=30)
"""The default time without use until a store expires."""


class ContentType(StrEnum):
    """The type of a store; the values are those of `contentType` in the API."""

    CALL = "call"
    SMS = "sms"
    EMAIL = "email"
    INBOUND_CALL = "inboundCall"
    RECIPIENT_LIST = "recipientList"
    ALERT = "alert"
    CONTACT_GROUP = "contactGroup"
    CONTACT_LIST = "contactList"
    CONTACT_SET_LIST = "contactSetList"


SPOKEN = frozenset({ContentType.CALL, ContentType.INBOUND_CALL})
"""Types of stores that calls say."""


@dataclass(frozen=True, slots=True)
class StoreRef:
    """How a request names a store: exactly one of the two is set.

    Names are unique per key and content type; under the account key also per person and company.
    """

    store_id: StoreId | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class StoredContent:
    """One store.

    Attributes:
        key_id: the API key that owns the store; no other key sees it.
        made: under the account key, who made it and for which company.
        name: None = the store has only an id.
        content: decoded content. Text for sms, email and the lists (CSV); JSON text for alert and contactGroup;
            base64 text for recorded voice.
        extras: the fields of its type beside `content` (an email's body type, a call's voice format, …).
        lifetime: time without use until it expires; None = never. Each use renews `expires_at`.
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
    made: Made = BY_NO_PERSON

    def expired(self, now: datetime) -> bool:
        """Whether the store has expired at `now`."""
        return self.expires_at is not None and now >= self.expires_at
