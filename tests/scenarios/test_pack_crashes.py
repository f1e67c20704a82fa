"""An hour of events is packed, and something dies at every call there is: object, row, timer. No event is lost.

The process that takes events in may die between the timer and the rows, the worker between the object of a part and the
row that names it, and while it drops a pack that lacks a row. The order is delivered again, or the sweeper finds it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

import pytest

from tests.fakes.telephony import FakeEventPacks, FakeEventRows, FakeOwedEvents
from tests.fakes.time import NOON, VirtualClock
from tests.fakes.timers import FakeTimerQueue, FakeTimers, FakeWakeUpScheduler
from tests.scenarios.faults import FOUR, Fault, Script
from tests.scenarios.world import Crash, World
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.application import pack_events
from tocsin.telephony.application.ingest import IngestEvents
from tocsin.telephony.application.pack_events import ArmPack, PackEvents
from tocsin.telephony.domain.cloud_events import EventReader
from tocsin.telephony.domain.stored_event import EventDecision, StoredEvent
from tocsin.timers.application.run import RunTimer
from tocsin.timers.application.sweep import SweepTimers
from tocsin.timers.domain.timer import Timer, TimerKind

ACME = TenantId("acme")
EVENTS = 7
MINUTE = timedelta(minutes=1)


class TwoWrites(FakeEventPacks):
    """A part is an object and a row: the object may be written without the row. Readers look at rows."""

    def __init__(self) -> None:
        super().__init__()
        self.objects: dict[Any, str] = {}

    def put_object(self, name: Any, text: str) -> None:
        self.objects[name] = text


class PackWorld:
    """One tenant whose index shows the last event only after the first pack."""

    def __init__(self, plan: Mapping[int, Fault]) -> None:
        self.script = Script(plan, world=cast("World", object()))
        self.clock = VirtualClock()
        self.kept, self.made, self.timers, self.queue = FakeEventRows(), TwoWrites(), FakeTimers(), FakeTimerQueue()
        self.index_is_late = True
        wrap = self.script.wrap
        self.objects = wrap("objects", self.made)
        arm = ArmPack(wrap("timers", self.timers), wrap("queue", self.queue), self.clock)
        decide = lambda tenant, event: EventDecision()  # noqa: E731
        self.ingest = IngestEvents(wrap("rows", self.kept), FakeOwedEvents(), decide, self.clock, arm)
        packing = PackEvents(
            rows=wrap("rows", self), packs=wrap("packs", self), kept_days=lambda tenant: 30, clock=self.clock
        )
        scheduler = FakeWakeUpScheduler(self.queue)
        self.run = RunTimer(wrap("timers", self.timers), self.queue, scheduler, {TimerKind.PACK: packing}, self.clock)
        self.sweep = SweepTimers(self.timers, self.queue, self.clock)

    # --- rows as the index shows them, and parts as two writes -------------------------------------------------

    def of_hour(self, tenant: TenantId, hour: datetime, limit: int, now: datetime, before: str | None = None) -> Any:
        found = self.kept.of_hour(tenant, hour, 100, now, before)
        shown = [each for each in found if not (self.index_is_late and each.event.id == "3")]
        return shown[:limit]

    def count_of_hour(self, tenant: TenantId, hour: datetime) -> int:
        return self.kept.count_of_hour(tenant, hour)

    def keep(self, tenant: TenantId, part: Any, events: Sequence[Any], kept_for: timedelta) -> None:
        self.objects.put_object((part.hour, part.number), str(events))
        self.made.keep(tenant, part, events, kept_for)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.made, name)

    # --- what happens -----------------------------------------------------------------------------------------

    def send(self) -> None:
        """Send all events until the call is answered."""
        events = [
            {
                "specversion": "1.0", "id": str(n), "source": "pbx", "type": "trunk.connected",
                "time": NOON.isoformat(), "data": {"trunk": f"t{n}"},
            }
            for n in range(EVENTS)
        ]  # fmt: skip
        for _ in range(5):
            try:
                self.ingest(ACME, EventReader(NOON).from_http({}, events))
            except (Crash, StorageUnavailable):
                continue
            return
        raise AssertionError("never answered")

    def work(self, until: datetime) -> None:
        """Let time pass; an order whose worker dies is delivered again once, then the sweeper must find the timer."""
        while self.clock() < until:
            for order in self.queue.take(self.clock()):
                self._deliver(order)
            if self.clock().minute % 15 == 0:
                self.sweep(lambda: MINUTE)
            self.clock.advance(5 * MINUTE)

    def _deliver(self, order: Timer) -> None:
        for redelivered in (False, True):
            try:
                self.run(order, redelivered=redelivered)
            except (Crash, StorageUnavailable):
                continue
            return


def play(plan: Mapping[int, Fault]) -> PackWorld:
    world = PackWorld(plan)
    world.send()
    world.work(NOON + timedelta(hours=3))
    world.index_is_late = False
    world.work(NOON + timedelta(hours=30))
    return world


def judge(world: PackWorld) -> None:
    parts = world.made.parts(ACME, NOON, NOON, world.clock())
    packed = [each.event.id for part in reversed(parts) for each in world.made.events(ACME, part)]
    assert sorted(packed) == [str(n) for n in range(EVENTS)]
    assert [part.complete for part in parts] == [False] * (len(parts) - 1) + [True]
    assert set(world.made.objects) == {(part.hour, part.number) for part in parts}
    assert not world.timers.rows


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pack_events, "PART_BYTES", 1)
    monkeypatch.setattr(pack_events, "PAGE", 3)


@pytest.mark.parametrize("fault", FOUR)
def test_events_a_fault_at_any_call_of_packing_loses_no_event(fault: Fault) -> None:
    calls = play({}).script.calls
    assert {
        "timers.arm", "queue.enqueue", "rows.insert", "packs.parts", "rows.of_hour", "rows.count_of_hour",
        "packs.keep", "objects.put_object", "packs.drop", "timers.move",
    } <= set(calls)  # fmt: skip
    for number in range(len(calls)):
        judge(play({number: fault}))


def test_events_two_faults_of_packing_are_no_worse() -> None:
    calls = play({}).script.calls
    for number in range(0, len(calls), 3):
        for later in (1, 2, 5):
            judge(play({number: Fault.AFTER, number + later: Fault.OUTCOME_UNKNOWN}))


def test_events_the_pack_is_the_same_whatever_died() -> None:
    calm = play({})
    stored: list[StoredEvent] = list(calm.kept.kept.values())
    assert len(stored) == EVENTS
    for number in range(len(calm.script.calls)):
        assert play({number: Fault.AFTER}).made.kept == calm.made.kept
