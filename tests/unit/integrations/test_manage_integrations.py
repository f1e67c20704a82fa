"""Who may see, change and report integrations, and what an account owes to the audit trail for it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.scenarios.integration_world import IntegrationWorld
from tests.unit.integrations.people import (
    ACME,
    ACTIVE,
    ADA,
    CORA,
    FAILED,
    HUB,
    MAX,
    MIA,
    NOON,
    NORTH,
    OLIVIA,
    RITA,
    SOUTH,
    UMA,
    WES,
)  # fmt: skip
from tocsin.audit.domain.actor import Actor, ActorKind
from tocsin.identity.domain.api_key import ApiKey, KeyKind, Right
from tocsin.identity.domain.permissions import Permission, SystemRole
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.role import Role, granted, system_role
from tocsin.identity.domain.user import User
from tocsin.integrations.application.manage_alerts import MOST_ALERTS
from tocsin.integrations.application.manage_integrations import MOST_INTEGRATIONS
from tocsin.integrations.domain.report import StatusReport
from tocsin.integrations.domain.subscription import IntegrationAlert
from tocsin.kernel.domain.errors import Forbidden, InvalidRequest, NotFound, NotPossible
from tocsin.kernel.domain.ids import ApiKeyId, CompanyId, UserId

SYSTEM_ROLES = {role.value for role in SystemRole}
REPORT = StatusReport(FAILED, "", NOON)


def caller(user: User) -> Principal:
    if user.role in SYSTEM_ROLES:
        role = system_role(ACME, SystemRole(user.role))
    else:
        permissions = granted(frozenset({Permission.INTEGRATIONS}), companies=bool(user.companies))
        role = Role(ACME, user.role, user.role, permissions)
    actor = Actor(ActorKind.USER, user.id, user.name)
    return Principal(ACME, actor, role, user=user, companies=user.companies)


def key(*rights: Right, kind: KeyKind = KeyKind.LIVE, company: CompanyId | None = None) -> Principal:
    made = ApiKey(ACME, ApiKeyId("k1"), kind, "one", "", rights=frozenset(rights), company=company)
    companies = frozenset() if company is None else frozenset({company})
    return Principal(ACME, Actor(ActorKind.KEY, "k1"), None, key=made, companies=companies)


@pytest.fixture
def world() -> IntegrationWorld:
    return IntegrationWorld()


def reports(world: IntegrationWorld, who: Principal) -> bool:
    try:
        world.manage.report(who, HUB.id, REPORT, lambda integration: None)
    except Forbidden:
        return False
    return True


def test_decided_6_1_owners_admins_managers_of_the_company_and_keys_that_send_events_report(
    world: IntegrationWorld,
) -> None:
    people = (OLIVIA, ADA, MAX, MIA, WES, RITA, UMA, CORA)
    assert [user.id for user in people if reports(world, caller(user))] == ["olivia", "ada", "max", "mia", "cora"]
    assert reports(world, key(Right.SEND_EVENTS))
    assert reports(world, key(Right.SEND_EVENTS, company=NORTH))
    assert not reports(world, key(Right.SEND_EVENTS, company=SOUTH))
    assert not reports(world, key(Right.SEND_EVENTS, kind=KeyKind.SANDBOX))
    assert not reports(world, key(Right.READ_ALERTS))


def test_decided_6_1_a_manager_neither_sees_nor_activates_one_of_the_whole_account(world: IntegrationWorld) -> None:
    whole = world.manage.create(caller(ADA), "Whole", "crm", None)
    assert [each.integration.id for each in world.manage.list(caller(MAX))] == ["hub"]
    for call in (
        lambda: world.manage.get(caller(MAX), whole.id),
        lambda: world.manage.report(caller(MAX), whole.id, StatusReport(ACTIVE, "", NOON), lambda it: None),
    ):
        with pytest.raises(Forbidden):
            call()
    with pytest.raises(NotFound):
        world.manage.get(caller(MAX), "unknown")


def test_what_a_manager_makes_has_a_company_of_theirs(world: IntegrationWorld) -> None:
    assert world.manage.create(caller(MAX), "One", "crm", None).company == NORTH
    with pytest.raises(InvalidRequest):
        world.manage.create(caller(MIA), "Two", "crm", None)
    with pytest.raises(Forbidden):
        world.manage.create(caller(MAX), "Three", "crm", SOUTH)
    with pytest.raises(InvalidRequest):
        world.manage.create(caller(ADA), "Four", "crm", CompanyId("unknown"))


def test_keys_change_nothing_but_the_status(world: IntegrationWorld) -> None:
    with pytest.raises(Forbidden):
        world.manage.create(key(Right.SEND_EVENTS), "One", "crm", None)


def test_each_change_is_in_the_audit_trail_once_and_a_repeat_is_not(world: IntegrationWorld) -> None:
    made = world.manage.create(caller(ADA), "One", "crm", None, "seeded")
    world.manage.create(caller(ADA), "One", "crm", None, "seeded")
    for _ in range(2):
        world.manage.report(caller(ADA), made.id, StatusReport(ACTIVE, "", NOON), lambda it: None)
    world.manage.delete(caller(ADA), made.id, lambda it: None)
    assert [entry.action for entry in world.trail.entries.values()] == [
        "integration.created", "integration.reported", "integration_alert.created", "integration.deleted",
    ]  # fmt: skip


def test_an_account_has_200_integrations_and_1000_alerts_of_them(world: IntegrationWorld) -> None:
    for n in range(MOST_INTEGRATIONS - 1):
        world.integrations.kept[ACME, f"i{n}"] = replace(HUB, id=f"i{n}")
    with pytest.raises(NotPossible):
        world.manage.create(caller(ADA), "One more", "crm", None)
    for n in range(MOST_ALERTS):
        alert = IntegrationAlert(tenant=ACME, id=f"a{n}", user=UserId(f"u{n}"), created_at=NOON)
        world.alerts.kept[ACME, alert.id] = alert
    with pytest.raises(NotPossible):
        world.manage_alerts.create(caller(ADA), ADA.id, None)
