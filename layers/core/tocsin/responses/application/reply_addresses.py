"""Reply-To addresses of mails, signed with the tenants' own keys."""

from __future__ import annotations

from tocsin.alerts.domain.alert import ChunkKey
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer
from tocsin.responses.domain.reply_token import ReplyTo, reply_address


class ReplyAddresses:
    """Makes the Reply-To addresses of mails.

    Args:
        domain: the platform's mail domain.
    """

    def __init__(self, domain: str, sealer: Sealer) -> None:
        self.domain = domain
        self._sealer = sealer

    def __call__(self, key: ChunkKey, position: int) -> str:
        """Return the address for replies to one message. Raises StorageUnavailable if the key cannot be read."""
        return reply_address(ReplyTo(key, position), self.domain, self.keyed)

    def keyed(self, tenant: TenantId, named: bytes) -> bytes:
        """Return the keyed hash of a token, under the tenant's key."""
        return self._sealer.fingerprint(tenant, "reply", named)
