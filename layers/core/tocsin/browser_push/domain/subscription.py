"""One browser that wants to be pushed to."""

from __future__ import annotations

from dataclasses import dataclass
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
    endpoint: str
    public_key: bytes
    auth: bytes
    created_at: datetime
    details: bool = False
    device: str = ""
