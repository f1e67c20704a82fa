"""API keys and capacities in the core table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

from tocsin.adapters.dynamodb.identity.key_rows import CAPACITY, KEY, capacities_pk, tenant_pk
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import key as row_key
from tocsin.adapters.dynamodb.table.rows import time_of
from tocsin.adapters.dynamodb.table.sealing import unseal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.contacts.domain.channel import Channel
from tocsin.identity.domain.account_key import ACCOUNT_KEY, account_key
from tocsin.identity.domain.api_key import MAIL_BYTES, PERSONAL_CAP, ApiKey, FormerToken, KeyKind, Right
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.errors import StaleWrite, StorageUnavailable
from tocsin.kernel.domain.ids import ApiKeyId, CompanyId, RoleId, TenantId
from tocsin.kernel.ports import Clock, Sealer

if TYPE_CHECKING:
    from tocsin.adapters.dynamodb.identity.key_writes import KeyWrites

REMEMBERED_FOR = timedelta(seconds=30)
"""How long a process uses a key it has read. A disabled key works for at most this long."""

REMEMBERED = 10_000
"""Keys a process holds at most; then it forgets them all."""


class DynamoDbApiKeyRepository:
    """API keys by tenant and id. Attributes: see `ApiKeyItem`, in `key_writes`.

    Args:
        sealer: for callback URLs and defaults, which may carry secrets, and for the owner's address.
        clock: tells when a key in memory is too old.
    """

    def __init__(self, table: Table, sealer: Sealer, clock: Clock) -> None:
        self._table = table
        self._sealer = sealer
        self._clock = clock
        self._remembered: dict[tuple[TenantId, ApiKeyId], tuple[ApiKey, datetime]] = {}

    @cached_property
    def _writes(self) -> KeyWrites:
        """Made with the first write: calls of clients only read keys, and start without PynamoDB."""
        from tocsin.adapters.dynamodb.identity.key_writes import KeyWrites

        return KeyWrites(self._table, self._sealer)

    def get(self, tenant: TenantId, key_id: ApiKeyId) -> ApiKey | None:
        """Return the key, enabled or not; up to 30 s old. A key that does not exist is not cached."""
        if key_id == ACCOUNT_KEY:
            return account_key(tenant)
        key, until = self._remembered.get((tenant, key_id), (None, None))
        if until is not None and self._clock() < until:
            return key
        key = self._read(tenant, key_id)
        self._remembered.pop((tenant, key_id), None)
        if key is not None:
            if len(self._remembered) >= REMEMBERED:
                self._remembered.clear()
            self._remembered[tenant, key_id] = key, self._clock() + REMEMBERED_FOR
        return key

    def add(self, key: ApiKey, capacities: Mapping[Channel, int]) -> None:
        """Write key and capacities in one transaction. A repeat with the same secret changes nothing.

        Raises:
            ValueError: the capacities are not those of `key.limited`.
            StaleWrite: another key has this id.
        """
        if set(capacities) != key.limited:
            raise ValueError("a capacity is needed for each limited channel, and for no other")
        if self._writes.add(key, capacities):
            return
        there = self._read(key.tenant, key.id)
        if there is None:
            raise StorageUnavailable("another writer was busy with this API key")
        if there.secret_hash != key.secret_hash:
            raise StaleWrite("an API key of this id exists")

    def save(self, key: ApiKey) -> None:
        """Replace the settings. Raises NotFound when there is no such key."""
        self._writes.save(key)
        self._remembered.pop((key.tenant, key.id), None)

    def save_defaults(self, key: ApiKey) -> None:
        """Replace what a client may change itself. Raises NotFound when there is no such key, or it is disabled."""
        self._writes.save_defaults(key)
        self._remembered.pop((key.tenant, key.id), None)

    def list(self, tenant: TenantId) -> Sequence[ApiKey]:
        """Return every key of the tenant by id."""
        return [self._key(tenant, row) for row in self._table.beginning_with(tenant_pk(tenant), KEY)]

    def remaining(self, tenant: TenantId, key_id: ApiKeyId) -> Mapping[Channel, int]:
        """Return what is left of each limited capacity, strongly consistent."""
        rows = self._table.beginning_with(capacities_pk(tenant, key_id), CAPACITY)
        return {Channel(row["sk"]["S"].removeprefix(CAPACITY)): int(row["remaining"]["N"]) for row in rows}

    def top_up(self, tenant: TenantId, key_id: ApiKeyId, channel: Channel, units: int) -> None:
        """Add units to a limited capacity. Raises NotFound if the channel is not limited."""
        self._writes.top_up(tenant, key_id, channel, units)

    def _read(self, tenant: TenantId, key_id: ApiKeyId) -> ApiKey | None:
        # Consistent: a key made a moment ago works, and a disabled one is read as disabled.
        row = self._table.get(row_key(tenant_pk(tenant), f"{KEY}{key_id}"))
        return None if row is None else self._key(tenant, row)

    def _key(self, tenant: TenantId, row: Item) -> ApiKey:
        private = unseal(self._sealer, tenant, row) if "sealed" in row else {}
        role, company, former = (_text(row, name) for name in ("role", "company", "former_hash"))
        return ApiKey(
            tenant=tenant,
            id=ApiKeyId(row["sk"]["S"].removeprefix(KEY)),
            kind=KeyKind(row["type"]["S"]),
            name=row["name"]["S"],
            secret_hash=row["secret_hash"]["S"],
            rights=frozenset(Right(right) for right in row.get("rights", {}).get("SS", ())),
            networks=tuple(network["S"] for network in row.get("networks", {}).get("L", ())),
            limited=frozenset(Channel(channel) for channel in row.get("limited", {}).get("SS", ())),
            notification=NotificationMode(row["mode"]["S"]),
            callback_url=private.get("callback_url"),
            callback_encoding=row["encoding"]["S"],
            transliterate=_flag(row, "transliterate"),
            click_counts=_flag(row, "click_counts"),
            personal_cap=_number(row, "personal_cap", PERSONAL_CAP),
            mail_bytes=_number(row, "mail_bytes", MAIL_BYTES),
            role=RoleId(role) if role else None,
            company=CompanyId(company) if company else None,
            enabled=row["enabled"]["BOOL"],
            defaults=private.get("defaults", {}),
            owner_email=private.get("owner_email") or None,  # "" was erased
            former=FormerToken(former, time_of(row, "former_until")) if former else None,
        )


def _text(row: Item, name: str) -> str | None:
    return row[name]["S"] if name in row else None


def _flag(row: Item, name: str) -> bool:
    return name in row and bool(row[name]["BOOL"])


def _number(row: Item, name: str, absent: int) -> int:
    return int(row[name]["N"]) if name in row else absent
