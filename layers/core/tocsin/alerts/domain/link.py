"""Which linked set an alert belongs to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, TenantId


@dataclass(frozen=True, slots=True)
class LinkKey:
    """Which set. `name` is a hash of the client's `linkRef`, so that keys and logs do not carry the client's words."""

    tenant: TenantId
    key_id: ApiKeyId
    name: str

    @staticmethod
    def of(tenant: TenantId, key_id: ApiKeyId, link_ref: str) -> LinkKey:
        """Return the key of the set a `linkRef` names."""
        return LinkKey(tenant, key_id, hashlib.sha256(link_ref.encode()).hexdigest()[:32])


@dataclass(frozen=True, slots=True)
class Link:
    """A set in one of its lives. One that is begun again when its time is over knows nothing of earlier answers.

    Attributes:
        master: the alert that began it.
        expires_at: the end of this life; None = never.
    """

    key: LinkKey
    master: AlertRef
    expires_at: datetime | None = None
