"""Who may see and change what of the directory: pure decisions over a caller and a thing.

reading     people.read for people and roles, directory.read for everything else; the right to change includes it
changing    people.manage, directory.manage
reach       all: the tenant; companies: things of the caller's companies; own: the caller's lines, groups, companies
granting    no caller gives a permission, scope or flag that they do not have; only an owner touches an owner
"""

from __future__ import annotations

from collections.abc import Iterable

from tocsin.directory.domain.natural_keys import kind_of
from tocsin.directory.domain.things import AnyThing, Company, Group, Kind, Line
from tocsin.identity.domain.grants import exceeds
from tocsin.identity.domain.permissions import Permission, Reach, SystemRole
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.role import Role
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.errors import ExceedsYours, Forbidden
from tocsin.kernel.domain.ids import CompanyId

_PEOPLE = frozenset({Kind.USER, Kind.ROLE})
_WHOLE_TENANT = frozenset({Kind.COMPANY, Kind.ROLE})
"""Kinds that only a caller with the whole tenant changes."""

_ADMINISTRATORS = frozenset({SystemRole.OWNER.value, SystemRole.ADMIN.value})
"""Roles whose people can get notices about money, and link contacts to people."""


def may_read(caller: Principal, kind: Kind) -> Reach:
    """Return how far the caller may read things of a kind. Raises Forbidden."""
    read, _ = _permissions(kind)
    return caller.need(read)


def may_change(caller: Principal, kind: Kind) -> Reach:
    """Return how far the caller may change things of a kind. Raises Forbidden."""
    _, change = _permissions(kind)
    reach = caller.need(change, Reach.ALL if kind in _WHOLE_TENANT else Reach.COMPANIES)
    if caller.read_only:
        raise Forbidden(change.value)
    if kind in _PEOPLE:
        caller.check_may_manage_people()
    if caller.key is not None and kind is Kind.ROLE:
        raise Forbidden("an API key makes no roles")
    return reach


def in_reach(caller: Principal, thing: AnyThing, reach: Reach) -> bool:
    """Whether a thing is within a reach of the caller. A phone number in reach OWN is its target's: see `is_own`."""
    if reach is Reach.COMPANIES:
        companies = companies_of(thing)
        return bool(companies) and companies <= caller.companies
    return reach is Reach.ALL or isinstance(thing, Line) or is_own(caller, thing)


def is_own(caller: Principal, thing: AnyThing) -> bool:
    """Whether it is the caller's line, a group the caller is in or manages, or one of the caller's companies."""
    if caller.user is None:
        return False
    match thing:
        case Line():
            return thing.user == caller.user.id
        case Group():
            return caller.user.id in (*thing.members, *thing.managers)
        case Company():
            return thing.id in caller.companies
    return False


def companies_of(thing: AnyThing) -> frozenset[CompanyId]:
    """Return the companies that a thing belongs to."""
    match thing:
        case User():
            return thing.companies
        case Company():
            return frozenset({thing.id})
        case Role():
            return frozenset()
    return frozenset() if thing.company is None else frozenset({thing.company})


def check_touch(caller: Principal, thing: AnyThing, reach: Reach, role: Role | None = None) -> None:
    """Raise Forbidden unless the caller may change this thing at all.

    Args:
        role: of a person, as it stands; None = it is gone.
    """
    if not in_reach(caller, thing, reach):
        raise Forbidden(f"this {kind_of(thing).value} is not in your companies")
    if isinstance(thing, Role) and thing.system:
        raise Forbidden("system roles cannot be changed")
    if isinstance(thing, User):
        if thing.role == SystemRole.OWNER.value and not _is_owner(caller):
            raise Forbidden("only an owner changes an owner")
        if role is not None and exceeds(caller, role, thing.companies):
            raise Forbidden("this person may do more than you")
    if isinstance(thing, Role) and exceeds(caller, thing, frozenset()):
        raise Forbidden("this role may do more than you")


def check_result(caller: Principal, before: AnyThing | None, after: AnyThing, reach: Reach, role: Role | None) -> None:
    """Raise ExceedsYours or Forbidden if a new or changed thing gives more than the caller has.

    Args:
        role: of a person, as it will be.
    """
    if not in_reach(caller, after, reach):
        raise ExceedsYours(["a company that is not yours"])
    if isinstance(after, Role):
        _refuse(exceeds(caller, after, frozenset()))
    if not isinstance(after, User) or role is None:
        return
    was = before if isinstance(before, User) else None
    if was is not None and was.email != after.email:
        _check_address(caller, was)
    if after.contacts != (was.contacts if was else frozenset()) and not is_administrator(caller):
        raise Forbidden("only an owner or an admin links contacts to a person")
    if after.billing and not (was and was.billing) and not _is_owner(caller):
        raise ExceedsYours(["billing"])
    if was is None or (was.role, was.companies) != (after.role, after.companies):
        if after.role == SystemRole.OWNER.value and not _is_owner(caller):
            raise ExceedsYours([SystemRole.OWNER.value])
        _refuse(exceeds(caller, role, after.companies))


def _check_address(caller: Principal, user: User) -> None:
    """Raise Forbidden for an address that only its person changes, who proves the new one."""
    if caller.user is not None and caller.user.id == user.id:
        raise Forbidden("you confirm a new address of your own: PATCH /users/me")
    if user.role == SystemRole.OWNER.value and user.state is UserState.ACTIVE:
        raise Forbidden("an owner changes their own address")


def may_have_billing(role: str) -> bool:
    """Whether people of a role can get notices about money."""
    return role in _ADMINISTRATORS


def _permissions(kind: Kind) -> tuple[Permission, Permission]:
    if kind in _PEOPLE:
        return Permission.PEOPLE_READ, Permission.PEOPLE_MANAGE
    return Permission.DIRECTORY_READ, Permission.DIRECTORY_MANAGE


def _is_owner(caller: Principal) -> bool:
    """Whether the caller is a person who is an owner: an API key never makes or changes owners."""
    return caller.user is not None and caller.role is not None and caller.role.id == SystemRole.OWNER.value


def is_administrator(caller: Principal) -> bool:
    """Whether the caller is an owner or an admin of the account."""
    return caller.role is not None and caller.role.id in _ADMINISTRATORS


def _refuse(more: Iterable[str]) -> None:
    if found := list(more):
        raise ExceedsYours(found)
