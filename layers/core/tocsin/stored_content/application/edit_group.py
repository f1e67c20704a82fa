"""Change a stored contact group: put or remove one contact, or one set.

Of changes at once all hold. What is accepted already, and the copy of a linked set, keep the group as it was.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tocsin.contacts.domain.contact import Contact, ContactGroup
from tocsin.contacts.domain.contact_group_json import contact_data, contact_of, data_of, set_of
from tocsin.contacts.domain.group_edits import with_contact, with_set, without_contact, without_set
from tocsin.identity.domain.api_key import ApiKey
from tocsin.kernel.domain.errors import LastContact, NotFound, RequestTooLarge
from tocsin.kernel.domain.ids import StoreId
from tocsin.kernel.domain.version import check_version, version_of
from tocsin.kernel.ports import Clock
from tocsin.stored_content.application.key_stores import KeyStores
from tocsin.stored_content.application.read_stores import group_of
from tocsin.stored_content.domain.stored_content import StoredContent
from tocsin.stored_content.ports import StoredContentRepository

MAX_CONTACTS = 10_000
"""Most contacts of a group: as many as one call can reach."""


@dataclass(frozen=True, slots=True)
class Edited:
    """The contact or set as it is now, as JSON data. `made`: it was not there before."""

    data: dict[str, Any]
    made: bool


@dataclass(frozen=True, slots=True)
class EditGroup:
    """Changes one stored contact group of a key.

    Every method raises NotFound if this key has no such contact group, PreconditionFailed if `if_match` names another
    version than the stored one (None: any will do), and StaleWrite if other calls kept changing the group.
    """

    stores: StoredContentRepository
    clock: Clock

    def put_contact(
        self, key: ApiKey, store_id: StoreId, contact_id: str, data: object, if_match: str | None = None
    ) -> Edited:
        """Put a contact, in the place of the one of the same id or at the end.

        Raises:
            InvalidRequest: the contact is not valid.
            RequestTooLarge: the group has MAX_CONTACTS already.
        """
        before: list[Contact | None] = []

        def changed(group: ContactGroup) -> ContactGroup:
            there = group.contacts.get(contact_id)
            check_version(if_match, None if there is None else contact_data(there))
            contact = contact_of(data, contact_id)
            if there is None and len(group.contacts) >= MAX_CONTACTS:
                raise RequestTooLarge(MAX_CONTACTS, "contacts of a group")
            before[:] = [there]
            return with_contact(group, contact)

        group = self._change(key, store_id, changed)
        return Edited(contact_data(group.contacts[contact_id]), before == [None])

    def put_contacts(
        self, key: ApiKey, store_id: StoreId, contacts: Sequence[Contact], if_match: str | None = None
    ) -> None:
        """Put several contacts at once, each as `put_contact` does: all or none.

        Args:
            if_match: version of the group, see `group_version`.

        Raises:
            RequestTooLarge: the group would have more than MAX_CONTACTS.
        """

        def changed(group: ContactGroup) -> ContactGroup:
            check_version(if_match, data_of(group))
            after = replace(group, contacts={**group.contacts, **{contact.id: contact for contact in contacts}})
            if len(after.contacts) > MAX_CONTACTS:
                raise RequestTooLarge(MAX_CONTACTS, "contacts of a group", len(after.contacts))
            return after

        self._change(key, store_id, changed)

    def remove_contact(self, key: ApiKey, store_id: StoreId, contact_id: str, if_match: str | None = None) -> None:
        """Remove a contact from the group and its sets.

        Raises:
            NotFound: the group has no such contact.
            LastContact: it is the only one.
        """

        def changed(group: ContactGroup) -> ContactGroup:
            there = group.contacts.get(contact_id)
            if there is None:
                raise NotFound("contact")
            check_version(if_match, contact_data(there))
            if len(group.contacts) == 1:
                raise LastContact
            return without_contact(group, contact_id)

        self._change(key, store_id, changed)

    def put_set(self, key: ApiKey, store_id: StoreId, name: str, data: object, if_match: str | None = None) -> Edited:
        """Put a set, in the place of the one of the same name or at the end.

        Raises:
            InvalidRequest: the ids are not valid, or the name is none.
        """
        before: list[bool] = []

        def changed(group: ContactGroup) -> ContactGroup:
            check_version(if_match, set_data(group, name) if name in group.sets else None)
            found, ids = set_of(data, name, group)
            before[:] = [found in group.sets]
            return with_set(group, found, ids)

        group = self._change(key, store_id, changed)
        return Edited(set_data(group, name), before == [False])

    def remove_set(self, key: ApiKey, store_id: StoreId, name: str, if_match: str | None = None) -> None:
        """Remove a set; its contacts stay. Raises NotFound: the group has no such set."""

        def changed(group: ContactGroup) -> ContactGroup:
            if name not in group.sets:
                raise NotFound("set")
            check_version(if_match, set_data(group, name))
            return without_set(group, name)

        self._change(key, store_id, changed)

    def _change(self, key: ApiKey, store_id: StoreId, change: Callable[[ContactGroup], ContactGroup]) -> ContactGroup:
        def changed(store: StoredContent) -> StoredContent:
            after = change(group_of(store))
            return replace(store, content=json.dumps(data_of(after), ensure_ascii=False, separators=(",", ":")))

        return group_of(KeyStores(self.stores, key).change(store_id, self.clock(), changed))


def group_version(group: ContactGroup) -> str:
    """Return the version of a whole group."""
    return version_of(data_of(group))


def set_data(group: ContactGroup, name: str) -> dict[str, Any]:
    """Return a set as JSON data."""
    return {"name": name, "ids": list(group.sets[name])}
