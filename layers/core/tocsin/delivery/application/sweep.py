"""Find what is owed and nobody is working on: orders that were lost, workers that died, times that have come.

Runs every minute. It moves no message itself: it queues orders, and the dispatcher decides by the rows. So a sweep
that is wrong, late or doubled costs some reads and sends nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tocsin.alerts.domain.alert import Alert, Batch
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.alerts.ports.dispatch_queue import DispatchQueue
from tocsin.delivery.application.recent_alerts import RecentAlerts
from tocsin.delivery.application.report import ReportBatch
from tocsin.delivery.domain.message import Message, MessageState
from tocsin.delivery.domain.progress import SWEEP_AFTER, BatchProgress, WorkKey
from tocsin.delivery.ports.messages import DispatchProgress, MessageRows
from tocsin.delivery.ports.results import ResultEvents
from tocsin.kernel.domain.errors import TocsinError
from tocsin.kernel.ports import Clock

_WAITING = (MessageState.RETRY_WAIT, MessageState.HELD)


@dataclass(slots=True)
class SweepReport:
    """What one run came to. Anything but zero in `requeued` and `mended` means that something had fallen.

    Attributes:
        looked: work rows looked at.
        closed: work rows in which nothing is owed any more.
        requeued: messages queued again.
        mended: slices whose tally or events lagged behind their rows.
        failed: work rows that could not be looked at, with the code of the error or the name of its class.
        more: there was no time or room for all; the next run goes on.
    """

    looked: int = 0
    closed: int = 0
    requeued: int = 0
    mended: int = 0
    failed: list[tuple[WorkKey, str]] = field(default_factory=list)
    more: bool = False


class Sweep:
    """Queues orders for work whose time has come.

    Args:
        limit: work rows in one run.
        reserve: no row is begun with less time left.
    """

    def __init__(
        self,
        alerts: AlertRepository,
        rows: MessageRows,
        dispatch_progress: DispatchProgress,
        events: ResultEvents,
        queue: DispatchQueue,
        clock: Clock,
        limit: int = 500,
        reserve: timedelta = timedelta(seconds=5),
    ) -> None:
        self._alerts = RecentAlerts(alerts, clock)
        self._rows = rows
        self._dispatch_progress = dispatch_progress
        self._queue = queue
        self._clock = clock
        self._limit = limit
        self._reserve = reserve
        self._report = ReportBatch(self._alerts, rows, dispatch_progress, events)

    def __call__(self, time_left: Callable[[], timedelta]) -> SweepReport:
        """Look at the rows whose time has come, oldest first.

        One row that cannot be looked at does not keep the others waiting: it is put off, and named in the report.

        Raises:
            StorageUnavailable: not even the list of rows could be read.
        """
        report = SweepReport()
        keys = self._dispatch_progress.due(self._clock(), self._limit)
        report.more = len(keys) == self._limit
        for key in keys:
            if time_left() < self._reserve:
                report.more = True
                break
            report.looked += 1
            try:
                self._next_check_at(key, report)
            except Exception as error:
                report.failed.append((key, error.code if isinstance(error, TocsinError) else type(error).__name__))
                self._defer(key)
        return report

    def _next_check_at(self, key: WorkKey, report: SweepReport) -> None:
        alert = self._alerts.get(key.tenant, key.alert)
        all_progress = self._dispatch_progress.load(key)
        if alert is None or not all_progress:
            # Its lifetime is over and the store has forgotten it: nothing can be sent or told any more.
            self._dispatch_progress.check_again(key, None)
            report.closed += 1
            return
        batches = [batch for batch in alert.batches() if WorkKey.of(batch) == key]
        looks: list[datetime] = []
        orders: list[DispatchJob] = []
        for batch in batches:
            progress = all_progress.get(batch.number) or BatchProgress.blank(batch.count)
            if progress.settled:
                continue
            rows = self._rows.load(batch.key, batch.positions)
            report.mended += bool(self._report(alert, batch, rows).rounds)
            order, look = self._owed(alert, batch, rows)
            if order:
                orders.append(order)
                report.requeued += len(order.positions or batch.positions)
            if look:
                looks.append(look)
        if orders:
            self._queue.put(orders)
        # Last of all: a sweep that dies before this line is repeated from its beginning.
        self._dispatch_progress.check_again(key, min(looks, default=None))
        report.closed += not looks

    def _owed(
        self, alert: Alert, batch: Batch, rows: Mapping[int, Message]
    ) -> tuple[DispatchJob | None, datetime | None]:
        """Return the order for what is due now, and when to look at the slice again (None: all is settled)."""
        now = self._clock()
        patience = SWEEP_AFTER[alert.lane.value]
        due: list[int] = []
        looks: list[datetime] = []
        for position in batch.positions:
            row = rows.get(position)
            if row is not None and row.settled:
                continue
            # What is cancelled or stopped need not wait out its back-off, or the night.
            not_wanted = alert.cancelled_at is not None or alert.stopped_at is not None
            waits_in_vain = row is not None and not_wanted and row.state in _WAITING
            if row is None or row.due_at is None or row.due_at <= now or waits_in_vain:
                due.append(position)
                looks.append(now + patience)
            else:
                # A retry has an order of its own on the way; the other states have nothing but this sweep.
                own_job = row.state is MessageState.RETRY_WAIT
                looks.append(row.due_at + (patience if own_job else timedelta(0)))
        item = alert.item(batch.key.item)
        if not due or item is None:
            return None, min(looks, default=None)
        fresh = not any(position in rows for position in batch.positions)
        order = DispatchJob(batch, item.channel, alert.lane, None if fresh else tuple(due))
        return order, min(looks)

    def _defer(self, key: WorkKey) -> None:
        try:
            self._dispatch_progress.check_again(key, self._clock() + timedelta(minutes=1))
        except TocsinError:
            return  # it stays due, and the store is in trouble for all rows alike
