"""No caller gives an API key more than they have."""

from __future__ import annotations

import pytest

from tests.builders import KEY, TENANT
from tocsin.audit.domain.actor import Actor, ActorKind
from tocsin.identity.domain.api_key import ApiKey, KeyKind, Right
from tocsin.identity.domain.grants import check_key_grant
from tocsin.identity.domain.permissions import Permission, SystemRole
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.role import Role, granted, system_role
from tocsin.kernel.domain.errors import ExceedsYours
from tocsin.kernel.domain.ids import CompanyId, RoleId

NORTH, SOUTH = CompanyId("north"), CompanyId("south")
ADMIN = system_role(TENANT, SystemRole.ADMIN)


def custom(*permissions: Permission, companies: bool = False) -> Role:
    return Role(TENANT, RoleId("keeper"), "Keeper", granted(frozenset(permissions), companies=companies))


def caller(role: Role, *companies: CompanyId) -> Principal:
    return Principal(TENANT, Actor(ActorKind.USER, "ana"), role, companies=frozenset(companies))


def key(*rights: Right, role: Role | None = None, company: CompanyId | None = None) -> ApiKey:
    return ApiKey(
        TENANT, KEY, KeyKind.LIVE, "one", "", frozenset(rights), role=role.id if role else None, company=company
    )  # fmt: skip


def test_who_may_all_gives_all_but_ownership() -> None:
    check_key_grant(caller(ADMIN), key(*Right, role=ADMIN), ADMIN)
    owner = system_role(TENANT, SystemRole.OWNER)
    with pytest.raises(ExceedsYours, match="account_owner"):
        check_key_grant(caller(owner), key(role=owner), owner)


@pytest.mark.parametrize("right", [Right.READ_ALERTS, Right.READ_STORES])
def test_the_right_to_read_everything_needs_the_whole_account(right: Right) -> None:
    for limited in (caller(custom(Permission.KEYS)), caller(custom(Permission.ALERTS_READ, companies=True), NORTH)):
        with pytest.raises(ExceedsYours, match=right.value):
            check_key_grant(limited, key(right), None)
    check_key_grant(caller(custom(Permission.ALERTS_READ)), key(right), None)
    check_key_grant(caller(custom(Permission.KEYS)), key(Right.SET_LIFETIME), None)


def test_a_role_exceeds_by_a_permission_or_a_company() -> None:
    with pytest.raises(ExceedsYours, match=r"people\.manage"):
        check_key_grant(caller(custom(Permission.KEYS)), key(role=ADMIN), ADMIN)
    manager = system_role(TENANT, SystemRole.MANAGER)
    with pytest.raises(ExceedsYours, match=r"alerts\.send"):
        check_key_grant(caller(manager, NORTH), key(role=manager, company=SOUTH), manager)
    check_key_grant(caller(manager, NORTH), key(role=manager, company=NORTH), manager)
