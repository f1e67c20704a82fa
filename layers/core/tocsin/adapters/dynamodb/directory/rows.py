"""Rows of things: everything is sealed but the version, and the time when a person was last seen."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from tocsin.adapters.dynamodb.directory.keys import thing_key
from tocsin.adapters.dynamodb.table.client import Item
from tocsin.adapters.dynamodb.table.rows import instant, milliseconds, number, time, time_or_none
from tocsin.adapters.dynamodb.table.sealing import seal, unseal
from tocsin.directory.domain.natural_keys import kind_of
from tocsin.directory.domain.things import (
    AnyThing,
    Company,
    Group,
    GroupKind,
    Kind,
    Line,
    NumberTarget,
    PhoneNumber,
)
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.identity.domain.role import Role, Scope, ScopeKind
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.ids import CompanyId, RoleId, TenantId, UserId
from tocsin.kernel.ports import Sealer


def row_of(sealer: Sealer, thing: AnyThing) -> Item:
    """Return the row of a thing."""
    row = thing_key(thing.tenant, kind_of(thing), thing.id) | {"v": number(thing.version)}
    if isinstance(thing, User) and thing.last_seen_at is not None:
        row["seen"] = time(thing.last_seen_at)
    return row | seal(sealer, thing.tenant, row, _FIELDS[kind_of(thing)](thing))


def thing_of(sealer: Sealer, tenant: TenantId, kind: Kind, row: Item) -> AnyThing:
    """Return the thing of a row."""
    _, _, id = row["sk"]["S"].partition("#")
    fields: dict[str, Any] = {
        "tenant": tenant,
        "id": id,
        "version": int(row["v"]["N"]),
        **unseal(sealer, tenant, row),
    }
    if kind is Kind.USER:
        fields["last_seen_at"] = time_or_none(row, "seen")
    return _NOUNS[kind](fields)


def _company(thing: Company) -> dict[str, Any]:
    return {"name": thing.name, **_origin(thing)}


def _user(thing: User) -> dict[str, Any]:
    return {
        "email": thing.email,
        "name": thing.name,
        "role": thing.role,
        "created_at": milliseconds(thing.created_at),
        "state": thing.state.value,
        "companies": sorted(thing.companies),
        "contacts": sorted(thing.contacts),
        "billing": thing.billing,
        "zone": thing.zone,
        "backup_phone": thing.backup_phone,
        "sub": thing.sub,
        "confirmed_email": thing.confirmed_email,
        "signed_out_at": _milliseconds_or_none(thing.signed_out_at),
        "invited_at": _milliseconds_or_none(thing.invited_at),
        "not_me_at": _milliseconds_or_none(thing.not_me_at),
        "new_email": thing.new_email,
        "new_email_at": _milliseconds_or_none(thing.new_email_at),
        "mfa": thing.mfa,
        **_origin(thing),
    }


def _line(thing: Line) -> dict[str, Any]:
    return {
        "extension": thing.extension,
        "label": thing.label,
        "aliases": list(thing.aliases),
        "user": thing.user,
        "company": thing.company,
        "fisher_mode": thing.fisher_mode,
        "discovered": thing.discovered,
        **_origin(thing),
    }


def _phone_number(thing: PhoneNumber) -> dict[str, Any]:
    target = None if thing.target is None else [thing.target.kind, thing.target.id]
    return {
        "e164": thing.e164,
        "label": thing.label,
        "sms_enabled": thing.sms_enabled,
        "target": target,
        "company": thing.company,
        **_origin(thing),
    }


def _group(thing: Group) -> dict[str, Any]:
    return {
        "kind": thing.kind.value,
        "name": thing.name,
        "number": thing.number,
        "aliases": list(thing.aliases),
        "members": list(thing.members),
        "managers": list(thing.managers),
        "company": thing.company,
        **_origin(thing),
    }


def _role(thing: Role) -> dict[str, Any]:
    return {
        "name": thing.name,
        "permissions": {permission.value: reach.value for permission, reach in thing.permissions.items()},
        "scopes": {kind.value: scope.value for kind, scope in thing.scopes.items()},
    }


def _to_user(fields: dict[str, Any]) -> User:
    return User(
        **fields
        | {
            "id": UserId(fields["id"]),
            "role": RoleId(fields["role"]),
            "created_at": instant(fields["created_at"]),
            "state": UserState(fields["state"]),
            "companies": frozenset(map(CompanyId, fields["companies"])),
            "signed_out_at": _instant_or_none(fields["signed_out_at"]),
            "invited_at": _instant_or_none(fields["invited_at"]),
            # Rows of earlier versions have none of these.
            "contacts": frozenset(fields.get("contacts", ())),
            "not_me_at": _instant_or_none(fields.get("not_me_at")),
            "new_email_at": _instant_or_none(fields.get("new_email_at")),
        }
    )


def _to_line(fields: dict[str, Any]) -> Line:
    return Line(**fields | {"aliases": tuple(fields["aliases"])})


def _to_phone_number(fields: dict[str, Any]) -> PhoneNumber:
    target = fields["target"] and NumberTarget(kind=fields["target"][0], id=fields["target"][1])
    return PhoneNumber(**fields | {"target": target})


def _to_group(fields: dict[str, Any]) -> Group:
    lists = {name: tuple(fields[name]) for name in ("aliases", "members", "managers")}
    return Group(**fields | lists | {"kind": GroupKind(fields["kind"])})


def _to_role(fields: dict[str, Any]) -> Role:
    return Role(
        **fields
        | {
            "id": RoleId(fields["id"]),
            "permissions": {Permission(name): Reach(reach) for name, reach in fields["permissions"].items()},
            "scopes": {ScopeKind(kind): Scope(scope) for kind, scope in fields["scopes"].items()},
        }
    )


def _origin(thing: Company | User | Line | PhoneNumber | Group) -> dict[str, Any]:
    return {"external_id": thing.external_id, "source": thing.source}


def _milliseconds_or_none(at: datetime | None) -> int | None:
    return None if at is None else milliseconds(at)


def _instant_or_none(value: int | None) -> datetime | None:
    return None if value is None else instant(value)


_FIELDS: Mapping[Kind, Callable[[Any], dict[str, Any]]] = {
    Kind.COMPANY: _company,
    Kind.USER: _user,
    Kind.LINE: _line,
    Kind.PHONE_NUMBER: _phone_number,
    Kind.GROUP: _group,
    Kind.ROLE: _role,
}

_NOUNS: Mapping[Kind, Callable[[dict[str, Any]], AnyThing]] = {
    Kind.COMPANY: lambda fields: Company(**fields),
    Kind.USER: _to_user,
    Kind.LINE: _to_line,
    Kind.PHONE_NUMBER: _to_phone_number,
    Kind.GROUP: _to_group,
    Kind.ROLE: _to_role,
}
