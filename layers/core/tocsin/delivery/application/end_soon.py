"""Let the open messages of a cancelled or stopped alert end soon."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from tocsin.alerts.domain.alert import Alert, Batch
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.alerts.ports.dispatch_queue import DispatchQueue
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.application.recent_alerts import FRESH
from tocsin.delivery.domain.message import MessageState
from tocsin.delivery.domain.progress import BatchProgress, WorkKey
from tocsin.delivery.ports.messages import DispatchProgress

_MAY_RING = frozenset({MessageState.SENDING, MessageState.CALLING})

_ALL_SEE_IT = FRESH + timedelta(seconds=1)
"""After this time every worker knows that the alert was cancelled or stopped."""


def open_batches(alert: Alert, dispatch_progress: DispatchProgress) -> dict[Batch, BatchProgress]:
    """Return the batches of an alert with open messages, each with its progress counts. Raises StorageUnavailable."""
    by_number = dispatch_progress.of_alert(alert.tenant, alert.ref)
    found = ((batch, by_number.get(batch.number)) for batch in alert.batches())
    return {batch: progress for batch, progress in found if progress is not None and not progress.terminal}


def end_soon(
    alert: Alert,
    batches: Mapping[Batch, BatchProgress],
    now: datetime,
    dispatch_progress: DispatchProgress,
    queue: DispatchQueue | None,
) -> None:
    """Let the sweeper check batches at its next run. Those in which phones may ring are queued too: ringing ends soon.

    Args:
        queue: None = this installation makes no calls.

    Raises:
        StorageUnavailable: the sweeper checks the batches that are left at their regular time.
    """
    for work in dict.fromkeys(map(WorkKey.of, batches)):
        dispatch_progress.check_again(work, now)
    calls = {item.index for item in alert.items if item.channel is Channel.CALL}
    jobs = [
        DispatchJob(batch, Channel.CALL, alert.lane, tuple(batch.positions))
        for batch, progress in batches.items()
        if batch.key.item in calls and _MAY_RING & progress.counts.keys()
    ]
    if jobs and queue is not None:
        queue.put(jobs, _ALL_SEE_IT)
