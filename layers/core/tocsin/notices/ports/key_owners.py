"""Port of who is told about API keys. `ApiKeyRepository` writes what this one reads."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.notices.domain.owner_notification import KeyOwner


class KeyOwners(Protocol):
    """Owners of API keys, strongly consistent."""

    def of_key(self, tenant: TenantId, key_id: ApiKeyId) -> KeyOwner | None:
        """Return who is told about a key, None if there is no such key."""
        ...

    def of_tenant(self, tenant: TenantId) -> Sequence[KeyOwner]:
        """Return who is told about each key of a tenant, by id of the key."""
        ...
