"""Every event of an alert is on the bus at least once, under one id, wherever a process dies; so is what has a delivery.

Every call of every port from acceptance to the bus is numbered; each is disturbed in turn, then sampled pairs of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import TENANT, number, sms
from tests.scenarios.callback_world import CallbackLambdas, CallbackWorld
from tests.scenarios.faults import FOUR, Fault, Script
from tests.scenarios.invariants import check
from tests.scenarios.world import Disturbance
from tocsin.identity.domain.notification import NotificationMode
from tocsin.webhooks.application.endpoints import enqueue_owed
from tocsin.webhooks.domain.bus_delivery import bus_delivery
from tocsin.webhooks.domain.bus_entry import BusEntry
from tocsin.webhooks.domain.delivery import DeliveryState
from tocsin.webhooks.domain.rule_delivery import DeliveryOwed


class BusScript(Script):
    """Knows that the bus says what it did not take, instead of raising."""

    def call(self, name: str, method: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        if name == "bus.put" and self.plan.get(len(self.calls)) in (Fault.THROTTLED, Fault.OUTCOME_UNKNOWN):
            fault = self.plan[len(self.calls)]
            self.calls.append(name)
            if fault is Fault.OUTCOME_UNKNOWN:
                method(*args, **kwargs)
            return {entry.event_id: "ThrottlingException" for entry in args[0]}
        return super().call(name, method, args, kwargs)


def run(
    plan: Mapping[int, Fault],
    *,
    bare: bool = False,
    refuses: Callable[[BusEntry], str | None] = lambda entry: None,
    lose: bool = False,
) -> tuple[CallbackWorld, list[str]]:
    script = BusScript(plan)
    disturbance = Disturbance(duplicates=(1, 1)) if bare else Disturbance()
    world = CallbackWorld(7, script.wrap, disturbance=disturbance, lose=lambda order: lose and len(world.sweeps) < 3)
    world.bus.refuses = refuses
    script.world = world
    world.accept(sms(number(1), number(2)), notification=NotificationMode.BUS)
    world.until_quiet()
    return world, script.calls


def on_the_bus(world: CallbackWorld) -> Counter[str]:
    return Counter(entry.event_id for entry in world.bus.taken)


def judge(world: CallbackWorld) -> None:
    check(world)
    assert set(on_the_bus(world)) == world.owed(), "events and entries differ"
    assert world.packs.open == [], "a pack is not on the bus"
    assert world.lost_orders == []
    assert world.deliveries.rows == {}
    assert world.calls == []
    assert world.owner_heard == []


def test_without_faults_each_event_is_put_once() -> None:
    world, calls = run({}, bare=True)
    judge(world)
    assert on_the_bus(world).total() == len(world.owed()) == 4  # two phones, sent and delivered each
    # The enumerator is only worth as much as the calls it sees.
    assert {"events.publish", "callback_queue.put", "packs.load", "alerts.get", "bus.put", "packs.close"} <= set(calls)


def test_a_worker_that_stops_after_the_bus_took_its_events_repeats_them_and_loses_none() -> None:
    step = run({}, bare=True)[1].index("bus.put")
    world, _ = run({step: Fault.AFTER}, bare=True)
    judge(world)
    assert max(on_the_bus(world).values()) == 2


@pytest.mark.deep
@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("bare", [False, True])
def test_one_fault_anywhere(fault: Fault, bare: bool) -> None:
    for step in range(len(run({}, bare=bare)[1])):
        judge(run({step: fault}, bare=bare)[0])


@pytest.mark.deep
@pytest.mark.parametrize("one", FOUR)
def test_two_faults_sampled(one: Fault) -> None:
    calls = run({}, bare=True)[1]
    n = 0
    for first in range(calls.index("events.publish"), len(calls)):
        for second in range(first + 1, len(calls) + 6):
            for other in FOUR:
                n += 1
                if n % 11 == 0:
                    judge(run({first: one, second: other}, bare=True)[0])


def test_orders_that_are_all_lost_are_found() -> None:
    judge(run({}, lose=True)[0])


def test_a_bus_that_refuses_for_hours_gets_everything_when_it_takes_again() -> None:
    refused: list[str] = []

    def for_hours(entry: BusEntry) -> str | None:
        refused.append(entry.event_id)
        return "InternalFailure" if len(refused) < 900 else None

    judge(run({}, bare=True, refuses=for_hours)[0])


def test_a_bus_that_refuses_for_a_day_is_given_up_and_the_key_is_told_once_a_pack() -> None:
    world, _ = run({}, bare=True, refuses=lambda entry: "AccessDeniedException")
    assert world.packs.open == []
    assert world.bus.taken == []
    packs = [pack for pack in world.events.packs.values() if pack.events]
    assert [notice.code for notice in world.owner_heard] == ["bus_exhausted"] * len(packs)
    for notice in world.owner_heard:
        assert timedelta(days=1) <= notice.at - world.accepted[0].accepted_at <= timedelta(days=1, minutes=15)


# --- what is no result of an alert --------------------------------------------------------------------------------


def run_owed(
    plan: Mapping[int, Fault], *, refuses: Callable[[BusEntry], str | None] = lambda entry: None, lose: bool = False
) -> tuple[CallbackWorld, list[str]]:
    """Let a transaction write three deliveries to the bus; then everything may fail."""
    script = BusScript(plan)
    disturbance = Disturbance(duplicates=(1, 1))
    world = CallbackWorld(
        7, script.wrap, silent=True, disturbance=disturbance, lose=lambda order: lose and len(world.sweeps) < 3
    )
    world.bus.refuses = refuses
    script.world = world
    now = world.clock()
    owed = [DeliveryOwed(bus_delivery(TENANT, "rule.sent", f"rule/r{n}", "run", {}, at=now, now=now)) for n in range(3)]
    for each in owed:
        world.deliveries.write(each)
    enqueue_owed(CallbackLambdas(world), owed)
    world.until_quiet()
    return world, script.calls


def judge_owed(world: CallbackWorld) -> None:
    assert set(on_the_bus(world)) == {key.event_id for key in world.deliveries.rows}
    assert {row.state for row in world.deliveries.rows.values()} == {DeliveryState.SUCCEEDED}
    assert (world.lost_orders, world.calls, world.owner_heard, world.endpoints.rows) == ([], [], [], {})


def test_events_2_8_without_faults_each_delivery_is_put_once() -> None:
    world, calls = run_owed({})
    judge_owed(world)
    assert on_the_bus(world).total() == 3
    assert {"deliveries.get", "bus.put", "deliveries.save"} <= set(calls)


@pytest.mark.parametrize("fault", Fault)
def test_events_2_8_one_fault_anywhere_loses_no_delivery(fault: Fault) -> None:
    for step in range(len(run_owed({})[1])):
        judge_owed(run_owed({step: fault})[0])


def test_events_2_8_deliveries_whose_orders_are_all_lost_are_found() -> None:
    judge_owed(run_owed({}, lose=True)[0])


def test_events_2_8_deliveries_that_the_bus_refuses_for_a_day_are_given_up_and_told_once() -> None:
    world, _ = run_owed({}, refuses=lambda entry: "AccessDeniedException")
    assert {row.state for row in world.deliveries.rows.values()} == {DeliveryState.EXHAUSTED}
    (notice,) = world.owner_heard
    assert (notice.code, notice.alert) == ("bus_exhausted", None)
    begun = min(row.attempts[0].at for row in world.deliveries.rows.values())
    assert timedelta(days=1) <= notice.at - begun <= timedelta(days=1, minutes=15)
