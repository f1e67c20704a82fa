"""The dispatch queues on SQS: standard queues that are fair by tenant."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from botocore.exceptions import BotoCoreError, ClientError

from tocsin.adapters.sqs.batches import Batches
from tocsin.alerts.domain.alert import Lane
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.alerts.ports.dispatch_queue import LaneLoad
from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.errors import StorageUnavailable

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.literals import QueueAttributeNameType


_VISIBLE: Final = "ApproximateNumberOfMessages"
_TAKEN: Final = "ApproximateNumberOfMessagesNotVisible"
_DELAYED: Final = "ApproximateNumberOfMessagesDelayed"


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
        self._sqs = sqs
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

    def load(self, lane: Lane) -> LaneLoad:
        """Return what the jobs of a lane do. One GetQueueAttributes for each queue, until jobs wait in one.

        Raises:
            StorageUnavailable: a queue did not answer.
        """
        channels: dict[str, list[Channel]] = {}
        for (channel, of), url in self._urls.items():
            if of is lane:
                channels.setdefault(url, []).append(channel)
        taken = False
        for url, of_queue in channels.items():
            counts = self._counts(url)
            if counts[_VISIBLE] or (counts[_DELAYED] and Channel.CALL in of_queue):
                return LaneLoad.WAITING
            taken = taken or counts[_TAKEN] > 0
        return LaneLoad.TAKEN if taken else LaneLoad.IDLE

    def _counts(self, url: str) -> dict[QueueAttributeNameType, int]:
        names: list[QueueAttributeNameType] = [_VISIBLE, _TAKEN, _DELAYED]
        try:
            found = self._sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
        except (ClientError, BotoCoreError) as error:
            raise StorageUnavailable("a queue does not tell how many messages it has") from error
        return {name: int(found[name]) for name in names}
