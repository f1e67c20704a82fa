"""Load a stored alert to send it."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import NotFound
from tocsin.kernel.ports import Clock
from tocsin.stored_content.application.call_stores import CallStores, StoreUnusable
from tocsin.stored_content.domain.stored_content import ContentType, StoredContent, StoreRef
from tocsin.stored_content.ports import StoredContentRepository


@dataclass(frozen=True, slots=True)
class LoadStoredAlert:
    """Return a stored alert and renew its store."""

    stores: StoredContentRepository
    clock: Clock

    def __call__(self, key: ApiKey, ref: StoreRef) -> StoredContent:
        """Return the store; its content is JSON text.

        Raises:
            NotFound: the store is unknown or expired, or belongs to another key or type.
            StorageUnavailable: the store cannot be read.
        """
        stores = CallStores(self.stores, key, self.clock())
        try:
            store = stores.load(ref, ContentType.ALERT)
        except StoreUnusable as error:
            raise NotFound("stored alert") from error
        stores.renew([(ref, ContentType.ALERT)])
        return store
