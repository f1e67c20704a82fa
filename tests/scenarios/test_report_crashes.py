"""The reports of a day are sent, and something dies at every call there is: plan, count, mail, timer.

A person switches a report on; the process may die between the plan, the timer and its order. At eight the worker may die
while it counts, between two mails, before the plan moves on, and before the timer does. Orders are delivered again, or the
sweeper finds the timer. Each day is told once, with the same figures, and none is omitted.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import combinations
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from tests.scenarios.faults import FOUR, Fault, Script
from tests.scenarios.world import Crash, World
from tests.unit.reports.worlds import ACME, ANA, BEGIN, DAY, HOUR, ReportWorld, call
from tocsin.kernel.domain.errors import StaleWrite, StorageUnavailable
from tocsin.reports.domain.report_kind import ReportKind

CALLS = 3


def story(plan: dict[int, Fault]) -> tuple[ReportWorld, Script]:
    """Switch reports on, move the zone, and let three mornings come, with faults at some calls."""
    script = Script(plan, world=cast("World", object()))
    world = ReportWorld(now=BEGIN + 12 * HOUR, wrap=script.wrap)
    world.add(*(call(BEGIN + 13 * HOUR + n * HOUR) for n in range(CALLS)))
    again(lambda: world.switch_on(ANA, ReportKind.ACTIVITY, ReportKind.SPENDING))
    mornings(world, BEGIN + DAY + 12 * HOUR)
    world.zone = ZoneInfo("Asia/Kathmandu")
    again(lambda: world.plan.moved(ACME))
    mornings(world, BEGIN + 3 * DAY + 12 * HOUR)
    return world, script


def again(work: Callable[[], object]) -> None:
    """Do a piece of work until no process dies of it."""
    for _ in range(6):
        try:
            work()
        except (Crash, StorageUnavailable, StaleWrite):
            continue
        return
    raise AssertionError("it failed at every try")


def mornings(world: ReportWorld, until: object) -> None:
    """Let time pass; a worker that dies is followed by another one, which finds the timer as it stands."""
    while due := [each for each in world.timers.rows.values() if each.due_at < until]:  # type: ignore[operator]
        world.clock.at_least(due[0].due_at)
        again(world.fire)
    world.clock.at_least(until)  # type: ignore[arg-type]


def check(world: ReportWorld) -> None:
    days = ("2026-11-29", "2026-11-30", "2026-12-01")
    assert world.told == [(kind, day) for day in days for kind in (ReportKind.ACTIVITY, ReportKind.SPENDING)]
    counted = [sum(count.sums.calls.values()) for _, count in sorted(world.store.counts.items())]
    assert counted == [CALLS, 0, 0]
    assert all(tuple(mail.to) == (ANA,) for mail in world.mails.values())
    (timer,) = world.timers.rows.values()
    assert timer.due_at > world.clock()


CALLS_MADE = len(story({})[1].calls)


def test_nothing_dies() -> None:
    world, script = story({})
    check(world)
    assert {"mail.send", "store.save_plan", "store.save_count", "timers.move", "timers.arm"} <= set(script.calls)


@pytest.mark.parametrize("fault", FOUR)
def test_up_11_each_day_is_told_once_wherever_a_process_dies(fault: Fault) -> None:
    for place in range(CALLS_MADE):
        check(story({place: fault})[0])


@pytest.mark.deep
@pytest.mark.parametrize("first", [Fault.AFTER, Fault.OUTCOME_UNKNOWN])
@pytest.mark.parametrize("second", [Fault.BEFORE, Fault.AFTER])
def test_up_11_each_day_is_told_once_if_two_processes_die(first: Fault, second: Fault) -> None:
    for one, two in combinations(range(CALLS_MADE), 2):
        check(story({one: first, two: second})[0])


def test_an_order_that_comes_again_tells_nothing_again() -> None:
    world, _ = story({})
    told = list(world.told)
    for timer in world.timers.history:
        world.run(timer, redelivered=True)
    assert world.told == told
    assert timedelta(0) < next(iter(world.timers.rows.values())).due_at - world.clock() < DAY
