"""Things of the directory as the API writes and reads them: JSON fields from a thing, and a thing from JSON fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from tocsin.directory.domain.authority import may_have_billing
from tocsin.directory.domain.natural_keys import kind_of
from tocsin.directory.domain.things import AnyThing, Company, Group, GroupKind, Kind, Line, NumberTarget, PhoneNumber
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.identity.domain.role import Role, Scope, ScopeKind, granted
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.ids import CompanyId, RoleId, TenantId, UserId

Fields = Mapping[str, Any]
"""The fields of one thing that a client sets, complete and valid in themselves."""

READ_ONLY: Mapping[Kind, frozenset[str]] = {
    kind: frozenset({"id", "version"}) | more
    for kind, more in {
        Kind.COMPANY: {"external_id"},
        Kind.USER: {"external_id", "state", "last_seen_at"},
        Kind.LINE: {"external_id", "discovered"},
        Kind.PHONE_NUMBER: {"external_id", "sms_enabled"},
        Kind.GROUP: {"external_id"},
        Kind.ROLE: {"system"},
    }.items()
}
"""Fields that answers have and calls cannot set."""


def settable(thing: AnyThing) -> dict[str, Any]:
    """Return the fields that a client sets."""
    match thing:
        case Company():
            return {"name": thing.name}
        case User():
            return {
                "email": thing.email,
                "name": thing.name,
                "role": thing.role,
                "companies": sorted(thing.companies),
                "contacts": sorted(thing.contacts),
                "billing": thing.billing,
                "zone": thing.zone,
                "backup_phone": thing.backup_phone,
            }
        case Line():
            return {
                "extension": thing.extension,
                "aliases": list(thing.aliases),
                "label": thing.label,
                "user": thing.user,
                "company": thing.company,
                "fisher_mode": thing.fisher_mode,
            }
        case PhoneNumber():
            return {
                "e164": thing.e164,
                "label": thing.label,
                "target": thing.target and {"kind": thing.target.kind, "id": thing.target.id},
                "company": thing.company,
            }
        case Group():
            return {
                "kind": thing.kind.value,
                "name": thing.name,
                "number": thing.number,
                "aliases": list(thing.aliases),
                "members": list(thing.members),
                "managers": list(thing.managers),
                "company": thing.company,
            }
        case Role():
            return {
                "name": thing.name,
                "permissions": sorted(chosen(thing)),
                "scopes": {kind.value: thing.scopes.get(kind, Scope.OWN).value for kind in ScopeKind},
            }


def resource(thing: AnyThing) -> dict[str, Any]:
    """Return a thing as the API shows it."""
    shown: dict[str, Any] = {"id": thing.id, **settable(thing), "version": thing.version}
    match thing:
        case Role():
            return shown | {"system": thing.system}
        case User():
            seen = thing.last_seen_at and thing.last_seen_at.isoformat(timespec="seconds")
            shown |= {"state": thing.state.value, "last_seen_at": seen}
        case Line():
            shown |= {"discovered": thing.discovered}
        case PhoneNumber():
            shown |= {"sms_enabled": thing.sms_enabled}
    return shown | {"external_id": thing.external_id}


def brief(line: Line) -> dict[str, Any]:
    """Return a colleague's line as people without further rights see it: whom one reaches by which extension."""
    return {"id": line.id, "extension": line.extension, "label": line.label}


def chosen(role: Role) -> list[str]:
    """Return the permissions that were chosen for a custom role, or that a system role has at all."""
    least = Reach.OWN if role.system else Reach.ALL
    return [permission.value for permission, reach in role.permissions.items() if reach >= least]


def made(kind: Kind, tenant: TenantId, id: str, fields: Fields, now: datetime) -> AnyThing:
    """Return a new thing with these fields."""
    given = _given(kind, fields)
    match kind:
        case Kind.COMPANY:
            return Company(tenant=tenant, id=CompanyId(id), **given)
        case Kind.USER:
            return User(tenant=tenant, id=UserId(id), created_at=now, **given)
        case Kind.LINE:
            return Line(tenant=tenant, id=id, **given)
        case Kind.PHONE_NUMBER:
            return PhoneNumber(tenant=tenant, id=id, **given)
        case Kind.GROUP:
            return Group(tenant=tenant, id=id, **given)
        case Kind.ROLE:
            return Role(tenant, RoleId(id), version=1, **given)


def with_fields(thing: AnyThing, fields: Fields) -> AnyThing:
    """Return a thing with these fields in its next version, or the thing itself if nothing differs."""
    given = _given(kind_of(thing), fields)
    if isinstance(thing, User) and thing.email != given["email"]:
        given |= {"confirmed_email": False, "not_me_at": None, "new_email": None, "new_email_at": None}
        if thing.state is UserState.INVITED:
            given["sub"] = None  # a sign-in with the old address is not this person's, until they have accepted
    changed = replace(thing, **given)
    return thing if changed == thing else replace(changed, version=thing.version + 1)


def _given(kind: Kind, fields: Fields) -> dict[str, Any]:
    given = dict(fields)
    match kind:
        case Kind.USER:
            companies = frozenset(map(CompanyId, given["companies"]))
            billing = given["billing"] and may_have_billing(given["role"])  # it goes with the role
            given |= {"companies": companies, "billing": billing, "role": RoleId(given["role"])}
            given["contacts"] = frozenset(given["contacts"])
        case Kind.LINE:
            given["aliases"] = tuple(given["aliases"])
        case Kind.PHONE_NUMBER:
            target = given["target"]
            given["target"] = target and NumberTarget(kind=target["kind"], id=target["id"])
        case Kind.GROUP:
            given |= {name: tuple(dict.fromkeys(given[name])) for name in ("aliases", "members", "managers")}
            given["kind"] = GroupKind(given["kind"])
        case Kind.ROLE:
            permissions = granted(frozenset(map(Permission, given["permissions"])), companies=False)
            scopes = {ScopeKind(name): Scope(scope) for name, scope in given["scopes"].items()}
            given |= {"permissions": permissions, "scopes": scopes}
    return given
