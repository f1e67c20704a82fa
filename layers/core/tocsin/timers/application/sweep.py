"""Find timers that ought to have run and are still there, and ring for them again.

Like the other sweepers it runs nothing itself: it queues orders, and the rows decide. A timer comes here when its
order was lost, when its worker died, and when its action keeps failing; then more and more rarely, once an hour at
least. A lost ring of a far timer is found after its time, for until then nobody can tell it from one that waits.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from tocsin.kernel.ports import Clock
from tocsin.timers.domain.timer import SWEEP_AFTER, next_check
from tocsin.timers.ports import TimerQueue, Timers

_BATCH = 10


@dataclass(slots=True)
class TimerSweepReport:
    """What one run came to.

    Attributes:
        rung: timers that ought to have run by themselves; more than none: something had fallen.
        more: there was no time or room for all; the next run goes on.
    """

    enqueued: int = 0
    more: bool = False


@dataclass(frozen=True, slots=True)
class SweepTimers:
    """Queues orders for timers that are overdue.

    Attributes:
        limit: timers in one run.
        reserve: nothing is begun with less time left.
    """

    timers: Timers
    queue: TimerQueue
    clock: Clock
    limit: int = 1_000
    reserve: timedelta = timedelta(seconds=5)

    def __call__(self, time_left: Callable[[], timedelta]) -> TimerSweepReport:
        """Queue what is overdue, oldest first; a run that dies is repeated by the next from where it stood.

        Raises:
            StorageUnavailable: the rest is for the next run.
        """
        report = TimerSweepReport()
        keys = self.timers.due(self.clock(), self.limit)
        report.more = len(keys) == self.limit
        for first in range(0, len(keys), _BATCH):
            if time_left() < self.reserve:
                report.more = True
                return report
            now = self.clock()
            rows = [self.timers.get(key) for key in keys[first : first + _BATCH]]
            # The index may be a moment old: what has moved on in its row was rung by whoever moved it.
            overdue = [row for row in rows if row is not None and row.due_at + SWEEP_AFTER <= now]
            self.queue.enqueue(overdue, now)
            for timer in overdue:
                self.timers.defer(timer, next_check(timer, now))
            report.enqueued += len(overdue)
        return report
