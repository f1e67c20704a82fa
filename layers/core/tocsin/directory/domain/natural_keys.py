"""Natural keys: what makes a thing of the directory unique in its tenant, case-blind."""

from __future__ import annotations

from tocsin.directory.domain.things import AnyThing, Company, Group, Kind, Line, PhoneNumber
from tocsin.identity.domain.role import Role
from tocsin.identity.domain.user import User


def kind_of(thing: AnyThing) -> Kind:
    """Return the kind of a thing."""
    return _KINDS[type(thing)]


def natural_keys(thing: AnyThing) -> tuple[str, ...]:
    """Return the natural keys of a thing, folded: a line has its extension and each alias, everything else has one."""
    match thing:
        case User():
            keys: tuple[str, ...] = (thing.email,)
        case Line():
            keys = (thing.extension, *thing.aliases)
        case PhoneNumber():
            keys = (thing.e164,)
        case Group():
            keys = (f"{thing.kind.value}:{thing.name}",)
        case _:
            keys = (thing.name,)
    return tuple(dict.fromkeys(map(folded, keys)))


def folded(key: str) -> str:
    """Return a natural key without outer blanks, in the form that compares equal whatever its case."""
    return " ".join(key.split()).casefold()


FIELD = {
    Kind.COMPANY: "name",
    Kind.USER: "email",
    Kind.LINE: "extension",
    Kind.PHONE_NUMBER: "e164",
    Kind.GROUP: "name",
    Kind.ROLE: "name",
}
"""The field of the natural key of each kind, in the API."""

_KINDS: dict[type, Kind] = {
    Company: Kind.COMPANY,
    User: Kind.USER,
    Line: Kind.LINE,
    PhoneNumber: Kind.PHONE_NUMBER,
    Group: Kind.GROUP,
    Role: Kind.ROLE,
}
