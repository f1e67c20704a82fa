"""What an access token lets in: the person as the directory has them now, in one tenant."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.builders import TENANT
from tests.fakes.directory import FakeDirectory
from tests.fakes.tenants import FakeTenantRepository
from tests.fakes.time import NOON, VirtualClock
from tocsin.identity.application.authenticate_access import AuthenticateAccess
from tocsin.identity.domain.permissions import Permission, Reach
from tocsin.identity.domain.refusals import StepUpRequired, TenantRequired
from tocsin.identity.domain.tenant import Tenant
from tocsin.identity.domain.user import User, UserState
from tocsin.identity.ports.tokens import AccessProof
from tocsin.kernel.domain.errors import Forbidden, Unauthorized
from tocsin.kernel.domain.ids import RoleId, TenantId, UserId

RIVAL = TenantId("rival")


class World:
    """A person of one tenant, who signed in at NOON."""

    def __init__(self) -> None:
        self.clock, self.directory, self.tenants = VirtualClock(), FakeDirectory(), FakeTenantRepository()
        self.proof = AccessProof("sub-1", NOON)
        self.tenants.add(Tenant(TENANT, "Acme", NOON))
        self.add()

    def add(self, tenant: TenantId = TENANT, **changes: Any) -> None:
        given: dict[str, Any] = {"state": UserState.ACTIVE, "sub": "sub-1", "role": RoleId("admin")} | changes
        self.directory.add(User(tenant, UserId("ana"), "ana@people.example", "Ana", created_at=NOON, **given))

    def authenticate(self, token: str = "good", tenant: str | None = None) -> Any:
        proofs = {"good": self.proof}
        return AuthenticateAccess(proofs.get, self.directory, self.tenants, self.clock)(token, tenant)


@pytest.fixture
def world() -> World:
    return World()


def test_it_acts_as_its_person_by_the_role_of_now(world: World) -> None:
    caller = world.authenticate()
    assert (caller.actor.id, caller.proved_at, caller.reach(Permission.KEYS)) == ("ana", NOON, Reach.ALL)

    world.add(role=RoleId("user"))

    assert world.authenticate().reach(Permission.KEYS) is Reach.NONE


def test_people_roles_and_keys_need_a_proof_of_the_last_15_minutes(world: World) -> None:
    world.clock.advance(timedelta(minutes=14, seconds=59))
    world.authenticate().check_may_manage_people()
    world.clock.advance(timedelta(seconds=1))

    with pytest.raises(StepUpRequired):
        world.authenticate().check_may_manage_people()


@pytest.mark.parametrize(
    "changes",
    [
        {"state": UserState.DISABLED},
        {"state": UserState.INVITED},
        {"signed_out_at": NOON + timedelta(seconds=1)},
        {"sub": "sub-2"},
    ],
)
def test_who_is_disabled_signed_out_or_not_accepted_is_refused(world: World, changes: dict[str, Any]) -> None:
    world.add(**changes)
    with pytest.raises(Unauthorized):
        world.authenticate()


def test_a_sign_in_after_the_end_of_all_is_let_in(world: World) -> None:
    world.add(signed_out_at=NOON)
    assert world.authenticate().actor.id == "ana"


def test_a_token_that_the_pool_does_not_know_proves_nobody(world: World) -> None:
    with pytest.raises(Unauthorized):
        world.authenticate("other")


def test_who_is_in_several_tenants_names_one_of_theirs(world: World) -> None:
    world.tenants.add(Tenant(RIVAL, "Rival", NOON))
    world.add(RIVAL, role=RoleId("user"))
    with pytest.raises(TenantRequired):
        world.authenticate()
    assert world.authenticate(tenant="rival").reach(Permission.KEYS) is Reach.NONE
    assert world.authenticate(tenant="acme").reach(Permission.KEYS) is Reach.ALL
    with pytest.raises(Forbidden):
        world.authenticate(tenant="third")


def test_a_tenant_that_a_person_has_not_accepted_does_not_count(world: World) -> None:
    world.add(RIVAL, state=UserState.INVITED)
    assert world.authenticate().tenant == TENANT
    with pytest.raises(Forbidden):
        world.authenticate(tenant="rival")


@pytest.mark.parametrize(
    ("app", "by_password", "let_in"), [(False, True, False), (True, True, True), (False, False, True)]
)
def test_a_tenant_that_wants_a_second_factor_takes_no_password_alone(
    world: World, app: bool, by_password: bool, let_in: bool
) -> None:
    world.tenants.require_mfa(TENANT, required=True)
    world.add(mfa=app)
    world.proof = AccessProof("sub-1", NOON, by_password=by_password)

    if let_in:
        assert world.authenticate().actor.id == "ana"
    else:
        with pytest.raises(Unauthorized):
            world.authenticate()
