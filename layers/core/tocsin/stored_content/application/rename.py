"""Give a store another name. Its id stays, so what refers to it by id still finds it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import AlreadyExists, NotFound
from tocsin.kernel.domain.ids import StoreId
from tocsin.kernel.ports import Clock
from tocsin.stored_content.application.key_stores import KeyStores
from tocsin.stored_content.domain.stored_content import StoredContent, StoreRef
from tocsin.stored_content.ports import StoredContentRepository


@dataclass(frozen=True, slots=True)
class RenameStore:
    """Renames one store of a key. What refers to it by its former name does not find it any more."""

    stores: StoredContentRepository
    clock: Clock

    def __call__(self, key: ApiKey, store_id: StoreId, name: str) -> StoredContent:
        """Return the store as it is now. `created_at` is the time of the new name.

        A change of its content in the same moment may be lost.

        Raises:
            NotFound: this key has no such store.
            AlreadyExists: another store of the type has the name.
        """
        now = self.clock()
        store = KeyStores(self.stores, key).find(store_id, now)
        if store is None:
            raise NotFound("store")
        if name == store.name:
            return store
        if self.stores.get(key.tenant, key.id, StoreRef(name=name), store.type, now, store.made) is not None:
            raise AlreadyExists("store", "name")
        renamed = replace(store, name=name, created_at=now)
        self.stores.put(renamed)
        return renamed
