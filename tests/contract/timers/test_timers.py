"""Timers: what is due when. The row decides; a writer that came second changes nothing."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from tests.contract.alert_path import ACME, NOON, OTHER, AlertPath
from tests.fakes.timers import FakeTimers
from tocsin.adapters.dynamodb.table.client import Cancelled
from tocsin.adapters.dynamodb.table.table import condition_failed
from tocsin.adapters.dynamodb.timers import DynamoDbTimers, timer_moved, timer_put, timer_removed
from tocsin.kernel.domain.ids import TenantId
from tocsin.timers.domain.timer import SWEEP_AFTER, Timer, TimerKey, TimerKind
from tocsin.timers.ports import Timers

HOUR = timedelta(hours=1)
TICK = timedelta(milliseconds=1)


def a_timer(subject: str = "0192aaaa", due_in: timedelta = HOUR, generation: int = 1, tenant: TenantId = ACME) -> Timer:
    return Timer(TimerKey(tenant, TimerKind.SCHEDULE, subject), generation, NOON + due_in)


@pytest.fixture
def timers(world: AlertPath) -> Timers:
    return FakeTimers() if world.engine == "fake" else DynamoDbTimers(world.table)


def test_what_is_armed_stands_as_it_was_armed(timers: Timers) -> None:
    timer = a_timer(due_in=HOUR + timedelta(microseconds=1))
    assert timers.get(timer.key) is None
    assert timers.arm(timer)
    assert timers.get(timer.key) == timer


def test_arming_again_is_told_the_same(timers: Timers) -> None:
    assert timers.arm(a_timer())
    assert timers.arm(a_timer())


@pytest.mark.parametrize("generation", [2, 3])
def test_t4_a_row_of_the_same_or_a_higher_generation_stands(timers: Timers, generation: int) -> None:
    stands = a_timer(generation=generation)
    timers.arm(stands)
    assert not timers.arm(a_timer(due_in=2 * HOUR, generation=2))
    assert timers.get(stands.key) == stands


def test_a_higher_generation_takes_the_place_of_a_lower(timers: Timers) -> None:
    timers.arm(a_timer())
    after = a_timer(due_in=2 * HOUR, generation=2)
    assert timers.arm(after)
    assert timers.get(after.key) == after


def test_kinds_subjects_and_tenants_do_not_mix(timers: Timers) -> None:
    keys = [
        TimerKey(ACME, TimerKind.SCHEDULE, "a"),
        TimerKey(ACME, TimerKind.ESCALATION, "a"),
        TimerKey(ACME, TimerKind.SCHEDULE, "b"),
        TimerKey(OTHER, TimerKind.SCHEDULE, "a"),
    ]
    for number, key in enumerate(keys, 1):
        timers.arm(Timer(key, number, NOON))
    assert [timers.get(key) for key in keys] == [Timer(key, number, NOON) for number, key in enumerate(keys, 1)]


def test_a_move_puts_the_next_in_the_place_of_exactly_the_one_before(timers: Timers) -> None:
    first = a_timer()
    second = first.next(NOON + 2 * HOUR)
    timers.arm(first)
    assert timers.move(first, second)
    assert timers.get(first.key) == second


def test_t2_the_second_of_two_movers_is_told_so(timers: Timers) -> None:
    first = a_timer()
    timers.arm(first)
    assert timers.move(first, first.next(NOON + 2 * HOUR))
    assert not timers.move(first, first.next(NOON + 2 * HOUR))
    assert not timers.move(first, first.next(NOON + 3 * HOUR))
    assert not timers.move(first, None)
    assert timers.get(first.key) == first.next(NOON + 2 * HOUR)


def test_t2_of_ten_movers_at_once_one_wins(timers: Timers) -> None:
    first = a_timer()
    timers.arm(first)
    with ThreadPoolExecutor(10) as executor:
        won = list(executor.map(lambda n: timers.move(first, first.next(NOON + n * HOUR)), range(1, 11)))
    assert won.count(True) == 1
    assert timers.get(first.key) == first.next(NOON + (won.index(True) + 1) * HOUR)


def test_a_move_does_not_touch_a_timer_armed_anew_with_the_same_generation(timers: Timers) -> None:
    first, anew = a_timer(), a_timer(due_in=2 * HOUR)
    timers.arm(first)
    timers.cancel(first.key)
    timers.arm(anew)
    assert not timers.move(first, first.next(NOON + 3 * HOUR))
    assert not timers.move(first, None)
    assert timers.get(anew.key) == anew


def test_what_is_done_is_gone_and_nobody_moves_it(timers: Timers) -> None:
    timer = a_timer()
    timers.arm(timer)
    assert timers.move(timer, None)
    assert timers.move(timer, None)  # the repeat finds what it wanted
    assert not timers.move(timer, timer.next(NOON))
    assert timers.get(timer.key) is None
    assert not list(timers.due(NOON + 24 * HOUR, 10))


@pytest.mark.parametrize("generation", [None, 1])
def test_t4_a_cancelled_timer_is_gone(timers: Timers, generation: int | None) -> None:
    timer = a_timer()
    timers.arm(timer)
    timers.cancel(timer.key, generation)
    timers.cancel(timer.key, generation)
    assert timers.get(timer.key) is None


def test_cancelling_another_generation_changes_nothing(timers: Timers) -> None:
    timer = a_timer(generation=2)
    timers.arm(timer)
    timers.cancel(timer.key, 1)
    timers.cancel(timer.key, 3)
    assert timers.get(timer.key) == timer


def test_r9_what_is_overdue_is_found_oldest_first_of_all_tenants(timers: Timers) -> None:
    late, later, other = a_timer("late"), a_timer("later", HOUR + TICK), a_timer("other", HOUR - TICK, tenant=OTHER)
    for timer in (late, later, other):
        timers.arm(timer)
    found = NOON + HOUR + SWEEP_AFTER
    assert list(timers.due(found - 2 * TICK, 10)) == []
    assert list(timers.due(found, 10)) == [other.key, late.key]
    assert list(timers.due(found + TICK, 10)) == [other.key, late.key, later.key]
    assert list(timers.due(found + TICK, 2)) == [other.key, late.key]


def test_what_was_put_off_is_found_later(timers: Timers) -> None:
    timer = a_timer()
    timers.arm(timer)
    timers.defer(timer, NOON + 3 * HOUR)
    assert list(timers.due(NOON + 2 * HOUR, 10)) == []
    assert list(timers.due(NOON + 3 * HOUR, 10)) == [timer.key]
    assert timers.get(timer.key) == timer


def test_a_timer_that_moved_on_is_not_put_off(timers: Timers) -> None:
    first = a_timer()
    second = first.next(NOON + 2 * HOUR)
    timers.arm(first)
    timers.move(first, second)
    timers.defer(first, NOON + 240 * HOUR)
    assert list(timers.due(second.due_at + SWEEP_AFTER, 10)) == [first.key]


def test_what_is_gone_is_not_put_off(timers: Timers) -> None:
    timers.defer(a_timer(), NOON)
    assert timers.get(a_timer().key) is None
    assert not list(timers.due(NOON + 24 * HOUR, 10))


class TestInsideATransaction:
    """The same writes as actions: together with another row, or not at all."""

    @pytest.fixture
    def timers(self, real: AlertPath) -> Timers:
        return DynamoDbTimers(real.table)

    def write(self, real: AlertPath, *actions: Any) -> bool:
        try:
            real.table.transact(actions)
        except Cancelled as cancelled:
            assert any(map(condition_failed, cancelled.reasons))  # noqa: PT017
            return False
        return True

    def test_arm_move_and_remove(self, real: AlertPath, timers: Timers) -> None:
        first = a_timer()
        second = first.next(NOON + 2 * HOUR)
        assert self.write(real, timer_put(first))
        assert not self.write(real, timer_put(first))
        assert self.write(real, timer_moved(first, second))
        assert not self.write(real, timer_moved(first, second))
        assert timers.get(first.key) == second
        assert list(timers.due(second.due_at + SWEEP_AFTER, 10)) == [first.key]
        assert not self.write(real, timer_removed(first.key, first))
        assert self.write(real, timer_removed(first.key, second))
        assert self.write(real, timer_removed(first.key, second))
        assert self.write(real, timer_removed(first.key))
        assert timers.get(first.key) is None

    def test_with_another_row_that_is_refused_nothing_is_armed(self, real: AlertPath, timers: Timers) -> None:
        one, two = a_timer("one"), a_timer("two")
        timers.arm(two)
        assert not self.write(real, timer_put(one), timer_put(two))
        assert timers.get(one.key) is None
