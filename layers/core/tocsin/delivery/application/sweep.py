"""Find messages that are due and that no worker processes: a job was lost, a worker stopped, or a wait is over.

The sweeper runs every minute. It changes no message. It queues dispatch jobs, and the dispatcher decides by the message
rows. A sweep that is wrong, late or repeated costs some reads and sends nothing.

A broadcast may wait in its queue for longer than a lost job should. So a check that only seeks lost jobs of a bulk
alert is *patient*: it waits while bulk jobs wait for workers, 15 min at most. Nothing is written meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tocsin.alerts.domain.alert import Alert, Batch, Lane
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.alerts.ports.dispatch_queue import DispatchQueue, LaneLoad
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.application.recent_alerts import RecentAlerts
from tocsin.delivery.application.report import ReportBatch
from tocsin.delivery.domain.message import Message, MessageState
from tocsin.delivery.domain.progress import BACKLOG_PATIENCE, SWEEP_AFTER, BatchProgress, WorkKey
from tocsin.delivery.ports.messages import DispatchProgress, MessageRows
from tocsin.delivery.ports.results import ResultEvents
from tocsin.kernel.domain.errors import StorageUnavailable, TocsinError
from tocsin.kernel.ports import Clock

_WAITING = (MessageState.RETRY_WAIT, MessageState.HELD)

LINE_PATIENCE = timedelta(hours=1)
"""Longest time between two checks of calls that may wait for a line."""


@dataclass(frozen=True, slots=True, order=True)
class _NextCheck:
    """When the sweeper must look next: for the job of a message that may be lost, or because a wait is over then."""

    at: datetime
    seeks_lost: bool


@dataclass(slots=True)
class SweepReport:
    """The result of one run. `requeued` and `repaired` count repairs, apart from messages whose wait was over.

    Attributes:
        checked: work rows that were checked.
        closed: work rows whose messages are all in terminal states, or whose alert is over.
        requeued: messages that were queued again.
        in_doubt: those of them that need not be repairs: a worker may have their job, or it may wait.
        repaired: batches whose progress counts or events were older than their message rows.
        failed: work rows that could not be checked, with the code of the error or the name of its class.
        more: whether due rows are left for the next run.
    """

    checked: int = 0
    closed: int = 0
    requeued: int = 0
    in_doubt: int = 0
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
        self._check_all(self._dispatch_progress.due(self._clock(), self._limit), report, time_left)
        self._check_patient(report, time_left)
        return report

    def _check_patient(self, report: SweepReport, time_left: Callable[[], timedelta]) -> None:
        """Check the rows whose patient check is due. While bulk jobs wait, those that have waited long enough."""
        now, before = self._clock(), report.requeued
        keys = self._dispatch_progress.due(now, self._limit, patient=True)
        if not keys:
            return
        try:
            load = self._queue.load(Lane.BULK)
        except StorageUnavailable:
            load = LaneLoad.WAITING
        if load is LaneLoad.WAITING:
            keys = self._dispatch_progress.due(now - BACKLOG_PATIENCE, self._limit, patient=True)
        self._check_all(keys, report, time_left)
        if load is not LaneLoad.IDLE:
            report.in_doubt += report.requeued - before

    def _check_all(self, keys: Sequence[WorkKey], report: SweepReport, time_left: Callable[[], timedelta]) -> None:
        report.more = report.more or len(keys) == self._limit
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

    def _check(self, key: WorkKey, report: SweepReport) -> None:
        alert = self._alerts.get(key.tenant, key.alert)
        by_number = self._dispatch_progress.load(key)
        if alert is None or not by_number:
            # The alert's lifetime is over and DynamoDB has deleted it: nothing can be sent or reported any more.
            self._dispatch_progress.check_again(key, None)
            report.closed += 1
            return
        batches = [batch for batch in alert.batches() if WorkKey.of(batch) == key]
        checks: list[_NextCheck] = []
        jobs: list[DispatchJob] = []
        for batch in batches:
            progress = by_number.get(batch.number) or BatchProgress.blank(batch.count)
            if progress.terminal:
                continue
            rows = self._rows.load(batch.key, batch.positions)
            report.repaired += bool(self._report(alert, batch, rows).rounds)
            due, next_checks = self._due(alert, batch, rows)
            item = alert.item(batch.key.item)
            if due and item is not None:
                # With its positions named, a job whose messages a worker has costs a read and no refused write.
                jobs.append(DispatchJob(batch, item.channel, alert.lane, due))
                report.requeued += len(due)
            checks += next_checks
        if jobs:
            self._queue.put(jobs)
        # This write comes last: if the sweeper stops before it, the next run checks the row again.
        if checks:
            first = min(checks)
            self._dispatch_progress.check_again(key, first.at, patient=first.seeks_lost and alert.lane is Lane.BULK)
        else:
            self._dispatch_progress.check_again(key, None)
            report.closed += 1

    def _due(self, alert: Alert, batch: Batch, rows: Mapping[int, Message]) -> tuple[tuple[int, ...], list[_NextCheck]]:
        """Return the positions that are due now, and the next checks (none: all states are terminal)."""
        now, item = self._clock(), alert.item(batch.key.item)
        allowance = SWEEP_AFTER
        if item is not None and item.channel is Channel.CALL:
            # The job of a call that waits for a line comes again by itself, so each further job adds to the load.
            allowance = max(allowance, min(now - alert.accepted_at, LINE_PATIENCE))
        due: list[int] = []
        checks: list[_NextCheck] = []
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
                checks.append(_NextCheck(now + allowance, seeks_lost=True))
            elif row.state is MessageState.RETRY_WAIT:
                checks.append(_NextCheck(row.due_at + allowance, seeks_lost=True))  # it has a job in the queue
            else:
                # An unknown message has a job too, but a second one does no harm.
                checks.append(_NextCheck(row.due_at, seeks_lost=False))
        return tuple(due), checks

    def _defer(self, key: WorkKey) -> None:
        try:
            self._dispatch_progress.check_again(key, self._clock() + timedelta(minutes=1))
        except TocsinError:
            return  # the row stays due, and the next run checks it
