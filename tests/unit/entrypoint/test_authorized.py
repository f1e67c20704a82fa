"""The caller in the authorizer's context: what went in comes out, and no more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.builders import TENANT, key_caller
from tests.fakes.directory import FakeDirectory
from tests.fakes.time import NOON
from tocsin.audit.domain.actor import Via
from tocsin.entrypoint.http.authorized import context_of, key_of, principal_of
from tocsin.identity.application.principals import KeyPrincipal, PersonPrincipal
from tocsin.identity.domain.api_key import ApiKey, KeyKind, Right
from tocsin.identity.domain.permissions import SYSTEM_ROLES, Permission, Reach, SystemRole
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.role import Role, Scope, ScopeKind, granted
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.ids import ApiKeyId, CompanyId, RoleId, UserId

NORTH, SOUTH = CompanyId("north"), CompanyId("south")
PAGER = Role(
    TENANT,
    RoleId("pager"),
    "Pager",
    granted(frozenset({Permission.ALERTS_SEND, Permission.KEYS}), companies=False),
    {ScopeKind.USERS: Scope.ALL},
    version=3,
)


def ana(role: str, *companies: CompanyId) -> User:
    return User(
        TENANT, UserId("ana"), "ana@people.example", "Ana Ångström", RoleId(role), NOON, UserState.ACTIVE,
        companies=frozenset(companies), zone="Europe/Vienna", confirmed_email=True,
    )  # fmt: skip


def person(user: User) -> Principal:
    directory = FakeDirectory()
    directory.add(PAGER)
    return PersonPrincipal(directory)(user, Via.API, "r1", NOON)


def back(caller: Principal) -> Principal:
    context = context_of(caller)
    assert all(isinstance(value, str) for value in context.values())
    found = principal_of({**context, "principalId": "acme.ana", "integrationLatency": 5}, "r1")
    assert found is not None
    return found


@pytest.mark.parametrize("role", [*SystemRole, RoleId("pager"), RoleId("gone")])
@pytest.mark.parametrize("companies", [(), (NORTH, SOUTH)])
def test_a_person_comes_out_as_the_same_caller(role: str, companies: tuple[CompanyId, ...]) -> None:
    caller = person(replace(ana(role, *companies), contacts=frozenset({"c-01", "Ana, crew 7", "ænd"})))

    found = back(caller)

    same_role = caller.role and replace(caller.role, name=caller.role.id, version=0)
    assert found == replace(caller, role=same_role)
    assert {found.reach(permission) for permission in Permission} == {caller.reach(each) for each in Permission}
    assert key_of(context_of(caller)) is None


def test_what_a_token_may_not_do_comes_along() -> None:
    caller = replace(person(ana("admin")), read_only=True, manages_people=False, proved_at=None)

    found = back(caller)

    assert (found.read_only, found.manages_people, found.proved_at) == (True, False, None)


@pytest.mark.parametrize("role", [None, "admin", "pager"])
@pytest.mark.parametrize("company", [None, NORTH])
def test_a_key_comes_out_with_its_role_and_company(role: str | None, company: CompanyId | None) -> None:
    directory = FakeDirectory()
    directory.add(PAGER)
    rights = frozenset({Right.READ_ALERTS, Right.SET_LIFETIME})
    key = ApiKey(
        TENANT, ApiKeyId("k1"), KeyKind.SANDBOX, "Import", "", rights,
        role=RoleId(role) if role else None, company=company,
    )  # fmt: skip
    caller = KeyPrincipal(directory)(key, "r1")

    found = back(caller)

    assert (found.key, found.user, found.actor, found.companies) == (key, None, caller.actor, caller.companies)
    assert (found.role and found.role.permissions) == (caller.role and caller.role.permissions)
    assert key_of(context_of(caller)) == key


def test_a_secret_is_not_in_the_context() -> None:
    key = ApiKey(TENANT, ApiKeyId("k1"), KeyKind.LIVE, "one", "digest", callback_url="https://u:p@example.com/x")

    assert not [value for value in context_of(key_caller(key)).values() if "digest" in value or "example.com" in value]


@pytest.mark.parametrize(
    "context",
    [{}, {"principalId": "x"}, {"tenant": "acme"}, {"tenant": "acme", "user": "ana"}, {"tenant": "acme", "key": "k1"}],
)
def test_a_context_that_is_not_the_authorizers_is_no_caller(context: dict[str, str]) -> None:
    assert principal_of(context, "r1") is None


def test_a_custom_role_reaches_what_was_chosen_and_leaves_the_rest_the_persons_own() -> None:
    whole, limited = person(ana("pager")), person(ana("pager", NORTH))

    assert (whole.reach(Permission.ALERTS_SEND), limited.reach(Permission.ALERTS_SEND)) == (Reach.ALL, Reach.COMPANIES)
    for caller in (whole, limited):
        unchosen = set(SYSTEM_ROLES[SystemRole.USER]) - {Permission.ALERTS_SEND, Permission.KEYS}
        assert {caller.reach(permission) for permission in unchosen} == {Reach.OWN}
        assert caller.reach(Permission.AUDIT) is Reach.NONE
