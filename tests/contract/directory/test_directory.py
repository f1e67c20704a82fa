"""What every directory promises."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest

from tests.contract.cloud import Cloud, tenants_guarded
from tests.contract.core_table import fresh_table
from tests.fakes.directory import FakeDirectory
from tests.fakes.sealer import FakeSealer
from tocsin.adapters.dynamodb.audit import DynamoDbAuditTrail
from tocsin.adapters.dynamodb.directory.directory import DynamoDbDirectory
from tocsin.adapters.dynamodb.responses.two_way_numbers import DynamoDbTwoWayNumbers
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.audit.domain.actor import OPERATOR, Via
from tocsin.audit.domain.entry import AuditEntry, Thing
from tocsin.audit.ports import AuditQuery, AuditTrail
from tocsin.directory.domain.natural_keys import kind_of
from tocsin.directory.domain.things import (
    AnyThing,
    Company,
    Group,
    GroupKind,
    Kind,
    Line,
    NumberTarget,
    PhoneNumber,
)
from tocsin.directory.ports import DirectoryChange
from tocsin.identity.domain.permissions import Permission, Reach, SystemRole
from tocsin.identity.domain.role import Role, Scope, ScopeKind, system_role
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.errors import AlreadyExists, InvalidRequest, LastOwner, StaleWrite
from tocsin.kernel.domain.ids import ApiKeyId, CompanyId, RoleId, TenantId, UserId, time_ordered_uuid
from tocsin.responses.domain.two_way import TwoWayNumber

ACME, OTHER = TenantId("acme"), TenantId("acme2")
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@dataclass
class World:
    directory: FakeDirectory | DynamoDbDirectory
    trail: AuditTrail
    entries: int = 0

    def write(self, *pairs: tuple[AnyThing | None, AnyThing | None]) -> None:
        self.directory.commit([self._change(before, after) for before, after in pairs])

    def add(self, *things: AnyThing) -> None:
        self.write(*((None, thing) for thing in things))

    def _change(self, before: AnyThing | None, after: AnyThing | None) -> DirectoryChange:
        thing = after or before
        assert thing is not None
        self.entries += 1
        id = time_ordered_uuid(NOON, self.entries.to_bytes(10, "big"))
        what = Thing(kind_of(thing).value, thing.id)
        return DirectoryChange(before, after, AuditEntry(thing.tenant, id, NOON, OPERATOR, Via.OPERATOR, "x.y", what))

    def audited(self) -> int:
        return len(self.trail.read(ACME, AuditQuery(), 100, None, NOON).entries)


@pytest.fixture
def world(make: tuple[str, Cloud | None]) -> Iterator[World]:
    _, clients = make
    if clients is None:
        fake = FakeDirectory()
        yield World(fake, fake.trail)
        return
    with fresh_table(clients) as name, tenants_guarded(clients.dynamodb):
        table = Table(clients.dynamodb, name)
        yield World(DynamoDbDirectory(table, FakeSealer()), DynamoDbAuditTrail(table, FakeSealer()))


def a_user(id: str = "u1", *, tenant: TenantId = ACME, role: SystemRole = SystemRole.USER, **more: Any) -> User:
    plain = User(tenant, UserId(id), f"{id}@example.org", id.title(), RoleId(role.value), NOON)
    return replace(plain, **more)


def an_owner(id: str, state: UserState = UserState.ACTIVE) -> User:
    return a_user(id, role=SystemRole.OWNER, state=state)


LINE = Line(tenant=ACME, id="l1", extension="2001", label="Desk", aliases=("sip:2001",), user=UserId("u1"))
GROUP = Group(
    tenant=ACME,
    id="g1",
    kind=GroupKind.QUEUE,
    name="Sales",
    number="600",
    aliases=("sales",),
    members=(UserId("u1"), UserId("u2")),
    managers=(UserId("u3"),),
    company=CompanyId("c1"),
)
PERSON = a_user(
    state=UserState.ACTIVE,
    companies=frozenset({CompanyId("c1"), CompanyId("c2")}),
    contacts=frozenset({"c-01", "café"}),
    billing=True,
    zone="Europe/London",
    backup_phone="+447700900111",
    sub="sub-1",
    confirmed_email=True,
    external_id="ext / 1",
    source="pbx",
    last_seen_at=NOON,
    signed_out_at=NOON - timedelta(days=1),
    invited_at=NOON - timedelta(days=2),
    not_me_at=NOON - timedelta(days=1),
    new_email="new@example.org",
    new_email_at=NOON - timedelta(hours=1),
    mfa=True,
    version=7,
)
ROLE = Role(ACME, RoleId("r1"), "Night", {Permission.ALERTS_SEND: Reach.ALL}, {ScopeKind.USERS: Scope.ALL}, version=2)
EVERY_KIND: list[AnyThing] = [
    PERSON,
    Company(tenant=ACME, id=CompanyId("c1"), name="Northwater", external_id="1", source="pbx"),
    LINE,
    PhoneNumber(tenant=ACME, id="p1", e164="+447700900100", target=NumberTarget(kind="line", id="l1")),
    GROUP,
    ROLE,
]

every_kind = pytest.mark.parametrize("thing", EVERY_KIND, ids=lambda thing: kind_of(thing).value)


@every_kind
def test_a_thing_comes_back_as_it_was_written(world: World, thing: AnyThing) -> None:
    world.add(thing)

    kind = kind_of(thing)
    assert world.directory.get(ACME, kind, thing.id) == thing
    assert list(world.directory.all(ACME, kind)) == [thing]
    assert list(world.directory.list(ACME, kind, 10, None).things) == [thing]
    assert list(world.directory.get_many(ACME, [(kind, thing.id), (kind, "none"), (kind, thing.id)])) == [thing]
    assert world.directory.get(OTHER, kind, thing.id) is None
    assert list(world.directory.all(OTHER, kind)) == []


@every_kind
def test_a_thing_that_is_deleted_is_found_by_nothing(world: World, thing: AnyThing) -> None:
    world.add(thing)
    world.write((thing, None))

    assert world.directory.get(ACME, kind_of(thing), thing.id) is None
    assert list(world.directory.memberships("sub-1")) == []
    world.add(replace(thing, id="another"))  # type: ignore[arg-type]  # its names are free again


def test_pages_hold_every_thing_once_and_their_cursors_are_good_for_their_list_only(world: World) -> None:
    for n in range(7):
        world.add(a_user(f"u{n}"))
    world.add(Company(tenant=ACME, id=CompanyId("u3"), name="Northwater"))

    seen, cursors = [], [None]
    while len(cursors) < 5:
        page = world.directory.list(ACME, Kind.USER, 3, cursors[-1])
        seen.append([thing.id for thing in page.things])
        if page.next is None:
            break
        cursors.append(page.next)  # type: ignore[arg-type]

    assert seen == [["u0", "u1", "u2"], ["u3", "u4", "u5"], ["u6"]]
    with pytest.raises(InvalidRequest):
        world.directory.list(ACME, Kind.LINE, 3, cursors[1])
    with pytest.raises(InvalidRequest):
        world.directory.list(OTHER, Kind.USER, 3, cursors[1])


def test_a_thing_is_found_by_its_names_whatever_their_case(world: World) -> None:
    world.add(PERSON, LINE, GROUP)

    found = world.directory.by_natural_key
    assert found(ACME, Kind.USER, " U1@Example.org ") == PERSON
    assert found(ACME, Kind.LINE, "2001") == found(ACME, Kind.LINE, "SIP:2001") == LINE
    assert found(ACME, Kind.GROUP, "queue:sales") == GROUP
    assert found(ACME, Kind.GROUP, "hunt_group:sales") is None
    assert found(OTHER, Kind.USER, "u1@example.org") is None
    assert world.directory.by_external_id(ACME, Kind.USER, "ext / 1") == PERSON
    assert world.directory.by_external_id(ACME, Kind.COMPANY, "ext / 1") is None
    assert world.directory.by_email(ACME, "u1@example.org") == PERSON


def test_a_thing_whose_names_changed_is_found_by_the_new_ones_only(world: World) -> None:
    line = replace(LINE, aliases=("a", "b"), external_id="7")
    world.add(line)
    moved = replace(line, extension="2002", aliases=("b", "c"), external_id="8", version=2)
    world.write((line, moved))

    found = [world.directory.by_natural_key(ACME, Kind.LINE, name) for name in ("2001", "a", "2002", "b", "c")]
    assert found == [None, None, moved, moved, moved]
    assert world.directory.by_external_id(ACME, Kind.LINE, "7") is None
    assert world.directory.by_external_id(ACME, Kind.LINE, "8") == moved


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({}, "extension"),
        ({"extension": "2002", "aliases": ("2001 ",)}, "extension"),
        ({"extension": "2003", "aliases": (), "external_id": "7"}, "external_id"),
    ],
)
def test_two_things_of_a_kind_never_share_a_name(world: World, change: dict[str, Any], field: str) -> None:
    world.add(replace(LINE, external_id="7"))
    other = replace(LINE, id="l2", **change)

    with pytest.raises(AlreadyExists) as raised:
        world.add(other)

    assert raised.value.field == field
    assert world.directory.get(ACME, Kind.LINE, "l2") is None
    world.directory.commit([World._change(world, None, replace(other, tenant=OTHER))])  # other tenants have own names


@pytest.mark.parametrize("seed", range(3))
def test_things_exchange_their_names_in_one_commit(world: World, seed: int) -> None:
    random = Random(seed)
    lines = [Line(tenant=ACME, id=f"l{n}", extension=f"{n}", aliases=(f"a{n}",), external_id=f"x{n}") for n in range(9)]
    world.add(*lines)
    for n in range(4):
        names = [name for line in lines for name in (line.extension, *line.aliases)]
        dealt = iter(random.sample([*names, f"new {n}", f"newer {n}"], len(names)))
        turned = [
            replace(line, extension=next(dealt), aliases=(next(dealt),), version=line.version + 1) for line in lines
        ]
        world.write(*zip(lines, turned, strict=True))
        held = {name: line for line in turned for name in (line.extension, *line.aliases)}
        for name in {*names, *held}:
            assert world.directory.by_natural_key(ACME, Kind.LINE, name) == held.get(name)
        lines = turned


def test_an_exchange_takes_no_name_of_a_thing_outside_of_it_and_no_name_twice(world: World) -> None:
    one, two, other = (Line(tenant=ACME, id=f"l{n}", extension=f"{n}") for n in range(3))
    world.add(one, two, other)
    turned = replace(one, extension="1", version=2)

    for name in ("2", "1"):
        with pytest.raises(AlreadyExists):
            world.write((one, turned), (two, replace(two, extension=name, version=2)))
    with pytest.raises(AlreadyExists):
        world.write((one, turned))
    world.write((two, replace(two, extension="7", version=2)))
    with pytest.raises((AlreadyExists, StaleWrite)):  # its name is free, but what was planned is no more
        world.write((one, turned), (two, replace(two, extension="0", version=2)))
    found = [world.directory.by_natural_key(ACME, Kind.LINE, name) for name in ("0", "1", "2", "7")]
    assert [thing.id if thing else None for thing in found] == ["l0", None, "l2", "l1"]


def test_all_changes_are_written_or_none_and_each_has_its_audit_entry(world: World) -> None:
    world.add(a_user("u1"))
    assert world.audited() == 1

    with pytest.raises(AlreadyExists):
        world.add(a_user("u2"), a_user("u3", email="u1@example.org"))

    assert world.directory.get(ACME, Kind.USER, "u2") is None
    assert world.audited() == 1


@pytest.mark.parametrize("after", [None, a_user("u1", name="Ana", version=2)], ids=["delete", "replace"])
def test_a_stale_version_changes_nothing(world: World, after: User | None) -> None:
    user = a_user("u1")
    newer = replace(user, name="Bea", version=2)
    world.add(user)
    world.write((user, newer))

    with pytest.raises(StaleWrite):
        world.write((user, after))
    with pytest.raises(StaleWrite):
        world.add(a_user("u1", email="other@example.org"))

    assert world.directory.get(ACME, Kind.USER, "u1") == newer


@pytest.mark.parametrize(
    "change",
    [None, {"state": UserState.DISABLED}, {"role": RoleId("admin")}],
    ids=["deleted", "disabled", "demoted"],
)
def test_the_last_active_owner_stays(world: World, change: dict[str, Any] | None) -> None:
    ana, ben, invited = an_owner("ana"), an_owner("ben"), an_owner("eve", UserState.INVITED)
    world.add(ana, ben, invited)

    def gone(owner: User) -> User | None:
        return None if change is None else replace(owner, **change, version=2)

    world.write((ana, gone(ana)))
    with pytest.raises(LastOwner):
        world.write((ben, gone(ben)))

    assert world.directory.get(ACME, Kind.USER, "ben") == ben
    world.write((invited, gone(invited)))  # who is only invited does not count, and may go


def test_an_owner_who_becomes_active_counts(world: World) -> None:
    ana, eve = an_owner("ana"), an_owner("eve", UserState.INVITED)
    world.add(ana, eve)
    world.write((eve, replace(eve, state=UserState.ACTIVE, version=2)))

    world.write((ana, None))

    assert world.directory.get(ACME, Kind.USER, "ana") is None


def test_a_sign_in_leads_to_its_person_in_every_tenant(world: World) -> None:
    here, there = a_user("u1", sub="s"), a_user("u9", tenant=OTHER, sub="s", email="u1@example.org")
    world.add(here)
    world.add(there)
    assert list(world.directory.memberships("s")) == [here, there]
    assert list(world.directory.memberships("none")) == []

    moved = replace(here, sub="t", version=2)
    world.write((here, moved))
    assert list(world.directory.memberships("s")) == [there]
    assert list(world.directory.memberships("t")) == [moved]
    world.write((there, None))
    assert list(world.directory.memberships("s")) == []


def test_system_roles_are_there_without_a_row_and_custom_roles_by_theirs(world: World) -> None:
    world.add(ROLE)

    assert world.directory.role(ACME, RoleId("admin")) == system_role(ACME, SystemRole.ADMIN)
    assert world.directory.role(ACME, RoleId("r1")) == ROLE
    assert world.directory.role(OTHER, RoleId("r1")) is None


def test_decided_2_15_a_number_sends_texts_as_long_as_the_operator_gives_it(make: tuple[str, Cloud | None]) -> None:
    _, clients = make
    if clients is None:
        pytest.skip("the fake is told which numbers send texts")
    with fresh_table(clients) as name:
        table = Table(clients.dynamodb, name)
        numbers, directory = DynamoDbTwoWayNumbers(table), DynamoDbDirectory(table, FakeSealer())
        world = World(directory, DynamoDbAuditTrail(table, FakeSealer()))
        thing = next(each for each in EVERY_KIND if isinstance(each, PhoneNumber))
        other = replace(thing, id="p2", e164="+447700900101")
        world.add(thing, other)

        def sending() -> list[bool]:
            listed = directory.all(ACME, Kind.PHONE_NUMBER)
            assert [directory.get(ACME, Kind.PHONE_NUMBER, each.id) for each in listed] == list(listed)
            assert list(directory.list(ACME, Kind.PHONE_NUMBER, 10, None).things) == list(listed)
            return [each.sms_enabled for each in listed if isinstance(each, PhoneNumber)]

        assert sending() == [False, False]
        numbers.add(TwoWayNumber(thing.e164, ACME, ApiKeyId("key1")))
        numbers.add(TwoWayNumber(other.e164, TenantId("rival"), ApiKeyId("key2")))
        assert sending() == [True, False]
        numbers.remove(ACME, thing.e164)
        assert sending() == [False, False]
