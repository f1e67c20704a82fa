"""A schedule is made once, runs once per occurrence and never after its cancellation, wherever a process dies.

Every call of every port from making it to its end is numbered; each is disturbed in turn, then pairs of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

import pytest

from tests.fakes.time import NOON
from tests.scenarios.faults import FOUR, Fault, Script
from tests.scenarios.schedule_world import ScheduleWorld, check_history
from tests.unit.schedules.schedule_desk import asked
from tocsin.schedules.application.change import Change
from tocsin.schedules.domain.schedule import ScheduleId, ScheduleState

MINUTE = timedelta(minutes=1)
THRICE = asked(delay="5m", repeat="5m", end=NOON + 17 * MINUTE)
SWEPT = timedelta(seconds=75)
"""90 s until an overdue timer is looked at, and up to 60 s until the sweeper comes by."""


def run(plan: Mapping[int, Fault], *, cancel: bool = False) -> tuple[ScheduleWorld, list[str]]:
    """Make a schedule of three occurrences; with `cancel`, cancel it after the first, as often as it takes."""
    script = Script(plan)
    world = ScheduleWorld(7, script.wrap, copies=(1, 1))
    script.world = world  # type: ignore[assignment]
    made = world.make(THRICE)
    if cancel:
        world.until_quiet(7 * MINUTE)
        if made is not None:
            id = ScheduleId(made.schedule_id or "")
            while world.change(id, Change.CANCEL) is None:
                pass
    world.until_quiet()
    return world, script.calls


def judge(world: ScheduleWorld, late: timedelta) -> None:
    check_history(world)
    assert world.dead == []
    assert world.timers.rows == {}
    assert len(world.desk.schedules.rows) <= 1
    if not world.desk.schedules.rows:
        assert world.desk.stores.stores == {}, "a store that nobody asked for"
        return
    (schedule,) = world.desk.schedules.rows.values()
    assert world.desk.stores.find(schedule.tenant, schedule.key_id, schedule.store_id, world.clock()) is not None
    assert all(alert.accepted_at - alert.cause.at <= late for alert in world.alerts if alert.cause)
    if schedule.state is ScheduleState.CANCELLED:
        assert schedule.ended_at is not None
        assert all(alert.accepted_at <= schedule.ended_at for alert in world.alerts)
    else:
        assert (schedule.state, schedule.runs, schedule.missed) == (ScheduleState.FINISHED, 3, 0)


def test_t2_without_faults_each_occurrence_runs_once_and_in_time() -> None:
    world, calls = run({})
    judge(world, timedelta(seconds=1))
    assert len(world.alerts) == 3
    # The enumerator is only worth as much as the calls it sees.
    assert set(calls) >= {
        "together.earlier_answer",
        "together.commit",
        "queue.enqueue",
        "schedules.get",
        "keys.get",
        "stores.get",
        "alerts.accept",
        "batches.put",
        "stores.find",
        "stores.touch",
        "timers.move",
    }


@pytest.mark.parametrize("cancel", [False, True])
@pytest.mark.parametrize("fault", Fault)
def test_t2_t4_one_fault_anywhere(fault: Fault, cancel: bool) -> None:
    for step in range(len(run({}, cancel=cancel)[1])):
        world, _ = run({step: fault}, cancel=cancel)
        judge(world, SWEPT + timedelta(seconds=130 if fault is Fault.PAUSED else 0))


@pytest.mark.parametrize("one", FOUR)
def test_t2_two_faults(one: Fault) -> None:
    calls = run({}, cancel=True)[1]
    for first in range(len(calls)):
        for second in range(first + 1, len(calls) + 6, 3):
            other = FOUR[(first + second) % len(FOUR)]
            judge(run({first: one, second: other}, cancel=True)[0], 2 * SWEPT + 3 * MINUTE)
