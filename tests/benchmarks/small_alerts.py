"""Budget 24: how long one small alert takes from the POST to the provider if each call of a store takes 5 ms.

Stores and queues stand behind relays that add the 5 ms to what the engines take themselves; the provider answers at
once. A call of Lambda, and its cold start, are not in it. One alert follows another when all of the first is recorded.
"""

from __future__ import annotations

import contextlib
import json
import sys
import urllib.request
from collections.abc import Iterable, Iterator
from statistics import quantiles
from urllib.parse import urlsplit

from tests.benchmarks import processes
from tests.benchmarks.findings import Finding
from tests.benchmarks.stage import URGENT_BATCH, Api, Stage, Worker, api, numbers, workers

DELAY = 0.005
SERIES = {1: (8, 5), 10: (8, 5)}
"""Round trips in series up to the provider, the receipt of the job included: must and aim, by number of receivers."""


def measure(stage: Stage, count: int) -> list[Finding]:
    """Send `count` alerts of each size, one after another."""
    with contextlib.ExitStack() as stack:
        relays = [stack.enter_context(_relay(url)) for url in (stage.dynamodb_url, stage.engine_url)]
        slow = {"AWS_ENDPOINT_URL_DYNAMODB": relays[0], "AWS_ENDPOINT_URL": relays[1]}
        accepting = stack.enter_context(api(stage, **slow))
        worker = stack.enter_context(workers(stage, {"SMS_URGENT": URGENT_BATCH}, **slow))
        found = []
        for size, (must, aim) in SERIES.items():
            _send(stage, accepting, worker, relays, size)  # keys, connections and caches are warm now
            sent = [_send(stage, accepting, worker, relays, size) for _ in range(count)]
            hundredths = quantiles((taken * 1e3 for taken, _ in sent), n=100, method="inclusive")
            found += [
                Finding(
                    24, f"one alert to {size}, POST to provider: round trips in series", [trips for _, trips in sent],
                    must=must, aim=aim, steady=True, note="API, job and sender; the provider's own is not counted",
                ),
                Finding(24, f"  p50, each call of a store {DELAY * 1e3:.0f} ms slower", [hundredths[49]], "ms", note=f"{count} alerts"),
                Finding(24, "  p99", [hundredths[98]], "ms"),
            ]  # fmt: skip
        return found


def _send(stage: Stage, accepting: Api, worker: Worker, relays: Iterable[str], size: int) -> tuple[float, int]:
    """Send one alert; return the seconds until the provider had all of it, and the round trips in series until then."""
    stage.reset()
    worker.drain()
    for relay in relays:
        _calls(relay)
    sent = accepting.send(numbers(size))
    last = stage.await_distinct(size, 30)["last"]
    worker.batches.get(timeout=30)
    calls = [call for relay in relays for call in _calls(relay)]
    before = [(began, ended) for name, began, ended in calls if name != "ReceiveMessage" and ended < last]
    return last - sent["started"], in_series(before) + 1  # the job's receipt: the poll for it began long before


def in_series(calls: Iterable[tuple[float, float]]) -> int:
    """Return how many of the calls, each from when it began to when it ended, did not overlap at the most."""
    count, free = 0, 0.0
    for began, ended in sorted(calls, key=lambda call: call[1]):
        if began >= free:
            count, free = count + 1, ended
    return count


def _calls(relay: str) -> list[tuple[str, float, float]]:
    with urllib.request.urlopen(f"{relay}/calls", timeout=10) as answer:
        return [(name, began, ended) for name, began, ended in json.load(answer)]


@contextlib.contextmanager
def _relay(url: str) -> Iterator[str]:
    port = processes.free_port()
    command = [sys.executable, "-m", "tests.benchmarks.relay", str(port), str(urlsplit(url).port), str(DELAY)]
    with processes.child(command, cwd=processes.ROOT) as process:
        processes.wait_for(port, 20, process)
        yield f"http://127.0.0.1:{port}"
