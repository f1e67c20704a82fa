"""The contact group of a call, and what its elements use of the stored content."""

from __future__ import annotations

from typing import NamedTuple

from tocsin.alerts.domain.faults import lookup_keys
from tocsin.contacts.domain.contact import ContactGroup
from tocsin.stored_content.application.call_stores import CallStores
from tocsin.stored_content.domain.stored_content import ContentType, StoreRef


class StoreUse(NamedTuple):
    """A store that an element names, and the type that it must have."""

    ref: StoreRef
    kind: ContentType


class CallGroup:
    """The contact group of the call. A stored one is read when the first element needs it."""

    def __init__(self, given: ContactGroup | StoreRef | None, stores: CallStores) -> None:
        self._given = given
        self._stores = stores
        self._read: ContactGroup | None = given if isinstance(given, ContactGroup) else None
        self._keys: frozenset[str] | None = None

    def read(self) -> ContactGroup | None:
        """Return the group, None if the call has none. Raises StoreUnusable or StorageUnavailable."""
        if self._read is None and isinstance(self._given, StoreRef):
            self._read = self._stores.contact_group(self._given)
        return self._read

    def lookup_keys(self) -> frozenset[str]:
        """Return the lookup keys of the group's contacts. They are collected once: a group may have 10,000 contacts."""
        if self._keys is None:
            self._keys = lookup_keys(self.read())
        return self._keys

    @property
    def given_inline(self) -> ContactGroup | None:
        """The group, if the call itself contains it."""
        return self._given if isinstance(self._given, ContactGroup) else None

    @property
    def uses(self) -> list[StoreUse]:
        """The store of the group, if it is stored."""
        return [StoreUse(self._given, ContentType.CONTACT_GROUP)] if isinstance(self._given, StoreRef) else []
