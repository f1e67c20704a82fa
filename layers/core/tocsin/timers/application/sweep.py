"""Find overdue timers and enqueue their orders again.

The sweeper runs no action: it enqueues orders, and the rows decide. A timer is overdue if its order was lost, its
worker died or its action fails. While an action keeps failing, the checks become rarer, down to one an hour. A lost
wake-up of a distant timer is found only after the due time: before, such a timer looks like any waiting one.
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
    """The result of one sweep.

    Attributes:
        enqueued: overdue timers whose orders were enqueued; above 0 means that an order or a worker was lost.
        more: time or `limit` ran out before all overdue timers were enqueued; the next sweep continues.
    """

    enqueued: int = 0
    more: bool = False


@dataclass(frozen=True, slots=True)
class SweepTimers:
    """Enqueue orders for overdue timers.

    Attributes:
        limit: most timers in one sweep.
        reserve: no batch begins if less time is left.
    """

    timers: Timers
    queue: TimerQueue
    clock: Clock
    limit: int = 1_000
    reserve: timedelta = timedelta(seconds=5)

    def __call__(self, time_left: Callable[[], timedelta]) -> TimerSweepReport:
        """Enqueue orders for overdue timers, earliest check first. After a crash, the next sweep continues.

        Args:
            time_left: returns the time until this process is stopped.

        Raises:
            StorageUnavailable: the next sweep continues.
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
            # The index is eventually consistent. The worker that moved a row has enqueued its order.
            overdue = [row for row in rows if row is not None and row.due_at + SWEEP_AFTER <= now]
            self.queue.enqueue(overdue, now)
            for timer in overdue:
                self.timers.defer(timer, next_check(timer, now))
            report.enqueued += len(overdue)
        return report
