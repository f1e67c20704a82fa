"""The trigger mailbox: an address for mails with keywords. The address names one API key and cannot be guessed.

    t+acme.k7f2m9qx.<16 characters>@alerts.example
                    base32( keyed hash 10 )

The local part has at most 64 characters, in any case. Everyone who knows the address can write to it, so the address
does not authenticate the sender; the authentication result of the receiving mail server does.
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass

from tocsin.kernel.domain.ids import ApiKeyId, TenantId

_MAC_BYTES = 10
_LOCAL = re.compile(r"t\+([a-z0-9]{4,20})\.([a-z0-9]{1,24})\.([a-z2-7]{16})", re.IGNORECASE | re.ASCII)

Keyed = Callable[[TenantId, bytes], bytes]
"""Returns a hash with the tenant's key, 32 bytes."""


def mailbox_address(tenant: TenantId, key_id: ApiKeyId, domain: str, keyed: Keyed) -> str:
    """Return the address of a key's trigger mailbox."""
    return f"t+{tenant}.{key_id}.{_mac(tenant, key_id, keyed)}@{domain}"


@dataclass(frozen=True, slots=True)
class Mailbox:
    """The API key that an address names. Only `genuine` says whether the address is valid."""

    tenant: TenantId
    key_id: ApiKeyId
    mac: str

    def genuine(self, keyed: Keyed) -> bool:
        """Whether the hash is correct. Only for existing tenants: the check creates a data key for an unknown one."""
        return hmac.compare_digest(self.mac, _mac(self.tenant, self.key_id, keyed))


def mailbox_in(address: str, domain: str) -> Mailbox | None:
    """Return the mailbox of an address of `domain`; None = the address has another form."""
    local, _, at = address.strip().rpartition("@")
    found = _LOCAL.fullmatch(local)
    if found is None or at.lower() != domain.lower():
        return None
    tenant, key_id, mac = (part.lower() for part in found.groups())
    return Mailbox(TenantId(tenant), ApiKeyId(key_id), mac)


def _mac(tenant: TenantId, key_id: ApiKeyId, keyed: Keyed) -> str:
    return base64.b32encode(keyed(tenant, key_id.encode())[:_MAC_BYTES]).decode().lower()
