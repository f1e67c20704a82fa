"""Timers on a virtual clock: the queue, the wake-up scheduler, a worker that dies, the sweeper, and an action that repeats.

world = TimerWorld(gaps=[timedelta(minutes=1)] * 2)
world.start()
world.until_quiet()
assert list(world.effects) == [1, 2, 3]
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from tests.fakes.time import VirtualClock
from tests.fakes.timers import FakeTimerQueue, FakeTimers, FakeWakeUpScheduler
from tests.scenarios.world import LAMBDA_TIMEOUT, MAX_RECEIVES, VISIBILITY, Crash
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.timers.application.run import RunTimer, TimerReport
from tocsin.timers.application.sweep import SweepTimers
from tocsin.timers.domain.timer import Timer, TimerKey, TimerKind

MINUTE = timedelta(minutes=1)


class DispatchProgress:
    """What the action starts: a thing per generation, made once, whoever asks."""

    def __init__(self) -> None:
        self.made: dict[Timer, datetime] = {}

    def make(self, timer: Timer, now: datetime) -> None:
        self.made.setdefault(timer, now)


class TimerWorld:
    """See the module.

    Args:
        gaps: how long after each occurrence the next is due; after the last gap the timer is done.
        wrap: wraps every port by its name.
        copies: how often, at least and at most, an order is delivered.
        worker, timers: broken ones, for tests of the tests.
    """

    KEY = TimerKey(TenantId("acme"), TimerKind.SCHEDULE, "s1")

    def __init__(
        self,
        seed: int = 1,
        wrap: Callable[[str, Any], Any] = lambda name, port: port,
        *,
        gaps: Sequence[timedelta] = (),
        copies: tuple[int, int] = (1, 3),
        worker: type[RunTimer] = RunTimer,
        timers: FakeTimers | None = None,
    ) -> None:
        self.clock = VirtualClock()
        self.timers, self.queue, self.dispatch_progress = timers or FakeTimers(), FakeTimerQueue(), DispatchProgress()
        self.scheduler = FakeWakeUpScheduler(self.queue)
        self.gaps = gaps
        self.reports: list[TimerReport] = []
        self.runs: list[tuple[Timer, datetime]] = []
        self.dead: list[Timer] = []
        self.failing = 0
        self._rng = random.Random(seed)
        self._copies = copies
        self._worker = worker
        self._wrap = wrap
        self._again: list[tuple[datetime, int, Timer]] = []
        self._next_sweep = self.clock() + MINUTE

    # --- what a story says ------------------------------------------------------------------------------------

    def start(self, due_in: timedelta = MINUTE) -> Timer:
        """Arm the timer and ring, as whoever makes it does; dying in between is allowed."""
        timer = Timer(self.KEY, 1, self.clock() + due_in)
        self._survive(lambda: self._arm(timer))
        return timer

    @property
    def effects(self) -> dict[int, datetime]:
        """When the effect of each generation came about."""
        return {timer.generation: at for timer, at in self.dispatch_progress.made.items()}

    def until_quiet(self, at_most: timedelta = timedelta(days=3)) -> None:
        """Let time pass until no timer stands and no order is on its way."""
        end = self.clock() + at_most
        while (self.timers.rows or self.queue.waiting or self._again) and self.clock() < end:
            self.clock.at_least(min(end, *self.next_times()))
            self.turn()

    # --- the machinery ----------------------------------------------------------------------------------------

    def next_times(self) -> list[datetime]:
        """Return when something happens next."""
        return [
            self._next_sweep,
            *(at for at, _ in self.queue.waiting),
            *(at for at, *_ in self._again),
        ]

    def turn(self) -> None:
        """Do everything that is due by now."""
        if self.clock() >= self._next_sweep:
            self._next_sweep = self.clock() + MINUTE
            self.sweep()
        self.deliver_now()

    def deliver_now(self) -> None:
        """Hand every order that has arrived to a worker, one to three times."""
        now = self.clock()
        orders = [(1, order) for order in self.queue.take(now)]
        orders += [(receives, order) for at, receives, order in self._again if at <= now]
        self._again = [waiting for waiting in self._again if waiting[0] > now]
        for receives, order in orders:
            for _ in range(self._rng.randint(*self._copies)):
                self._hand_out(order, receives)

    def sweep(self) -> None:
        """Be the minute's sweeper."""
        sweep = SweepTimers(self._port("timers", self.timers), self._port("queue", self.queue), self.clock)
        self._survive(lambda: sweep(lambda: LAMBDA_TIMEOUT))

    def act(self, timer: Timer, now: datetime) -> datetime | None:
        """Be the action: make one thing per generation, and say when the next is due."""
        assert now >= timer.due_at, "early"
        assert now == self.clock()
        self.runs.append((timer, now))
        if self.failing:
            self.failing -= 1
            raise ValueError("an action with a fault in it")
        self._port("dispatch_progress", self.dispatch_progress).make(timer, now)
        past = timer.generation - 1
        return timer.due_at + self.gaps[past] if past < len(self.gaps) else None

    def _arm(self, timer: Timer) -> None:
        if self._port("timers", self.timers).arm(timer):
            self._port("queue", self.queue).enqueue([timer], self.clock())

    def _hand_out(self, order: Timer, receives: int) -> None:
        run = self._worker(
            self._port("timers", self.timers),
            self._port("queue", self.queue),
            self._port("scheduler", self.scheduler),
            {TimerKind.SCHEDULE: self.act},
            self.clock,
        )
        try:
            self.reports.append(run(order, redelivered=receives > 1))
        except (Crash, StorageUnavailable, ValueError):
            if receives >= MAX_RECEIVES:
                self.dead.append(order)
                return
            self._again.append((self.clock() + VISIBILITY, receives + 1, order))

    def _survive(self, effect: Callable[[], object]) -> None:
        try:
            effect()
        except (Crash, StorageUnavailable):
            return

    def _port(self, name: str, port: Any) -> Any:
        return self._wrap(name, port)
