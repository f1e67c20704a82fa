"""The timer queue on SQS, fair by tenant. Wake-ups due within 15 minutes wait in it as delayed messages."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tocsin.adapters.sqs.batches import Batches
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.timers.domain.timer import Delayed, Timer, encode, next_wake_up

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient


class SqsTimerQueue:
    """Sends wake-ups in batches of ten of the same delay; timers armed together mostly have the same."""

    def __init__(self, sqs: SQSClient, url: str) -> None:
        self._batches = Batches(sqs)
        self._url = url

    def enqueue(self, timers: Sequence[Timer], now: datetime) -> None:
        """Enqueue a wake-up per timer: it arrives when a near timer is due, never before, and at once for a far one.

        Raises:
            StorageUnavailable: some wake-ups, or none, are queued.
        """
        waits: dict[timedelta, list[tuple[str, str]]] = {}
        for timer in timers:
            wake_up = next_wake_up(timer, now)
            delay = wake_up.delay if isinstance(wake_up, Delayed) else timedelta(0)
            waits.setdefault(delay, []).append((timer.key.tenant, encode(timer)))
        refused: set[str] = set()
        for delay, messages in waits.items():
            refused |= self._batches.send(self._url, messages, delay)
        if refused:
            raise StorageUnavailable(f"the queue refused messages: {', '.join(sorted(refused))}")
