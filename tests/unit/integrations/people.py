"""People, integrations and times of the tests about integrations."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.user import User, UserState
from tocsin.integrations.domain.integration import Integration, IntegrationStatus
from tocsin.integrations.domain.subscription import Companies, IntegrationAlert
from tocsin.kernel.domain.ids import CompanyId, RoleId, TenantId, UserId

ACME = TenantId("acme")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NORTH, SOUTH, WEST = CompanyId("north"), CompanyId("south"), CompanyId("west")
ACTIVE, DISABLED, PENDING, FAILED = (
    IntegrationStatus.ACTIVE, IntegrationStatus.DISABLED, IntegrationStatus.PENDING, IntegrationStatus.FAILED,
)  # fmt: skip
HUB = Integration(tenant=ACME, id="hub", name="HubSpot", kind="crm", created_at=NOON, since=NOON, company=NORTH)


def person(id: str, role: str, *companies: CompanyId) -> User:
    return User(
        ACME, UserId(id), f"{id}@example.org", id.title(), RoleId(role), NOON, UserState.ACTIVE,
        companies=frozenset(companies),
    )  # fmt: skip


OLIVIA = person("olivia", SystemRole.OWNER.value)
ADA = person("ada", SystemRole.ADMIN.value)
MAX = person("max", SystemRole.MANAGER.value, NORTH)
MIA = person("mia", SystemRole.MANAGER.value, NORTH, SOUTH)
WES = person("wes", SystemRole.MANAGER.value, WEST)
RITA = person("rita", SystemRole.REPORTING.value)
UMA = person("uma", SystemRole.USER.value, NORTH)
CORA = person("cora", "a-custom-role", NORTH)
EVERYBODY = (OLIVIA, ADA, MAX, MIA, WES, RITA, UMA, CORA)


def subscribed(user: User, companies: Companies = None, id: str = "") -> IntegrationAlert:
    return IntegrationAlert(tenant=ACME, id=id or f"s-{user.id}", user=user.id, created_at=NOON, companies=companies)


def with_role(user: User, role: str, *companies: CompanyId) -> User:
    return replace(user, role=RoleId(role), companies=frozenset(companies), version=user.version + 1)
