"""What a process knows of people: how old it may be, and what reading it costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from tests.fakes.directory import FakeDirectory
from tests.fakes.preferences import FakePreferencesStore
from tests.fakes.time import VirtualClock
from tests.unit.personal_notices.stories import ACME, ANA, L10, THINGS, TO_ANA
from tocsin.directory.domain.things import AnyThing, Kind
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.personal_notices.application.people_book import BOOKS, PeopleBook
from tocsin.preferences.domain.settings import AccountTopic, Communication, NotificationSettings


class CountedDirectory(FakeDirectory):
    """`reads` counts by kind."""

    reads: Counter[Kind]

    def all(self, tenant: TenantId, kind: Kind) -> Sequence[AnyThing]:
        self.reads[kind] += 1
        return super().all(tenant, kind)


class CountedPreferences(FakePreferencesStore):
    """`reads` counts by method."""

    reads: Counter[str]

    def all(self, tenant: TenantId) -> Sequence[NotificationSettings]:
        self.reads["all"] += 1
        return super().all(tenant)

    def version(self, tenant: TenantId) -> int:
        self.reads["version"] += 1
        return super().version(tenant)


class Known:
    """A book, and what is behind it."""

    def __init__(self) -> None:
        self.directory, self.settings, self.clock = CountedDirectory(), CountedPreferences(), VirtualClock()
        self.directory.reads, self.settings.reads = Counter(), Counter()
        self.directory.add(*THINGS)
        self.book = PeopleBook(self.directory, self.settings, self.clock)


def test_names_are_read_once_a_minute_each_kind_when_it_is_needed() -> None:
    known = Known()
    for _ in range(3):
        assert known.book.names(ACME).line("SIP:2010@ACME") == known.book.names(ACME).line("l10") == L10
    assert known.directory.reads == {Kind.LINE: 1}
    assert known.book.names(ACME).target(TO_ANA.e164) == L10
    assert known.book.names(ACME).group("nothing") is None
    assert known.directory.reads == {Kind.LINE: 1, Kind.GROUP: 1, Kind.PHONE_NUMBER: 1}
    known.clock.advance(timedelta(seconds=59))
    known.book.names(ACME).line("2010")
    assert known.directory.reads[Kind.LINE] == 1
    known.clock.advance(timedelta(seconds=1))
    known.book.names(ACME).line("2010")
    assert known.directory.reads == {Kind.LINE: 2, Kind.GROUP: 1, Kind.PHONE_NUMBER: 1}


def test_settings_are_at_most_five_seconds_old_and_are_read_again_only_after_a_change() -> None:
    known = Known()
    assert known.book.settings(ACME).wants(ANA, Communication.CALL)  # by default
    known.settings.add(
        NotificationSettings(
            tenant=ACME, user=ANA, communication=frozenset(), lines=("l10",), many_texts=True,
            topics=frozenset({AccountTopic.USERS_SYNC}),
        )
    )  # fmt: skip
    known.clock.advance(timedelta(seconds=4.9))
    assert known.book.settings(ACME).wants(ANA, Communication.CALL)
    assert known.settings.reads == {"version": 1}
    known.clock.advance(timedelta(seconds=0.1))
    found = known.book.settings(ACME)
    assert not found.wants(ANA, Communication.CALL)
    assert found.followers == {"l10": [ANA]}
    assert (set(found.topics), set(found.many_texts)) == ({AccountTopic.USERS_SYNC}, {ANA})
    assert found.wants(UserId("bob"), Communication.CALL)
    for _ in range(3):
        known.clock.advance(timedelta(seconds=5))
        known.book.settings(ACME)
    assert known.settings.reads == {"version": 5, "all": 1}


def test_the_account_that_was_not_used_for_the_longest_time_is_forgotten() -> None:
    known = Known()
    for n in range(BOOKS + 1):
        known.book.settings(TenantId(f"t{n}"))
    assert known.settings.reads["version"] == BOOKS + 1
    known.book.settings(TenantId(f"t{BOOKS}"))
    assert known.settings.reads["version"] == BOOKS + 1
    known.book.settings(TenantId("t0"))
    assert known.settings.reads["version"] == BOOKS + 2
