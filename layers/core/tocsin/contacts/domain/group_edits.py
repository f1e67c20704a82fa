"""Changes of a stored contact group: one contact, or one set. Each returns a new group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tocsin.contacts.domain.contact import Contact, ContactGroup


def with_contact(group: ContactGroup, contact: Contact) -> ContactGroup:
    """Return the group with this contact, in the place of the one of the same id, or at the end."""
    return replace(group, contacts={**group.contacts, contact.id: contact})


def without_contact(group: ContactGroup, contact_id: str) -> ContactGroup:
    """Return the group without this contact, which leaves its sets too. A set may become empty."""
    return replace(
        group,
        contacts={id: contact for id, contact in group.contacts.items() if id != contact_id},
        sets={name: tuple(id for id in ids if id != contact_id) for name, ids in group.sets.items()},
    )


def with_set(group: ContactGroup, name: str, ids: Sequence[str]) -> ContactGroup:
    """Return the group with this set, in the place of the one of the same name, or at the end."""
    return replace(group, sets={**group.sets, name: tuple(ids)})


def without_set(group: ContactGroup, name: str) -> ContactGroup:
    """Return the group without this set; its contacts stay."""
    return replace(group, sets={other: ids for other, ids in group.sets.items() if other != name})
