"""Ports of tenants and API keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from tocsin.calendar.domain.account_clock import AccountClock
from tocsin.contacts.domain.channel import Channel
from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.domain.tenant import Tenant
from tocsin.kernel.domain.ids import ApiKeyId, TenantId


class TenantRepository(Protocol):
    """Customers."""

    def add(self, tenant: Tenant) -> Tenant:
        """Store a tenant unless its id is there already; return the one that stands."""
        ...

    def get(self, tenant: TenantId) -> Tenant | None:
        """Return the tenant, strongly consistent."""
        ...

    def set_clock(self, tenant: TenantId, clock: AccountClock) -> None:
        """Replace a tenant's zone and quiet hours. Raises NotFound when there is no such tenant."""
        ...


class ApiKeyRepository(Protocol):
    """API keys and what is left of their capacities."""

    def get(self, tenant: TenantId, key_id: ApiKeyId) -> ApiKey | None:
        """Return the key, enabled or not. May be up to 30 s old."""
        ...

    def add(self, key: ApiKey, capacities: Mapping[Channel, int]) -> None:
        """Store a new key with the capacity of each channel in `key.limited`."""
        ...

    def save(self, key: ApiKey) -> None:
        """Replace a key's settings (not its capacities)."""
        ...

    def save_defaults(self, key: ApiKey) -> None:
        """Replace what a client may change itself.

        That is the name, how results are told and where, transliteration, and the owner's address.

        Everything else stays as it is in the store, whatever `key` says: a key that an operator disabled a moment ago
        must not come back.

        Raises:
            NotFound: there is no such key, or it is disabled.
        """
        ...

    def list(self, tenant: TenantId) -> Sequence[ApiKey]:
        """Return every key of the tenant."""
        ...

    def remaining(self, tenant: TenantId, key_id: ApiKeyId) -> Mapping[Channel, int]:
        """Return what is left of each limited capacity, strongly consistent."""
        ...

    def top_up(self, tenant: TenantId, key_id: ApiKeyId, channel: Channel, units: int) -> None:
        """Add units to a limited capacity. Not repeatable: each call adds.

        Raises:
            NotFound: the channel of this key is not limited, or there is no such key.
        """
        ...
