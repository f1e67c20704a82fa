"""The Reply-To address of each mail. It names one message, and cannot be forged.

    r+acme.<40 characters>@alerts.example
           base32( alert 16 bytes | item 1 | chunk 1 | position 1 | keyed hash 6 )

At most 63 characters before the "@". Upper and lower case are equal, because some mail programs change the case.
"""

from __future__ import annotations

import base64
import hmac
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass

from tocsin.alerts.domain.alert import ChunkKey
from tocsin.kernel.domain.ids import AlertRef, TenantId

_MAC_BYTES = 6
_LOCAL = re.compile(r"r\+([a-z0-9]{4,20})\.([a-z2-7]{40})", re.IGNORECASE | re.ASCII)

Keyed = Callable[[TenantId, bytes], bytes]
"""Returns a hash under the tenant's key, 32 bytes."""


@dataclass(frozen=True, slots=True)
class ReplyTo:
    """The message that is answered."""

    key: ChunkKey
    position: int


def reply_address(to: ReplyTo, domain: str, keyed: Keyed) -> str:
    """Return the address.

    Raises:
        ValueError: the alert's reference is no UUID, or a number does not fit a byte.
    """
    named = uuid.UUID(to.key.alert).bytes + bytes([to.key.item, to.key.chunk, to.position])
    token = base64.b32encode(named + keyed(to.key.tenant, named)[:_MAC_BYTES]).decode().lower()
    return f"r+{to.key.tenant}.{token}@{domain}"


@dataclass(frozen=True, slots=True)
class ReplyToken:
    """The content of a reply address. Only `genuine` tells whether we made the address."""

    to: ReplyTo
    named: bytes
    mac: bytes

    def genuine(self, keyed: Keyed) -> bool:
        """Whether the token was made with the tenant's key.

        Check first that the tenant exists: the check creates a key for a tenant that has none.
        """
        return hmac.compare_digest(self.mac, keyed(self.to.key.tenant, self.named)[:_MAC_BYTES])


def reply_token_in(address: str, domain: str) -> ReplyToken | None:
    """Return the token in a reply address of `domain`, None if the address has another form."""
    local, _, at = address.strip().rpartition("@")
    found = _LOCAL.fullmatch(local)
    if found is None or at.lower() != domain.lower():
        return None
    raw = base64.b32decode(found[2].upper())
    named, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
    item, chunk, position = named[16:]
    alert = AlertRef(str(uuid.UUID(bytes=named[:16])))
    return ReplyToken(ReplyTo(ChunkKey(TenantId(found[1].lower()), alert, item, chunk), position), named, mac)
