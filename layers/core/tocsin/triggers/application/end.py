"""End the trigger of a stored alert. The store stays, and its unused lifetime begins."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.ids import StoreId
from tocsin.kernel.ports import Clock
from tocsin.stored_content.application.key_stores import KeyStores
from tocsin.stored_content.domain.stored_content import ContentType, StoreRef
from tocsin.stored_content.ports import StoredContentRepository
from tocsin.triggers.ports import Triggers


@dataclass(frozen=True, slots=True)
class EndTrigger:
    """End a trigger. A run that is already due still sends its alert."""

    triggers: Triggers
    stores: StoredContentRepository
    clock: Clock

    def __call__(self, key: ApiKey, ref: StoreRef) -> bool:
        """End the trigger of a store, and free its keywords. False: the store does not exist or has no trigger.

        Raises:
            StorageUnavailable: the trigger may be ended or not; repeat the call.
        """
        store_id = ref.store_id or self._named(key, ref)
        return store_id is not None and self.of_store(key, store_id)

    def of_store(self, key: ApiKey, store_id: StoreId) -> bool:
        """End the trigger of a store by the store's id, even if the store no longer exists."""
        ended = False
        while (trigger := self.triggers.get(key.tenant, key.id, store_id)) is not None and key.sees(trigger.made):
            ended = self.triggers.end(trigger) or ended  # another call may have activated it again
        if ended:
            self.stores.release(key.tenant, key.id, store_id, self.clock())
        return ended

    def _named(self, key: ApiKey, ref: StoreRef) -> StoreId | None:
        store = KeyStores(self.stores, key).get(ref, ContentType.ALERT, self.clock())
        return None if store is None else store.store_id
