"""The queue of events that are owed, on SQS, fair by tenant."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from tocsin.adapters.sqs.batches import Batches
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.telephony.domain.event_order import EventOrder

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsOwedEvents:
    """Sends orders in batches of ten."""

    def __init__(self, sqs: SQSClient, url: str) -> None:
        self._batches = Batches(sqs)
        self._url = url

    def put(self, orders: Sequence[EventOrder]) -> None:
        """Put orders on the queue. Raises StorageUnavailable: any of them may be queued."""
        messages = [(order.tenant, order.encode()) for order in orders]
        if refused := self._batches.send(self._url, messages, timedelta(0)):
            raise StorageUnavailable(f"the queue refused messages: {', '.join(sorted(refused))}")
