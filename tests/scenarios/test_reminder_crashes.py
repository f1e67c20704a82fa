"""A reminder is sent once and in time, and never for a start that was moved away, wherever a process dies.

Every call of every port from making an appointment, over a move, to its start is numbered; each is disturbed in turn.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta

import pytest

from tests.fakes.time import NOON
from tests.scenarios.faults import FOUR, Fault, Script
from tests.scenarios.reminder_world import ReminderWorld
from tests.unit.reminders.appointment_world import ACME, ANA, CYD, HOUR, MINUTE
from tocsin.timers.domain.timer import SWEEP_AFTER

FIRST, SECOND = NOON + 90 * MINUTE, NOON + 3 * HOUR
SWEPT = SWEEP_AFTER + MINUTE
"""Until an overdue timer is looked at, and until the sweeper comes by."""


def run(plan: Mapping[int, Fault]) -> tuple[ReminderWorld, list[str]]:
    """Make an appointment, move it after its first reminder, and give it to another person."""
    script = Script(plan)
    world = ReminderWorld(script.wrap)
    script.world = world  # type: ignore[assignment]
    world.make("a1", FIRST)
    world.until(NOON + 40 * MINUTE)
    world.change("a1", SECOND, CYD)
    world.until(SECOND + 2 * HOUR)
    return world, script.calls


def judge(world: ReminderWorld, late: timedelta, *, last: bool = True) -> None:
    """Judge what was told. `last`: the reminder of one minute, for which the sweeper is too slow, is owed too."""
    found = Counter((each.moment, each.notice.at) for each in world.told)
    due = {SECOND - before: moment for moment, before in (("1h", HOUR), ("15m", 15 * MINUTE), ("1m", MINUTE))}
    due[FIRST - HOUR] = "1h"
    owed = {(moment, at) for at, moment in due.items()}
    assert not [key for key, times in found.items() if times > 1]
    reminders = {key for key in found if key[0] != "created"}
    assert reminders <= owed
    assert {key for key in owed if last or key[0] != "1m"} <= reminders
    assert {each.person for each in world.told if each.notice.at > NOON + 40 * MINUTE} == {CYD}
    assert [each.person for each in world.told if each.moment == "created"] in ([ANA, CYD], [CYD])
    assert all(each.at - each.notice.at <= late for each in world.told)
    assert all(each.at < (each.notice.too_late_at or each.at) for each in world.told)
    assert world.timers.rows == {}
    assert world.appointments.kept[ACME, "a1"].version == 2


def test_up_17_without_faults_everything_is_told_in_time() -> None:
    world, calls = run({})
    judge(world, timedelta(seconds=1))
    assert [each.moment for each in world.told] == ["created", "1h", "created", "1h", "15m", "1m"]
    assert set(calls) >= {"appointments.get", "appointments.commit", "queue.enqueue", "timers.move", "tell.__call__"}


@pytest.mark.parametrize("fault", Fault)
def test_up_15_one_fault_anywhere(fault: Fault) -> None:
    for step in range(len(run({})[1])):
        world, _ = run({step: fault})
        paused = fault is Fault.PAUSED  # for longer than a minute
        judge(world, SWEPT + timedelta(seconds=130 if paused else 0) + MINUTE, last=not paused)


@pytest.mark.deep
@pytest.mark.parametrize("one", FOUR)
def test_up_15_two_faults(one: Fault) -> None:
    calls = run({})[1]
    for first in range(len(calls)):
        for second in range(first + 1, len(calls) + 6):
            other = FOUR[(first + second) % len(FOUR)]
            judge(run({first: one, second: other})[0], 2 * SWEPT + 3 * MINUTE, last=False)
