"""Send again the messages of an alert that have failed.

    read counts and rows ─► failed: retry_wait, due now (one write with the counts) ─► queue a dispatch job

A message that is delivered, or that a worker or a provider may have, is not failed, so it is left alone. The worker
claims the message for its next try, with a number of its own, and asks every guard as before every try.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tocsin.alerts.domain.alert import Alert, Batch, Lane
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.alerts.ports.dispatch_queue import DispatchQueue
from tocsin.contacts.domain.recipient import ERASED_ADDRESS
from tocsin.delivery.application.batch_run import ROUNDS
from tocsin.delivery.domain.message import RESENT, MessageState, resent
from tocsin.delivery.domain.progress import SWEEP_AFTER, BatchProgress, WorkKey
from tocsin.delivery.ports.messages import DispatchProgress, MessageRows, ReopenedBatches
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.ports import Clock

_CHANGES = frozenset({MessageState.FAILED, MessageState.RETRY_WAIT})

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ResendFailed:
    """Sends the failed messages of an alert again. Safe to repeat: what waits for its next try is not failed."""

    alerts: AlertRepository
    rows: MessageRows
    dispatch_progress: DispatchProgress
    reopened: ReopenedBatches
    queue: DispatchQueue
    clock: Clock

    def __call__(self, alert: Alert) -> int:
        """Return how many messages are sent again, those of an earlier call that no worker has claimed yet included.

        Raises:
            StorageUnavailable: some may be sent again; repeat the call.
        """
        by_number = self.dispatch_progress.of_alert(alert.tenant, alert.ref)
        jobs = list(self._jobs(alert, by_number))
        if not jobs:
            return 0
        try:
            self.queue.put(jobs)
        except StorageUnavailable:
            # The messages wait for their next try, and the sweeper queues them.
            _log.warning("resend_not_queued", extra={"tenant": alert.tenant, "alert": alert.ref})
        check_at = self.clock() + SWEEP_AFTER
        for work in dict.fromkeys(WorkKey.of(job.batch) for job in jobs):
            # A reporter that closed the work row meanwhile had not seen these messages.
            self.dispatch_progress.check_again(work, check_at, patient=alert.lane is Lane.BULK)
        return sum(len(job.positions or ()) for job in jobs)

    def _jobs(self, alert: Alert, by_number: Mapping[int, BatchProgress]) -> Iterator[DispatchJob]:
        for batch in alert.batches():
            progress = by_number.get(batch.number)
            item = alert.item(batch.key.item)
            if progress is None or item is None or not _CHANGES & progress.counts.keys():
                continue
            if positions := self._reopen(alert, batch, progress):
                yield DispatchJob(batch, item.channel, alert.lane, positions)

    def _reopen(self, alert: Alert, batch: Batch, progress: BatchProgress) -> tuple[int, ...]:
        """Let the failed messages of a batch wait for another try; return the positions of all that wait for one."""
        for _ in range(ROUNDS):
            now = self.clock()
            rows = self.rows.load(batch.key, batch.positions)
            waiting = [p for p, row in rows.items() if (row.state, row.reason) == (MessageState.RETRY_WAIT, RESENT)]
            again = {p: after for p, row in rows.items() if (after := resent(row, now))}
            recipients = self.alerts.recipients(batch.key) if again else ()
            again = {p: after for p, after in again.items() if recipients[p].address != ERASED_ADDRESS}
            if not again:
                return tuple(sorted(waiting))
            check_at = now + SWEEP_AFTER
            counts, patient = progress.reopened(len(again)), alert.lane is Lane.BULK
            if self.reopened.reopen(batch, list(again.values()), counts, progress, check_at, patient=patient):
                return tuple(sorted([*waiting, *again]))
            progress = self.dispatch_progress.load(WorkKey.of(batch))[batch.number]
        raise StorageUnavailable("the messages change too fast to be sent again")
