"""Process one order of a timer.

    order ──early──► enqueue again: with a delay, or by the wake-up scheduler if the timer is distant
      │
      due ──row missing or changed──► stale: nothing runs
      │
      └─► action(timer, now) ──► write the next generation and enqueue its order, or remove the row

The action comes first, then the row, then the order for the next generation. A worker that dies after the action leaves
the row, so the action runs again for the same generation. Actions therefore derive the ids of their effects from the
timer. A worker that dies before the last step is repaired by the redelivered order, or else by the sweeper.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.kernel.ports import Clock
from tocsin.timers.domain.timer import Delayed, Timer, TimerKind, next_wake_up
from tocsin.timers.ports import TimerQueue, Timers, WakeUpScheduler

Action = Callable[[Timer, datetime], datetime | None]
"""What a kind of timer does when it is due. `action(timer, now)` returns the next due time; None = the timer is done.

An action must be safe to repeat for one generation: ids of its effects derive from key and generation, or from the due
time. The row may have been edited or cancelled a moment ago, so an action's own writes are conditional. An action
raises StorageUnavailable to be repeated. Any other exception moves the order to the dead-letter queue after its last
delivery, and the row stays.
"""


class NoSuchAction(Exception):
    """A due timer has a kind without a registered action."""

    code = "NO_SUCH_ACTION"


class TimerOutcome(StrEnum):
    """The outcome of an order."""

    FIRED = "fired"
    EARLY = "early"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class TimerReport:
    """The result of one order.

    Attributes:
        late: time between the due time of a timer that fired and the start of its action; 0 or more.
    """

    outcome: TimerOutcome
    late: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class RunTimer:
    """Process one order of a timer."""

    timers: Timers
    queue: TimerQueue
    scheduler: WakeUpScheduler
    actions: Mapping[TimerKind, Action]
    clock: Clock

    def __call__(self, order: Timer, *, redelivered: bool = False) -> TimerReport:
        """Run the timer's action if the row still equals the order and the timer is due.

        Args:
            redelivered: the order was received before, and its earlier worker may have died at any step.

        Raises:
            StorageUnavailable: the order must be delivered again.
            NoSuchAction: no action is registered for the kind; a retry does not help.
            Exception: the action failed.
        """
        now = self.clock()
        if now < order.due_at:
            self._set(order, now)
            return TimerReport(TimerOutcome.EARLY)
        row = self.timers.get(order.key)
        if row != order:
            # The worker of a redelivered order may have moved the row and died before it enqueued the next order. A
            # duplicate on its first delivery must not enqueue: each duplicate would cause one of the next generation.
            if redelivered and row is not None and row.generation == order.generation + 1:
                self._set(row, now)
            return TimerReport(TimerOutcome.STALE)
        self._run(order, now)
        return TimerReport(TimerOutcome.FIRED, now - order.due_at)

    def _run(self, timer: Timer, now: datetime) -> None:
        action = self.actions.get(timer.key.kind)
        if action is None:
            raise NoSuchAction(timer.key.kind.value)
        due_next = action(timer, now)
        after = None if due_next is None else timer.next(due_next)
        if self.timers.move(timer, after) and after is not None:
            self._set(after, self.clock())

    def _set(self, timer: Timer, now: datetime) -> None:
        if isinstance(next_wake_up(timer, now), Delayed):
            self.queue.enqueue([timer], now)
        else:
            self.scheduler.set(timer)
