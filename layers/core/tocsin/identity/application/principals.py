"""From a person to what they may do now: roles are read with each request, so that a demotion counts at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from tocsin.audit.domain.actor import Actor, ActorKind, Via
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.role import Role, granted
from tocsin.identity.domain.user import User
from tocsin.identity.ports.people import People


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
            role=None if role is None else _reaching(role, user),
            via=via,
            user=user,
            companies=user.companies,
            request_id=request_id,
            proved_at=proved_at,
        )


def _reaching(role: Role, user: User) -> Role:
    """Return a custom role with the reach that its holder gives it."""
    if role.system:
        return role
    return replace(role, permissions=granted(frozenset(role.permissions), companies=bool(user.companies)))
