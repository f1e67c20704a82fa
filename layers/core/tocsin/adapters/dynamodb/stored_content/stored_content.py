"""Stored content in the core table; big contents are in the bucket."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from tocsin.adapters.dynamodb.stored_content.items import StoreItem, StoreNameItem
from tocsin.adapters.dynamodb.stored_content.store_changes import StoreChanges
from tocsin.adapters.dynamodb.stored_content.store_pages import StorePages
from tocsin.adapters.dynamodb.stored_content.store_row import (
    HEAD,
    STORE,
    content_of,
    garbage_after,
    name_fingerprint,
    name_sk,
    owner_pk,
    row_expired,
    sealed_parts,
    store_key,
    times_of,
)
from tocsin.adapters.dynamodb.table.actions import update
from tocsin.adapters.dynamodb.table.bucket import Bucket
from tocsin.adapters.dynamodb.table.client import Cancelled, Item
from tocsin.adapters.dynamodb.table.core_table import CoreTable, pynamodb_errors_mapped
from tocsin.adapters.dynamodb.table.rows import key, milliseconds, number
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.identity.domain.visibility import BY_NO_PERSON, Made
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import ApiKeyId, StoreId, TenantId
from tocsin.kernel.ports import Sealer
from tocsin.stored_content.domain.stored_content import ContentType, StoredContent, StoreRef

if TYPE_CHECKING:
    from pynamodb.transactions import TransactWrite

_RENEWS = "exp < :exp AND exp > :now AND life = :life"
"""Condition: the end moves later, the store has not expired, and it was not replaced by one of another lifetime."""

_PROLONGS = "exp < :exp AND exp > :now"
"""Condition: the end moves later, and the store has not expired."""

_log = logging.getLogger(__name__)


class DynamoDbStoredContentRepository:
    """Stored content by key, and by id or name."""

    def __init__(self, table: Table, sealer: Sealer, bucket: Bucket) -> None:
        self._table = table
        self._models = CoreTable(table)
        self._store = self._models.of(StoreItem)
        self._name = self._models.of(StoreNameItem)
        self._sealer = sealer
        self._bucket = bucket
        self.change = StoreChanges(table, self._models, sealer, bucket)
        self.page = StorePages(self._models, sealer)

    def put(self, content: StoredContent) -> StoreId:
        """Store content. An unexpired store of the same name and type is replaced and keeps its id.

        Raises:
            StorageUnavailable: also when other calls kept changing the same store.
        """
        for _ in self._table.backoff:
            store_id = self._put_once(content)
            if store_id is not None:
                return store_id
        raise StorageUnavailable("other calls kept changing this store")

    def _put_once(self, content: StoredContent) -> StoreId | None:
        """Store content over what was read; None if another call changed it first."""
        pk = owner_pk(content.tenant, content.key_id)
        fingerprint, named, holder = None, None, None
        if content.name is not None:
            fingerprint = self._fingerprint(content, content.name)
            named = self._named(pk, content.type, fingerprint)
            holder = self._stored(pk, named.store, HEAD) if named else None
        store_id, dead = content.store_id, None
        if holder is not None and holder.sk != f"{STORE}{store_id}":
            if row_expired(holder, milliseconds(content.created_at)):
                dead = holder
            else:
                store_id = StoreId(holder.sk.removeprefix(STORE))
        previous = self._stored(pk, store_id, HEAD)

        row = self._row(content, store_id, previous, fingerprint)
        try:
            with pynamodb_errors_mapped(), self._models.transaction() as transaction:
                transaction.save(row)
                if fingerprint is not None:
                    unchanged = self._name.store == named.store if named else self._name.pk.does_not_exist()
                    spot = pk, name_sk(content.type, fingerprint)
                    transaction.save(self._name(*spot, store=store_id, ttl=row.ttl), condition=unchanged)
                if previous is not None and previous.name_hash not in {None, fingerprint}:
                    self._free_name(transaction, previous)
                if dead is not None:
                    transaction.delete(dead)
        except Cancelled:
            self._bucket.discard(row.s3)
            return None
        for replaced in (previous, dead):
            self._bucket.discard(replaced.s3 if replaced else None)
        return store_id

    def get(
        self,
        tenant: TenantId,
        key_id: ApiKeyId,
        ref: StoreRef,
        kind: ContentType,
        now: datetime,
        made: Made = BY_NO_PERSON,
    ) -> StoredContent | None:
        """Return an unexpired store of this type; None in every other case."""
        store_id = ref.store_id
        if store_id is None and ref.name is not None:
            fingerprint = name_fingerprint(self._sealer, tenant, key_id, kind, ref.name, made)
            named = self._named(owner_pk(tenant, key_id), kind, fingerprint)
            store_id = StoreId(named.store) if named else None
        found = self.find(tenant, key_id, store_id, now) if store_id is not None else None
        return found if found is not None and found.type is kind else None

    def find(self, tenant: TenantId, key_id: ApiKeyId, store_id: StoreId, now: datetime) -> StoredContent | None:
        """Return an unexpired store of any kind by its id."""
        for _ in self._table.backoff:
            row = self._stored(owner_pk(tenant, key_id), store_id)
            if row is None or self._is_expired(row, now):
                return None
            sealed = row.sealed if row.s3 is None else self._bucket.find(row.s3)
            if sealed is not None:
                return content_of(self._sealer, tenant, key_id, row, sealed)
            # The store was replaced between the two reads, and the row names another object now.
        raise StorageUnavailable("the object of a store is missing")

    def touch(self, content: StoredContent, now: datetime, again_at: datetime | None = None) -> None:
        """Renew an expiring store: used now, and again at `again_at`. Best effort; the end never moves earlier."""
        if content.lifetime is None or content.expires_at is None:
            return
        times = {":exp": milliseconds(max(now, again_at or now) + content.lifetime), ":now": milliseconds(now)}
        times[":life"] = times_of(content)["life"]
        try:
            self._prolong(content, "exp = :exp", _RENEWS, times)
        except StorageUnavailable:
            _log.warning("a store was used and not renewed", extra={"store": content.store_id})

    def hold(self, content: StoredContent, until: datetime, now: datetime) -> None:
        """Keep an expiring store until `until` at least, even if it is replaced; the end never moves earlier."""
        if content.expires_at is None:
            return
        times = {":exp": milliseconds(until), ":now": milliseconds(now)}
        self._prolong(content, "exp = :exp, held = :exp", _PROLONGS, times)

    def release(self, tenant: TenantId, key_id: ApiKeyId, store_id: StoreId, now: datetime) -> None:
        """End a hold: the lifetime without use begins now. Does nothing if the store is not held or not there."""
        pk = owner_pk(tenant, key_id)
        for _ in self._table.backoff:
            row = self._stored(pk, store_id, HEAD)
            if row is None or row.held is None or row.life is None:
                return
            ends = milliseconds(now) + int(row.life)
            spot = store_key(tenant, key_id, store_id)
            values = {":exp": ends, ":held": int(row.held), ":rev": int(row.rev)}
            change, condition = "SET exp = :exp REMOVE held", "held = :held AND rev = :rev"
            if row.s3 is None:
                change, values = "SET exp = :exp, #ttl = :ttl REMOVE held", values | {":ttl": garbage_after(ends)}
            try:
                self._table.transact([_change(spot, change, condition, values)])
                return
            except Cancelled:
                continue
        raise StorageUnavailable("other calls kept changing this store")

    def _prolong(self, content: StoredContent, setting: str, condition: str, times: dict[str, int]) -> None:
        """Move the end of a store if the condition holds; otherwise do nothing."""
        spot = store_key(content.tenant, content.key_id, content.store_id)
        ttl = {":ttl": garbage_after(times[":exp"])}
        in_table = f"attribute_not_exists(s3) AND {condition}"
        in_row = [_change(spot, f"SET {setting}, #ttl = :ttl", in_table, times | ttl)]
        if content.name is not None:
            sk = name_sk(content.type, self._fingerprint(content, content.name))
            name = key(owner_pk(content.tenant, content.key_id), sk)
            in_row.append(_change(name, "SET #ttl = :ttl", "#ttl <= :ttl", ttl))
        in_bucket = [_change(spot, f"SET {setting}", f"attribute_exists(s3) AND {condition}", times)]
        for changes in (in_row, in_bucket):
            try:
                self._table.transact(changes)
            except Cancelled:
                continue  # in the bucket, or renewed, replaced or deleted meanwhile, or over
            return

    def delete(self, tenant: TenantId, key_id: ApiKeyId, store_id: StoreId) -> bool:
        """Remove a store and free its name. False: it was not there; an expired store may still be."""
        for _ in self._table.backoff:
            row = self._stored(owner_pk(tenant, key_id), store_id, HEAD)
            if row is None:
                return False
            if self._remove(row):
                return True
        raise StorageUnavailable("other calls kept changing this store")

    def list(
        self, tenant: TenantId, key_id: ApiKeyId, kind: ContentType | None, now: datetime
    ) -> Sequence[StoredContent]:
        """Return unexpired stores without content and extras, oldest first."""
        with pynamodb_errors_mapped():
            rows = list(
                self._store.query(
                    owner_pk(tenant, key_id),
                    self._store.sk.startswith(STORE),
                    filter_condition=None if kind is None else self._store.type == kind.value,
                    attributes_to_get=HEAD,
                    consistent_read=True,
                )
            )
        found = [content_of(self._sealer, tenant, key_id, row, None) for row in rows if not self._is_expired(row, now)]
        return sorted(found, key=lambda store: (store.created_at, store.store_id))

    def _stored(self, pk: str, store_id: str, attributes: Sequence[str] | None = None) -> StoreItem | None:
        with pynamodb_errors_mapped():
            return self._models.find(StoreItem, pk, f"{STORE}{store_id}", attributes)

    def _named(self, pk: str, kind: str, fingerprint: str) -> StoreNameItem | None:
        with pynamodb_errors_mapped():
            return self._models.find(StoreNameItem, pk, name_sk(kind, fingerprint))

    def _is_expired(self, row: StoreItem, now: datetime) -> bool:
        """Whether the row has expired. A row with an object is removed at once: TTL would leave the object behind."""
        if not row_expired(row, milliseconds(now)):
            return False
        if row.s3 is not None:
            try:
                self._remove(row)
            except StorageUnavailable:
                _log.warning("an expired store waits to be removed", extra={"store": row.sk.removeprefix(STORE)})
        return True

    def _remove(self, row: StoreItem) -> bool:
        """Delete the row, its name and its object. False: the row has changed since it was read."""
        try:
            with pynamodb_errors_mapped(), self._models.transaction() as transaction:
                transaction.delete(row)
                if row.name_hash is not None:
                    self._free_name(transaction, row)
        except Cancelled:
            return False
        self._bucket.discard(row.s3)
        return True

    def _free_name(self, transaction: TransactWrite, row: StoreItem) -> None:
        """Remove the name of `row` in the transaction; TTL may have removed it before."""
        mine = self._name.pk.does_not_exist() | (self._name.store == row.sk.removeprefix(STORE))
        transaction.delete(self._name(row.pk, name_sk(row.type, str(row.name_hash))), condition=mine)

    def _fingerprint(self, content: StoredContent, name: str) -> str:
        return name_fingerprint(self._sealer, content.tenant, content.key_id, content.type, name, content.made)

    def _row(
        self, content: StoredContent, store_id: StoreId, previous: StoreItem | None, fingerprint: str | None
    ) -> StoreItem:
        row = self._store(
            owner_pk(content.tenant, content.key_id),
            f"{STORE}{store_id}",
            type=content.type.value,
            name_hash=fingerprint,
            **times_of(content),
        )
        if previous is not None:
            row.rev = previous.rev
            if previous.held is not None and row.exp is not None:
                # A schedule or a trigger will use this id or name: the replacement must not expire before.
                row.held = previous.held
                row.exp = max(int(row.exp), int(previous.held))
                row.ttl = garbage_after(row.exp)
        row.head, row.sealed, row.s3 = sealed_parts(self._sealer, self._bucket, content, store_id)
        if row.s3 is not None:
            # Without `ttl`, the next read that finds the row expired removes row and object (see `_is_expired`).
            row.ttl = None
        return row


def _change(spot: Item, change: str, condition: str, values: dict[str, int]) -> Item:
    return update(spot, change, condition, {name: number(value) for name, value in values.items()})
