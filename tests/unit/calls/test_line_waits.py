"""How long urgent calls wait behind a broadcast: half an hour of calls, on a clock of their own."""

from __future__ import annotations

import random
from datetime import timedelta
from heapq import heappop, heappush
from itertools import count

from tests.fakes.time import NOON
from tocsin.alerts.domain.alert import Lane
from tocsin.calls.domain.line_leases import LineLease, LineLeases
from tocsin.delivery.application.queue_next_jobs import LINE_DELAY

LINES, BROADCAST, BATCH = 10, 300, 25
TALK = 15.0, 70.0
DIAL = 0.5
"""Seconds between two dials, of both workers of a lane."""


def urgent_waits(seed: int) -> tuple[list[float], int, float]:
    """Return the waits of urgent calls, one a minute on average; the most calls at once; and when the broadcast ended."""
    fate, numbers = random.Random(seed), count()
    leases, next_dial, most, ended = LineLeases(), 0.0, 0, 0.0
    todo: list[tuple[float, int, str, list[str]]] = []
    for first in range(0, BROADCAST, BATCH):
        heappush(todo, (0.0, next(numbers), "bulk", [f"b{n}" for n in range(first, first + BATCH)]))
    asked: dict[str, float] = {}
    at = 0.0
    while (at := at + fate.expovariate(1 / 60)) < 1_800:
        asked[f"u{next(numbers)}"] = at
    for name, at in asked.items():
        heappush(todo, (at, next(numbers), "urgent", [name]))
    waits: dict[str, float] = {}
    while todo:
        at, _, kind, names = heappop(todo)
        if kind == "end":
            leases = leases.give_back(names)
            ended = max(ended, at) if names[0][0] == "b" else ended
            continue
        now = NOON + timedelta(seconds=at)
        wanted = [LineLease(name, kind, name, now + timedelta(minutes=12)) for name in names]
        leases, held = leases.take(LINES, wanted, kind, now, urgent=kind == "urgent")
        most = max(most, len(leases.leases))
        for name in held:
            next_dial = max(at, next_dial + DIAL) if kind == "bulk" else next_dial
            dialled = next_dial if kind == "bulk" else at
            waits[name] = dialled - asked.get(name, 0.0)
            heappush(todo, (dialled + fate.uniform(*TALK), next(numbers), "end", [name]))
        lane = Lane.URGENT if kind == "urgent" else Lane.BULK
        if left := [name for name in names if name not in held]:
            heappush(todo, (at + LINE_DELAY[lane].total_seconds(), next(numbers), kind, left))
    return sorted(waits[name] for name in asked), most, ended


def test_99_of_100_urgent_calls_are_dialled_within_two_seconds_behind_a_broadcast() -> None:
    """Eight half hours, because one has thirty urgent calls: their 99th percentile is the worst of them.

    The worst finds both lines that bulk leaves taken by urgent calls. It waits until any call ends, and up to two
    seconds more until it asks again.
    """
    runs = [urgent_waits(seed) for seed in range(8)]
    waits = sorted(wait for of_run, _, _ in runs for wait in of_run)

    assert len(waits) > 200
    assert waits[int(len(waits) * 0.99)] <= 2.0
    assert waits[-1] <= 6.0
    assert max(most for _, most, _ in runs) == LINES  # and never more
    assert min(ended for _, _, ended in runs) > 1_500
