"""The list of an API key's stores, page by page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tocsin.adapters.dynamodb.stored_content.items import StoreItem
from tocsin.adapters.dynamodb.stored_content.store_row import HEAD, STORE, content_of, owner_pk, row_expired
from tocsin.adapters.dynamodb.table import cursors
from tocsin.adapters.dynamodb.table.core_table import CoreTable, pynamodb_errors_mapped
from tocsin.adapters.dynamodb.table.rows import milliseconds
from tocsin.kernel.domain.ids import ApiKeyId, StoreId, TenantId
from tocsin.kernel.ports import Sealer
from tocsin.stored_content.domain.stored_content import StoredContent
from tocsin.stored_content.ports import STORES_SEEN, StorePage

_END = STORE + "~"  # above every id


@dataclass(frozen=True, slots=True)
class StorePages:
    """Reads pages of heads, one Query each in most cases."""

    models: CoreTable
    sealer: Sealer

    def __call__(
        self,
        tenant: TenantId,
        key_id: ApiKeyId,
        *,
        limit: int,
        after: str | None,
        now: datetime,
        wanted: Callable[[StoredContent], bool] | None = None,
    ) -> StorePage:
        """Return unexpired stores without content and extras, by their ids; those that are `wanted`."""
        pk, store = owner_pk(tenant, key_id), self.models.of(StoreItem)
        last = "" if after is None else cursors.read(self.sealer, tenant, pk, after)
        found: list[StoredContent] = []
        seen = 0
        with pynamodb_errors_mapped():
            for row in store.query(
                pk, store.sk.between(STORE + last, _END), page_size=limit + 2, attributes_to_get=HEAD
            ):
                store_id = StoreId(row.sk.removeprefix(STORE))
                if store_id == last:
                    continue
                if seen == STORES_SEEN:
                    return StorePage(found, cursors.issue(self.sealer, tenant, pk, last))
                if not row_expired(row, milliseconds(now)):
                    head = content_of(self.sealer, tenant, key_id, row, None)
                    if wanted is None or wanted(head):
                        if len(found) == limit:
                            return StorePage(found, cursors.issue(self.sealer, tenant, pk, last))
                        found.append(head)
                seen, last = seen + 1, store_id
        return StorePage(found, None)
