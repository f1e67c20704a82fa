"""The dispatch queues on SQS: standard queues that are fair by tenant."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from tocsin.adapters.sqs.batches import Batches
from tocsin.alerts.domain.alert import Lane
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.errors import StorageUnavailable

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsDispatchQueue:
    """Sends dispatch jobs in batches of ten.

    Args:
        urls: queue URL by channel and lane, for those that this process may send to.
        pause, fraction: sleep in seconds, and uniform jitter in [0, 1), as `Batches` takes them.
    """

    def __init__(
        self,
        sqs: SQSClient,
        urls: Mapping[tuple[Channel, Lane], str],
        pause: Callable[[float], None] = time.sleep,
        fraction: Callable[[], float] = random.random,
    ) -> None:
        self._batches = Batches(sqs, pause, fraction)
        self._urls = urls

    def put(self, jobs: Sequence[DispatchJob], delay: timedelta = timedelta(0)) -> None:
        """Queue the orders, in batches per queue.

        Raises:
            StorageUnavailable: some jobs, or none, are queued.
        """
        by_queue: dict[str, list[tuple[str, str]]] = {}
        for job in jobs:
            url = self._urls[job.channel, job.lane]
            by_queue.setdefault(url, []).append((job.batch.key.tenant, job.encode()))
        refused: set[str] = set()
        for url, messages in by_queue.items():
            refused |= self._batches.send(url, messages, delay)
        if refused:
            raise StorageUnavailable(f"the queue refused messages: {', '.join(sorted(refused))}")
