"""An order to look at a timer came."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import pairwise

import pytest

from tests.fakes.time import NOON, VirtualClock
from tests.fakes.timers import FakeTimerQueue, FakeTimers, FakeWakeUpScheduler
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.timers.application.run import NoSuchAction, RunTimer, TimerOutcome
from tocsin.timers.application.sweep import SweepTimers
from tocsin.timers.domain.timer import LONGEST_WAIT, SWEEP_AFTER, Timer, TimerKey, TimerKind, wake_up_at

ACME = TenantId("acme")
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)
DAY = timedelta(days=1)


def plenty() -> timedelta:
    return MINUTE


class Desk:
    """One worker, one sweeper, and what the actions did."""

    def __init__(self) -> None:
        self.clock = VirtualClock()
        self.timers, self.queue = FakeTimers(), FakeTimerQueue()
        self.scheduler = FakeWakeUpScheduler(self.queue)
        self.ran: list[tuple[Timer, datetime]] = []
        self.then: Callable[[Timer], datetime | None] = lambda timer: None
        actions = {TimerKind.SCHEDULE: self.act, TimerKind.ESCALATION: self.act}
        self.run = RunTimer(self.timers, self.queue, self.scheduler, actions, self.clock)
        self.sweep = SweepTimers(self.timers, self.queue, self.clock, limit=100)

    def act(self, timer: Timer, now: datetime) -> datetime | None:
        self.ran.append((timer, now))
        return self.then(timer)

    def armed(self, due_in: timedelta = MINUTE, kind: TimerKind = TimerKind.SCHEDULE, subject: str = "s") -> Timer:
        timer = Timer(TimerKey(ACME, kind, subject), 1, self.clock() + due_in)
        assert self.timers.arm(timer)
        return timer

    def waiting(self) -> list[timedelta]:
        """How long the orders in the queue have still to wait."""
        return [at - self.clock() for at, _ in self.queue.waiting]


def test_t1_an_order_that_is_early_is_put_back_for_as_long_as_it_takes() -> None:
    desk = Desk()
    timer = desk.armed(MINUTE)
    desk.clock.advance(20 * SECOND)

    assert desk.run(timer).outcome is TimerOutcome.EARLY

    assert desk.ran == []
    assert desk.waiting() == [40 * SECOND]


def test_an_order_that_is_far_too_early_has_its_alarm_set_once() -> None:
    desk = Desk()
    timer = desk.armed(DAY)
    assert [desk.run(timer).outcome for _ in range(3)] == [TimerOutcome.EARLY] * 3
    assert desk.scheduler.wake_ups == {timer: wake_up_at(timer)}
    assert desk.ran == []


def test_what_is_due_runs_and_is_gone_when_it_is_done() -> None:
    desk = Desk()
    timer = desk.armed(MINUTE)
    desk.clock.advance(MINUTE + timedelta(milliseconds=300))

    report = desk.run(timer)

    assert (report.outcome, report.late) == (TimerOutcome.FIRED, timedelta(milliseconds=300))
    assert desk.ran == [(timer, desk.clock())]
    assert desk.timers.rows == {}
    assert desk.waiting() == []


def test_what_comes_again_is_moved_and_enqueued_for() -> None:
    desk = Desk()
    timer = desk.armed(MINUTE)
    desk.then = lambda timer: timer.due_at + MINUTE
    desk.clock.advance(MINUTE + 5 * SECOND)

    desk.run(timer)

    after = timer.next(timer.due_at + MINUTE)
    assert desk.timers.rows == {timer.key: after}
    assert desk.waiting() == [55 * SECOND]
    desk.clock.advance(55 * SECOND)
    assert desk.queue.take(desk.clock()) == [after]


def test_the_alarm_of_what_comes_again_much_later_is_set_at_once() -> None:
    desk = Desk()
    timer = desk.armed(MINUTE)
    desk.then = lambda timer: timer.due_at + DAY
    desk.clock.advance(MINUTE)
    desk.run(timer)
    after = timer.next(timer.due_at + DAY)
    assert desk.scheduler.wake_ups == {after: wake_up_at(after)}


def test_t2_the_second_of_two_orders_does_nothing() -> None:
    desk = Desk()
    timer = desk.armed(MINUTE)
    desk.then = lambda timer: timer.due_at + MINUTE
    desk.clock.advance(MINUTE)

    outcomes = [desk.run(timer).outcome for _ in range(3)]

    assert outcomes == [TimerOutcome.FIRED, TimerOutcome.STALE, TimerOutcome.STALE]
    assert len(desk.ran) == 1
    assert len(desk.waiting()) == 1  # and does not ring: duplicates must not live on in the next generation


def test_t4_an_edit_or_a_cancel_before_the_time_wins() -> None:
    desk = Desk()
    edited, cancelled = desk.armed(MINUTE, subject="edited"), desk.armed(MINUTE, subject="cancelled")
    assert desk.timers.move(edited, edited.next(desk.clock() + DAY))
    desk.timers.cancel(cancelled.key)
    desk.clock.advance(MINUTE)
    assert [desk.run(order).outcome for order in (edited, cancelled)] == [TimerOutcome.STALE] * 2
    assert desk.ran == []


def test_t4_an_order_of_a_timer_that_was_armed_anew_for_later_does_nothing() -> None:
    # given an order of a timer that was cancelled and armed again, from generation 1
    desk = Desk()
    old = desk.armed(MINUTE)
    desk.timers.cancel(old.key)
    desk.armed(2 * MINUTE)
    desk.clock.advance(MINUTE)
    assert desk.run(old).outcome is TimerOutcome.STALE
    assert desk.ran == []


def test_an_order_that_comes_again_enqueues_for_what_its_worker_left_unrung() -> None:
    # given a worker that died between the row's move and the ring
    desk = Desk()
    timer = desk.armed(MINUTE)
    desk.then = lambda timer: timer.due_at + DAY
    desk.clock.advance(MINUTE)
    desk.scheduler.outage.failing = 1
    with pytest.raises(StorageUnavailable):
        desk.run(timer)
    assert desk.scheduler.wake_ups == {}

    # when its order comes again, as SQS hands it out
    assert desk.run(timer, redelivered=True).outcome is TimerOutcome.STALE

    # then nothing runs twice, and the next time is not lost
    assert len(desk.ran) == 1
    assert list(desk.scheduler.wake_ups) == [timer.next(timer.due_at + DAY)]


def test_an_order_that_comes_again_long_after_enqueues_for_nothing() -> None:
    desk = Desk()
    timer = desk.armed(MINUTE)
    second = timer.next(NOON + 2 * MINUTE)
    third = second.next(NOON + 3 * MINUTE)
    assert desk.timers.move(timer, second)
    assert desk.timers.move(second, third)
    desk.clock.advance(MINUTE)
    desk.run(timer, redelivered=True)
    desk.timers.cancel(timer.key)
    desk.run(timer, redelivered=True)
    assert desk.waiting() == []


def test_one_that_was_edited_while_it_ran_keeps_the_edit() -> None:
    desk = Desk()
    timer = desk.armed(MINUTE)
    edited = timer.next(NOON + DAY)

    def then(timer: Timer) -> datetime | None:
        desk.timers.move(timer, edited)
        return timer.due_at + MINUTE

    desk.then = then
    desk.clock.advance(MINUTE)
    desk.run(timer)
    assert desk.timers.rows == {timer.key: edited}
    assert desk.waiting() == []


def test_an_action_whose_store_fails_leaves_the_timer_due() -> None:
    desk = Desk()
    timer = desk.armed(MINUTE)

    def then(timer: Timer) -> datetime | None:
        raise StorageUnavailable("down")

    desk.then = then
    desk.clock.advance(MINUTE)
    with pytest.raises(StorageUnavailable):
        desk.run(timer)
    assert desk.timers.rows == {timer.key: timer}


def test_a_kind_that_nothing_is_registered_for_stays_due_and_says_so() -> None:
    desk = Desk()
    timer = desk.armed(MINUTE, TimerKind.TRIGGER)
    desk.clock.advance(MINUTE)
    with pytest.raises(NoSuchAction):
        desk.run(timer)
    assert desk.timers.rows == {timer.key: timer}


class TestSweep:
    """What rang for nobody."""

    def test_r9_what_is_overdue_is_enqueued_for_and_looked_at_again_later(self) -> None:
        desk = Desk()
        timer = desk.armed(MINUTE)
        desk.clock.advance(MINUTE + SWEEP_AFTER)

        assert desk.sweep(plenty).enqueued == 1

        assert desk.queue.take(desk.clock()) == [timer]
        assert desk.sweep(plenty).enqueued == 0
        desk.clock.advance(SWEEP_AFTER)
        assert desk.sweep(plenty).enqueued == 1

    def test_what_is_on_its_way_is_left_alone(self) -> None:
        desk = Desk()
        desk.armed(MINUTE)
        desk.clock.advance(MINUTE + SWEEP_AFTER - timedelta(milliseconds=1))
        assert desk.sweep(plenty).enqueued == 0
        assert desk.waiting() == []

    def test_an_index_that_lags_behind_enqueues_for_nobody(self) -> None:
        # given an index that still has a timer that was moved on, and one that is gone
        desk = Desk()
        moved, gone = desk.armed(MINUTE, subject="moved"), desk.armed(MINUTE, subject="gone")
        due = desk.timers.looks.copy()
        desk.timers.move(moved, moved.next(NOON + DAY))
        desk.timers.cancel(gone.key)
        desk.timers.looks = due
        desk.clock.advance(MINUTE + SWEEP_AFTER)
        assert desk.sweep(plenty).enqueued == 0
        assert desk.waiting() == []

    def test_one_that_keeps_failing_neither_spins_nor_is_forgotten(self) -> None:
        desk = Desk()
        timer = desk.armed(timedelta(0))
        enqueued = []
        for _ in range(24 * 60):
            desk.clock.advance(MINUTE)
            if desk.sweep(plenty).enqueued:
                enqueued.append(desk.clock())
        assert 24 <= len(enqueued) <= 36
        gaps = [after - before for before, after in pairwise(enqueued)]
        assert max(gaps) <= LONGEST_WAIT + MINUTE
        assert desk.timers.rows == {timer.key: timer}

    def test_without_time_or_room_the_rest_is_for_the_next_run(self) -> None:
        desk = Desk()
        for n in range(120):
            desk.armed(timedelta(0), subject=f"s{n}")
        desk.clock.advance(SWEEP_AFTER)
        assert desk.sweep(timedelta).more
        assert desk.waiting() == []
        report = desk.sweep(plenty)
        assert (report.enqueued, report.more) == (100, True)
        report = desk.sweep(plenty)
        assert (report.enqueued, report.more) == (20, False)

    def test_an_order_that_could_not_be_queued_is_tried_by_the_next_run(self) -> None:
        desk = Desk()
        desk.armed(timedelta(0))
        desk.clock.advance(SWEEP_AFTER)
        desk.queue.outage.failing = 1
        with pytest.raises(StorageUnavailable):
            desk.sweep(plenty)
        assert desk.sweep(plenty).enqueued == 1
