"""What every store of personal tokens promises."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.contract.cloud import Cloud, tenants_guarded
from tests.contract.core_table import fresh_table
from tests.contract.directory.test_directory import a_user
from tests.fakes.directory import FakeDirectory, FakePersonalTokens
from tests.fakes.sealer import FakeSealer
from tocsin.adapters.dynamodb.audit import DynamoDbAuditTrail
from tocsin.adapters.dynamodb.directory.directory import DynamoDbDirectory
from tocsin.adapters.dynamodb.identity.personal_tokens import DynamoDbPersonalTokens
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.audit.domain.actor import OPERATOR, Actor, ActorKind, Via
from tocsin.audit.domain.entry import AuditEntry, Thing
from tocsin.audit.ports import AuditQuery, AuditTrail
from tocsin.directory.ports import Directory, DirectoryChange
from tocsin.identity.domain.personal_token import PersonalToken
from tocsin.identity.ports.tokens import PersonalTokens
from tocsin.kernel.domain.errors import StaleWrite
from tocsin.kernel.domain.ids import TenantId, UserId, time_ordered_uuid

ACME = TenantId("acme")
ANA, BEN = UserId("ana"), UserId("ben")
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
T1 = "token1token1"


@dataclass
class World:
    tokens: PersonalTokens
    directory: Directory
    trail: AuditTrail

    def told(self) -> list[str]:
        entries = self.trail.read(ACME, AuditQuery(thing="token"), 10, None, NOW).entries
        return sorted(entry.action for entry in entries)


@pytest.fixture
def world(make: tuple[str, Cloud | None]) -> Iterator[World]:
    _, clients = make
    if clients is None:
        fake = FakeDirectory()
        yield _with_people(World(FakePersonalTokens(fake), fake, fake.trail))
        return
    with fresh_table(clients) as name, tenants_guarded(clients.dynamodb):
        table, sealer = Table(clients.dynamodb, name), FakeSealer()
        tokens, trail = DynamoDbPersonalTokens(table, sealer), DynamoDbAuditTrail(table, sealer)
        yield _with_people(World(tokens, DynamoDbDirectory(table, sealer), trail))


def _with_people(world: World) -> World:
    for n, user in enumerate((ANA, BEN)):
        made = AuditEntry(ACME, str(n), NOW, OPERATOR, Via.OPERATOR, "user.created", Thing("user", user))
        world.directory.commit([DirectoryChange(None, a_user(user), made)])
    return world


def a_token(id: str = T1, user: UserId = ANA, at: datetime = NOW, digest: str = "hash") -> PersonalToken:
    return PersonalToken(ACME, user, id, digest, "Nightly backup", at, at + timedelta(days=30), read_only=True)


def entry(verb: str = "created", n: int = 0) -> AuditEntry:
    who = Actor(ActorKind.USER, ANA, "Ana")
    id = time_ordered_uuid(NOW, n.to_bytes(10, "big"))
    return AuditEntry(ACME, id, NOW, who, Via.CONSOLE, f"token.{verb}", Thing("token", T1))


def test_a_token_comes_back_with_its_person_and_is_told_of(world: World) -> None:
    assert world.tokens.add(a_token(), entry()) == a_token()

    assert world.tokens.find(ACME, ANA, T1) == (a_token(), a_user(ANA))
    assert world.told() == ["token.created"]


def test_a_repeat_with_the_same_secret_gets_the_token_of_the_first_time(world: World) -> None:
    world.tokens.add(a_token(), entry())

    again = world.tokens.add(a_token(at=NOW + timedelta(minutes=1)), entry(n=1))

    assert again == a_token()
    assert world.told() == ["token.created"]


def test_another_secret_never_takes_the_place_of_a_token(world: World) -> None:
    world.tokens.add(a_token(), entry())

    with pytest.raises(StaleWrite):
        world.tokens.add(a_token(digest="other"), entry(n=1))

    assert world.tokens.find(ACME, ANA, T1) == (a_token(), a_user(ANA))
    assert world.told() == ["token.created"]


@pytest.mark.parametrize(
    ("tenant", "user", "id"),
    [(ACME, ANA, "other1other1"), (ACME, BEN, T1), (TenantId("acme2"), ANA, T1), (ACME, "no", T1)],
)
def test_there_is_no_token_under_another_name(world: World, tenant: TenantId, user: str, id: str) -> None:
    world.tokens.add(a_token(), entry())

    assert world.tokens.find(tenant, UserId(user), id) is None


def test_a_use_is_kept_and_brings_no_deleted_token_back(world: World) -> None:
    world.tokens.add(a_token(), entry())
    later = NOW + timedelta(hours=2)
    world.tokens.used(a_token(), later)
    assert world.tokens.find(ACME, ANA, T1) == (replace(a_token(), used_at=later), a_user(ANA))

    assert world.tokens.delete(ACME, ANA, T1, entry("deleted", 1)) is True
    world.tokens.used(a_token(), later)

    assert world.tokens.find(ACME, ANA, T1) is None
    assert world.told() == ["token.created", "token.deleted"]


def test_what_is_not_there_cannot_be_deleted_and_is_not_told(world: World) -> None:
    assert world.tokens.delete(ACME, ANA, T1, entry("deleted")) is False
    assert world.told() == []


def test_all_tokens_of_one_person_go_and_no_others(world: World) -> None:
    for n, token in enumerate((a_token(), a_token("token2token2"), a_token(user=BEN))):
        world.tokens.add(token, entry(n=n))

    assert world.tokens.delete_all(ACME, ANA) == 2

    assert world.tokens.of(ACME, ANA, NOW) == []
    assert world.tokens.of(ACME, BEN, NOW) == [a_token(user=BEN)]


def test_the_list_is_newest_first_without_those_that_expired(world: World) -> None:
    newer = a_token("token2token2", at=NOW + timedelta(days=1))
    world.tokens.add(a_token(), entry())
    world.tokens.add(newer, entry(n=1))

    assert list(world.tokens.of(ACME, ANA, NOW)) == [newer, a_token()]
    assert list(world.tokens.of(ACME, ANA, NOW + timedelta(days=30))) == [newer]
