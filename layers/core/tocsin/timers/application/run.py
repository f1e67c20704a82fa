"""An order to look at a timer came: set it again if it is early, drop it if the row has moved on, run it if it is due.

    order ──early──► set again: on the queue, or by the alarm clock when it is far off
      │
      due ──row gone, or another setting──► stale, nothing runs
      │
      └─► action(timer, now) ──► its next time over exactly this generation, and rung ──► or the row is removed

Effects in the order of what is worst to lose: the action, then the row, then the ring. A process that dies after the
action repeats it with the same generation, so an action makes the ids of whatever it starts from the timer, and finds
its own work there. One that dies before the ring is repeated by its order too; the sweeper is behind all of them.
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
"""What a kind of timer does when it is due: `action(timer, now)` returns when it is due next; None, it is done.

It must be safe to repeat for the same generation: ids of what it starts are made from key and generation, or from the
time it was due. The row may have been edited or cancelled a moment ago: what must not happen after a cancel, the
action's own writes are to be conditional on. It raises StorageUnavailable to be repeated; whatever else it raises sends
the order to the dead letters in the end, and the timer stays in its row.
"""


class NoSuchAction(Exception):
    """A timer is due of a kind that nothing is registered for."""

    code = "NO_SUCH_ACTION"


class TimerOutcome(StrEnum):
    """What became of an order."""

    FIRED = "fired"
    EARLY = "early"
    STALE = "stale"


@dataclass(frozen=True, slots=True)
class TimerReport:
    """What one order came to.

    Attributes:
        late: of a timer that fired, how long after its time its action began; not negative.
    """

    outcome: TimerOutcome
    late: timedelta = timedelta(0)


@dataclass(frozen=True, slots=True)
class RunTimer:
    """Works off one order to look at a timer."""

    timers: Timers
    queue: TimerQueue
    alarm: WakeUpScheduler
    actions: Mapping[TimerKind, Action]
    clock: Clock

    def __call__(self, order: Timer, *, again: bool = False) -> TimerReport:
        """Work off one order.

        Args:
            again: the order was handed out before, and whoever had it may have died anywhere.

        Raises:
            StorageUnavailable: it must come again.
            NoSuchAction: it will not get better; likewise whatever the action raises.
        """
        now = self.clock()
        if now < order.due_at:
            self._set(order, now)
            return TimerReport(TimerOutcome.EARLY)
        row = self.timers.get(order.key)
        if row != order:
            # Only an order that comes again may be the one whose worker moved the row and died before it rang. If
            # every duplicate rang, each of them would live on in a duplicate of the next generation.
            if again and row is not None and row.generation == order.generation + 1:
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
            self.alarm.set(timer)
