"""Who is first: an answer or the timer, a cancel or the run, an edit or the run, the sweeper or the alarm clock.

One of the two is stopped before each of its port calls in turn, and the other does all of its work there. Whoever
commits first wins, wholly, and the other finds nothing left to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from tests.builders import number
from tests.scenarios.escalation_world import MINUTE, EscalationWorld, check_escalations, step, text
from tests.scenarios.invariants import check
from tests.scenarios.schedule_world import ScheduleWorld, check_history
from tests.scenarios.world import OURS, Disturbance
from tests.unit.schedules.schedule_desk import asked
from tocsin.alerts.domain.alert import Alert
from tocsin.escalation.domain.escalation import EscalationState
from tocsin.inbound.domain.text import IncomingText
from tocsin.kernel.domain.errors import NotFound
from tocsin.schedules.application.change import Change
from tocsin.schedules.domain.schedule import ScheduleId, ScheduleState
from tocsin.timers.domain.timer import Timer, encode

ANA, BOB = number(1), number(2)


@dataclass
class Between:
    """Lets somebody else act before the port call number `place`, from 0, of whatever is done while it watches."""

    place: int
    act: Callable[[], object] = lambda: None
    watching: bool = False
    calls: int = 0
    acted: bool = False

    def wrap(self, name: str, port: Any) -> Any:
        return _Watched(self, port)

    @contextmanager
    def watch(self, act: Callable[[], object]) -> Iterator[None]:
        self.act, self.watching = act, True
        yield
        self.watching = False

    def before_call(self) -> None:
        if not self.watching:
            return
        self.calls += 1
        if self.calls > self.place and not self.acted:
            self.watching, self.acted = False, True
            self.act()
            self.watching = True


class _Watched:
    def __init__(self, between: Between, port: Any) -> None:
        self._between, self._port = between, port

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._port, name)
        if not callable(found):
            return found

        def called(*args: Any, **kwargs: Any) -> Any:
            self._between.before_call()
            return found(*args, **kwargs)

        return called


def every_place(play: Callable[[Between], None], *, at_least: int) -> None:
    """Play it with the other one acting before each of its port calls; as often as it has calls."""
    for place in count():
        between = Between(place)
        play(between)
        if not between.acted:
            # The enumerator is only worth as much as the calls it sees.
            assert place >= at_least
            return


# --- schedules ----------------------------------------------------------------------------------------------------


class Schedules(ScheduleWorld):
    """A schedule for every day, due now; each order comes once, so that who acts when is up to the test."""

    def __init__(self, between: Between) -> None:
        super().__init__(1, between.wrap, copies=(1, 1))
        made = self.make(asked(delay="5m", repeat="1d"))
        assert made is not None
        assert made.schedule_id is not None
        self.id: ScheduleId = made.schedule_id
        timer = self.standing(self.id).timer
        assert timer is not None
        self.order = timer
        self.clock.at_least(self.order.due_at)
        self.queue.take(self.clock())

    def fire(self) -> None:
        """Be a worker that got the order."""
        self._hand_out(self.order, 1)

    def edit(self, *changes: Change) -> None:
        for change in changes:
            assert self.change(self.id, change) is not None

    def settle(self) -> None:
        """Let a few hours pass: whatever is on its way arrives, and sweepers come by."""
        end = self.clock() + timedelta(hours=3)
        while (at := min(self.next_times())) < end:
            self.clock.at_least(at)
            self.turn()
        check_history(self)
        assert self.dead == []


EDITS = {
    "cancel": (Change.CANCEL,),
    "pause": (Change.PAUSE,),
    "pause and resume": (Change.PAUSE, Change.RESUME),
    "pause, resume and cancel": (Change.PAUSE, Change.RESUME, Change.CANCEL),
}


@pytest.mark.parametrize("changes", EDITS.values(), ids=EDITS)
def test_t4_a_schedule_that_is_changed_while_it_is_fired_runs_before_or_not_at_all(changes: tuple[Change, ...]) -> None:
    ran: list[int] = []

    def play(between: Between) -> None:
        world = Schedules(between)
        before: list[int] = []

        def change() -> None:
            before.append(len(world.alerts))
            world.edit(*changes)

        with between.watch(change):
            world.fire()
        if not between.acted:
            return
        world.settle()
        # What was there when the change was confirmed is all there ever is: later occurrences are days away.
        assert [len(world.alerts)] == before
        ran.extend(before)
        _check_standing(world, changes[-1])

    every_place(play, at_least=8)
    assert set(ran) == {0, 1}, "both may be first"


@pytest.mark.parametrize("changes", EDITS.values(), ids=EDITS)
def test_t4_a_schedule_that_is_fired_while_it_is_changed_runs_before_or_not_at_all(changes: tuple[Change, ...]) -> None:
    ran: list[int] = []

    def play(between: Between) -> None:
        world = Schedules(between)
        with between.watch(world.fire):
            world.edit(*changes)
        if not between.acted:
            world.fire()
            assert world.alerts == []
        world.settle()
        ran.append(len(world.alerts))
        _check_standing(world, changes[-1])

    every_place(play, at_least=2)
    assert set(ran) == {0, 1}, "both may be first"


def _check_standing(world: Schedules, last: Change) -> None:
    """The change stands, whoever was first; and the timer says what the schedule says."""
    wanted = {
        Change.CANCEL: ScheduleState.CANCELLED,
        Change.PAUSE: ScheduleState.PAUSED,
        Change.RESUME: ScheduleState.ACTIVE,
    }
    standing = world.standing(world.id)
    assert standing.state is wanted[last]
    assert list(world.timers.rows.values()) == ([standing.timer] if standing.timer else [])


def test_t2_the_sweeper_and_the_alarm_clock_both_ring_and_it_runs_once() -> None:
    def play(between: Between) -> None:
        world = Schedules(between)
        # given that its worker is as late as the sweeper is patient, and one more copy of its order is about
        world.clock.at_least(world.order.due_at + timedelta(minutes=2))

        def others() -> None:
            world.sweep()
            world.deliver_now()
            world.fire()

        with between.watch(others):
            world.fire()
        world.settle()
        assert len(world.alerts) == 1
        standing = world.standing(world.id)
        assert (standing.runs, standing.missed) == (1, 0)
        assert list(world.timers.rows.values()) == [standing.timer]

    every_place(play, at_least=8)


# --- escalations --------------------------------------------------------------------------------------------------


class Escalations(EscalationWorld):
    """An escalation from Ana to Bob whose first step is due; every order is delivered once."""

    def __init__(self, between: Between, **block: Any) -> None:
        super().__init__(3, between.wrap, fires=(1, 1), disturbance=Disturbance(duplicates=(1, 1)))
        all_clear = {"alert": [text(says="all clear")]}
        self.first: Alert = self.escalate(
            text(ANA), steps=[step("10m", text(BOB, says="nobody answered"))], giveUpAfter="10d", onStopped=all_clear, **block
        )  # fmt: skip
        self.fast_forward(9 * MINUTE)
        timer = self.timers.get(self.standing(self.first).key.timer)
        assert timer is not None
        self.timer: Timer = timer
        self._ids = count(1)

    def at_due(self) -> datetime:
        """Let the step be due, its order not yet with a worker."""
        self.clock.at_least(self.timer.due_at)
        return self.clock()

    def fire(self) -> None:
        """Be a worker that got the order of its timer."""
        self._hand_out(encode(self.timer), 1)

    def answer(self) -> None:
        """Let Ana's answer come in, all of it."""
        self._receive(IncomingText(f"in-now-{next(self._ids)}", OURS, ANA, "on my way", None, self.clock()))

    def judge(self) -> tuple[int, list[str]]:
        """Return how many steps were taken and what Bob heard."""
        self.fast_forward(timedelta(hours=2))
        check(self)
        check_escalations(self)
        assert self.dead_timers == []
        found = self.standing(self.first)
        heard = [said.split(" ", 1)[1] for said in self.heard.get(BOB, [])]
        assert (found.state, found.answered) == (EscalationState.ACKNOWLEDGED, 1)
        assert [said.split(" ", 1)[1] for said in self.heard[ANA]] == ["trunk 7 is down", "all clear"]
        return found.step, heard


