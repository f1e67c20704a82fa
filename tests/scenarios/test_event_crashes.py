"""Events come in, and something dies at every call there is: none is lost, and nothing is done twice.

A sender repeats its call until it is answered. A worker does what is owed: it reads the event, does each act under a
derived id, and notes that the event is done. The sweeper orders again what stays owed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import cast

import pytest

from tests.fakes.telephony import FakeEventRows, FakeOwedEvents
from tests.fakes.time import NOON, VirtualClock
from tests.scenarios.faults import FOUR, Fault, Script
from tests.scenarios.world import Crash, World
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.application.ingest import IngestEvents
from tocsin.telephony.domain.cloud_events import EventReader
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.event_order import EventOrder
from tocsin.telephony.domain.stored_event import EventDecision

ACME = TenantId("acme")
EVENTS = 30
"""More than one insertion."""


class Sent:
    """What the acts have sent: a repeat under the same id changes nothing."""

    def __init__(self) -> None:
        self.messages: dict[tuple[str, str], int] = {}

    def accept(self, name: str, rule: str, decision: int) -> None:
        self.messages.setdefault((name, rule), decision)


class EventWorld:
    """One tenant whose rules change with every try of the sender: each try decides something else."""

    def __init__(self, plan: Mapping[int, Fault]) -> None:
        self.script = Script(plan, world=cast("World", object()))
        self.clock = VirtualClock()
        self.kept, self.queue, self.sent = FakeEventRows(), FakeOwedEvents(), Sent()
        self.rows = self.script.wrap("rows", self.kept)
        self.effects = self.script.wrap("sent", self.sent)
        self.tries = 0
        orders = self.script.wrap("orders", self.queue)
        self.ingest = IngestEvents(self.rows, orders, self._decide, self.clock)
        self.orders = orders

    def _decide(self, tenant: TenantId, event: TelephonyEvent) -> EventDecision:
        owed = int(event.id) % 3 == 0
        return EventDecision(tuple([f"r{rule}", self.tries] for rule in range(2) if owed))

    def send(self) -> None:
        """Send all events until the call is answered."""
        events = [
            {
                "specversion": "1.0", "id": str(n), "source": "pbx", "type": "trunk.connected",
                "time": NOON.isoformat(), "data": {"trunk": f"t{n}"},
            }
            for n in range(EVENTS)
        ]  # fmt: skip
        for self.tries in range(1, 6):
            try:
                self.ingest(ACME, EventReader(NOON).from_http({}, events))
            except (Crash, StorageUnavailable):
                continue
            return
        raise AssertionError("never answered")

    def work(self) -> None:
        """Deliver every order, each of them twice; one whose worker dies is delivered again."""
        while self.queue.queued:
            order = self.queue.queued.pop(0)
            for _ in range(2):
                try:
                    self._act(order)
                except (Crash, StorageUnavailable):
                    self.queue.queued.append(order)

    def _act(self, order: EventOrder) -> None:
        for name, stored in self.rows.read(order.tenant, order.names, self.clock()).items():
            for rule, decision in stored.acts if stored.owed else ():
                self.effects.accept(name, rule, decision)
            self.rows.done(order.tenant, name)

    def sweep(self) -> None:
        for tenant, name in self.kept.owed(self.clock(), 100):
            self.queue.put([EventOrder(tenant, (name,))])


def play(plan: Mapping[int, Fault]) -> EventWorld:
    world = EventWorld(plan)
    world.send()
    world.work()
    world.clock.advance(timedelta(minutes=3))
    world.sweep()
    world.work()
    return world


def judge(world: EventWorld) -> None:
    assert len(world.kept.kept) == EVENTS
    assert not [each for each in world.kept.kept.values() if each.owed]
    expected = {
        (name, rule): decision for (_, name), stored in world.kept.kept.items() for rule, decision in stored.acts
    }
    # each act of each event, as it was decided first, and no other
    assert world.sent.messages == expected
    assert len(expected) == 2 * EVENTS // 3
    assert max(Counter(name for name, _ in expected).values()) == 2


@pytest.mark.parametrize("fault", FOUR)
def test_al_events_a_fault_at_any_call_loses_none_and_does_nothing_twice(fault: Fault) -> None:
    calls = play({}).script.calls
    assert {"rows.insert", "orders.put", "rows.read", "sent.accept", "rows.done"} <= set(calls)
    for number in range(len(calls)):
        judge(play({number: fault}))


def test_al_events_two_faults_are_no_worse() -> None:
    calls = play({}).script.calls
    for number in range(min(12, len(calls))):
        for later in range(1, 9):
            for fault in FOUR:
                judge(play({number: fault, number + later: Fault.OUTCOME_UNKNOWN}))


def test_al_events_the_sweeper_alone_brings_about_what_is_owed() -> None:
    """The queue loses every order, and the sender does not repeat: it was answered."""
    world = EventWorld({})
    world.queue.outage.failing = 1
    world.send()
    assert world.tries == 1
    assert not world.queue.queued
    world.clock.advance(timedelta(minutes=2) - timedelta(milliseconds=1))
    world.sweep()
    assert not world.queue.queued  # it has its two minutes
    world.clock.advance(timedelta(milliseconds=1))
    world.sweep()
    world.work()
    judge(world)
