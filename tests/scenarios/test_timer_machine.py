"""Anything may happen to one timer, in any order: it is never early, never lost, and each setting has one effect at most.

Rules: it is armed, edited, cancelled; orders come twice and early; a wake-up is late in its minute and comes twice;
time passes; processes die at any call and stores fail; orders are swallowed; the sweeper comes by. A plain model knows
which settings were confirmed, and which of them were withdrawn before anything ran.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.scenarios.timer_world import TimerWorld
from tests.scenarios.world import Crash
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.timers.domain.timer import Timer

WAITS = st.sampled_from([0, 1, 59, 90, 899, 900, 901, 4_000, 90_000]).map(
    lambda n: timedelta(seconds=n, milliseconds=7)
)
MOVES = st.integers(0, 12)


class OneTimer(RuleBasedStateMachine):
    """One timer and everybody who touches it."""

    @initialize(seed=st.integers(0, 99), lag=st.integers(0, 59), enqueues=st.integers(1, 3))
    def begin(self, seed: int, lag: int, enqueues: int) -> None:
        self.failing: int | None = None
        self.fault: type[BaseException] = Crash
        self.after = False
        self.world = TimerWorld(seed, self._wrap)
        self.world.scheduler.lag, self.world.scheduler.enqueues = timedelta(seconds=lag), enqueues
        self.world.act = self._act  # type: ignore[method-assign]
        self.then: timedelta | None = None
        # The model: settings whose edit or cancel was confirmed, and how often each had been written by then.
        self.withdrawals: dict[Timer, int] = {}

    def _wrap(self, name: str, port: Any) -> Any:
        machine = self

        class Unreliable:
            def __getattr__(self, method: str) -> Any:
                real = getattr(port, method)

                def call(*args: Any, **kwargs: Any) -> Any:
                    if machine.failing is None:
                        return real(*args, **kwargs)
                    machine.failing -= 1
                    if machine.failing >= 0:
                        return real(*args, **kwargs)
                    machine.failing = None
                    if machine.after:
                        real(*args, **kwargs)
                    raise machine.fault("by the machine")

                return call

        return Unreliable()

    def _act(self, timer: Timer, now: datetime) -> datetime | None:
        assert now >= timer.due_at, "T1: early"
        assert not self._is_withdrawn(timer), "T4: an edit or a cancel was confirmed before"
        assert self.world.timers.rows.get(timer.key) == timer, "T2: the row says something else"
        self.world.runs.append((timer, now))
        self.world._port("dispatch_progress", self.world.dispatch_progress).make(timer, now)
        return None if self.then is None else timer.due_at + self.then

    def _withdraw(self, timer: Timer) -> None:
        self.withdrawals[timer] = self.world.timers.history.count(timer)

    def _is_withdrawn(self, timer: Timer) -> bool:
        """Whether no equal setting was written after the withdrawal: a cancelled timer may be set anew, alike."""
        written = self.withdrawals.get(timer)
        return written is not None and written == self.world.timers.history.count(timer)

    # --- what its owner does ----------------------------------------------------------------------------------

    @rule(wait=WAITS)
    def it_is_armed(self, wait: timedelta) -> None:
        before = self.world.timers.rows.get(TimerWorld.KEY)
        self.world.start(wait)
        if before is not None:
            assert self.world.timers.rows[TimerWorld.KEY] == before, "a row of a generation as high was written over"

    @rule(wait=WAITS)
    def it_is_edited(self, wait: timedelta) -> None:
        there = self.world.timers.rows.get(TimerWorld.KEY)
        if there is None:
            return
        after = there.next(self.world.clock() + wait)
        assert self.world.timers.move(there, after)
        self._withdraw(there)
        self.world._survive(lambda: self.world._port("queue", self.world.queue).enqueue([after], self.world.clock()))

    @rule()
    def it_is_cancelled(self) -> None:
        there = self.world.timers.rows.get(TimerWorld.KEY)
        self.world.timers.cancel(TimerWorld.KEY)
        if there is not None:
            self._withdraw(there)

    @rule(then=st.none() | WAITS.filter(lambda wait: wait > timedelta(seconds=30)))
    def it_will_come_again(self, then: timedelta | None) -> None:
        self.then = then

    # --- what the world does ----------------------------------------------------------------------------------

    @rule(minutes=st.sampled_from([0.01, 0.5, 1, 3, 15, 40, 2_000]))
    def time_passes(self, minutes: float) -> None:
        end = self.world.clock() + timedelta(minutes=minutes)
        while (at := min(self.world.next_times())) <= end and minutes < 60:
            self.world.clock.at_least(at)
            self.world.turn()
        self.world.clock.at_least(end)
        self.world.turn()

    @rule()
    def the_sweeper_comes_by(self) -> None:
        self.world.sweep()

    @precondition(lambda self: self.world.timers.history)
    @rule(which=MOVES)
    def an_old_order_comes_again(self, which: int) -> None:
        history = self.world.timers.history
        self.world.queue.put(history[which % len(history)], self.world.clock())
        self.world.deliver_now()

    @rule()
    def orders_are_swallowed(self) -> None:
        self.world.queue.waiting.clear()
        self.world._again.clear()

    @rule(calls=MOVES, fault=st.sampled_from([Crash, StorageUnavailable]), after=st.booleans())
    def a_call_will_fail(self, calls: int, fault: type[BaseException], after: bool) -> None:
        self.failing, self.fault, self.after = calls, fault, after

    # --- what holds -------------------------------------------------------------------------------------------

    @invariant()
    def effects_are_of_settings_that_stood(self) -> None:
        made = self.world.dispatch_progress.made
        assert set(made) <= set(self.world.timers.history)
        assert all(at >= timer.due_at for timer, at in made.items())

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        self.failing, self.then = None, None
        self.world.until_quiet()
        assert self.world.timers.rows == {}, "a timer was lost"
        owed = {timer for timer in self.world.timers.history if not self._is_withdrawn(timer)}
        assert owed <= set(self.world.dispatch_progress.made), "an occurrence was lost"


def test_a_timer_that_is_set_anew_alike_is_no_withdrawn_one() -> None:
    wait = timedelta(seconds=1)
    machine = OneTimer()
    machine.begin(seed=0, lag=0, enqueues=1)
    for _ in range(2):
        machine.it_is_armed(wait=wait)
        machine.it_is_edited(wait=wait)
        machine.it_is_cancelled()
    machine.it_is_armed(wait=wait)
    machine.it_is_edited(wait=wait)
    machine.teardown()
    assert [timer.generation for timer in machine.world.dispatch_progress.made] == [2]


TestOneTimer = OneTimer.TestCase
TestOneTimer.settings = settings(max_examples=150, stateful_step_count=40, suppress_health_check=[HealthCheck.too_slow])
