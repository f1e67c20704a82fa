"""A timer runs once per occurrence, never early and never lost, wherever a process dies (T1, T2, E1).

Every call of every port from arming to the last occurrence is numbered; each is disturbed in turn, then pairs of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.fakes.time import NOON
from tests.scenarios.faults import FOUR, Fault, Script
from tests.scenarios.timer_world import MINUTE, TimerWorld
from tocsin.timers.domain.timer import SWEEP_AFTER

NEAR = (MINUTE, MINUTE)
FAR = (timedelta(minutes=31, seconds=13), timedelta(minutes=16))
PROMISED = timedelta(seconds=75)
SWEPT = SWEEP_AFTER + MINUTE
"""A timer is looked at 15 s after its due time, and the sweeper comes by every minute."""


def run(
    plan: Mapping[int, Fault], gaps: tuple[timedelta, ...] = NEAR, *, copies: tuple[int, int] = (1, 1), **broken: Any
) -> tuple[TimerWorld, list[str]]:
    script = Script(plan)
    world = TimerWorld(7, script.wrap, gaps=gaps, copies=copies, **broken)
    script.world = world  # type: ignore[assignment]
    world.start()
    world.until_quiet()
    return world, script.calls


def judge(world: TimerWorld, gaps: tuple[timedelta, ...], late: timedelta) -> None:
    """Raise AssertionError unless every occurrence had its effect once, in time; or nothing was ever armed."""
    assert world.timers.rows == {}
    assert world.dead == []
    due = NOON + MINUTE
    if not world.timers.history:
        assert world.effects == {}
        return
    assert list(world.effects) == [*range(1, len(gaps) + 2)]
    for generation, at in world.effects.items():
        assert due <= at <= due + late, f"generation {generation} was {at - due} late"
        due += gaps[generation - 1] if generation <= len(gaps) else timedelta(0)


def judge_undisturbed(world: TimerWorld, gaps: tuple[timedelta, ...], copies: tuple[int, int]) -> None:
    """As `judge`, and nothing was done in vain: not even the action is asked twice, and duplicates have no offspring."""
    judge(world, gaps, timedelta(seconds=1))
    assert len(world.runs) == len(gaps) + 1
    # Of each occurrence one order, and two more where an alarm had to be set and rang early.
    longest = 1 + max(copies) + max(copies) ** 2 if gaps is FAR else 1
    assert len(world.reports) <= longest * max(copies) * (len(gaps) + 1)


@pytest.mark.parametrize("gaps", [NEAR, FAR])
@pytest.mark.parametrize("copies", [(1, 1), (2, 3)])
def test_t1_t2_without_faults_each_occurrence_runs_once_and_in_time(
    gaps: tuple[timedelta, ...], copies: tuple[int, int]
) -> None:
    world, calls = run({}, gaps, copies=copies)
    judge_undisturbed(world, gaps, copies)
    # The enumerator is only worth as much as the calls it sees.
    assert set(calls) >= {"timers.arm", "queue.enqueue", "timers.get", "dispatch_progress.make", "timers.move"}
    assert ("scheduler.set" in calls) == (gaps is FAR)


@pytest.mark.parametrize("fault", Fault)
@pytest.mark.parametrize("gaps", [NEAR, FAR])
@pytest.mark.parametrize("copies", [(1, 1), (2, 3)])
def test_t1_t2_one_fault_anywhere(fault: Fault, gaps: tuple[timedelta, ...], copies: tuple[int, int]) -> None:
    for step in range(len(run({}, gaps, copies=copies)[1])):
        world, calls = run({step: fault}, gaps, copies=copies)
        judge(world, gaps, SWEPT + timedelta(seconds=130 if fault is Fault.PAUSED else 0))
        assert len(calls) >= step


@pytest.mark.parametrize("fault", [Fault.BEFORE, Fault.THROTTLED])
def test_e1_a_worker_that_dies_before_it_enqueues_for_a_far_time_does_not_make_it_late(fault: Fault) -> None:
    calls = run({}, FAR)[1]
    for step in [n for n, name in enumerate(calls) if name == "scheduler.set"]:
        judge(run({step: fault}, FAR)[0], FAR, PROMISED)


@pytest.mark.parametrize("one", FOUR)
def test_t1_t2_two_faults(one: Fault) -> None:
    calls = run({})[1]
    for first in range(len(calls)):
        for second in range(first + 1, len(calls) + 8):
            for other in FOUR:
                judge(run({first: one, second: other})[0], NEAR, 2 * SWEPT + 3 * MINUTE)


def test_r9_e1_orders_that_are_all_lost_are_found_within_75_s() -> None:
    # given a queue that swallows whatever its owner puts into it
    world = TimerWorld(gaps=NEAR)
    timer = world.start()
    world.queue.waiting.clear()
    world.until_quiet()
    judge(world, NEAR, SWEPT)
    # E1: the sweeper, which runs each minute, finds it at once
    assert timer.due_at + SWEEP_AFTER <= world.effects[1] <= timer.due_at + PROMISED


def test_r8_an_action_that_fails_for_an_hour_keeps_its_timer_and_runs_in_the_end() -> None:
    world = TimerWorld(gaps=NEAR, copies=(1, 1))
    world.failing = 12
    world.start()
    world.until_quiet()
    assert list(world.effects) == [1, 2, 3]
    assert world.timers.rows == {}
    assert world.failing == 0


def test_r8_one_that_always_fails_is_set_apart_and_does_not_spin() -> None:
    world = TimerWorld(copies=(1, 1))
    world.failing = 10_000
    timer = world.start()
    world.until_quiet(timedelta(days=1))
    assert world.timers.rows == {timer.key: timer}
    assert timer in world.dead
    assert 24 <= len(world.runs) <= 5 * 40  # five receives of an order, an order an hour
    gaps = [world.runs[n + 1][1] - world.runs[n][1] for n in range(len(world.runs) - 1)]
    assert max(gaps) <= timedelta(hours=1, minutes=1)
