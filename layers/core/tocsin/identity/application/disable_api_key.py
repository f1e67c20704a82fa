"""Disable an API key."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tocsin.identity.ports import ApiKeyRepository
from tocsin.kernel.domain.errors import NotFound
from tocsin.kernel.domain.ids import ApiKeyId, TenantId


@dataclass(frozen=True, slots=True)
class DisableApiKey:
    """Disable a key permanently. All functions reject it within a minute; its alerts continue."""

    keys: ApiKeyRepository

    def __call__(self, tenant: TenantId, key_id: ApiKeyId) -> None:
        """Disable the key; a repeat changes nothing.

        Raises:
            NotFound: the tenant has no such key.
        """
        key = self.keys.get(tenant, key_id)
        if key is None:
            raise NotFound("API key")
        if key.enabled:
            self.keys.save(replace(key, enabled=False))
