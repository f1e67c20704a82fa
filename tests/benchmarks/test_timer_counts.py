"""Budget 11 as a gate: the calls of one timer, near and far. Counts do not depend on the machine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.fakes.time import VirtualClock
from tests.fakes.timers import FakeTimerQueue, FakeTimers, FakeWakeUpScheduler
from tocsin.kernel.domain.ids import TenantId
from tocsin.timers.application.run import RunTimer
from tocsin.timers.domain.timer import Timer, TimerKey, TimerKind

CALLS = {
    # arm + ring; read, remove
    "near": Counter(arm=1, enqueue=1, get=1, move=1),
    # and besides: the alarm is set once, and what it puts on the queue goes back once. The row is not touched for it
    "far": Counter(arm=1, enqueue=2, set=1, get=1, move=1),
}


class Counting:
    """Counts the calls of a port."""

    def __init__(self, port: Any, calls: Counter[str]) -> None:
        self._port, self._calls = port, calls

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def counted(*args: Any) -> Any:
            self._calls[name] += 1
            return getattr(self._port, name)(*args)

        return counted


@pytest.mark.parametrize(("life", "due_in"), [("near", timedelta(minutes=15)), ("far", timedelta(days=40))])
def test_a_timer_costs_as_few_calls_as_was_promised(life: str, due_in: timedelta) -> None:
    calls: Counter[str] = Counter()
    clock, queue = VirtualClock(), FakeTimerQueue()
    timers, alarm = FakeTimers(), FakeWakeUpScheduler(queue)
    counted = Counting(queue, calls)

    def act(timer: Timer, now: datetime) -> None:
        return None

    run = RunTimer(Counting(timers, calls), counted, Counting(alarm, calls), {TimerKind.SCHEDULE: act}, clock)
    timer = Timer(TimerKey(TenantId("acme"), TimerKind.SCHEDULE, "s"), 1, clock() + due_in)
    run.timers.arm(timer)
    run.queue.enqueue([timer], clock())
    while queue.waiting:
        clock.at_least(min(at for at, _ in queue.waiting))
        for order in queue.take(clock()):
            run(order)
    assert timers.rows == {}
    assert calls == CALLS[life]
