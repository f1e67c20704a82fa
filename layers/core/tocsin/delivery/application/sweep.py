"""Find messages that are due and that no worker processes: a job was lost, a worker stopped, or a wait is over.

The sweeper runs every minute. It changes no message. It queues dispatch jobs, and the dispatcher decides by the message
rows. A sweep that is wrong, late or repeated costs some reads and sends nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tocsin.alerts.domain.alert import Alert, Batch
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.alerts.ports.dispatch_queue import DispatchQueue
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.application.recent_alerts import RecentAlerts
from tocsin.delivery.application.report import ReportBatch
from tocsin.delivery.domain.message import Message, MessageState
from tocsin.delivery.domain.progress import SWEEP_AFTER, BatchProgress, WorkKey
from tocsin.delivery.ports.messages import DispatchProgress, MessageRows
from tocsin.delivery.ports.results import ResultEvents
from tocsin.kernel.domain.errors import TocsinError
from tocsin.kernel.ports import Clock

_WAITING = (MessageState.RETRY_WAIT, MessageState.HELD)

LINE_PATIENCE = timedelta(hours=1)
"""Longest time between two checks of calls that may wait for a line."""


@dataclass(slots=True)
class SweepReport:
    """The result of one run. `requeued` and `repaired` count repairs, apart from messages whose wait was over.

    Attributes:
        checked: work rows that were checked.
        closed: work rows whose messages are all in terminal states, or whose alert is over.
        requeued: messages that were queued again.
        repaired: batches whose progress counts or events were older than their message rows.
        failed: work rows that could not be checked, with the code of the error or the name of its class.
        more: whether due rows are left for the next run.
    """

    checked: int = 0
    closed: int = 0
    requeued: int = 0
    repaired: int = 0
    failed: list[tuple[WorkKey, str]] = field(default_factory=list)
    more: bool = False


class Sweep:
    """Queues dispatch jobs for messages that are due.

    Args:
        limit: most work rows in one run.
        reserve: time that must be left to check one more row.
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
        """Check the work rows that are due, oldest first.

        A row that cannot be checked does not delay the others. It is due again in a minute, and the report names it.

        Args:
            time_left: how long this worker may still run.

        Raises:
            StorageUnavailable: the list of due rows could not be read.
        """
        report = SweepReport()
        keys = self._dispatch_progress.due(self._clock(), self._limit)
        report.more = len(keys) == self._limit
        for key in keys:
            if time_left() < self._reserve:
                report.more = True
                break
            report.checked += 1
            try:
                self._check(key, report)
            except Exception as error:
                report.failed.append((key, error.code if isinstance(error, TocsinError) else type(error).__name__))
                self._defer(key)
        return report

    def _check(self, key: WorkKey, report: SweepReport) -> None:
        alert = self._alerts.get(key.tenant, key.alert)
        by_number = self._dispatch_progress.load(key)
        if alert is None or not by_number:
            # The alert's lifetime is over and DynamoDB has deleted it: nothing can be sent or reported any more.
            self._dispatch_progress.check_again(key, None)
            report.closed += 1
            return
        batches = [batch for batch in alert.batches() if WorkKey.of(batch) == key]
        check_times: list[datetime] = []
        jobs: list[DispatchJob] = []
        for batch in batches:
            progress = by_number.get(batch.number) or BatchProgress.blank(batch.count)
            if progress.terminal:
                continue
            rows = self._rows.load(batch.key, batch.positions)
            report.repaired += bool(self._report(alert, batch, rows).rounds)
            job, next_check = self._due(alert, batch, rows)
            if job:
                jobs.append(job)
                report.requeued += len(job.positions or batch.positions)
            if next_check:
                check_times.append(next_check)
        if jobs:
            self._queue.put(jobs)
        # This write comes last: if the sweeper stops before it, the next run check_times the row again.
        self._dispatch_progress.check_again(key, min(check_times, default=None))
        report.closed += not check_times

    def _due(
        self, alert: Alert, batch: Batch, rows: Mapping[int, Message]
    ) -> tuple[DispatchJob | None, datetime | None]:
        """Return the job for what is due now, and the time of the next check (None: all states are terminal)."""
        now, item = self._clock(), alert.item(batch.key.item)
        allowance = SWEEP_AFTER[alert.lane.value]
        if item is not None and item.channel is Channel.CALL:
            # The job of a call that waits for a line comes again by itself, so each further job adds to the load.
            allowance = max(allowance, min(now - alert.accepted_at, LINE_PATIENCE))
        due: list[int] = []
        check_times: list[datetime] = []
        for position in batch.positions:
            row = rows.get(position)
            if row is not None and row.terminal:
                continue
            # A message of a cancelled or stopped alert need not wait for its next try or the end of quiet hours, and
            # its receiver's phone need not ring on.
            not_wanted = alert.cancelled_at is not None or alert.stopped_at is not None
            ends_now = row is not None and not_wanted and (row.state in _WAITING or row.rings)
            if row is None or row.due_at is None or row.due_at <= now or ends_now:
                due.append(position)
                check_times.append(now + allowance)
            else:
                # A retry has a job in the queue. An unknown message has one too, but a second job for it does no harm.
                has_job = row.state is MessageState.RETRY_WAIT
                check_times.append(row.due_at + (allowance if has_job else timedelta(0)))
        if not due or item is None:
            return None, min(check_times, default=None)
        fresh = not any(position in rows for position in batch.positions)
        job = DispatchJob(batch, item.channel, alert.lane, None if fresh else tuple(due))
        return job, min(check_times)

    def _defer(self, key: WorkKey) -> None:
        try:
            self._dispatch_progress.check_again(key, self._clock() + timedelta(minutes=1))
        except TocsinError:
            return  # the row stays due, and the next run check_times it
