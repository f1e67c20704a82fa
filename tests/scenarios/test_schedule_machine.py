"""Anything may happen to a schedule, in any order: what runs is what a plain enumeration says (reliability 3.4).

Rules: it is made, paused, resumed, cancelled; time passes, for minutes or for days in which nobody works; orders come
twice and are swallowed; processes die at any call and stores fail; the sweeper comes by.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from tests.fakes.time import NOON
from tests.scenarios.schedule_world import ScheduleWorld, check_history
from tests.scenarios.world import Crash
from tests.unit.schedules.schedule_desk import asked
from tocsin.kernel.domain.errors import NotFound, StorageUnavailable
from tocsin.schedules.application.change import Change
from tocsin.schedules.domain.schedule import ScheduleId, ScheduleState

REPEATS = st.sampled_from([None, "7m", "1h", "1d", "1w"])


class OneSchedule(RuleBasedStateMachine):
    """One schedule and everybody who touches it."""

    @initialize(
        seed=st.integers(0, 99),
        repeat=REPEATS,
        zone=st.sampled_from(["UTC", "Europe/London", "America/New_York"]),
        paused=st.booleans(),
        delay=st.sampled_from(["1m", "2h", "3d"]),
    )
    def begin(self, seed: int, repeat: str | None, zone: str, paused: bool, delay: str) -> None:
        self.failing: int | None = None
        self.fault: type[BaseException] = Crash
        self.after = False
        self.world = ScheduleWorld(seed, self._wrap, zone=zone)
        when = asked(delay=delay, repeat=repeat, end=NOON + timedelta(days=20) if repeat else None, paused=paused)
        made = self.world.make(when)
        assert made is not None
        self.id = ScheduleId(made.schedule_id or "")
        # The model: whether the owner was told that it does not run, and how many alerts there were then.
        self.stopped = 0 if paused else None
        self.cancelled = False

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

    # --- what its owner does ----------------------------------------------------------------------------------

    @rule(change=st.sampled_from([Change.PAUSE, Change.PAUSE, Change.RESUME, Change.RESUME, Change.CANCEL]))
    def it_is_changed(self, change: Change) -> None:
        if change is Change.RESUME:
            self.stopped = None  # whether it succeeds or not, it may run from now on
        try:
            told = self.world.change(self.id, change)
        except NotFound:
            assert self.world.standing(self.id).over
            return
        if told is not None and change is not Change.RESUME:
            self.stopped = len(self.world.alerts)
            self.cancelled = self.cancelled or change is Change.CANCEL

    # --- what the world does ----------------------------------------------------------------------------------

    @rule(minutes=st.sampled_from([0.5, 1, 7, 20, 90]))
    def time_passes(self, minutes: float) -> None:
        end = self.world.clock() + timedelta(minutes=minutes)
        while (at := min(self.world.next_times())) <= end:
            self.world.clock.at_least(at)
            self.world.turn()
        self.world.clock.at_least(end)

    @rule(hours=st.sampled_from([0.3, 1, 26, 200]))
    def nobody_works_for_a_while(self, hours: float) -> None:
        self.world.clock.advance(timedelta(hours=hours))
        self.world.turn()

    @precondition(lambda self: self.world.timers.history)
    @rule(which=st.integers(0, 12))
    def an_old_order_comes_again(self, which: int) -> None:
        history = self.world.timers.history
        self.world.queue.put(history[which % len(history)], self.world.clock())
        self.world.deliver_now()

    @rule()
    def orders_are_swallowed(self) -> None:
        self.world.queue.waiting.clear()
        self.world._again.clear()

    @rule(calls=st.integers(0, 14), fault=st.sampled_from([Crash, StorageUnavailable]), after=st.booleans())
    def a_call_will_fail(self, calls: int, fault: type[BaseException], after: bool) -> None:
        self.failing, self.fault, self.after = calls, fault, after

    # --- what holds -------------------------------------------------------------------------------------------

    @invariant()
    def what_ran_is_what_an_enumeration_says(self) -> None:
        check_history(self.world)

    @invariant()
    def t4_what_was_stopped_does_not_run(self) -> None:
        if self.stopped is not None:
            assert len(self.world.alerts) == self.stopped
        assert not self.cancelled or self.world.standing(self.id).state is ScheduleState.CANCELLED

    def teardown(self) -> None:
        if not hasattr(self, "world"):
            return
        self.failing = None
        self.world.until_quiet(timedelta(days=1))
        schedule = self.world.standing(self.id)
        check_history(self.world)
        if schedule.state is ScheduleState.ACTIVE:
            assert schedule.next_at is not None
            assert schedule.next_at > self.world.clock() - timedelta(minutes=3), "an occurrence was lost"
            assert self.world.timers.get(schedule.timer.key) == schedule.timer  # type: ignore[union-attr]
        else:
            assert self.world.timers.rows == {}


TestOneSchedule = OneSchedule.TestCase
TestOneSchedule.settings = settings(
    max_examples=60, stateful_step_count=30, suppress_health_check=[HealthCheck.too_slow]
)
