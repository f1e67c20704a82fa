"""Budget 5: how long an urgent alert takes while thousands of bulk messages wait, over the same on an idle system."""

from __future__ import annotations

import contextlib
import os
import time
from statistics import median

from tests.benchmarks.findings import Finding
from tests.benchmarks.peers import celery_stack
from tests.benchmarks.stage import BULK_BATCH, URGENT_BATCH, Api, Stage, Wrong, api, numbers, workers

QUEUED = 5_000
BULK_WORKERS = 2


def measure(stage: Stage, rounds: int, *, with_celery: bool) -> list[Finding]:
    """Take the time of one urgent alert, idle and behind the backlog, in turn."""
    idle: list[float] = []
    behind: list[float] = []
    left: list[int] = []
    with contextlib.ExitStack() as stack:
        accepting = stack.enter_context(api(stage))
        stack.enter_context(workers(stage, {"SMS_URGENT": URGENT_BATCH}))
        for _ in range(BULK_WORKERS):
            stack.enter_context(workers(stage, {"SMS_BULK": BULK_BATCH}))
        accepting.send(numbers(500))
        _settle(stage)
        for _ in range(3):
            _urgent(stage, accepting)
        for _ in range(rounds):
            idle += [_urgent(stage, accepting) for _ in range(3)]
            stage.reset()
            accepting.send(numbers(QUEUED))
            stage.await_distinct(100, 30)  # the bulk workers are at it
            behind.append(_urgent(stage, accepting))
            left.append(QUEUED - stage.counts()["distinct"])
            stage.client("sqs").purge_queue(QueueUrl=stage.queues["SMS_BULK"])
            _settle(stage)
    quiet = median(idle)
    made_from = (
        f"idle {quiet * 1e3:.1f} ms ({min(idle) * 1e3:.1f} – {max(idle) * 1e3:.1f}); {min(left):,} – {max(left):,} bulk "
        f"messages still unsent when it arrived; {BULK_WORKERS} bulk workers and 1 urgent one on {os.cpu_count()} cores"
    )
    found = [
        Finding(
            5,
            "urgent behind 5,000 bulk, over idle",
            [t / quiet for t in behind],
            "x",
            must=5,
            aim=2,
            note=made_from,
            ours=f"{median(behind) * 1e3:.0f} ms",
            peer=f"idle {quiet * 1e3:.0f} ms",
        ),
        Finding(5, "urgent behind 5,000 bulk", [t * 1e3 for t in behind], "ms"),
    ]
    if with_celery:
        found.append(Finding(5, "  Celery+Redis, the same, over its idle", [_celery(stage)], "x"))
    return found


def _urgent(stage: Stage, accepting: Api) -> float:
    """Send one alert to one receiver; return the seconds from the POST to the provider."""
    (number,) = numbers(1)
    started = accepting.send([number])["started"]
    return _arrival(stage, number, 20) - float(started)


def _arrival(stage: Stage, number: str, seconds: float) -> float:
    """Return when the stub heard of the number; asks now and then, so as not to be the load itself."""
    end = time.monotonic() + seconds
    while (at := stage.when(number)) is None:
        if time.monotonic() > end:
            raise Wrong(f"an urgent alert did not arrive within {seconds:.0f} s")
        time.sleep(0.02)
    return at


def _settle(stage: Stage) -> None:
    """Wait until nothing arrives any more."""
    before = -1
    while (now := stage.counts()["total"]) != before:
        before = now
        time.sleep(0.4)


def _celery(stage: Stage) -> float:
    with celery_stack(stage) as they:
        they.send(numbers(200))
        _settle(stage)

        def one() -> float:
            (number,) = numbers(1)
            started = they.send([number])
            return _arrival(stage, number, 60) - started

        quiet = median(one() for _ in range(5))
        they.send(numbers(QUEUED))
        loaded = one()
        _settle(stage)
        return loaded / quiet
