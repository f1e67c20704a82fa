"""A source falls silent and speaks again, and something dies at every call there is: each is told, and told once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import cast

import pytest

from tests.fakes.account_notices import FakeAccountNotices
from tests.fakes.alerts import FakeAlertRepository
from tests.fakes.api_keys import FakeApiKeyRepository
from tests.fakes.directory import FakeDirectory
from tests.fakes.dispatch_queue import FakeDispatchQueue
from tests.fakes.key_owners import FakeKeyOwners
from tests.fakes.telephony import FakeEventRows, FakeEventSources, FakeOwedEvents, FakeSourcePulses
from tests.fakes.time import NOON, VirtualClock
from tests.fakes.timers import FakeTimerQueue, FakeTimers, FakeWakeUpScheduler
from tests.scenarios.faults import FOUR, Fault, Script
from tests.scenarios.world import Crash, World
from tocsin.alerts.application.mail_people import MailPeople
from tocsin.alerts.application.mail_person import MailPerson
from tocsin.alerts.domain.alert import Alert, ChunkKey
from tocsin.content.domain.content import EmailContent
from tocsin.identity.domain.api_key import ApiKey, KeyKind
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import ApiKeyId, RoleId, TenantId, UserId
from tocsin.notices.domain.owner_notification import OwnerNotification
from tocsin.telephony.application.ingest import IngestEvents
from tocsin.telephony.application.watch_sources import HearSource, WatchSource
from tocsin.telephony.domain.event_source import EventSource, ExpectEvery
from tocsin.telephony.domain.stored_event import EventDecision
from tocsin.timers.application.run import RunTimer
from tocsin.timers.application.sweep import SweepTimers
from tocsin.timers.domain.timer import Timer, TimerKind

ACME = TenantId("acme")
SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)
SOURCE = EventSource(ACME, "acme-abcd1234", "Head office", "freeswitch", expect_every=30 * MINUTE)


class SourceWorld:
    """One source; it may be heard while its silence is told. What dies is delivered once more; then the next event, or the sweeper, must do."""

    def __init__(self, plan: Mapping[int, Fault], source: EventSource = SOURCE) -> None:
        self.script = Script(plan, world=cast("World", object()))
        wrap = self.script.wrap
        self.clock, self.sources, self.pulses = VirtualClock(), FakeEventSources(), FakeSourcePulses()
        self.timers, self.queue, self.rows = FakeTimers(), FakeTimerQueue(), FakeEventRows()
        self.alerts, self.notices = FakeAlertRepository(), FakeAccountNotices()
        keys = FakeApiKeyRepository()
        keys.add(ApiKey(ACME, ApiKeyId("k1"), KeyKind.LIVE, "test", "hash"), {})
        self.sources.add(source)
        self.hear, self.heard_while_told = self._process(), False
        decide = lambda tenant, event: EventDecision()  # noqa: E731
        directory = FakeDirectory()
        for person, role in (("olive", SystemRole.OWNER), ("adam", SystemRole.ADMIN), ("mia", SystemRole.MANAGER)):
            directory.add(a_person(person, role))
        directory.add(replace(a_person("dan", SystemRole.ADMIN), state=UserState.DISABLED))
        directory.add(replace(a_person("nora", SystemRole.ADMIN), not_me_at=self.clock()))
        mail = MailPeople(directory, MailPerson(wrap("alerts", self.alerts), FakeDispatchQueue(), self.clock))

        def to_administrators(tenant: TenantId, notification: OwnerNotification) -> None:
            if self.heard_while_told:
                self.heard_while_told = False
                self.clock.advance(MINUTE)
                self.heard()
            mail.administrators(tenant, notification)

        watch = WatchSource(
            sources=wrap("sources", self.sources),
            pulses=wrap("pulses", self.pulses),
            ingest=IngestEvents(wrap("rows", self.rows), FakeOwedEvents(), decide, self.clock),
            notices=wrap("notices", self.notices),
            owners=FakeKeyOwners(keys),
            mail=to_administrators,
        )
        scheduler = FakeWakeUpScheduler(self.queue)
        self.run = RunTimer(wrap("timers", self.timers), self.queue, scheduler, {TimerKind.SOURCE: watch}, self.clock)
        self.sweep = SweepTimers(self.timers, self.queue, self.clock)

    def _process(self) -> HearSource:
        wrap = self.script.wrap
        return HearSource(
            wrap("pulses", self.pulses), wrap("timers", self.timers), self.clock, wrap("queue", self.queue)
        )

    def heard(self) -> None:
        """Let a payload come in; a process that dies has not answered, so the source sends the payload again."""
        for _ in range(5):
            try:
                self.hear(self.sources.kept[ACME, SOURCE.id])
            except Crash:
                self.hear = self._process()
                continue
            return
        raise AssertionError("never answered")

    def change(self, expect_every: timedelta | ExpectEvery) -> None:
        before = self.sources.kept[ACME, SOURCE.id]
        after = replace(before, expect_every=expect_every, version=before.version + 1)
        self.sources.save(after)
        self.hear.changed(after)

    def work(self, span: timedelta) -> None:
        """Let time pass."""
        until = self.clock() + span
        while self.clock() < until:
            for order in self.queue.take(self.clock()):
                self._deliver(order)
            if self.clock().minute % 15 == 0:
                self.sweep(lambda: MINUTE)
            self.clock.advance(MINUTE)

    def _deliver(self, order: Timer) -> None:
        for redelivered in (False, True):
            try:
                self.run(order, redelivered=redelivered)
            except (Crash, StorageUnavailable):
                continue
            return

    @property
    def mails(self) -> list[str]:
        """The subjects of the mails, in their order. Each is mailed to the owner and the admin who want notices."""
        received: dict[tuple[datetime, str], list[str]] = {}
        for alert in sorted(self.alerts.alerts.values(), key=lambda each: each.accepted_at):
            content = alert.items[0].content
            assert isinstance(content, EmailContent)
            (recipient,) = self.alerts.recipients(ChunkKey(ACME, alert.ref, 0, 0))
            received.setdefault((datetime_of(alert), content.subject), []).append(recipient.address)
        assert all(sorted(each) == ["adam@acme.example", "olive@acme.example"] for each in received.values())
        return [subject for _, subject in received]


def datetime_of(alert: Alert) -> datetime:
    """Return when what a mail tells began, which its reference says: half of the mails may be accepted later."""
    return datetime.fromtimestamp(int(alert.ref.replace("-", "")[:12], 16) / 1000, UTC)


def a_person(id: str, role: SystemRole) -> User:
    return User(ACME, UserId(id), f"{id}@acme.example", id.title(), RoleId(role.value), NOON, UserState.ACTIVE)


SILENT, BACK = "[Tocsin] Head office is silent", "[Tocsin] Head office is back"


def play(plan: Mapping[int, Fault]) -> SourceWorld:
    """Hear the source until 12:10; it is silent at 12:40, and speaks again at 14:00 for ten minutes."""
    world = SourceWorld(plan)
    for pause in (110 * MINUTE, 90 * MINUTE):
        for _ in range(10):
            world.heard()
            world.work(MINUTE)
        world.work(pause)
    return world


def judge(world: SourceWorld) -> None:
    assert world.mails == [SILENT, BACK, SILENT]
    events = [(each.event.type, each.event.data["sourceId"]) for each in world.rows.kept.values()]
    assert events == [("source.silent", SOURCE.id)] * 2
    assert [notice.code for notice in world.notices.told.values()] == ["source_silent"] * 2
    assert not world.timers.rows


@pytest.mark.parametrize("fault", FOUR)
def test_events_a_fault_at_any_call_tells_a_silence_and_its_end_once(fault: Fault) -> None:
    calls = play({}).script.calls
    assert {
        "pulses.find", "pulses.save", "timers.get", "timers.arm", "timers.move", "queue.enqueue", "sources.get",
        "rows.insert", "notices.notify", "alerts.accept",
    } <= set(calls)  # fmt: skip
    for number in range(len(calls)):
        judge(play({number: fault}))


def test_events_a_source_is_noted_once_a_minute_and_its_timer_moves_by_itself() -> None:
    world = SourceWorld({})
    for _ in range(30):
        for _ in range(20):
            world.heard()
            world.clock.advance(3 * SECOND)
    assert world.pulses.writes == 30
    assert len(world.timers.history) == 1, "each later event finds a timer that is due no later"
    assert len([call for call in world.script.calls if call != "pulses.find"]) <= 30 + 30 + 2


def test_events_two_processes_note_a_minute_once() -> None:
    world = SourceWorld({})
    other = HearSource(world.pulses, world.timers, world.clock)
    world.heard()
    other(SOURCE)
    assert world.pulses.writes == 1


@pytest.mark.parametrize("expect_every", [ExpectEvery.OFF, ExpectEvery.AUTO])
def test_events_off_and_what_is_not_learnt_yet_tell_nothing(expect_every: ExpectEvery) -> None:
    world = SourceWorld({}, replace(SOURCE, expect_every=expect_every))
    world.heard()
    world.work(40 * HOUR)
    assert (world.mails, world.timers.rows) == ([], {})
    assert bool(world.pulses.writes) is (expect_every is ExpectEvery.AUTO)


def test_events_a_learnt_span_tells_a_silence_in_busy_hours() -> None:
    world = SourceWorld({}, replace(SOURCE, expect_every=ExpectEvery.AUTO))
    for _ in range(12):
        world.heard()
        world.work(5 * MINUTE)
    world.heard()
    world.work(6 * HOUR)
    assert world.mails == [], "only the hour from noon to one is busy"
    world.work(7 * 24 * HOUR)
    assert world.mails == [SILENT]


def test_events_a_span_that_is_set_for_a_source_that_is_dead_already_counts() -> None:
    world = SourceWorld({}, replace(SOURCE, expect_every=ExpectEvery.OFF))
    world.change(ExpectEvery.AUTO)
    world.heard()
    world.work(2 * HOUR)
    world.change(30 * MINUTE)
    world.work(HOUR)
    assert world.mails == [SILENT]


def test_events_a_source_that_is_heard_while_its_silence_is_told_is_told_to_be_back() -> None:
    """Its event finds a timer that ends a moment later, and it tells nothing else for an hour."""
    world = SourceWorld({}, replace(SOURCE, expect_every=HOUR))
    world.heard()
    world.heard_while_told = True
    world.work(90 * MINUTE)
    assert world.mails == [SILENT, BACK]


def test_events_a_source_that_is_switched_off_or_gone_is_not_silent() -> None:
    for gone in (True, False):
        world = SourceWorld({}, replace(SOURCE, expect_every=ExpectEvery.AUTO))
        for _ in range(12):
            world.heard()
            world.work(5 * MINUTE)
        if gone:
            world.sources.delete(ACME, SOURCE.id)
        else:
            world.change(ExpectEvery.OFF)
        world.work(8 * 24 * HOUR)
        assert (world.mails, world.timers.rows) == ([], {})


def test_events_a_storage_that_fails_takes_no_event_back() -> None:
    world = SourceWorld({})
    world.pulses.outage.failing = 1
    world.heard()
    world.heard()
    assert world.pulses.writes == 1
