"""The engine of the stage's queues and keys: MiniStack, whose long polls answer as soon as a message is there.

    <the engine's python> -m tests.benchmarks.queue_engine

SQS answers a waiting `ReceiveMessage` at once. MiniStack looks again every 0.1 s, so that a worker had to ask hundreds
of times a second, and the asking took the CPU that was measured.
"""

from __future__ import annotations

import asyncio
import sys
from types import SimpleNamespace
from typing import Any


class Arrivals:
    """Wakes the receivers that wait when a message comes. Takes the place of `esm_wake` and of `asyncio.sleep`.

    Args:
        before: MiniStack's own event, which is set as ever.
    """

    def __init__(self, before: Any) -> None:
        self._before = before
        self._waiting: dict[asyncio.Future[None], asyncio.AbstractEventLoop] = {}

    def set(self) -> None:
        """Note that a queue has got a message. Any thread may call it."""
        self._before.set()
        for waiting, loop in list(self._waiting.items()):
            loop.call_soon_threadsafe(_end, waiting)

    async def sleep(self, seconds: float) -> None:
        """Wait for the next message of any queue, for `seconds` at most."""
        loop = asyncio.get_running_loop()
        waiting: asyncio.Future[None] = loop.create_future()
        self._waiting[waiting] = loop
        try:
            await asyncio.wait([waiting], timeout=seconds)
        finally:
            del self._waiting[waiting]


def _end(waiting: asyncio.Future[None]) -> None:
    if not waiting.done():
        waiting.set_result(None)


def main() -> None:
    """Serve until killed."""
    from ministack.app import main as serve
    from ministack.services import sqs

    arrivals = Arrivals(sqs.esm_wake)
    sqs.esm_wake = arrivals
    sqs.asyncio = SimpleNamespace(sleep=arrivals.sleep, iscoroutine=asyncio.iscoroutine)
    sys.argv = ["ministack"]
    serve()


if __name__ == "__main__":
    main()
