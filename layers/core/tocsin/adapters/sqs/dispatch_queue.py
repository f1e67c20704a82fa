"""The dispatch queues on SQS: standard queues that are fair by tenant."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from tocsin.domain.alert import Channel, Lane
from tocsin.domain.errors import StorageUnavailable
from tocsin.domain.slice_order import SliceOrder

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

BATCH = 10
"""Messages SendMessageBatch takes."""

_TRIES = 4
_FIRST_PAUSE = 0.05  # seconds; doubles each time


class SqsDispatchQueue:
    """Sends orders in batches of ten.

    `MessageGroupId` on a standard queue does not order anything: it names the tenant, so that SQS holds back the
    messages of one with a long backlog while others wait (fair queues).

    Args:
        urls: the queue of each channel and lane this process may send to.
        pause: sleeps that many seconds.
        fraction: uniform in [0, 1), for jitter.
    """

    def __init__(
        self,
        sqs: SQSClient,
        urls: Mapping[tuple[Channel, Lane], str],
        pause: Callable[[float], None] = time.sleep,
        fraction: Callable[[], float] = random.random,
    ) -> None:
        self._sqs = sqs
        self._urls = urls
        self._pause = pause
        self._fraction = fraction

    def put(self, orders: Sequence[SliceOrder], delay: timedelta = timedelta(0)) -> None:
        """Queue the orders, in batches per queue.

        SQS may take some messages of a batch and refuse others in one answer; those are sent again, up to four tries.
        A batch that still has refused messages does not stop the ones after it.

        Raises:
            StorageUnavailable: some orders, or none, are queued.
        """
        by_queue: dict[str, list[SliceOrder]] = {}
        for order in orders:
            by_queue.setdefault(self._urls[order.channel, order.lane], []).append(order)
        refused: set[str] = set()
        for url, waiting in by_queue.items():
            for first in range(0, len(waiting), BATCH):
                refused |= self._send(url, waiting[first : first + BATCH], delay)
        if refused:
            raise StorageUnavailable(f"the queue refused messages: {', '.join(sorted(refused))}")

    def _send(self, url: str, orders: Sequence[SliceOrder], delay: timedelta) -> set[str]:
        """Send up to ten; return the codes of those that were refused to the end."""
        seconds = min(max(0, -(-delay // timedelta(seconds=1))), 900)
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {
                "Id": str(number),
                "MessageBody": order.encode(),
                "DelaySeconds": seconds,
                "MessageGroupId": order.piece.key.tenant,
            }
            for number, order in enumerate(orders)
        ]
        for attempt in range(_TRIES):
            if attempt:
                self._pause(_FIRST_PAUSE * 2**attempt * self._fraction())
            try:
                answer = self._sqs.send_message_batch(QueueUrl=url, Entries=entries)
            except (ClientError, BotoCoreError) as error:
                # The client has tried three times by now: the service is down, and so it is for the batches after.
                raise StorageUnavailable("the queue did not take a batch") from error
            failed = {entry["Id"]: entry for entry in answer.get("Failed", [])}
            entries = [entry for entry in entries if entry["Id"] in failed]
            if not entries or all(entry["SenderFault"] for entry in failed.values()):
                break
        return {entry.get("Code", "unknown") for entry in failed.values()}
