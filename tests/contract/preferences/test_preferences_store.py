"""What every PreferencesStore promises: settings come back, no writer overwrites another, changes are counted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time

import pytest

from tests.canaries import blobs_of
from tests.contract.cloud import Cloud, tenants_guarded
from tests.contract.core_table import fresh_table
from tests.fakes.directory import FakeAuditTrail, FakeDirectory
from tests.fakes.preferences import FakePreferencesStore
from tests.fakes.sealer import FakeSealer
from tocsin.adapters.dynamodb.audit import DynamoDbAuditTrail
from tocsin.adapters.dynamodb.directory.directory import DynamoDbDirectory
from tocsin.adapters.dynamodb.preferences import DynamoDbPreferencesStore
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.audit.domain.actor import OPERATOR, Via
from tocsin.audit.domain.entry import AuditEntry, Thing
from tocsin.audit.ports import AuditQuery, AuditTrail
from tocsin.calendar.domain.quiet_hours import QuietHours, Reachable
from tocsin.directory.ports import Directory, DirectoryChange
from tocsin.identity.domain.user import User
from tocsin.kernel.domain.ids import RoleId, TenantId, UserId
from tocsin.preferences.domain.settings import AccountTopic, AppointmentMoment, Communication, NotificationSettings
from tocsin.preferences.ports import PreferencesStore

ACME, OTHER = TenantId("acme"), TenantId("other")
BEN, ANA = UserId("ben"), UserId("ana")
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SETTINGS = NotificationSettings(
    tenant=ACME, user=BEN, communication=frozenset({Communication.CALL}), moments=frozenset({AppointmentMoment.HOUR}),
    lines=("l2", "l1"), many_texts=True, email_on=False, text_on=True, custom_on=True, custom_number="+447700900417",
    number_by=ANA, browser_on=True, mobile_push=True, quiet=QuietHours(time(22), time(7), zone="Asia/Kathmandu"),
    topics=frozenset({AccountTopic.DAILY_SPENDING, AccountTopic.BILLING_WARNINGS}), version=1,
)  # fmt: skip


class World:
    """One make of the store, with the directory and the audit trail beside it."""

    def __init__(self, store: PreferencesStore, directory: Directory, trail: AuditTrail, table: Table | None) -> None:
        self.store, self.directory, self.trail, self.table = store, directory, trail, table

    def audited(self) -> list[str]:
        return [entry.id for entry in self.trail.read(ACME, AuditQuery(), 100, None, NOON).entries]


@pytest.fixture
def world(make: tuple[str, Cloud | None]) -> Iterator[World]:
    _, clients = make
    if clients is None:
        trail = FakeAuditTrail()
        store = FakePreferencesStore(trail)
        yield World(store, FakeDirectory(trail, store), trail, None)
        return
    with fresh_table(clients) as name, tenants_guarded(clients.dynamodb):
        table, sealer = Table(clients.dynamodb, name), FakeSealer()
        yield World(
            DynamoDbPreferencesStore(table, sealer),
            DynamoDbDirectory(table, sealer),
            DynamoDbAuditTrail(table, sealer),
            table,
        )


def an_entry(id: str, kind: str = "notification_settings") -> AuditEntry:
    return AuditEntry(ACME, id, NOON, OPERATOR, Via.OPERATOR, f"{kind}.updated", Thing(kind, BEN))


def test_up_32_settings_that_were_never_saved_have_the_defaults(world: World) -> None:
    new = world.store.get(ACME, BEN)
    assert new == NotificationSettings(tenant=ACME, user=BEN)
    assert (new.communication, new.moments) == (frozenset(Communication), frozenset(AppointmentMoment))
    assert new.email_on
    assert not any((new.text_on, new.browser_on, new.mobile_push, new.many_texts, new.custom_on, new.topics))
    assert world.store.get_many(ACME, [BEN, ANA]) == {BEN: new, ANA: replace(new, user=ANA)}
    assert list(world.store.all(ACME)) == []
    assert world.store.version(ACME) == 0


@pytest.mark.parametrize(
    "settings",
    [
        SETTINGS,
        replace(SETTINGS, custom_number=None, quiet=None, number_by=None),
        replace(SETTINGS, custom_number=None, quiet=Reachable.ALWAYS),
        replace(SETTINGS, communication=frozenset(), moments=frozenset(), topics=frozenset(), lines=()),
    ],
)
def test_settings_come_back_as_they_were_saved(world: World, settings: NotificationSettings) -> None:
    assert world.store.save(settings)
    assert world.store.get(ACME, BEN) == settings
    assert list(world.store.all(ACME)) == [settings]
    assert world.store.get_many(ACME, [BEN, BEN]) == {BEN: settings}


def test_settings_are_saved_over_the_version_before_them_only(world: World) -> None:
    store = world.store
    assert not store.save(replace(SETTINGS, version=2), an_entry("e0"))  # there is no version 1
    assert store.save(SETTINGS, an_entry("e1"))
    assert store.save(SETTINGS, an_entry("e1"))  # the response was lost
    assert not store.save(replace(SETTINGS, text_on=False), an_entry("e2"))
    assert store.save(replace(SETTINGS, text_on=False, version=2), an_entry("e3"))
    assert not store.save(replace(SETTINGS, email_on=True, version=2), an_entry("e4"))
    assert store.get(ACME, BEN) == replace(SETTINGS, text_on=False, version=2)
    assert world.audited() == ["e3", "e1"]


def test_each_change_of_anybody_raises_the_version_of_the_account(world: World) -> None:
    seen = [world.store.version(ACME)]
    for settings in (SETTINGS, replace(SETTINGS, user=ANA), replace(SETTINGS, text_on=False, version=2)):
        assert world.store.save(settings)
        seen.append(world.store.version(ACME))
    assert seen == [0, 1, 2, 3]
    assert not world.store.save(SETTINGS)
    assert world.store.version(ACME) == 3
    assert world.store.version(OTHER) == 0


def test_all_settings_come_by_the_id_of_the_person(world: World) -> None:
    for user in ("c", "a", "b"):
        world.store.save(replace(SETTINGS, user=UserId(user)))
    assert [settings.user for settings in world.store.all(ACME)] == ["a", "b", "c"]


def test_settings_are_their_tenants_alone(world: World) -> None:
    world.store.save(SETTINGS)
    assert world.store.get(OTHER, BEN) == NotificationSettings(tenant=OTHER, user=BEN)
    assert list(world.store.all(OTHER)) == []


def test_decided_2_17_the_settings_go_with_their_person(world: World) -> None:
    ben = User(ACME, BEN, "ben@example.org", "Ben", RoleId("user"), NOON)
    world.directory.commit([DirectoryChange(None, ben, an_entry("e1", "user"))])
    world.store.save(SETTINGS)
    world.store.save(replace(SETTINGS, user=ANA))
    before = world.store.version(ACME)

    world.directory.commit([DirectoryChange(ben, None, an_entry("e2", "user"))])

    assert [settings.user for settings in world.store.all(ACME)] == [ANA]
    assert world.store.version(ACME) > before


def test_the_number_and_the_zone_lie_nowhere_in_the_clear(world: World) -> None:
    world.store.save(SETTINGS, an_entry("e1"))
    if world.table is None:
        return
    rows = list(world.table.between(f"T#{ACME}#PREF", "A", "~"))
    assert len(rows) == 2
    blobs = b"\n".join(blob for row in rows for blob in blobs_of(row))
    assert not any(word in blobs for word in (b"7700900417", b"Kathmandu", b"22:00"))
