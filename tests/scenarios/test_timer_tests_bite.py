"""Timers that are broken on purpose, each in one way, and each is found out by the crash enumerator."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from tests.fakes.timers import FakeTimers
from tests.scenarios.faults import Fault
from tests.scenarios.test_timer_crashes import FAR, NEAR, SWEPT, judge, judge_undisturbed, run
from tocsin.timers.application.run import RunTimer, TimerOutcome, TimerReport
from tocsin.timers.domain.timer import SWEEP_AFTER, Timer

MANY = (2, 3)


class RunsWhatIsEarly(RunTimer):
    def __call__(self, order: Timer, *, redelivered: bool = False) -> TimerReport:
        row = self.timers.get(order.key)
        if row != order:
            return TimerReport(TimerOutcome.STALE)
        self._run(order, self.clock())
        return TimerReport(TimerOutcome.FIRED)


class IgnoresTheGeneration(RunTimer):
    def __call__(self, order: Timer, *, redelivered: bool = False) -> TimerReport:
        row = self.timers.get(order.key)
        return super().__call__(order if row is None else row, redelivered=redelivered)


class MovesBeforeItActs(RunTimer):
    def _run(self, timer: Timer, now: datetime) -> None:
        self.timers.move(timer, None)
        due_next = self.actions[timer.key.kind](timer, now)
        if due_next is not None and self.timers.arm(after := timer.next(due_next)):
            self._set(after, now)


class LeavesTheEnqueueToTheSweeper(RunTimer):
    def _run(self, timer: Timer, now: datetime) -> None:
        due_next = self.actions[timer.key.kind](timer, now)
        self.timers.move(timer, None if due_next is None else timer.next(due_next))


class EnqueuesForEveryDuplicate(RunTimer):
    def __call__(self, order: Timer, *, redelivered: bool = False) -> TimerReport:
        return super().__call__(order, redelivered=True)


class ForgetsWhatCameAgain(RunTimer):
    def __call__(self, order: Timer, *, redelivered: bool = False) -> TimerReport:
        return super().__call__(order)


class IsNeverOverdue(FakeTimers):
    def _write(self, timer: Timer) -> None:
        super()._write(timer)
        self.looks[timer.key] += timedelta(days=400) - SWEEP_AFTER


def undisturbed(worker: type[RunTimer]) -> None:
    for gaps in (NEAR, FAR):
        judge_undisturbed(run({}, gaps, copies=MANY, worker=worker)[0], gaps, MANY)


def one_fault(worker: type[RunTimer]) -> None:
    for gaps in (NEAR, FAR):
        for fault in (Fault.BEFORE, Fault.AFTER):
            for step in range(len(run({}, gaps)[1])):
                judge(run({step: fault}, gaps, worker=worker)[0], gaps, SWEPT)


def in_time(worker: type[RunTimer]) -> None:
    calls = run({}, FAR)[1]
    for step in [n for n, name in enumerate(calls) if name == "scheduler.set"]:
        judge(run({step: Fault.BEFORE}, FAR, worker=worker)[0], FAR, timedelta(seconds=14))


BROKEN: list[tuple[type[RunTimer], Callable[[type[RunTimer]], None]]] = [
    (RunsWhatIsEarly, undisturbed),
    (IgnoresTheGeneration, undisturbed),
    (LeavesTheEnqueueToTheSweeper, undisturbed),
    (EnqueuesForEveryDuplicate, undisturbed),
    (MovesBeforeItActs, one_fault),
    (ForgetsWhatCameAgain, in_time),
]


@pytest.mark.parametrize(("worker", "trial"), BROKEN, ids=[worker.__name__ for worker, _ in BROKEN])
def test_a_broken_worker_is_found_out(worker: type[RunTimer], trial: Callable[[type[RunTimer]], None]) -> None:
    trial(RunTimer)
    with pytest.raises(AssertionError):
        trial(worker)


def test_timers_that_the_sweeper_never_sees_are_found_out() -> None:
    def trial(make: Callable[[], FakeTimers]) -> None:
        for step in range(len(run({})[1])):
            judge(run({step: Fault.BEFORE}, timers=make())[0], NEAR, SWEPT)

    trial(FakeTimers)
    with pytest.raises(AssertionError):
        trial(IsNeverOverdue)
