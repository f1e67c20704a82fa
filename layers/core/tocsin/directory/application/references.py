"""What things of the directory say of each other: every id must exist, and what is needed cannot be deleted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tocsin.directory.domain.natural_keys import kind_of
from tocsin.directory.domain.things import WORD, AnyThing, Company, Group, Kind, Line, PhoneNumber
from tocsin.directory.ports import Directory
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.role import Role, system_role
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.kernel.domain.ids import RoleId, TenantId

Reference = tuple[str, Kind, str]
"""JSON pointer of the field, and kind and id of the thing that it names."""

_SYSTEM = frozenset(role.value for role in SystemRole)

_HOLDERS = {
    Kind.COMPANY: (Kind.USER, Kind.LINE, Kind.PHONE_NUMBER, Kind.GROUP),
    Kind.USER: (Kind.LINE, Kind.GROUP),
    Kind.LINE: (Kind.PHONE_NUMBER,),
    Kind.GROUP: (Kind.PHONE_NUMBER,),
    Kind.PHONE_NUMBER: (),
    Kind.ROLE: (Kind.USER,),
}
"""Kinds whose things may name a thing of a kind."""


@dataclass(frozen=True, slots=True)
class References:
    """Checks references, over the whole directory of a tenant."""

    directory: Directory

    def check(self, thing: AnyThing) -> None:
        """Raise InvalidRequest unless everything that a thing names is there."""
        named = list(references(thing))
        found = self.directory.get_many(thing.tenant, [(kind, id) for _, kind, id in named])
        there = {(kind_of(each), each.id) for each in found}
        missing: dict[tuple[str, Kind], list[str]] = {}
        for pointer, kind, id in named:
            if (kind, id) not in there:
                missing.setdefault((pointer, kind), []).append(id)
        if missing:
            raise InvalidRequest(
                [
                    Fault(pointer, "NO_SUCH_THING", f"there is no such {WORD[kind].replace('_', ' ')}", tuple(ids))
                    for (pointer, kind), ids in missing.items()
                ]
            )

    def users_of(self, thing: AnyThing) -> list[AnyThing]:
        """Return the things that name this one."""
        kind = kind_of(thing)
        return [
            other
            for holder in _HOLDERS[kind]
            for other in self.directory.all(thing.tenant, holder)
            if any((each, id) == (kind, thing.id) for _, each, id in references(other))
        ]

    def role(self, tenant: TenantId, role: RoleId) -> Role | None:
        """Return a system role, or a custom role of the tenant; None = there is none."""
        if role in _SYSTEM:
            return system_role(tenant, SystemRole(role))
        found = self.directory.get(tenant, Kind.ROLE, role)
        return found if isinstance(found, Role) else None


def references(thing: AnyThing) -> Iterator[Reference]:
    """Yield everything that a thing names, but for system roles, which are always there."""
    match thing:
        case User():
            if thing.role not in _SYSTEM:
                yield "/role", Kind.ROLE, thing.role
            yield from _each("/companies", Kind.COMPANY, sorted(thing.companies))
            return
        case Line():
            yield from _each("/user", Kind.USER, [thing.user] if thing.user else ())
        case PhoneNumber():
            if thing.target is not None:
                yield "/target/id", Kind.LINE if thing.target.kind == "line" else Kind.GROUP, thing.target.id
        case Group():
            yield from _each("/members", Kind.USER, thing.members)
            yield from _each("/managers", Kind.USER, thing.managers)
        case Company() | Role():
            return
    yield from _each("/company", Kind.COMPANY, [thing.company] if thing.company else ())


def _each(pointer: str, kind: Kind, ids: Iterable[str]) -> Iterator[Reference]:
    for id in ids:
        yield pointer, kind, id
