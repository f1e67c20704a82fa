"""R10: a store and a queue that throttle cost no message, and both lanes are back to normal within 2 min of the end.

A message is certain if nobody can have it: it is queued, or it was refused. What a worker may have handed over without
recording it waits for its receipts first, up to 10 min, because a second copy sooner would be worse.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.builders import number, sms
from tests.scenarios.invariants import check, check_always
from tests.scenarios.world import Disturbance, World
from tocsin.alerts.domain.alert import Alert, Lane
from tocsin.alerts.ports.dispatch_queue import LaneLoad
from tocsin.delivery.domain.message import RECEIPT_GRACE, MessageState
from tocsin.delivery.domain.progress import BACKLOG_PATIENCE, SWEEP_AFTER
from tocsin.kernel.domain.errors import StorageUnavailable

ANA, BOB, CAT = number(1), number(2), number(3)
MINUTE = timedelta(minutes=1)
THROTTLED = 11 * MINUTE
BACK_WITHIN = 2 * MINUTE

Refuses = Callable[[str], bool]
"""Whether a call of a port is throttled; called with `port.method`."""


def throttling(refuses: Refuses) -> Callable[[str, Any], Any]:
    """Return what puts a throttle before every port but the provider."""

    class Throttling:
        def __init__(self, name: str, port: Any) -> None:
            self._name, self._port = name, port

        def __getattr__(self, method: str) -> Any:
            real = getattr(self._port, method)
            if not callable(real):
                return real

            def call(*args: Any, **options: Any) -> Any:
                if refuses(f"{self._name}.{method}"):
                    raise StorageUnavailable("throttled")
                return real(*args, **options)

            return call

    return lambda name, port: port if name == "sender" else Throttling(name, port)


def last_certain(world: World, alert: Alert, since: datetime) -> timedelta:
    """Return how long after `since` the last message of an alert came to rest that was never in doubt."""
    rows = world.rows_of(alert).values()
    rest = [row.log[-1].at for row in rows if all(step.state is not MessageState.UNKNOWN for step in row.log)]
    return max(rest, default=since) - since


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("lane", Lane)
def test_r10_a_store_and_a_queue_that_throttle_for_ten_minutes_and_then_die_lose_nothing(lane: Lane, seed: int) -> None:
    weather = random.Random(seed)
    world: World

    def refuses(call: str) -> bool:
        age = world.clock() - began
        share = 0.5 if age < 10 * MINUTE else 1.0 if age < THROTTLED else 0.0
        return weather.random() < share and call != "alerts.accept"

    world = World(seed, throttling(refuses))
    began = world.clock()
    alerts = [world.accept(sms(ANA, BOB, CAT), lane=lane)]
    alerts += [world.accept(sms(ANA), ref=f"a{n}", lane=lane) for n in range(1, 4)]
    world.fast_forward(THROTTLED)
    check_always(world)
    ended = world.clock()
    world.until_quiet()
    world.dead_letters.clear()  # what the sweeper has queued again meanwhile

    check(world)
    assert [world.states(alert) for alert in alerts] == [{"delivered": alert.recipients} for alert in alerts]
    assert {phone: len(texts) for phone, texts in world.phones.items()} == {ANA: 4, BOB: 1, CAT: 1}
    assert max(last_certain(world, alert, ended) for alert in alerts) < BACK_WITHIN
    assert world.clock() - ended < RECEIPT_GRACE + 2 * MINUTE


def calls_without_faults(lane: Lane) -> list[str]:
    """Return every call from acceptance to the sweeper's first check and a bit more, in order."""
    calls: list[str] = []

    def note(call: str) -> bool:
        calls.append(call)
        return False

    world = World(1, throttling(note))
    world.accept(sms(ANA, BOB), lane=lane)
    world.fast_forward(3 * MINUTE)
    return calls


@pytest.mark.parametrize("part", range(4))
@pytest.mark.parametrize("lane", Lane)
def test_r10_each_kind_of_statement_throttled_from_each_step_on(lane: Lane, part: int) -> None:
    calls = calls_without_faults(lane)
    assert {"queue.put", "rows.save", "events.publish", "dispatch_progress.record"} <= set(calls)
    for step, kind in list(enumerate(calls))[part::4]:
        if kind != "alerts.accept":  # its client repeats it
            _throttled_from(step, kind, lane)


def _throttled_from(step: int, kind: str, lane: Lane) -> None:
    counts = Counter[str]()
    since: list[datetime] = []
    world: World

    def refuses(call: str) -> bool:
        counts["all"] += 1
        if not since and counts["all"] > step and call == kind:
            since.append(world.clock())
        return bool(since) and call == kind and world.clock() < since[0] + THROTTLED

    world = World(1, throttling(refuses))
    alert = world.accept(sms(ANA, BOB), lane=lane)
    world.fast_forward(3 * MINUTE)
    (ended,) = (begun + THROTTLED for begun in since)
    world.fast_forward(ended - world.clock())
    check_always(world)
    world.until_quiet()
    world.dead_letters.clear()

    check(world)
    where = f"{kind} from step {step} on: {[row.log for row in world.rows_of(alert).values()]}"
    assert world.states(alert) == {"delivered": 2}, where
    assert {phone: len(texts) for phone, texts in world.phones.items()} == {ANA: 1, BOB: 1}, where
    assert last_certain(world, alert, ended) < BACK_WITHIN, where


def test_r9_a_lost_job_of_a_broadcast_is_found_after_two_minutes_or_when_the_backlog_is_gone() -> None:
    for load, at_least in ((LaneLoad.TAKEN, SWEEP_AFTER), (LaneLoad.WAITING, SWEEP_AFTER + BACKLOG_PATIENCE)):
        lost = Disturbance(drop=lambda order: True, bulk=load)
        world = World(disturbance=lost)
        began = world.clock()
        alert = world.accept(sms(ANA, BOB), lane=Lane.BULK)
        lost.drop = lambda order: False

        world.fast_forward(20 * MINUTE)

        assert world.states(alert) == {"delivered": 2}
        first = min(call.at for call in world.sms.calls)
        assert at_least <= first - began <= at_least + MINUTE
        check(world)
