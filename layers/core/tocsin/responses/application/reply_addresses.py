"""The addresses that mails are answered to, under the tenants' own keys."""

from __future__ import annotations

from tocsin.alerts.domain.alert import ChunkKey
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Sealer
from tocsin.responses.domain.reply_token import ReplyTo, reply_address


class ReplyAddresses:
    """Makes and reads the addresses that mails are answered to.

    Args:
        domain: the platform's mail domain.
    """

    def __init__(self, domain: str, sealer: Sealer) -> None:
        self.domain = domain
        self._sealer = sealer

    def __call__(self, key: ChunkKey, position: int) -> str:
        """Return the address for answers to one message. Raises StorageUnavailable when the key cannot be had."""
        return reply_address(ReplyTo(key, position), self.domain, self.keyed)

    def keyed(self, tenant: TenantId, named: bytes) -> bytes:
        """Return the keyed hash that makes a token."""
        return self._sealer.fingerprint(tenant, "reply", named)
