"""Remove stored content."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.ids import StoreId
from tocsin.kernel.ports import Clock
from tocsin.stored_content.domain.store_request import DeleteElement, DeleteRequest, StoreItemResult, StoreResult
from tocsin.stored_content.domain.stored_content import ContentType, StoredContent
from tocsin.stored_content.ports import StoredContentRepository


class TriggerEnder(Protocol):
    """Ends the trigger of a stored alert."""

    def of_store(self, key: ApiKey, store_id: StoreId) -> bool:
        """End the trigger of a store; return whether it had one. Raises StorageUnavailable."""
        ...


@dataclass(frozen=True, slots=True)
class DeleteContent:
    """Remove one store, every store of a type, or every store of the key. Safe to repeat.

    The trigger of a stored alert ends before the store is removed, so that no keyword fires without an alert.
    """

    stores: StoredContentRepository
    clock: Clock
    end_trigger: TriggerEnder | None = None

    def __call__(self, key: ApiKey, request: DeleteRequest) -> StoreResult:
        """Return the result of each entry, in order. `everything` is one entry.

        Deleting a type without stores succeeds with no ids. An unknown id is a failure.

        Raises:
            StorageUnavailable: some stores may be removed and others not; repeat the call.
        """
        now = self.clock()
        if request.everything:
            return StoreResult((self._wipe(key, DeleteElement(), now),))
        return StoreResult(tuple(self._delete(key, element, now) for element in request.elements))

    def _delete(self, key: ApiKey, element: DeleteElement, now: datetime) -> StoreItemResult:
        if element.store_id is None:
            return self._wipe(key, element, now)
        store = self.stores.find(key.tenant, key.id, element.store_id, now)
        if store is None or element.type not in {None, store.type} or not self._remove(key, store):
            return StoreItemResult(
                False, element.tag, element.type, element.store_id, failure_reason="there is no store of this id"
            )
        return StoreItemResult(True, element.tag, store.type, store.store_id, store.name)

    def _remove(self, key: ApiKey, store: StoredContent) -> bool:
        if store.type is ContentType.ALERT and self.end_trigger is not None:
            self.end_trigger.of_store(key, store.store_id)
        return self.stores.delete(key.tenant, key.id, store.store_id)

    def _wipe(self, key: ApiKey, element: DeleteElement, now: datetime) -> StoreItemResult:
        found = self.stores.list(key.tenant, key.id, element.type, now)
        deleted = tuple(store.store_id for store in found if self._remove(key, store))
        return StoreItemResult(True, element.tag, element.type, deleted=deleted)
