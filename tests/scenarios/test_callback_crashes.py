"""Every event of an alert is called back at least once, under one id, wherever a process dies (W2, R1).

Every call of every port from acceptance to the receiver's answer is numbered; each is disturbed in turn, then sampled
pairs of them. Then the world is run until it is quiet.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from tests.builders import number, sms
from tests.scenarios.callback_world import URL, CallbackWorld, check_callbacks
from tests.scenarios.faults import FOUR, Fault, Script
from tests.scenarios.invariants import check
from tests.scenarios.world import Disturbance
from tocsin.egress.domain.callback_url import Callback
from tocsin.webhooks.domain.delivery import DeliveryState
from tocsin.webhooks.ports.http import WebhookAnswer

NO_ANSWER = WebhookAnswer(None, "connection_reset")


class HookScript(Script):
    """Knows that a receiver answers, or does not, instead of raising."""

    def call(self, name: str, method: Callable[..., Any], args: Any, kwargs: Any) -> Any:
        if name == "hook.send" and self.plan.get(len(self.calls)) in (Fault.THROTTLED, Fault.OUTCOME_UNKNOWN):
            fault = self.plan[len(self.calls)]
            self.calls.append(name)
            if fault is Fault.OUTCOME_UNKNOWN:
                method(*args, **kwargs)
                return NO_ANSWER
            return WebhookAnswer(503)
        return super().call(name, method, args, kwargs)


def run(plan: Mapping[int, Fault], *, bare: bool = False) -> tuple[CallbackWorld, list[str]]:
    script = HookScript(plan)
    disturbance = Disturbance(duplicates=(1, 1)) if bare else Disturbance()
    world = CallbackWorld(7, script.wrap, disturbance=disturbance)
    script.world = world
    world.accept(sms(number(1), number(2)), callback=Callback(URL))
    world.until_quiet()
    return world, script.calls


def judge(world: CallbackWorld, faults: int) -> None:
    check(world)
    check_callbacks(world)
    arrived = world.arrived()
    for row in world.deliveries.rows.values():
        assert row.state is DeliveryState.SUCCEEDED, f"{row.state}: {row.attempts}"
        # A repeat takes a fault of its own: a worker that died, or an answer that was lost.
        assert 1 <= arrived[row.key.event_id] <= 1 + faults
    assert world.lost_orders == []


def test_without_faults_each_event_is_called_back_once() -> None:
    world, calls = run({}, bare=True)
    judge(world, 0)
    assert world.arrived().total() == len(world.owed()) == 4  # two phones, sent and delivered each
    # The enumerator is only worth as much as the calls it sees.
    seen = set(calls)
    assert {"events.publish", "callback_queue.put", "packs.load", "endpoints.add", "endpoints.permit"} <= seen
    assert {"deliveries.add_all", "hook.send", "deliveries.save", "packs.close", "endpoints.release"} <= seen


@pytest.mark.deep
@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("bare", [False, True])
def test_r1_w2_one_fault_anywhere(fault: Fault, bare: bool) -> None:
    for step in range(len(run({}, bare=bare)[1])):
        world, _ = run({step: fault}, bare=bare)
        judge(world, 1)


@pytest.mark.deep
@pytest.mark.parametrize("one", FOUR)
def test_r1_w2_two_faults_sampled(one: Fault) -> None:
    calls = run({}, bare=True)[1]
    begins = calls.index("events.publish")
    n = 0
    for first in range(begins, len(calls)):
        for second in range(first + 1, len(calls) + 6):
            for other in FOUR:
                n += 1
                if n % 11 == 0:
                    judge(run({first: one, second: other}, bare=True)[0], 2)


def test_r9_orders_that_are_all_lost_are_found() -> None:
    # given a queue that swallows every order as long as the sweeper has not run twice
    world = CallbackWorld(lose=lambda order: len(world.sweeps) < 3)
    world.accept(sms(number(1)), callback=Callback(URL))
    world.until_quiet()
    judge(world, 0)
