"""SendMessageBatch, with retries of the messages that SQS rejects."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

from tocsin.kernel.domain.errors import StorageUnavailable

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient
    from mypy_boto3_sqs.type_defs import SendMessageBatchRequestEntryTypeDef

BATCH = 10
"""Most messages of one SendMessageBatch."""

_TRIES = 4
_FIRST_PAUSE = 0.05  # seconds; doubles each time


class Batches:
    """Sends bodies ten at a time.

    On a standard queue `MessageGroupId` gives no order. It names the tenant, so that a tenant with a long backlog does
    not delay the messages of others (SQS fair queues).

    Args:
        pause: sleeps that many seconds.
        fraction: uniform in [0, 1), for jitter.
    """

    def __init__(
        self,
        sqs: SQSClient,
        pause: Callable[[float], None] = time.sleep,
        fraction: Callable[[], float] = random.random,
    ) -> None:
        self._sqs = sqs
        self._pause = pause
        self._fraction = fraction

    def send(self, url: str, messages: Sequence[tuple[str, str]], delay: timedelta) -> set[str]:
        """Send (tenant, body) pairs; return the error codes of those that SQS rejected at every try.

        SQS may accept some messages of a batch and reject others; the rejected ones are sent again, up to four tries.
        A batch that still has rejected messages does not stop the next ones.

        Raises:
            StorageUnavailable: the service did not answer a batch; those before it are queued.
        """
        refused: set[str] = set()
        for first in range(0, len(messages), BATCH):
            refused |= self._send(url, messages[first : first + BATCH], delay)
        return refused

    def _send(self, url: str, messages: Sequence[tuple[str, str]], delay: timedelta) -> set[str]:
        seconds = min(max(0, -(-delay // timedelta(seconds=1))), 900)
        entries: list[SendMessageBatchRequestEntryTypeDef] = [
            {"Id": str(number), "MessageBody": body, "DelaySeconds": seconds, "MessageGroupId": tenant}
            for number, (tenant, body) in enumerate(messages)
        ]
        for attempt in range(_TRIES):
            if attempt:
                self._pause(_FIRST_PAUSE * 2**attempt * self._fraction())
            try:
                answer = self._sqs.send_message_batch(QueueUrl=url, Entries=entries)
            except (ClientError, BotoCoreError) as error:
                # The client has tried three times: the service is down, and the next batches would fail too.
                raise StorageUnavailable("the queue did not take a batch") from error
            failed = {entry["Id"]: entry for entry in answer.get("Failed", [])}
            entries = [entry for entry in entries if entry["Id"] in failed]
            if not entries or all(entry["SenderFault"] for entry in failed.values()):
                break
        return {entry.get("Code", "unknown") for entry in failed.values()}
