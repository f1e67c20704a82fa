"""The stores of one call: each is loaded once, and renewed after its use."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from datetime import datetime

from tocsin.contacts.domain.contact import ContactGroup
from tocsin.contacts.domain.contact_group_json import contact_group_of
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import InvalidRequest, StorageUnavailable
from tocsin.stored_content.application.key_stores import KeyStores
from tocsin.stored_content.domain.stored_content import ContentType, StoredContent, StoreRef
from tocsin.stored_content.ports import StoredContentRepository

_log = logging.getLogger(__name__)


class StoreUnusable(Exception):
    """A store cannot be used for an element. The message is a sentence for the client."""


class CallStores:
    """Read the stores of one call."""

    def __init__(self, stores: StoredContentRepository, key: ApiKey, now: datetime) -> None:
        self._stores = stores
        self._mine = KeyStores(stores, key)
        self._now = now
        self._loaded: dict[tuple[StoreRef, ContentType], StoredContent | None] = {}
        self._groups: dict[StoreRef, ContactGroup] = {}

    def load(self, ref: StoreRef, kind: ContentType) -> StoredContent:
        """Return the store.

        Raises:
            StoreUnusable: the store is unknown or expired, or belongs to another key or type.
            StorageUnavailable: the store cannot be read.
        """
        if (ref, kind) not in self._loaded:
            self._loaded[ref, kind] = self._mine.get(ref, kind, self._now)
        found = self._loaded[ref, kind]
        if found is None:
            raise StoreUnusable(f"there is no stored {kind.value} of this id or name")
        return found

    def written(self, ref: StoreRef, kind: ContentType) -> datetime | None:
        """Return when a loaded store was written; None = the store was not loaded."""
        found = self._loaded.get((ref, kind))
        return found.created_at if found else None

    def loaded(self) -> list[StoredContent]:
        """Return the loaded stores that exist, each once."""
        return list({store.store_id: store for store in self._loaded.values() if store is not None}.values())

    def contact_group(self, ref: StoreRef) -> ContactGroup:
        """Return the contact group of a store. Each group is parsed once, because it may have 10,000 contacts.

        Raises:
            StoreUnusable: as `load`, or the group is not valid.
            StorageUnavailable: the store cannot be read.
        """
        if ref not in self._groups:
            store = self.load(ref, ContentType.CONTACT_GROUP)
            try:
                self._groups[ref] = contact_group_of(json.loads(store.content), "")
            except (ValueError, InvalidRequest) as error:
                # The group was checked when it was stored, but perhaps by an older version with other rules.
                raise StoreUnusable("the stored contactGroup cannot be read; store it again") from error
        return self._groups[ref]

    def renew(self, refs: Iterable[tuple[StoreRef, ContentType]], again_at: datetime | None = None) -> None:
        """Renew stores that were used. Never fails, because the use is already committed.

        Args:
            again_at: their next use, until which they must not expire; None = unknown.
        """
        used = {store.store_id: store for use in refs if (store := self._loaded.get(use)) is not None}
        for store in used.values():
            try:
                self._stores.touch(store, self._now, again_at)
            except StorageUnavailable:
                _log.warning("store_not_renewed", extra={"tenant": store.tenant, "key": store.key_id})
