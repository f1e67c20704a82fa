"""Read stores back: the list, one store, and the contacts of a stored group.

A key with the right `canReadStores` sees its own stores. Those of other keys are not found.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from tocsin.contacts.domain.contact import Contact, ContactGroup
from tocsin.contacts.domain.contact_group_json import contact_group_of
from tocsin.identity.domain.api_key import ApiKey, Right
from tocsin.kernel.application.signed_cursor import open_cursor, sign_cursor
from tocsin.kernel.domain.errors import Forbidden, NotFound
from tocsin.kernel.domain.ids import StoreId
from tocsin.kernel.ports import Clock, Sealer
from tocsin.stored_content.application.key_stores import KeyStores
from tocsin.stored_content.domain.stored_content import ContentType, StoredContent
from tocsin.stored_content.ports import StoredContentRepository, StorePage


@dataclass(frozen=True, slots=True)
class ContactPage:
    """A page of contacts by their ids. `next`: cursor for what follows, None at the end."""

    contacts: Sequence[Contact]
    next: str | None


@dataclass(frozen=True, slots=True)
class ReadStores:
    """Reads the stores of a key. Reading is no use: it renews no store."""

    stores: StoredContentRepository
    sealer: Sealer
    clock: Clock

    def page(self, key: ApiKey, limit: int, cursor: str | None) -> StorePage:
        """Return a page of stores without content.

        Raises:
            Forbidden: the key may not read stores.
            InvalidRequest: the cursor is not from this list.
        """
        allow_reading_stores(key)
        return KeyStores(self.stores, key).page(limit, cursor, self.clock())

    def one(self, key: ApiKey, store_id: StoreId) -> StoredContent:
        """Return a store with its content. Raises Forbidden, NotFound."""
        allow_reading_stores(key)
        found = KeyStores(self.stores, key).find(store_id, self.clock())
        if found is None:
            raise NotFound("store")
        return found

    def contacts(self, key: ApiKey, store_id: StoreId, limit: int, cursor: str | None) -> ContactPage:
        """Return a page of the contacts of a stored group.

        Raises:
            Forbidden: the key may not read stores.
            NotFound: this key has no such contact group.
            InvalidRequest: the cursor is not from this list.
        """
        group = group_of(self.one(key, store_id))
        last = "" if cursor is None else open_cursor(self.sealer, key.tenant, f"contacts|{store_id}", cursor)
        rest = sorted(contact_id for contact_id in group.contacts if contact_id > last)
        shown = [group.contacts[contact_id] for contact_id in rest[:limit]]
        more = len(rest) > limit
        return ContactPage(
            shown, sign_cursor(self.sealer, key.tenant, f"contacts|{store_id}", shown[-1].id) if more else None
        )

    def contact(self, key: ApiKey, store_id: StoreId, contact_id: str) -> Contact:
        """Return one contact of a stored group. Raises Forbidden, NotFound."""
        group = group_of(self.one(key, store_id))
        if contact_id not in group.contacts:
            raise NotFound("contact")
        return group.contacts[contact_id]


def allow_reading_stores(key: ApiKey) -> None:
    """Raise Forbidden if the key may not read stores."""
    if Right.READ_STORES not in key.rights:
        raise Forbidden(Right.READ_STORES.value)


def group_of(store: StoredContent) -> ContactGroup:
    """Return the contact group in a store. Raises NotFound if the store holds something else."""
    if store.type is not ContentType.CONTACT_GROUP:
        raise NotFound("contact group")
    return contact_group_of(json.loads(store.content), "")
