"""Take a credential away."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tocsin.identity.ports import ApiKeyRepository
from tocsin.kernel.domain.errors import NotFound
from tocsin.kernel.domain.ids import ApiKeyId, TenantId


@dataclass(frozen=True, slots=True)
class DisableApiKey:
    """Disable a key for good; it is refused within a minute everywhere. Alerts it sent go on."""

    keys: ApiKeyRepository

    def __call__(self, tenant: TenantId, key_id: ApiKeyId) -> None:
        """Disable the key; again is harmless.

        Raises:
            NotFound: the tenant has no such key.
        """
        key = self.keys.get(tenant, key_id)
        if key is None:
            raise NotFound("API key")
        if key.enabled:
            self.keys.save(replace(key, enabled=False))
