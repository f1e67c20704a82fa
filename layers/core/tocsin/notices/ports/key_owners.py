"""Port of the owners of API keys, read only. `ApiKeyRepository` writes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.notices.domain.owner_notification import KeyOwner


class KeyOwners(Protocol):
    """Owners of API keys, strongly consistent."""

    def of_key(self, tenant: TenantId, key_id: ApiKeyId) -> KeyOwner | None:
        """Return the owner of a key; None = the key does not exist."""
        ...

    def of_tenant(self, tenant: TenantId) -> Sequence[KeyOwner]:
        """Return the owner of each key of a tenant, ordered by key id."""
        ...
