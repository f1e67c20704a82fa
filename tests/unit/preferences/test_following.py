"""Which lines a person may follow (decided 5.2)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tocsin.directory.domain.things import Group, GroupKind, Line
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.ids import CompanyId, RoleId, TenantId, UserId
from tocsin.preferences.domain.following import may_follow

ACME, NORTH, SOUTH = TenantId("acme"), CompanyId("north"), CompanyId("south")
BEN, ANA, EVE, IDA = (UserId(id) for id in ("ben", "ana", "eve", "ida"))
SALES = Group(tenant=ACME, id="g", kind=GroupKind.QUEUE, name="Sales", members=(BEN, ANA), managers=(IDA,))


def a_person(role: str, *companies: CompanyId, id: UserId = BEN) -> User:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return User(ACME, id, "b@example.org", "Ben", RoleId(role), now, companies=frozenset(companies))


def a_line(user: UserId | None = None, company: CompanyId | None = None) -> Line:
    return Line(tenant=ACME, id="l", extension="2001", user=user, company=company)


@pytest.mark.parametrize(
    ("user", "line", "may"),
    [
        (a_person("user"), a_line(BEN), True),  # one's own
        (a_person("user", NORTH), a_line(company=NORTH), True),  # shared, of one's company
        (a_person("user", NORTH), a_line(company=SOUTH), False),
        (a_person("user"), a_line(company=NORTH), False),
        (a_person("user"), a_line(ANA), True),  # both are members of the queue
        (a_person("user", id=IDA), a_line(ANA), True),  # she manages it
        (a_person("user"), a_line(IDA), True),
        (a_person("user"), a_line(EVE), False),
        (a_person("manager", NORTH), a_line(EVE, NORTH), False),  # a personal line is no shared one
        (a_person("admin"), a_line(EVE, SOUTH), True),
        (a_person("account_owner"), a_line(company=SOUTH), True),
        # what belongs to no company is seen by owner, admin, reporting and custom roles without companies
        (a_person("manager", NORTH), a_line(), False),
        (a_person("user"), a_line(), False),
        (a_person("admin"), a_line(), True),
        (a_person("reporting"), a_line(), True),
        (a_person("night-desk"), a_line(), True),
        (a_person("night-desk", NORTH), a_line(), False),
        (a_person("reporting"), a_line(company=NORTH), False),
    ],
)
def test_decided_5_2_a_person_may_follow_a_line(user: User, line: Line, may: bool) -> None:
    assert may_follow(user, line, [SALES]) is may


def test_decided_5_2_who_left_the_group_follows_no_longer() -> None:
    assert not may_follow(a_person("user"), a_line(ANA), [])
