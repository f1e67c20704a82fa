"""API keys in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tocsin.contacts.domain.channel import Channel
from tocsin.identity.domain.account_key import ACCOUNT_KEY, account_key
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import NotFound, StaleWrite
from tocsin.kernel.domain.ids import ApiKeyId, TenantId

_Owner = tuple[TenantId, ApiKeyId]


@dataclass
class FakeApiKeyRepository:
    """Keys by tenant and id. `consume` is what the acceptance transaction does to the capacities."""

    keys: dict[_Owner, ApiKey] = field(default_factory=dict)
    capacities: dict[_Owner, dict[Channel, int]] = field(default_factory=dict)

    def get(self, tenant: TenantId, key_id: ApiKeyId) -> ApiKey | None:
        return account_key(tenant) if key_id == ACCOUNT_KEY else self.keys.get((tenant, key_id))

    def add(self, key: ApiKey, capacities: Mapping[Channel, int]) -> None:
        if set(capacities) != key.limited:
            raise ValueError("a capacity is needed for each limited channel, and for no other")
        owner = (key.tenant, key.id)
        there = self.keys.get(owner)
        if there is not None:
            if there.secret_hash == key.secret_hash:
                return
            raise StaleWrite("an API key of this id exists")
        self.keys[owner] = key
        self.capacities[owner] = dict(capacities)

    def save(self, key: ApiKey) -> None:
        if (key.tenant, key.id) not in self.keys:
            raise NotFound("API key")
        self.keys[key.tenant, key.id] = key

    def save_defaults(self, key: ApiKey) -> None:
        there = self.keys.get((key.tenant, key.id))
        if there is None or not there.enabled:
            raise NotFound("API key")
        self.keys[key.tenant, key.id] = replace(
            there,
            name=key.name,
            notification=key.notification,
            callback_url=key.callback_url,
            callback_encoding=key.callback_encoding,
            transliterate=key.transliterate,
            owner_email=key.owner_email,
            click_counts=key.click_counts,
        )

    def list(self, tenant: TenantId) -> Sequence[ApiKey]:
        return sorted((key for key in self.keys.values() if key.tenant == tenant), key=lambda key: key.id)

    def remaining(self, tenant: TenantId, key_id: ApiKeyId) -> Mapping[Channel, int]:
        return dict(self.capacities.get((tenant, key_id), {}))

    def top_up(self, tenant: TenantId, key_id: ApiKeyId, channel: Channel, units: int) -> None:
        left = self.capacities.get((tenant, key_id), {})
        if channel not in left:
            raise NotFound("capacity")
        left[channel] += units

    def consume(self, tenant: TenantId, key_id: ApiKeyId, consumption: Mapping[Channel, int]) -> bool:
        """Take all of the draws, or nothing and return False."""
        left = self.capacities.get((tenant, key_id), {})
        if any(left.get(channel, -1) < units for channel, units in consumption.items()):
            return False
        for channel, units in consumption.items():
            left[channel] -= units
        return True
