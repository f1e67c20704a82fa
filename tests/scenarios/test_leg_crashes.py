"""Legs become a call, and something dies at every call there is: the call is told once, with every leg."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import cast

import pytest

from tests.fakes.telephony import FakeCallsBeingAssembled, FakeEventRows, FakeOwedEvents
from tests.fakes.time import NOON, VirtualClock
from tests.scenarios.faults import FOUR, Fault, Script
from tests.scenarios.world import Crash, World
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.application.assemble_call import AssembleCall
from tocsin.telephony.application.ingest import IngestEvents
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.stored_event import EventDecision

ACME = TenantId("acme")


def leg(n: int, status: str) -> TelephonyEvent:
    data = {
        "callId": "c1", "legId": f"l{n}", "direction": "incoming", "status": status, "line": f"200{n}",
        "from": {"number": "+447700900123"}, "to": {"number": "+442079460000"}, "durationSeconds": 5,
    }  # fmt: skip
    return TelephonyEvent("pbx", f"e{n}", "call.leg", NOON + timedelta(seconds=n), NOON, data)


class LegWorld:
    """A call with three legs; what dies is delivered again, as queues and timers do."""

    def __init__(self, plan: Mapping[int, Fault]) -> None:
        self.script = Script(plan, world=cast("World", object()))
        self.clock, self.rows, self.calls = VirtualClock(), FakeEventRows(), FakeCallsBeingAssembled()
        decided = EventDecision((["rule", "r1"],))
        ingest = IngestEvents(
            self.script.wrap("rows", self.rows),
            self.script.wrap("orders", FakeOwedEvents()),
            lambda tenant, event: decided,
            self.clock,
        )
        self.assemble = AssembleCall(self.script.wrap("calls", self.calls), ingest, self.clock)

    def until_done(self, verb: Callable[[], datetime | None]) -> datetime | None:
        for _ in range(5):
            try:
                return verb()
            except (Crash, StorageUnavailable):
                continue
        raise AssertionError("never done")

    def add(self, n: int, status: str) -> datetime | None:
        return self.until_done(lambda: self.assemble.add(ACME, [leg(n, status)]))

    def settle(self) -> datetime | None:
        return self.until_done(lambda: self.assemble.settle(ACME, "pbx", "c1"))


def play(plan: Mapping[int, Fault]) -> LegWorld:
    world = LegWorld(plan)
    world.add(0, "missed")
    world.clock.advance(timedelta(seconds=6))
    due = world.add(1, "answered")
    assert world.add(1, "answered") == due  # delivered twice
    assert due is not None
    world.clock.advance(timedelta(seconds=6))
    assert world.settle() == due  # the timer of the first leg: too early
    world.add(2, "missed")
    world.clock.advance(timedelta(seconds=10))
    assert world.settle() is None
    assert world.settle() is None  # the timer twice
    assert world.add(3, "busy") is None  # a leg after the call was told
    return world


def judge(world: LegWorld) -> None:
    (told,) = world.rows.kept.values()
    assert (told.event.type, told.event.id, told.owed) == ("call.ended", "call:c1", True)
    assert (told.event.data["status"], told.event.data["lines"]) == ("answered", ["2000", "2001", "2002"])


@pytest.mark.parametrize("fault", FOUR)
def test_al_events_a_fault_at_any_call_tells_the_call_once_and_with_every_leg(fault: Fault) -> None:
    calls = play({}).script.calls
    assert {"calls.find", "calls.save", "rows.insert"} <= set(calls)
    for number in range(len(calls)):
        judge(play({number: fault}))
        for later in (1, 2, 3):
            judge(play({number: fault, number + later: Fault.OUTCOME_UNKNOWN}))


def test_legs_that_do_not_say_how_the_call_ended_wait_for_one_that_does() -> None:
    world = LegWorld({})
    silent = leg(0, "missed")
    data = {name: value for name, value in silent.data.items() if name != "status"}
    world.assemble.add(ACME, [TelephonyEvent("pbx", "e0", "call.leg", NOON, NOON, data)])
    world.clock.advance(timedelta(minutes=1))
    assert world.settle() is None
    assert not world.rows.kept
    assert world.add(1, "answered") == world.clock() + timedelta(seconds=10)
    world.clock.advance(timedelta(seconds=10))
    assert world.settle() is None
    assert len(world.rows.kept) == 1


def test_a_final_leg_settles_the_call_now() -> None:
    world = LegWorld({})
    final = leg(0, "answered")
    final = TelephonyEvent("pbx", "e0", "call.leg", final.at, NOON, {**final.data, "final": True})
    assert world.assemble.add(ACME, [final]) == world.clock()
