"""What every store of sessions promises."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.contract.cloud import Cloud, tenants_guarded
from tests.contract.core_table import fresh_table
from tests.contract.directory.test_directory import a_user
from tests.fakes.directory import FakeDirectory, FakeSessions
from tests.fakes.sealer import FakeSealer
from tocsin.adapters.dynamodb.directory.directory import DynamoDbDirectory
from tocsin.adapters.dynamodb.identity.sessions import DynamoDbSessions
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.audit.domain.actor import OPERATOR, Via
from tocsin.audit.domain.entry import AuditEntry, Thing
from tocsin.directory.ports import Directory, DirectoryChange
from tocsin.identity.domain.session import Proof, Session
from tocsin.identity.ports.people import Sessions
from tocsin.kernel.domain.ids import TenantId, UserId

ACME = TenantId("acme")
ANA, BEN = UserId("ana"), UserId("ben")
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)


@dataclass
class World:
    sessions: Sessions
    directory: Directory


@pytest.fixture
def world(make: tuple[str, Cloud | None]) -> Iterator[World]:
    _, clients = make
    if clients is None:
        fake = FakeDirectory()
        yield _with_people(World(FakeSessions(fake), fake))
        return
    with fresh_table(clients) as name, tenants_guarded(clients.dynamodb):
        table = Table(clients.dynamodb, name)
        yield _with_people(World(DynamoDbSessions(table, FakeSealer()), DynamoDbDirectory(table, FakeSealer())))


def _with_people(world: World) -> World:
    for n, user in enumerate((ANA, BEN)):
        entry = AuditEntry(ACME, str(n), NOW, OPERATOR, Via.OPERATOR, "user.created", Thing("user", user))
        world.directory.commit([DirectoryChange(None, a_user(user), entry)])
    return world


def a_session(id: str = "s1", user: UserId = ANA, at: datetime = NOW) -> Session:
    return Session(ACME, user, id, "hash", b"form", at, at, at, Proof.MFA, "Firefox on Windows")


def test_a_session_comes_back_with_its_person(world: World) -> None:
    world.sessions.add(a_session())

    assert world.sessions.find(ACME, ANA, "s1") == (a_session(), a_user(ANA))


@pytest.mark.parametrize(
    ("tenant", "user", "id"), [(ACME, ANA, "s2"), (ACME, BEN, "s1"), (TenantId("acme2"), ANA, "s1"), (ACME, "no", "s1")]
)
def test_there_is_no_session_under_another_name(world: World, tenant: TenantId, user: str, id: str) -> None:
    world.sessions.add(a_session())

    assert world.sessions.find(tenant, UserId(user), id) is None


def test_a_use_moves_the_time_of_session_and_person(world: World) -> None:
    world.sessions.add(a_session())
    later = NOW + timedelta(minutes=6)

    world.sessions.seen(a_session(), later)

    found = world.sessions.find(ACME, ANA, "s1")
    assert found == (replace(a_session(), seen_at=later), replace(a_user(ANA), last_seen_at=later))


def test_a_session_that_ended_is_not_brought_back_by_a_late_use(world: World) -> None:
    world.sessions.add(a_session())
    world.sessions.end(ACME, ANA, "s1")
    world.sessions.end(ACME, ANA, "s1")

    world.sessions.seen(a_session(), NOW + timedelta(minutes=6))

    assert world.sessions.find(ACME, ANA, "s1") is None
    assert list(world.sessions.of(ACME, ANA, NOW)) == []


def test_all_sessions_of_a_person_end_but_the_one_that_is_kept(world: World) -> None:
    for n in range(3):
        world.sessions.add(a_session(f"s{n}"))
    world.sessions.add(a_session("s0", BEN))

    assert world.sessions.end_all(ACME, ANA, but="s1") == 2
    assert [s.id for s in world.sessions.of(ACME, ANA, NOW)] == ["s1"]
    assert world.sessions.end_all(ACME, ANA) == 1
    assert [s.id for s in world.sessions.of(ACME, BEN, NOW)] == ["s0"]


def test_sessions_are_listed_newest_first_without_those_that_are_over(world: World) -> None:
    for n, minutes in enumerate((90, 30, 10)):
        world.sessions.add(a_session(f"s{n}", at=NOW - timedelta(minutes=minutes)))

    assert [s.id for s in world.sessions.of(ACME, ANA, NOW)] == ["s2", "s1"]
