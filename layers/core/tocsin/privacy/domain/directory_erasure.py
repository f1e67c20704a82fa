"""Removes one person from the directory, and their names from the audit trail.

the person                       deleted
the person's lines               stay, shared, without their labels
a number that is the person's    deleted: it is what the number is known by
groups                           stay, without the person
entries of the audit trail       stay, with the person's id and without names and addresses
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

from tocsin.contacts.domain.recipient import ERASED_ADDRESS
from tocsin.directory.domain.things import AnyThing, Company, Group, Line, PhoneNumber
from tocsin.identity.domain.role import Role
from tocsin.identity.domain.user import User
from tocsin.privacy.domain.erasure import Person, canonical, without_mention

PERSONAL = frozenset({"name", "email", "backup_phone", "label"})
"""Fields of a person and of a line that say who a person is."""


def found_in_thing(thing: AnyThing, person: Person) -> Person:
    """Return what a thing of the directory says about the person: ids and addresses.

    An email address means the person. A backup phone does not, because several people may share one.
    """
    if isinstance(thing, User) and (thing.id in person.things or person.means(thing.email)):
        return Person(frozenset(), _addresses(thing.email, thing.backup_phone), frozenset({thing.id}))
    if isinstance(thing, Line) and thing.user in person.things:
        return Person(things=frozenset({thing.id}))
    return Person()


def thing_without(thing: AnyThing, person: Person) -> AnyThing | None:
    """Return a thing of the directory in its next version without the person, or None: it goes.

    A thing that does not mention the person is returned as it is.
    """
    kept = _without(thing, person)
    return thing if kept == thing else kept and replace(kept, version=thing.version + 1)


def entry_without(who: str, thing: str, stored: list[Any], person: Person) -> list[Any]:
    """Return the sealed part of an audit entry (names of actor and thing, before, after, request id), anonymous.

    Args:
        who, thing: `<kind>:<id>` of the actor and of the thing.
    """
    by, name, before, after, request_id = stored
    if who.partition(":")[2] in person.things:
        by = ""
    if thing.partition(":")[2] in person.things:
        name, before, after = "", _nameless(before), _nameless(after)
    kept: list[Any] = without_mention([by, name, before, after, request_id], person)
    return kept


def _without(thing: AnyThing, person: Person) -> AnyThing | None:
    def plain(text: str) -> str:
        return str(without_mention(text, person))

    def unique(name: str) -> str:
        """Return a name that no other thing has, although two may differ in the erased part only."""
        return name if plain(name) == name else f"{plain(name).strip()} {thing.id}".strip()

    match thing:
        case User():
            if thing.id in person.things or person.means(thing.email):
                return None
            phone = None if person.means(thing.backup_phone) else thing.backup_phone
            wanted = None if person.means(thing.new_email) else thing.new_email
            contacts = thing.contacts - person.contact_ids
            return replace(thing, name=plain(thing.name), backup_phone=phone, new_email=wanted, contacts=contacts)
        case Line():
            if thing.user in person.things:
                thing = replace(thing, user=None, label="")
            aliases = tuple(alias for alias in thing.aliases if plain(alias) == alias)
            return replace(thing, label=plain(thing.label), aliases=aliases)
        case PhoneNumber():
            return None if person.means(thing.e164) else replace(thing, label=plain(thing.label))
        case Group():
            return replace(
                thing,
                name=unique(thing.name),
                number=plain(thing.number),
                aliases=tuple(alias for alias in thing.aliases if plain(alias) == alias),
                members=tuple(each for each in thing.members if each not in person.things),
                managers=tuple(each for each in thing.managers if each not in person.things),
            )
        case Company() | Role():
            return replace(thing, name=unique(thing.name))


def _nameless(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: ERASED_ADDRESS if name in PERSONAL and value else value for name, value in fields.items()}


def _addresses(*written: str | None) -> frozenset[str]:
    found = set()
    for address in written:
        with suppress(ValueError):
            found.add(canonical(address or ""))
    return frozenset(found)
