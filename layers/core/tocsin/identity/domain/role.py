"""Roles: six fixed ones, and those that a tenant makes itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tocsin.identity.domain.permissions import CUSTOM, SYSTEM_ROLES, Permission, Reach, SystemRole
from tocsin.kernel.domain.ids import RoleId, TenantId


class ScopeKind(StrEnum):
    """What a data scope is about; the values are names in the API."""

    USERS = "users"
    PHONE_NUMBERS = "phone_numbers"
    HUNT_GROUPS = "hunt_groups"
    CALL_QUEUES = "call_queues"


class Scope(StrEnum):
    """How much telephony data a person's rules may use."""

    OWN = "own"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Role:
    """A role of a tenant.

    Attributes:
        id: for a system role, its name.
        permissions: what it grants, and how far; what is not in it is denied.
        scopes: a kind that is absent is `own`.
        version: for If-Match; 0 for a system role.
    """

    tenant: TenantId
    id: RoleId
    name: str
    permissions: Mapping[Permission, Reach]
    scopes: Mapping[ScopeKind, Scope] = field(default_factory=dict)
    system: bool = False
    version: int = 0


def system_role(tenant: TenantId, role: SystemRole) -> Role:
    """Return one of the six fixed roles. Owner, admin and manager have all scopes."""
    wide = role in (SystemRole.OWNER, SystemRole.ADMIN, SystemRole.MANAGER)
    scopes = dict.fromkeys(ScopeKind, Scope.ALL if wide else Scope.OWN)
    return Role(tenant, RoleId(role.value), role.value, SYSTEM_ROLES[role], scopes, system=True)


def granted(chosen: frozenset[Permission], *, companies: bool) -> dict[Permission, Reach]:
    """Return what a custom role with these permissions grants to a person, with or without companies.

    It reaches the person's companies if there are any, else the whole tenant. The permissions of the role `user` are
    part of it.

    Raises:
        ValueError: a permission that custom roles cannot have.
    """
    if not chosen <= CUSTOM:
        raise ValueError("not for custom roles: " + ", ".join(sorted(chosen - CUSTOM)))
    reach = Reach.COMPANIES if companies else Reach.ALL
    return {**SYSTEM_ROLES[SystemRole.USER], **dict.fromkeys(chosen, reach)}
