"""The stores that the caller may see and use: those of an API key, or what a person sees of those of the account."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import NotFound
from tocsin.kernel.domain.ids import StoreId
from tocsin.stored_content.domain.stored_content import ContentType, StoredContent, StoreRef
from tocsin.stored_content.ports import StoredContentRepository, StorePage


@dataclass(frozen=True, slots=True)
class KeyStores:
    """Reads the stores of one caller. What is out of range is as if it did not exist."""

    stores: StoredContentRepository
    key: ApiKey

    def get(self, ref: StoreRef, kind: ContentType, now: datetime) -> StoredContent | None:
        """Return an unexpired store of this kind. A name means the caller's own store, of the key's company."""
        return self._seen(self.stores.get(self.key.tenant, self.key.id, ref, kind, now, self.key.made))

    def find(self, store_id: StoreId, now: datetime) -> StoredContent | None:
        """Return an unexpired store of any kind."""
        return self._seen(self.stores.find(self.key.tenant, self.key.id, store_id, now))

    def list(self, kind: ContentType | None, now: datetime) -> Sequence[StoredContent]:
        """Return unexpired stores of one kind (None = all), without content and extras, oldest first."""
        found = self.stores.list(self.key.tenant, self.key.id, kind, now)
        return [store for store in found if self.key.sees(store.made)]

    def page(self, limit: int, after: str | None, now: datetime) -> StorePage:
        """Return a page as `StoredContentRepository.page` does. It may be short although `next` is set."""
        key = self.key
        wanted = None if key.person is None else lambda store: key.sees(store.made)
        return self.stores.page(key.tenant, key.id, limit=limit, after=after, now=now, wanted=wanted)

    def change(
        self, store_id: StoreId, now: datetime, change: Callable[[StoredContent], StoredContent]
    ) -> StoredContent:
        """Replace what a store holds as `StoredContentRepository.change` does. Raises NotFound, StaleWrite."""

        def changed(store: StoredContent) -> StoredContent:
            if not self.key.sees(store.made):
                raise NotFound("store")
            return replace(change(store), made=store.made)

        found = self.stores.change(self.key.tenant, self.key.id, store_id, now, changed)
        if found is None:
            raise NotFound("store")
        return found

    def _seen(self, store: StoredContent | None) -> StoredContent | None:
        return store if store is not None and self.key.sees(store.made) else None
