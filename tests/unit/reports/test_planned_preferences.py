"""A wish for a report is planned before it is stored, and asked for when the report is sent."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.fakes.directory import FakeDirectory
from tests.fakes.preferences import FakePreferencesStore
from tests.unit.reports.worlds import ACME, ANA, BEGIN, BOB, DAY, HOUR, ReportWorld
from tocsin.directory.domain.things import Kind
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import RoleId, UserId
from tocsin.preferences.application.administrators_who_want import AdministratorsWhoWant
from tocsin.preferences.domain.settings import AccountTopic, NotificationSettings
from tocsin.reports.application.planned_preferences import PlannedPreferences

CY = UserId("cy")


def wishes(user: UserId, *topics: AccountTopic, version: int = 1) -> NotificationSettings:
    return NotificationSettings(tenant=ACME, user=user, topics=frozenset(topics), version=version)


def test_a_wish_for_a_report_arms_the_timer_before_it_is_stored() -> None:
    world = ReportWorld(now=BEGIN + 12 * HOUR)
    store = FakePreferencesStore()
    settings = PlannedPreferences(store, world.plan.wanted)
    assert settings.save(wishes(ANA, AccountTopic.USERS_SYNC))
    assert not world.timers.rows
    world.timers.outage.failing = 1
    with pytest.raises(StorageUnavailable):
        settings.save(wishes(ANA, AccountTopic.DAILY_ACTIVITY, version=2))
    assert settings.get(ACME, ANA).topics == {AccountTopic.USERS_SYNC}
    assert settings.save(wishes(ANA, AccountTopic.DAILY_ACTIVITY, version=2))
    assert [timer.due_at for timer in world.timers.rows.values()] == [BEGIN + DAY + 8 * HOUR]
    assert settings.all(ACME) == [settings.get(ACME, ANA)] == list(settings.get_many(ACME, [ANA]).values())
    assert settings.version(ACME) == store.version(ACME)


def test_up_11_the_first_report_comes_at_eight_because_its_order_is_enqueued_with_the_wish() -> None:
    world = ReportWorld(now=BEGIN + 12 * HOUR)
    settings = PlannedPreferences(FakePreferencesStore(), world.plan.wanted)
    settings.save(wishes(ANA, AccountTopic.DAILY_ACTIVITY))
    (armed,) = world.timers.rows.values()
    assert world.queue.take(world.clock()) == [armed]


def test_a_wish_is_stored_although_its_order_is_lost() -> None:
    world = ReportWorld(now=BEGIN + 12 * HOUR)
    settings = PlannedPreferences(FakePreferencesStore(), world.plan.wanted)
    world.queue.outage.failing = 1
    assert settings.save(wishes(ANA, AccountTopic.DAILY_ACTIVITY))
    assert world.timers.rows
    assert not world.queue.waiting


def test_up_13_reports_go_to_owners_and_admins_who_want_them_now() -> None:
    directory, settings = FakeDirectory(), FakePreferencesStore()
    people = {
        user: User(
            tenant=ACME, id=user, email=f"{user}@example.org", name=user, role=RoleId(role.value), created_at=BEGIN,
            state=UserState.ACTIVE,
        )
        for user, role in ((ANA, SystemRole.OWNER), (BOB, SystemRole.ADMIN), (CY, SystemRole.MANAGER))
    }  # fmt: skip
    directory.add(*people.values())
    for user in people:
        settings.add(wishes(user, AccountTopic.DAILY_SPENDING))
    who = AdministratorsWhoWant(directory, settings)
    assert who(ACME, AccountTopic.DAILY_SPENDING) == [ANA, BOB]
    assert who(ACME, AccountTopic.DAILY_ACTIVITY) == []
    directory.add(replace(people[BOB], state=UserState.DISABLED, version=2))
    assert who(ACME, AccountTopic.DAILY_SPENDING) == [ANA]
    demoted = directory.get(ACME, Kind.USER, ANA)
    assert isinstance(demoted, User)
    directory.add(replace(demoted, role=RoleId(SystemRole.USER.value), version=2))
    assert who(ACME, AccountTopic.DAILY_SPENDING) == []
