"""One browser that wants to be pushed to."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import datetime

from tocsin.kernel.domain.ids import TenantId, UserId


@dataclass(frozen=True, slots=True, kw_only=True)
class PushSubscription:
    """A subscription, as the browser made it.

    Attributes:
        endpoint: URL of the push service. It is a secret: who knows it may push.
        public_key, auth: of the browser, for RFC 8291: 65 and 16 bytes.
        details: pushes say who and what, not only that there is something.
        device: the browser's name, for the list of devices.
    """

    tenant: TenantId
    user: UserId
    endpoint: str = field(repr=False)
    public_key: bytes
    auth: bytes = field(repr=False)
    created_at: datetime
    details: bool = False
    device: str = ""

    @property
    def id(self) -> str:
        """Names the subscription without telling its endpoint."""
        return subscription_id(self.endpoint)


def subscription_id(endpoint: str) -> str:
    """Return the id of the subscription of an endpoint."""
    return hashlib.sha256(endpoint.encode()).hexdigest()[:32]
