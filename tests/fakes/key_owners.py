"""Owners of API keys, as the keys of a world say."""

from __future__ import annotations

from collections.abc import Sequence

from tests.fakes.api_keys import FakeApiKeyRepository
from tests.fakes.outage import Outage
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.notices.domain.owner_notification import KeyOwner


class FakeKeyOwners:
    """`asked` counts reads."""

    def __init__(self, keys: FakeApiKeyRepository) -> None:
        self._keys = keys
        self.outage = Outage()
        self.asked = 0

    def of_key(self, tenant: TenantId, key_id: ApiKeyId) -> KeyOwner | None:
        self.outage.check()
        self.asked += 1
        key = self._keys.get(tenant, key_id)
        return None if key is None else _owner(key)

    def of_tenant(self, tenant: TenantId) -> Sequence[KeyOwner]:
        self.outage.check()
        self.asked += 1
        return [_owner(key) for key in self._keys.list(tenant)]


def _owner(key: ApiKey) -> KeyOwner:
    return KeyOwner(key.id, sandbox=key.sandbox, enabled=key.enabled, email=key.owner_email)
