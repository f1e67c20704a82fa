"""What is written of API keys and capacities, with PynamoDB; what is read of them needs no such package."""

from __future__ import annotations

from collections.abc import Mapping
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
from tocsin.adapters.dynamodb.table.rows import milliseconds
from tocsin.adapters.dynamodb.table.sealing import seal_json
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.contacts.domain.channel import Channel
from tocsin.identity.domain.api_key import MAIL_BYTES, PERSONAL_CAP, ApiKey
from tocsin.kernel.domain.errors import NotFound, StorageUnavailable
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.kernel.ports import Sealer

if TYPE_CHECKING:
    from pynamodb.expressions.update import Action


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


class KeyWrites:
    """Writes API keys and their capacities."""

    def __init__(self, table: Table, sealer: Sealer) -> None:
        self._table = CoreTable(table)
        self._item = self._table.of(ApiKeyItem)
        self._capacity = self._table.of(CapacityItem)
        self._sealer = sealer

    def add(self, key: ApiKey, capacities: Mapping[Channel, int]) -> bool:
        """Write key and capacities in one transaction. False: another writer was first, or a key has this id."""
        try:
            with pynamodb_errors_mapped(), self._table.transaction() as transaction:
                transaction.save(self._row(key), condition=self._item.pk.does_not_exist())
                for channel, units in capacities.items():
                    spot = capacities_pk(key.tenant, key.id), f"{CAPACITY}{channel}"
                    transaction.save(self._capacity(*spot, remaining=units))
        except Cancelled:
            return False
        return True

    def save(self, key: ApiKey) -> None:
        """Replace the settings. Raises NotFound when there is no such key."""
        try:
            with pynamodb_errors_mapped():
                self._row(key).save(condition=self._item.pk.exists())
        except ConditionFailed as error:
            raise NotFound("API key") from error

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
            row.sealed = seal_json(self._sealer, key.tenant, f"{row.pk}|{row.sk}|sealed", private)
        return row
