"""The parts of budget 24 that decide: what counts as a round trip in series, and how long polls of the stage wait."""

from __future__ import annotations

import asyncio
import threading

from tests.benchmarks.queue_engine import Arrivals
from tests.benchmarks.small_alerts import in_series


def test_calls_that_overlap_are_one_round_trip() -> None:
    assert in_series([]) == 0
    assert in_series([(0.0, 1.0), (1.0, 2.0), (2.5, 3.0)]) == 3
    assert in_series([(0.0, 1.0), (0.1, 1.1), (0.2, 0.9), (1.2, 2.0)]) == 2
    assert in_series([(0.0, 9.0), (1.0, 2.0), (3.0, 4.0)]) == 2


def test_a_waiting_receiver_is_woken_by_the_next_message_and_by_nothing_else() -> None:
    before = threading.Event()
    arrivals = Arrivals(before)

    async def receive(seconds: float) -> bool:
        await arrivals.sleep(seconds)
        return before.is_set()

    async def send() -> bool:
        waiting = asyncio.create_task(receive(30))
        await asyncio.sleep(0)
        arrivals.set()
        return await waiting

    assert asyncio.run(receive(0.01)) is False
    assert asyncio.run(send()) is True
