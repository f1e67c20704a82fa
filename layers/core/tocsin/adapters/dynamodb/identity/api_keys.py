"""API keys and capacities in the core table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tocsin.adapters.dynamodb.table.client import Cancelled, ConditionFailed
from tocsin.adapters.dynamodb.table.core_table import CoreTable, pynamodb_errors_mapped
from tocsin.adapters.dynamodb.table.items import ApiKeyItem, CapacityItem
from tocsin.adapters.dynamodb.table.sealed_json import open_json, seal_json
from tocsin.contacts.domain.channel import Channel
from tocsin.identity.domain.api_key import ApiKey, KeyKind, Right
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.errors import NotFound, StaleWrite, StorageUnavailable
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.kernel.ports import Clock, Sealer

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from pynamodb.expressions.update import Action

REMEMBERED_FOR = timedelta(seconds=30)
"""How long a process goes by a key it has read: the longest that a disabled key still works."""

REMEMBERED = 10_000
"""Keys a process holds at most; then it forgets them all."""

_KEY = "KEY#"
_CAPACITY = "CAP#"


class DynamoDbApiKeyRepository:
    """API keys by tenant and id.

    Args:
        dynamodb: client of the low-level kind, shared with the rest of the process.
        table_name: the core table.
        sealer: for callback URLs and defaults, which may carry secrets, and for the owner's address.
        clock: decides how long a key was in memory.
    """

    def __init__(self, dynamodb: DynamoDBClient, table_name: str, sealer: Sealer, clock: Clock) -> None:
        self._table = CoreTable(dynamodb, table_name)
        self._item = self._table.of(ApiKeyItem)
        self._capacity = self._table.of(CapacityItem)
        self._sealer = sealer
        self._clock = clock
        self._remembered: dict[tuple[TenantId, ApiKeyId], tuple[ApiKey, datetime]] = {}

    def get(self, tenant: TenantId, key_id: ApiKeyId) -> ApiKey | None:
        """Return the key, enabled or not; up to 30 s old. A key that does not exist is asked for every time."""
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
        """Write key and capacities together. Again with the same secret: nothing changes.

        Raises:
            ValueError: the capacities are not those of `key.limited`.
            StaleWrite: another key has this id.
        """
        if set(capacities) != key.limited:
            raise ValueError("a capacity is needed for each limited channel, and for no other")
        try:
            with pynamodb_errors_mapped(), self._table.transaction() as transaction:
                transaction.save(self._row(key), condition=self._item.pk.does_not_exist())
                for channel, units in capacities.items():
                    spot = _capacities_of(key.tenant, key.id), f"{_CAPACITY}{channel}"
                    transaction.save(self._capacity(*spot, remaining=units))
        except Cancelled as cancelled:
            there = self._read(key.tenant, key.id)
            if there is None:
                raise StorageUnavailable("another writer was busy with this API key") from cancelled
            if there.secret_hash != key.secret_hash:
                raise StaleWrite("an API key of this id exists") from cancelled

    def save(self, key: ApiKey) -> None:
        """Replace the settings. Raises NotFound when there is no such key."""
        try:
            with pynamodb_errors_mapped():
                self._row(key).save(condition=self._item.pk.exists())
        except ConditionFailed as error:
            raise NotFound("API key") from error
        self._remembered.pop((key.tenant, key.id), None)

    def save_defaults(self, key: ApiKey) -> None:
        """Replace what a client may change itself. Raises NotFound when there is no such key, or it is disabled."""
        row, item = self._row(key), self._item
        actions: list[Action] = [
            item.name.set(row.name),
            item.mode.set(row.mode),
            item.encoding.set(row.encoding),
            item.transliterate.set(row.transliterate) if row.transliterate else item.transliterate.remove(),
            item.sealed.set(row.sealed) if row.sealed else item.sealed.remove(),
        ]
        try:
            with pynamodb_errors_mapped():
                row.update(actions=actions, condition=item.pk.exists() & (item.enabled == True))  # noqa: E712
        except ConditionFailed as error:
            raise NotFound("API key") from error
        self._remembered.pop((key.tenant, key.id), None)

    def list(self, tenant: TenantId) -> Sequence[ApiKey]:
        """Return every key of the tenant by id."""
        with pynamodb_errors_mapped():
            mine = self._item.query(f"T#{tenant}", self._item.sk.startswith(_KEY), consistent_read=True)
            return [self._key(tenant, item) for item in mine]

    def remaining(self, tenant: TenantId, key_id: ApiKeyId) -> Mapping[Channel, int]:
        """Return what is left of each limited capacity, strongly consistent."""
        with pynamodb_errors_mapped():
            rows = self._capacity.query(
                _capacities_of(tenant, key_id), self._capacity.sk.startswith(_CAPACITY), consistent_read=True
            )
            return {Channel(row.sk.removeprefix(_CAPACITY)): int(row.remaining) for row in rows}

    def top_up(self, tenant: TenantId, key_id: ApiKeyId, channel: Channel, units: int) -> None:
        """Add units to a limited capacity. Raises NotFound if the channel is not limited.

        As a transaction, whose token makes a repeat after a lost answer harmless.
        """
        row = self._capacity(_capacities_of(tenant, key_id), f"{_CAPACITY}{channel}")
        try:
            with pynamodb_errors_mapped(), self._table.transaction() as transaction:
                actions: list[Action] = [self._capacity.remaining.add(units)]
                transaction.update(row, actions=actions, condition=self._capacity.pk.exists())
        except Cancelled as cancelled:
            if any(reason.get("Code") == "ConditionalCheckFailed" for reason in cancelled.reasons):
                raise NotFound("capacity") from cancelled
            raise StorageUnavailable("another writer was busy with this capacity") from cancelled

    def _read(self, tenant: TenantId, key_id: ApiKeyId) -> ApiKey | None:
        with pynamodb_errors_mapped():
            # Consistent: a key that was made a moment ago works, one that was disabled is read as disabled.
            item = self._table.find(ApiKeyItem, f"T#{tenant}", f"{_KEY}{key_id}")
        if item is None:
            return None
        return self._key(tenant, item)

    def _row(self, key: ApiKey) -> ApiKeyItem:
        row = self._item(
            f"T#{key.tenant}",
            f"{_KEY}{key.id}",
            type=key.kind.value,
            name=key.name,
            secret_hash=key.secret_hash,
            rights={right.value for right in key.rights} or None,
            networks=list(key.networks) or None,
            limited={channel.value for channel in key.limited} or None,
            mode=key.notification.value,
            encoding=key.callback_encoding,
            transliterate=key.transliterate or None,
            enabled=key.enabled,
        )
        if key.callback_url is not None or key.defaults or key.owner_email:
            private = {
                "callback_url": key.callback_url,
                "defaults": dict(key.defaults),
                "owner_email": key.owner_email,
            }
            row.sealed = seal_json(self._sealer, key.tenant, _private_part(row), private)
        return row

    def _key(self, tenant: TenantId, row: ApiKeyItem) -> ApiKey:
        private = open_json(self._sealer, tenant, _private_part(row), row.sealed) if row.sealed else {}
        return ApiKey(
            tenant=tenant,
            id=ApiKeyId(row.sk.removeprefix(_KEY)),
            kind=KeyKind(row.type),
            name=row.name,
            secret_hash=row.secret_hash,
            rights=frozenset(Right(right) for right in row.rights or ()),
            networks=tuple(str(network) for network in row.networks or ()),
            limited=frozenset(Channel(channel) for channel in row.limited or ()),
            notification=NotificationMode(row.mode),
            callback_url=private.get("callback_url"),
            callback_encoding=row.encoding,
            transliterate=bool(row.transliterate),
            enabled=row.enabled,
            defaults=private.get("defaults", {}),
            owner_email=private.get("owner_email") or None,  # "" was erased
        )


def _capacities_of(tenant: TenantId, key_id: ApiKeyId) -> str:
    return f"T#{tenant}#K#{key_id}"


def _private_part(row: ApiKeyItem) -> str:
    return f"{row.pk}|{row.sk}|sealed"
