"""Ports of tenants and API keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import Protocol

from tocsin.calendar.domain.account_clock import AccountClock
from tocsin.contacts.domain.channel import Channel
from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.domain.tenant import BusTopic, Tenant
from tocsin.kernel.domain.ids import ApiKeyId, TenantId


class TenantRepository(Protocol):
    """Tenants by id."""

    def add(self, tenant: Tenant) -> Tenant:
        """Store a tenant unless its id is there already; return the stored one."""
        ...

    def get(self, tenant: TenantId) -> Tenant | None:
        """Return the tenant, strongly consistent; None if there is none."""
        ...

    def all(self) -> Sequence[Tenant]:
        """Return every tenant by id. For operators only, because it reads the whole table."""
        ...

    def rename(self, tenant: TenantId, name: str) -> None:
        """Replace a tenant's display name. Raises NotFound when there is no such tenant."""
        ...

    def set_clock(self, tenant: TenantId, clock: AccountClock) -> None:
        """Replace a tenant's zone and quiet hours. Raises NotFound when there is no such tenant."""
        ...

    def require_mfa(self, tenant: TenantId, *, required: bool) -> None:
        """Say whether its people need an authenticator app. Raises NotFound when there is no such tenant."""
        ...

    def keep_events(self, tenant: TenantId, days: int) -> None:
        """Set how many days events that come from now on are kept. Raises NotFound when there is no such tenant."""
        ...

    def set_country(self, tenant: TenantId, country: str | None) -> None:
        """Replace the country of numbers that are written nationally. Raises NotFound when there is no such tenant."""
        ...

    def set_notice_sender(self, tenant: TenantId, sender: str | None) -> None:
        """Replace what its notices by text come from. Raises NotFound when there is no such tenant."""
        ...

    def set_pbx(self, tenant: TenantId, pbx: Mapping[str, str]) -> None:
        """Replace where its telephone system is reached. Raises NotFound when there is no such tenant."""
        ...

    def set_bus(self, tenant: TenantId, topics: Set[BusTopic]) -> None:
        """Replace what is put on the event bus for it. Raises NotFound when there is no such tenant."""
        ...

    def allow_password_grant(self, tenant: TenantId, *, allowed: bool) -> None:
        """Say whether programs may exchange passwords for tokens. Raises NotFound when there is no such tenant."""
        ...

    def allow_system_mail(self, tenant: TenantId, *, allowed: bool) -> None:
        """Say whether its mails may go by the system's server. Raises NotFound when there is no such tenant."""
        ...


class ApiKeyRepository(Protocol):
    """API keys and their remaining capacities."""

    def get(self, tenant: TenantId, key_id: ApiKeyId) -> ApiKey | None:
        """Return the key, enabled or not, None if there is none. May be up to 30 s old.

        Every tenant has the account key, so that steps, schedules and triggers of its people run.
        """
        ...

    def add(self, key: ApiKey, capacities: Mapping[Channel, int]) -> None:
        """Store a new key with the capacity of each channel in `key.limited`."""
        ...

    def save(self, key: ApiKey) -> None:
        """Replace a key's settings (not its capacities)."""
        ...

    def save_defaults(self, key: ApiKey) -> None:
        """Replace the settings that a client may change itself.

        These are the name, how and where results are reported, transliteration, and the owner's address. Everything
        else stays as stored, whatever `key` says, so that a key that an operator has just disabled stays disabled.

        Raises:
            NotFound: there is no such key, or it is disabled.
        """
        ...

    def list(self, tenant: TenantId) -> Sequence[ApiKey]:
        """Return every key of the tenant."""
        ...

    def remaining(self, tenant: TenantId, key_id: ApiKeyId) -> Mapping[Channel, int]:
        """Return the remaining units of each limited channel, strongly consistent."""
        ...

    def top_up(self, tenant: TenantId, key_id: ApiKeyId, channel: Channel, units: int) -> None:
        """Add units to a limited capacity. Not repeatable: each call adds.

        Raises:
            NotFound: the channel of this key is not limited, or there is no such key.
        """
        ...