def test_e2_an_answer_at_any_moment_of_a_step_leaves_one_story() -> None:
    told: set[tuple[int, tuple[str, ...]]] = set()

    def play(between: Between) -> None:
        world = Escalations(between)
        with between.watch(world.answer):
            world.at_due()
            world.fast_forward(MINUTE)  # the timer, the step's alert, and whoever hands it over
        if between.acted:
            taken, heard = world.judge()
            told.add((taken, tuple(heard)))

    every_place(play, at_least=20)
    # either no step; or one that reaches nobody, for the answer came before the claim; or one that Bob had already
    assert told == {(0, ()), (1, ()), (1, ("nobody answered", "all clear"))}


def test_e2_a_step_that_is_due_at_any_moment_of_an_answer_leaves_one_story() -> None:
    told: set[int] = set()

    def play(between: Between) -> None:
        world = Escalations(between)
        world.at_due()
        with between.watch(world.fire):
            world.answer()
        if not between.acted:
            world.fire()
        taken, heard = world.judge()
        told.add(taken)
        assert heard in ([], ["nobody answered", "all clear"])
        assert taken or not heard

    every_place(play, at_least=5)
    assert told == {0, 1}


def test_e1_two_workers_with_the_same_order_take_one_step() -> None:
    def play(between: Between) -> None:
        world = Escalations(between)
        world.at_due()

        def other() -> None:
            world.clock.at_least(world.timer.due_at + timedelta(minutes=2))
            world.sweep()
            world.fire()

        with between.watch(other):
            world.fire()
        world.fast_forward(MINUTE)
        assert world.standing(world.first).step == 1
        world.answer()
        assert world.judge() == (1, ["nobody answered", "all clear"])

    every_place(play, at_least=6)


def test_an_escalation_that_is_cancelled_at_any_moment_of_a_step_stays_cancelled() -> None:
    steps: set[int] = set()

    def play(between: Between) -> None:
        world = Escalations(between)
        with between.watch(lambda: world.cancel_by_api(world.first)):
            world.at_due()
            world.fast_forward(MINUTE)
        if not between.acted:
            return
        with suppress(NotFound):
            world.answer()
        world.fast_forward(timedelta(hours=2))
        check(world)
        check_escalations(world)
        found = world.standing(world.first)
        assert found.state is EscalationState.CANCELLED
        assert not any("all clear" in said for all in world.heard.values() for said in all)
        steps.add(found.step)

    every_place(play, at_least=20)
    assert steps == {0, 1}
