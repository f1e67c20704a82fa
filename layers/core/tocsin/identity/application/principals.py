"""From a person or key to what they may do now: roles are read with each request, so that a demotion counts at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from tocsin.audit.domain.actor import Actor, ActorKind, Via
from tocsin.identity.domain.api_key import ApiKey
from tocsin.identity.domain.permissions import Reach
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.role import Role, granted
from tocsin.identity.domain.user import User
from tocsin.identity.ports.people import People
from tocsin.kernel.domain.ids import CompanyId


@dataclass(frozen=True, slots=True)
class PersonPrincipal:
    """Makes the principal of a person who has been authenticated."""

    people: People

    def __call__(self, user: User, via: Via, request_id: str, proved_at: datetime | None = None) -> Principal:
        """Return who calls. A role that is gone grants nothing."""
        role = self.people.role(user.tenant, user.role)
        return Principal(
            tenant=user.tenant,
            actor=Actor(ActorKind.USER, user.id, user.name),
            role=_reaching(role, user.companies),
            via=via,
            user=user,
            companies=user.companies,
            request_id=request_id,
            proved_at=proved_at,
        )


@dataclass(frozen=True, slots=True)
class KeyPrincipal:
    """Makes the principal of an API key that has been authenticated."""

    people: People

    def __call__(self, key: ApiKey, request_id: str = "") -> Principal:
        """Return who calls: without a role if the key has none, or if its role is gone."""
        companies = frozenset() if key.company is None else frozenset({key.company})
        role = None if key.role is None else self.people.role(key.tenant, key.role)
        return Principal(
            tenant=key.tenant,
            actor=Actor(ActorKind.KEY, key.id, key.name),
            role=_reaching(role, companies),
            key=key,
            companies=companies,
            request_id=request_id,
        )


def _reaching(role: Role | None, companies: frozenset[CompanyId]) -> Role | None:
    """Return a custom role with the reach that its holder gives it. What everybody has, it keeps as their own."""
    if role is None or role.system:
        return role
    chosen = frozenset(permission for permission, reach in role.permissions.items() if reach is Reach.ALL)
    return replace(role, permissions=granted(chosen, companies=bool(companies)))
