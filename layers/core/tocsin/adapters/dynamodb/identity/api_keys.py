"""API keys and capacities in the core table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pynamodb.attributes import (
    BinaryAttribute,
    BooleanAttribute,
    ListAttribute,
    NumberAttribute,
    UnicodeAttribute,
    UnicodeSetAttribute,
)

from tocsin.adapters.dynamodb.identity.key_rows import CAPACITY, KEY, capacities_pk, tenant_pk
from tocsin.adapters.dynamodb.table.client import Cancelled, ConditionFailed
from tocsin.adapters.dynamodb.table.core_table import CoreItem, CoreTable, pynamodb_errors_mapped
from tocsin.adapters.dynamodb.table.rows import instant, milliseconds
from tocsin.adapters.dynamodb.table.sealing import open_json, seal_json
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.contacts.domain.channel import Channel
from tocsin.identity.domain.account_key import ACCOUNT_KEY, account_key
from tocsin.identity.domain.api_key import MAIL_BYTES, PERSONAL_CAP, ApiKey, FormerToken, KeyKind, Right
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.errors import NotFound, StaleWrite, StorageUnavailable
from tocsin.kernel.domain.ids import ApiKeyId, CompanyId, RoleId, TenantId
from tocsin.kernel.ports import Clock, Sealer

if TYPE_CHECKING:
    from pynamodb.expressions.update import Action

REMEMBERED_FOR = timedelta(seconds=30)
"""How long a process uses a key it has read. A disabled key works for at most this long."""

REMEMBERED = 10_000
"""Keys a process holds at most; then it forgets them all."""


class ApiKeyItem(CoreItem):
    """The settings of an API key: `T#<tenant>` / `KEY#<key>`.

    `sealed` holds what may carry a secret (the callback URL), free text of the client (`defaults`) and the owner's
    address; absent if there is none of them. `mode` is the default notification, `type` is live or sandbox.
    `former_hash` is that of a token that is accepted until `former_until`, in milliseconds.
    """

    kind = UnicodeAttribute(default="API key")
    type = UnicodeAttribute()
    name = UnicodeAttribute()
    secret_hash = UnicodeAttribute()
    former_hash = UnicodeAttribute(null=True)
    former_until = NumberAttribute(null=True)
    rights = UnicodeSetAttribute(null=True)
    networks = ListAttribute(of=UnicodeAttribute, null=True)
    limited = UnicodeSetAttribute(null=True)
    mode = UnicodeAttribute()
    encoding = UnicodeAttribute()
    transliterate = BooleanAttribute(null=True)
    click_counts = BooleanAttribute(null=True)
    personal_cap = NumberAttribute(null=True)
    mail_bytes = NumberAttribute(null=True)
    role = UnicodeAttribute(null=True)
    company = UnicodeAttribute(null=True)
    enabled = BooleanAttribute()
    sealed = BinaryAttribute(null=True, legacy_encoding=False)


class CapacityItem(CoreItem):
    """What is left on a limited channel: `T#<tenant>#K#<key>` / `CAP#<channel>`.

    The row is put once, when the key is made. Acceptance consumes from it with `SET remaining = remaining - :n` on
    condition `remaining >= :n`, in the transaction that accepts.
    """

    kind = UnicodeAttribute(default="capacity")
    remaining = NumberAttribute()


class DynamoDbApiKeyRepository:
    """API keys by tenant and id.

    Args:
        sealer: for callback URLs and defaults, which may carry secrets, and for the owner's address.
        clock: tells when a key in memory is too old.
    """

    def __init__(self, table: Table, sealer: Sealer, clock: Clock) -> None:
        self._table = CoreTable(table)
        self._item = self._table.of(ApiKeyItem)
        self._capacity = self._table.of(CapacityItem)
        self._sealer = sealer
        self._clock = clock
        self._remembered: dict[tuple[TenantId, ApiKeyId], tuple[ApiKey, datetime]] = {}

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
        try:
            with pynamodb_errors_mapped(), self._table.transaction() as transaction:
                transaction.save(self._row(key), condition=self._item.pk.does_not_exist())
                for channel, units in capacities.items():
                    spot = capacities_pk(key.tenant, key.id), f"{CAPACITY}{channel}"
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
            item.click_counts.set(row.click_counts) if row.click_counts else item.click_counts.remove(),
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
            mine = self._item.query(tenant_pk(tenant), self._item.sk.startswith(KEY), consistent_read=True)
            return [self._key(tenant, item) for item in mine]

    def remaining(self, tenant: TenantId, key_id: ApiKeyId) -> Mapping[Channel, int]:
        """Return what is left of each limited capacity, strongly consistent."""
        with pynamodb_errors_mapped():
            rows = self._capacity.query(
                capacities_pk(tenant, key_id), self._capacity.sk.startswith(CAPACITY), consistent_read=True
            )
            return {Channel(row.sk.removeprefix(CAPACITY)): int(row.remaining) for row in rows}

    def top_up(self, tenant: TenantId, key_id: ApiKeyId, channel: Channel, units: int) -> None:
        """Add units to a limited capacity. Raises NotFound if the channel is not limited.

        Written as a transaction, whose token makes a repeat after a lost response harmless.
        """
        row = self._capacity(capacities_pk(tenant, key_id), f"{CAPACITY}{channel}")
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
            # Consistent: a key made a moment ago works, and a disabled one is read as disabled.
            item = self._table.find(ApiKeyItem, tenant_pk(tenant), f"{KEY}{key_id}")
        if item is None:
            return None
        return self._key(tenant, item)

    def _row(self, key: ApiKey) -> ApiKeyItem:
        row = self._item(
            tenant_pk(key.tenant),
            f"{KEY}{key.id}",
            type=key.kind.value,
            name=key.name,
            secret_hash=key.secret_hash,
            former_hash=key.former.digest if key.former else None,
            former_until=milliseconds(key.former.until) if key.former else None,
            rights={right.value for right in key.rights} or None,
            networks=list(key.networks) or None,
            limited={channel.value for channel in key.limited} or None,
            mode=key.notification.value,
            encoding=key.callback_encoding,
            transliterate=key.transliterate or None,
            click_counts=key.click_counts or None,
            personal_cap=None if key.personal_cap == PERSONAL_CAP else key.personal_cap,
            mail_bytes=None if key.mail_bytes == MAIL_BYTES else key.mail_bytes,
            role=key.role,
            company=key.company,
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
            id=ApiKeyId(row.sk.removeprefix(KEY)),
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
            click_counts=bool(row.click_counts),
            personal_cap=PERSONAL_CAP if row.personal_cap is None else int(row.personal_cap),
            mail_bytes=MAIL_BYTES if row.mail_bytes is None else int(row.mail_bytes),
            role=RoleId(row.role) if row.role else None,
            company=CompanyId(row.company) if row.company else None,
            enabled=row.enabled,
            defaults=private.get("defaults", {}),
            owner_email=private.get("owner_email") or None,  # "" was erased
            former=FormerToken(row.former_hash, instant(int(row.former_until))) if row.former_hash else None,
        )


def _private_part(row: ApiKeyItem) -> str:
    return f"{row.pk}|{row.sk}|sealed"
