"""The authorizer's context: the caller as flat strings, which API Gateway passes to the function.

The context is made anew for each call, and holds no secret. Absent is what the caller has not.

    tenant, name            of every caller
    key, kind, rights       of an API key
    user, email, ...        of a person
    role, companies         what the caller may do, and where; a custom role comes with its permissions and scopes
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tocsin.audit.domain.actor import Actor, ActorKind
from tocsin.identity.domain.api_key import ApiKey, KeyKind, Right
from tocsin.identity.domain.permissions import Permission, Reach, SystemRole
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.refusals import TenantRequired
from tocsin.identity.domain.role import Role, Scope, ScopeKind, system_role
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.ids import ApiKeyId, CompanyId, RoleId, TenantId, UserId

UNDECIDED: Mapping[str, str] = {"refused": TenantRequired.code}
"""The context of a person of several tenants whose call names none: `principal_of` raises TenantRequired."""


def context_of(caller: Principal) -> dict[str, str]:
    """Return the context of an authorized call."""
    found: dict[str, str | None] = {
        "tenant": caller.tenant,
        "name": caller.actor.name,
        "companies": " ".join(sorted(caller.companies)) or None,
        "proved_at": None if caller.proved_at is None else _milliseconds(caller.proved_at),
        "read_only": _flag(caller.read_only),
        "manages_people": _flag(caller.manages_people),
        **({} if caller.key is None else _of_key(caller.key)),
        **({} if caller.user is None else _of_user(caller.user)),
        **({} if caller.role is None else _of_role(caller.role)),
    }
    return {name: value for name, value in found.items() if value is not None}


def key_of(context: Mapping[str, Any]) -> ApiKey | None:
    """Return the key that the authorizer authenticated, with the parts that reading needs; None if none ran.

    Limits and defaults are not in the context; a use case that needs them reads the repository.
    """
    try:
        return ApiKey(
            tenant=TenantId(context["tenant"]),
            id=ApiKeyId(context["key"]),
            kind=KeyKind(context["kind"]),
            name=context.get("name", ""),
            secret_hash="",
            rights=frozenset(Right(right) for right in context["rights"].split()),
            role=RoleId(context["role"]) if "role" in context else None,
            company=next(iter(_companies(context)), None),
        )
    except (KeyError, ValueError):
        return None


def principal_of(context: Mapping[str, Any], request_id: str) -> Principal | None:
    """Return the caller whom the authorizer authenticated, None if none ran. Raises TenantRequired.

    Of a person there are id, address, name, role, companies, linked contacts and zone. A use case that
    needs more reads the directory.
    """
    if context.get("refused") == TenantRequired.code:
        raise TenantRequired
    key = key_of(context)
    try:
        user = _user(context) if key is None else None
        return Principal(
            tenant=TenantId(context["tenant"]),
            actor=_actor(context, user),
            role=_role(context),
            user=user,
            key=key,
            companies=_companies(context),
            request_id=request_id,
            proved_at=_instant(context["proved_at"]) if "proved_at" in context else None,
            read_only="read_only" in context,
            manages_people="manages_people" in context,
        )
    except (KeyError, ValueError):
        return None


def _of_key(key: ApiKey) -> dict[str, str | None]:
    rights = " ".join(sorted(right.value for right in key.rights))
    return {"key": key.id, "kind": key.kind.value, "rights": rights}


def _of_user(user: User) -> dict[str, str | None]:
    return {
        "user": user.id,
        "user_role": user.role,
        "email": user.email,
        "confirmed": _flag(user.confirmed_email),
        "contacts": json.dumps(sorted(user.contacts), ensure_ascii=False) if user.contacts else None,
        "zone": user.zone,
        "since": _milliseconds(user.created_at),
    }


def _of_role(role: Role) -> dict[str, str | None]:
    if role.system:
        return {"role": role.id}
    permissions = " ".join(f"{permission}={reach.value}" for permission, reach in sorted(role.permissions.items()))
    scopes = " ".join(f"{kind}={scope}" for kind, scope in sorted(role.scopes.items()))
    return {"role": role.id, "permissions": permissions, "scopes": scopes}


def _user(context: Mapping[str, Any]) -> User:
    return User(
        tenant=TenantId(context["tenant"]),
        id=UserId(context["user"]),
        email=context["email"],
        name=context["name"],
        role=RoleId(context["user_role"]),
        created_at=_instant(context["since"]),
        state=UserState.ACTIVE,
        companies=_companies(context),
        contacts=frozenset(json.loads(context.get("contacts", "[]"))),
        zone=context.get("zone"),
        confirmed_email="confirmed" in context,
    )


def _actor(context: Mapping[str, Any], user: User | None) -> Actor:
    if user is not None:
        return Actor(ActorKind.USER, user.id, user.name)
    return Actor(ActorKind.KEY, context["key"], context["name"])


def _role(context: Mapping[str, Any]) -> Role | None:
    if "role" not in context:
        return None
    tenant, id = TenantId(context["tenant"]), RoleId(context["role"])
    if "permissions" not in context:
        return system_role(tenant, SystemRole(id))
    permissions = {Permission(name): Reach(int(reach)) for name, reach in _pairs(context["permissions"])}
    scopes = {ScopeKind(kind): Scope(scope) for kind, scope in _pairs(context["scopes"])}
    return Role(tenant, id, id, permissions, scopes)


def _pairs(text: str) -> list[list[str]]:
    return [pair.split("=", 1) for pair in text.split()]


def _companies(context: Mapping[str, Any]) -> frozenset[CompanyId]:
    return frozenset(map(CompanyId, context.get("companies", "").split()))


def _flag(on: bool) -> str | None:
    return "yes" if on else None


def _milliseconds(at: datetime) -> str:
    return str(round(at.timestamp() * 1000))


def _instant(text: str) -> datetime:
    return datetime.fromtimestamp(int(text) / 1000, UTC)
