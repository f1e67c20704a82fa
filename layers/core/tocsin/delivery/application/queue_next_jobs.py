"""Queue what a worker leaves of a batch: messages that are due later, and positions that it did not process."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tocsin.alerts.domain.alert import Lane
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.alerts.ports.dispatch_queue import DispatchQueue
from tocsin.delivery.application.batch_run import BatchRun
from tocsin.delivery.application.jobs_to_come import JobsToCome
from tocsin.delivery.domain.retry_jobs import retry_jobs
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.ports import Clock

UNFINISHED_DELAY = timedelta(seconds=1)
"""Delay of a job for unfinished positions: the worker that is about to end must not receive it."""

LINE_DELAY = {Lane.URGENT: timedelta(seconds=2), Lane.BULK: timedelta(seconds=10)}
"""Delay of a job for calls that wait for a line. With ten lines that are full of bulk calls, and an urgent call a
minute, 99 of 100 urgent calls are dialled within two seconds."""


class QueueNextJobs:
    """Queues the next jobs of batches. One instance per process, used by one thread."""

    def __init__(self, queue: DispatchQueue, clock: Clock) -> None:
        self._queue = queue
        self._clock = clock
        self._to_come = JobsToCome()

    def retries(self, run: BatchRun) -> int:
        """Queue the messages that are due later. Return how many messages could not be queued."""
        jobs = retry_jobs(run.job, run.waiting, self._clock())
        return sum(messages for job, delay, messages in jobs if not self._queued(job, delay))

    def rest(self, run: BatchRun) -> tuple[int, list[int]]:
        """Queue the positions that this worker did not process, and those of calls that wait for a line.

        SQS would deliver the job itself again too, but only after its visibility timeout of some minutes, and after
        five deliveries not at all.

        Returns:
            How many positions were queued, and those that could not be queued.
        """
        queued, left = 0, list[int]()
        key, now, line_delay = run.job.batch.key, self._clock(), LINE_DELAY[run.job.lane]
        without_line = self._to_come.without(key, run.without_line, now)
        for positions, delay in ((run.unfinished, UNFINISHED_DELAY), (without_line, line_delay)):
            if not positions:
                continue
            if self._queued(replace(run.job, positions=tuple(sorted(positions))), delay):
                queued += len(positions)
            else:
                left += positions
        if without_line and not left:
            self._to_come.note(key, without_line, now + line_delay, now)
        return queued, left

    def looks(self, run: BatchRun) -> None:
        """Queue calls that go on for the time at which they are overdue. The sweeper finds what cannot be queued."""
        key, now = run.job.batch.key, self._clock()
        wanted = set(self._to_come.without(key, (message.position for message in run.in_call), now))
        for job, delay, _ in retry_jobs(run.job, [one for one in run.in_call if one.position in wanted], now):
            if self._queued(job, delay):
                self._to_come.note(key, job.positions or (), now + delay, now)

    def _queued(self, job: DispatchJob, delay: timedelta) -> bool:
        try:
            self._queue.put([job], delay)
        except StorageUnavailable:
            return False
        return True
