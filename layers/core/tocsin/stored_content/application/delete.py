"""Remove stored content."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.ids import StoreId
from tocsin.kernel.ports import Clock
from tocsin.stored_content.application.key_stores import KeyStores
from tocsin.stored_content.domain.store_request import (
    DeleteElement,
    DeleteRequest,
    StoreItemResult,
    StoreResult,
    Waiting,
)
from tocsin.stored_content.domain.stored_content import ContentType, StoredContent
from tocsin.stored_content.ports import StoredContentRepository

_IN_USE = "a schedule or a trigger needs it; cancel those of `waiting` first, or give `endWaiting`"


class TriggerEnder(Protocol):
    """Ends the trigger of a stored alert."""

    def of_store(self, key: ApiKey, store_id: StoreId) -> bool:
        """End the trigger of a store; return whether it had one. Raises StorageUnavailable."""
        ...


class StoreUsers(Protocol):
    """Knows what waits for stores, and ends it."""

    def of_key(self, key: ApiKey, now: datetime) -> Callable[[StoredContent], Sequence[Waiting]]:
        """Return a function from a store of the key to what waits for it. Raises StorageUnavailable."""
        ...

    def end(self, key: ApiKey, waiting: Waiting) -> None:
        """Cancel what waits. No effect if it is over. Raises StorageUnavailable."""
        ...


@dataclass(frozen=True, slots=True)
class DeleteContent:
    """Remove one store, every store of a type, or every store of the key. Safe to repeat.

    A store that something waits for is not removed, unless the entry says `end_waiting`. A schedule or trigger that is
    made at the same moment may be overlooked; its run is reported as `store_gone`.

    The trigger of a stored alert ends before the store is removed, so that no keyword fires without an alert.

    Attributes:
        users: None = nothing waits for stores.
    """

    stores: StoredContentRepository
    clock: Clock
    end_trigger: TriggerEnder | None = None
    users: StoreUsers | None = None

    def __call__(self, key: ApiKey, request: DeleteRequest) -> StoreResult:
        """Return the result of each entry, in order. `everything` is one entry.

        Deleting a type without stores succeeds with no ids. An unknown id is a failure.

        Raises:
            StorageUnavailable: some stores may be removed and others not; repeat the call.
        """
        elements = (DeleteElement(),) if request.everything else request.elements
        uses = _Uses(self.users, key, self.clock())
        return StoreResult(
            tuple(
                self._delete(key, replace(each, end_waiting=each.end_waiting or request.end_waiting), uses)
                for each in elements
            )
        )

    def _delete(self, key: ApiKey, element: DeleteElement, uses: _Uses) -> StoreItemResult:
        if element.store_id is None:
            return self._wipe(key, element, uses)
        store = KeyStores(self.stores, key).find(element.store_id, self.clock())
        if store is not None and element.type in {None, store.type}:
            if in_use := uses([store], end=element.end_waiting):
                return StoreItemResult(
                    False, element.tag, store.type, store.store_id, store.name, failure_reason=_IN_USE, in_use=in_use
                )
            if self._remove(key, store):
                return StoreItemResult(True, element.tag, store.type, store.store_id, store.name)
        return StoreItemResult(
            False, element.tag, element.type, element.store_id, failure_reason="there is no store of this id"
        )

    def _remove(self, key: ApiKey, store: StoredContent) -> bool:
        if store.type is ContentType.ALERT and self.end_trigger is not None:
            self.end_trigger.of_store(key, store.store_id)
        return self.stores.delete(key.tenant, key.id, store.store_id)

    def _wipe(self, key: ApiKey, element: DeleteElement, uses: _Uses) -> StoreItemResult:
        found = KeyStores(self.stores, key).list(element.type, self.clock())
        in_use = uses(found, end=element.end_waiting)
        free = [store for store in found if store.store_id not in in_use]
        deleted = tuple(store.store_id for store in free if self._remove(key, store))
        failed = bool(in_use) and not free
        return StoreItemResult(
            not failed,
            element.tag,
            element.type,
            deleted=deleted,
            failure_reason=_IN_USE if failed else None,
            in_use=in_use,
        )


class _Uses:
    """What waits for the stores of one call. It is read once, and again after something was ended."""

    def __init__(self, users: StoreUsers | None, key: ApiKey, now: datetime) -> None:
        self._users = users
        self._key = key
        self._now = now
        self._of: Callable[[StoredContent], Sequence[Waiting]] | None = None

    def __call__(self, stores: Sequence[StoredContent], *, end: bool) -> Mapping[StoreId, Sequence[Waiting]]:
        """Return what still waits for each store; with `end`, which ends it, only what the caller may not end."""
        if self._users is None or not stores:
            return {}
        of = self._of = self._of or self._users.of_key(self._key, self._now)
        found = {store.store_id: users for store in stores if (users := of(store))}
        if not end:
            return found
        for waiting in dict.fromkeys(each for users in found.values() for each in users):
            self._users.end(self._key, waiting)
            self._of = None
        left = {store: [each for each in users if not each.own] for store, users in found.items()}
        return {store: users for store, users in left.items() if users}
