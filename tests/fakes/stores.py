"""Stored content in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Lock

from tocsin.identity.domain.visibility import BY_NO_PERSON, Made
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.ids import ApiKeyId, StoreId, TenantId
from tocsin.stored_content.domain.stored_content import ContentType, StoredContent, StoreRef
from tocsin.stored_content.ports import STORES_SEEN, StorePage

_Owner = tuple[TenantId, ApiKeyId]


@dataclass
class FakeStoredContentRepository:
    """Stores by owner and id."""

    stores: dict[_Owner, dict[StoreId, StoredContent]] = field(default_factory=dict)
    cursors: dict[tuple[TenantId, ApiKeyId, str], StoreId] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)
    held: dict[tuple[TenantId, ApiKeyId, StoreId], datetime] = field(default_factory=dict)

    def put(self, content: StoredContent) -> StoreId:
        mine = self.stores.setdefault((content.tenant, content.key_id), {})
        store_id = content.store_id
        for other in list(mine.values()):
            named = (other.type, other.name, _names(other.made)) == (content.type, content.name, _names(content.made))
            if content.name is not None and named:
                if not other.expired(content.created_at):
                    store_id = other.store_id
                elif other.store_id != store_id:
                    del mine[other.store_id]
        held = self.held.get((content.tenant, content.key_id, store_id))
        if held is not None and content.expires_at is not None:
            content = replace(content, expires_at=max(held, content.expires_at))
        mine[store_id] = replace(content, store_id=store_id)
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
        if ref.store_id is not None:
            found = self.find(tenant, key_id, ref.store_id, now)
            return found if found is not None and found.type is kind else None
        for store in self.stores.get((tenant, key_id), {}).values():
            named = (store.type, store.name, _names(store.made)) == (kind, ref.name, _names(made))
            if named and ref.name is not None and not store.expired(now):
                return store
        return None

    def find(self, tenant: TenantId, key_id: ApiKeyId, store_id: StoreId, now: datetime) -> StoredContent | None:
        store = self.stores.get((tenant, key_id), {}).get(store_id)
        return None if store is None or store.expired(now) else store

    def touch(self, content: StoredContent, now: datetime, again_at: datetime | None = None) -> None:
        there = self.find(content.tenant, content.key_id, content.store_id, now)
        if there is None or there.lifetime is None or there.expires_at is None:
            return
        renewed = max(there.expires_at, max(now, again_at or now) + there.lifetime)
        self.stores[content.tenant, content.key_id][content.store_id] = replace(there, expires_at=renewed)

    def hold(self, content: StoredContent, until: datetime, now: datetime) -> None:
        there = self.find(content.tenant, content.key_id, content.store_id, now)
        if there is None or there.expires_at is None or until <= there.expires_at:
            return
        self.stores[content.tenant, content.key_id][content.store_id] = replace(there, expires_at=until)
        self.held[content.tenant, content.key_id, content.store_id] = until

    def release(self, tenant: TenantId, key_id: ApiKeyId, store_id: StoreId, now: datetime) -> None:
        there = self.stores.get((tenant, key_id), {}).get(store_id)
        if there is None or there.lifetime is None or self.held.pop((tenant, key_id, store_id), None) is None:
            return
        self.stores[tenant, key_id][store_id] = replace(there, expires_at=now + there.lifetime)

    def delete(self, tenant: TenantId, key_id: ApiKeyId, store_id: StoreId) -> bool:
        self.held.pop((tenant, key_id, store_id), None)
        return self.stores.get((tenant, key_id), {}).pop(store_id, None) is not None

    def page(
        self,
        tenant: TenantId,
        key_id: ApiKeyId,
        *,
        limit: int,
        after: str | None,
        now: datetime,
        wanted: Callable[[StoredContent], bool] | None = None,
    ) -> StorePage:
        last = "" if after is None else self.cursors.get((tenant, key_id, after))
        if last is None:
            raise InvalidRequest([Fault("/cursor", "INVALID_CURSOR", "this cursor was not issued for this list")])
        rest = sorted(store for store in self.stores.get((tenant, key_id), {}) if store > last)
        found: list[StoredContent] = []
        for number, store_id in enumerate(rest):
            store = self.stores[tenant, key_id][store_id]
            fits = not store.expired(now) and (wanted is None or wanted(store))
            if number == STORES_SEEN or (len(found) == limit and fits):
                cursor = f"after-{len(self.cursors)}"
                self.cursors[tenant, key_id, cursor] = rest[number - 1]
                return StorePage(found, cursor)
            if fits:
                found.append(replace(store, content="", extras={}))
        return StorePage(found, None)

    def change(
        self,
        tenant: TenantId,
        key_id: ApiKeyId,
        store_id: StoreId,
        now: datetime,
        changed: Callable[[StoredContent], StoredContent],
    ) -> StoredContent | None:
        with self.lock:
            there = self.find(tenant, key_id, store_id, now)
            if there is None:
                return None
            after = self.stores[tenant, key_id][store_id] = changed(there)
            return after

    def list(
        self, tenant: TenantId, key_id: ApiKeyId, kind: ContentType | None, now: datetime
    ) -> Sequence[StoredContent]:
        found = (
            replace(store, content="", extras={})
            for store in self.stores.get((tenant, key_id), {}).values()
            if not store.expired(now) and kind in {None, store.type}
        )
        return sorted(found, key=lambda store: (store.created_at, store.store_id))


def _names(made: Made) -> Made:
    """Return whose names those of a maker are: those of a person are apart, by company."""
    return made if made.by is not None else BY_NO_PERSON
