"""Try messages of an alert now that wait for their next try.

    read rows ─► retry_wait, due later: due now (versioned writes) ─► queue a dispatch job

What a worker has claimed stays with the worker. The worker that gets the job claims the message for its next try, and
asks every guard as before every try.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from tocsin.alerts.domain.alert import Alert, Batch, Lane
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.alerts.ports.dispatch_queue import DispatchQueue
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.application.batch_run import ROUNDS
from tocsin.delivery.domain.message import MessageState, tried_now
from tocsin.delivery.domain.progress import SWEEP_AFTER, WorkKey
from tocsin.delivery.ports.messages import DispatchProgress, MessageRows
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.ports import Clock

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Tried:
    """What was found.

    Attributes:
        queued: messages that are tried now.
        in_flight: messages that a worker has.
    """

    queued: int
    in_flight: int


@dataclass(frozen=True, slots=True)
class TryNow:
    """Tries the waiting messages of one channel. Safe to repeat: what is due already is queued once more."""

    rows: MessageRows
    dispatch_progress: DispatchProgress
    queue: DispatchQueue
    clock: Clock

    def __call__(self, alert: Alert, channel: Channel) -> Tried:
        """Queue the messages that wait for their next try.

        Raises:
            StorageUnavailable: some may be due now; repeat the call.
        """
        found = [self._batch(alert, batch, channel) for batch in alert.batches() if _is_of(alert, batch, channel)]
        jobs = [job for job, _ in found if job is not None]
        if jobs:
            try:
                self.queue.put(jobs)
            except StorageUnavailable:
                _log.warning("try_now_not_queued", extra={"tenant": alert.tenant, "alert": alert.ref})
            check_at = self.clock() + SWEEP_AFTER
            for work in dict.fromkeys(WorkKey.of(job.batch) for job in jobs):
                # The sweeper looked at the row last when its messages were due later.
                self.dispatch_progress.check_again(work, check_at, patient=alert.lane is Lane.BULK)
        return Tried(sum(len(job.positions or ()) for job in jobs), sum(in_flight for _, in_flight in found))

    def _batch(self, alert: Alert, batch: Batch, channel: Channel) -> tuple[DispatchJob | None, int]:
        due = set[int]()
        for _ in range(ROUNDS):
            now = self.clock()
            rows = self.rows.load(batch.key, batch.positions)
            due |= {p for p, row in rows.items() if row.state is MessageState.RETRY_WAIT and (row.due_at or now) <= now}
            again = [after for row in rows.values() if (after := tried_now(row, now)) is not None]
            written = self.rows.save(batch.key, again, alert.expires_at) if again else ()
            due |= {message.position for message, won in zip(again, written, strict=True) if won}
            if all(written):
                in_flight = sum(row.state is MessageState.SENDING for row in rows.values())
                job = DispatchJob(batch, channel, alert.lane, tuple(sorted(due))) if due else None
                return job, in_flight
        raise StorageUnavailable("the messages change too fast to be tried now")


def _is_of(alert: Alert, batch: Batch, channel: Channel) -> bool:
    item = alert.item(batch.key.item)
    return item is not None and item.channel is channel
