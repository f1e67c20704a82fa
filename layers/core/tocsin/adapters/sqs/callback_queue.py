"""The callback queues on SQS, each fair by tenant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from tocsin.adapters.sqs.batches import Batches
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.webhooks.domain.callback_order import CallbackOrder, encode
from tocsin.webhooks.domain.endpoint import CallbackLane

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsCallbackQueue:
    """Sends jobs in batches of ten.

    Args:
        urls: queue URL by lane and urgency, for the queues that this process may send to.
    """

    def __init__(self, sqs: SQSClient, urls: Mapping[tuple[CallbackLane, bool], str]) -> None:
        self._batches = Batches(sqs)
        self._urls = urls

    def put(self, orders: Sequence[CallbackOrder], delay: timedelta = timedelta(0)) -> None:
        """Put each job on the queue of its lane and urgency.

        Raises:
            StorageUnavailable: some jobs, or none, are queued.
        """
        refused: set[str] = set()
        by_url: dict[str, list[tuple[str, str]]] = {}
        for order in orders:
            by_url.setdefault(self._urls[order.lane, order.urgent], []).append((order.tenant, encode(order)))
        for url, messages in by_url.items():
            refused |= self._batches.send(url, messages, delay)
        if refused:
            raise StorageUnavailable(f"the queue refused messages: {', '.join(sorted(refused))}")
