"""A change of what a store holds, over what was read: of writers at once none undoes what another has written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tocsin.adapters.dynamodb.stored_content.items import StoreItem
from tocsin.adapters.dynamodb.stored_content.store_row import (
    STORE,
    content_of,
    garbage_after,
    name_sk,
    owner_pk,
    row_expired,
    sealed_parts,
)
from tocsin.adapters.dynamodb.table.actions import update
from tocsin.adapters.dynamodb.table.bucket import Bucket
from tocsin.adapters.dynamodb.table.client import Cancelled, Item
from tocsin.adapters.dynamodb.table.core_table import CoreTable, pynamodb_errors_mapped
from tocsin.adapters.dynamodb.table.rows import key, milliseconds, number
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.kernel.domain.errors import StaleWrite
from tocsin.kernel.domain.ids import ApiKeyId, StoreId, TenantId
from tocsin.kernel.ports import Sealer
from tocsin.stored_content.domain.stored_content import StoredContent


@dataclass(frozen=True, slots=True)
class StoreChanges:
    """Changes stores in place."""

    table: Table
    models: CoreTable
    sealer: Sealer
    bucket: Bucket

    def __call__(
        self,
        tenant: TenantId,
        key_id: ApiKeyId,
        store_id: StoreId,
        now: datetime,
        changed: Callable[[StoredContent], StoredContent],
    ) -> StoredContent | None:
        """Return the changed store; None: there is none.

        Raises:
            StaleWrite: other calls kept changing the store.
        """
        for _ in self.table.backoff:
            with pynamodb_errors_mapped():
                row = self.models.find(StoreItem, owner_pk(tenant, key_id), f"{STORE}{store_id}")
            if row is None or row_expired(row, milliseconds(now)):
                return None
            sealed = row.sealed if row.s3 is None else self.bucket.find(row.s3)
            if sealed is None:
                continue  # the store was replaced between the two reads
            before = content_of(self.sealer, tenant, key_id, row, sealed)
            after = changed(before)
            if after is before or self._written(row, after):
                return after
        raise StaleWrite("other calls kept changing this store")

    def _written(self, row: StoreItem, after: StoredContent) -> bool:
        """Write the content over the row that was read. False: the row, or its end, has changed since."""
        _, sealed, s3 = sealed_parts(self.sealer, self.bucket, after, after.store_id)
        try:
            self.table.transact(_actions(row, sealed, s3))
        except Cancelled:
            self.bucket.discard(s3)
            return False
        self.bucket.discard(row.s3)
        return True


def _actions(row: StoreItem, sealed: bytes | None, s3: str | None) -> list[Item]:
    """Return the changes of the row, and of its name if the content moves between row and bucket.

    What is in the bucket has no `ttl`, and neither has its name: a read that finds it expired removes both.
    """
    values = {":rev": number(int(row.rev)), ":next": number(int(row.rev) + 1)}
    condition = "rev = :rev AND attribute_not_exists(exp)"
    if row.exp is not None:
        condition, values[":exp"] = "rev = :rev AND exp = :exp", number(int(row.exp))
    ttl, set_ttl, without_ttl = {}, "", ""
    if row.exp is not None and sealed is not None:
        ttl, set_ttl = {":ttl": number(garbage_after(int(row.exp)))}, ", #ttl = :ttl"
    else:
        without_ttl = ", #ttl"
    if sealed is not None:
        change = f"SET rev = :next, sealed = :sealed{set_ttl} REMOVE s3{without_ttl}"
        values |= {":sealed": {"B": sealed}}
    else:
        change = f"SET rev = :next, s3 = :s3 REMOVE sealed{without_ttl}"
        values |= {":s3": {"S": str(s3)}}
    actions = [update(key(row.pk, row.sk), change, condition, values | ttl)]
    if row.name_hash is not None and (row.s3 is None) != (s3 is None):
        name = key(row.pk, name_sk(row.type, row.name_hash))
        mine = {":store": {"S": row.sk.removeprefix(STORE)}}
        actions.append(update(name, "SET #ttl = :ttl" if ttl else "REMOVE #ttl", "#store = :store", mine | ttl))
    return actions
