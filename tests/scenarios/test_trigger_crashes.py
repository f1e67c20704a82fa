"""A keyword comes in, and something dies at every place there is: the alert is sent once, and told of once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from itertools import combinations
from typing import Any, cast

import pytest

from tests.builders import KEY, TENANT
from tests.scenarios.faults import FOUR, Fault, Script
from tests.scenarios.world import Crash, World
from tests.unit.triggers.triggering import ANA, Triggering
from tocsin.alerts.application.send import SendAlert
from tocsin.alerts.domain.features import TriggerKind
from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import StoreId
from tocsin.timers.application.run import RunTimer
from tocsin.timers.application.sweep import SweepTimers
from tocsin.timers.domain.timer import TimerKind
from tocsin.triggers.application.fire import FireTrigger, KeywordMessage
from tocsin.triggers.application.send import SendTriggered
from tocsin.triggers.domain.trigger import TriggerRunState

MINUTE = timedelta(minutes=1)


def play(plan: Mapping[int, Fault], *, store_gone: bool = False) -> tuple[Triggering, StoreId, list[str]]:
    """Let Ana write the word, through the faults of the plan; the queues deliver until all is done."""
    world = Triggering()
    store = world.activated()
    if store_gone:
        world.stores.delete(TENANT, KEY, store)
    script = Script(plan, world=cast("World", object()))

    def port(name: str) -> Any:
        return script.wrap(name, getattr(world, name))

    keys = script.wrap("keys", world.desk.keys)
    prepare = replace(world.desk.send_alert.prepare, stores=port("stores"))
    send = SendAlert(prepare, port("alerts"), keys, script.wrap("queue", world.desk.queue), world.clock)
    fire = FireTrigger(port("triggers"), port("timer_queue"), port("messages"), world.clock)
    action = SendTriggered(
        port("triggers"),
        keys,
        port("stores"),
        port("alerts"),
        send,
        world.send_triggered.read,
        port("event_publisher"),
        port("messages"),
    )
    actions = {TimerKind.TRIGGER: action}
    run = RunTimer(port("timers"), port("timer_queue"), world.run_timer.scheduler, actions, world.clock)
    sweep = SweepTimers(world.timers, world.timer_queue, world.clock, limit=10)
    message = KeywordMessage(TENANT, KEY, TriggerKind.SMS, "fire!", "in-1", ANA, Channel.SMS, world.clock())

    taken_in = False
    for _ in range(12):
        if not taken_in:
            try:
                fire(message)
                taken_in = True
            except (Crash, StorageUnavailable):
                pass
        for order in world.timer_queue.take(world.clock()):
            for receive in range(5):
                try:
                    run(order, redelivered=receive > 0)
                    break
                except (Crash, StorageUnavailable):
                    continue
        world.wait(MINUTE)
        sweep(lambda: MINUTE)
    assert taken_in
    return world, store, script.calls


def judge(world: Triggering, store: StoreId) -> None:
    (alert,) = world.sent()
    (trigger_run,) = world.firings()
    assert (trigger_run.state, trigger_run.alert) == (TriggerRunState.SENT, alert.ref)
    assert world.trigger(store).fired == 1
    assert [event.event for event in world.told(alert)] == ["keyword"]
    assert world.notices() == []
    assert world.timers.rows == {}


def calls() -> int:
    return len(play({})[2])


def test_the_story_without_faults() -> None:
    world, store, made = play({})
    judge(world, store)
    assert len(made) > 15


@pytest.mark.parametrize("fault", FOUR)
def test_r1_one_fault_at_any_place(fault: Fault) -> None:
    for place in range(calls()):
        world, store, _ = play({place: fault})
        judge(world, store)


@pytest.mark.parametrize("faults", [(Fault.AFTER, Fault.AFTER), (Fault.OUTCOME_UNKNOWN, Fault.BEFORE)])
def test_r1_two_faults_at_any_two_places(faults: tuple[Fault, Fault]) -> None:
    for first, second in combinations(range(calls() + 6), 2):
        world, store, _ = play({first: faults[0], second: faults[1]})
        judge(world, store)


@pytest.mark.parametrize("fault", FOUR)
def test_a_run_that_cannot_be_sent_is_told_of_once_too(fault: Fault) -> None:
    for place in range(len(play({}, store_gone=True)[2])):
        world, _, _ = play({place: fault}, store_gone=True)
        (trigger_run,) = world.firings()
        assert (trigger_run.state, world.sent()) == (TriggerRunState.FAILED, [])
        assert world.notices() == ["trigger_store_gone"]
        assert world.timers.rows == {}
