"""How fast is the machine right now: a fixed kernel before and after every measurement.

Shared machines drift by a factor of two within minutes. A ratio is printed only if the kernel moved by less than
`MOST_DRIFT` between the two sides.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

MOST_DRIFT = 1.3

_FAST = 0.1
"""Seconds of `kernel` on the core that budgets in seconds mean."""

_SURE = 0.6
"""A part of a budget in seconds that one measurement shows to be kept."""

_AGREE = 3
"""Measurements on one side of a budget, of five at most, that decide."""


def kernel() -> float:
    """Return the CPU seconds of a fixed piece of Python work, about 0.1 s on a 2.5 GHz core."""
    started = time.process_time()
    digest = b""
    for number in range(9_000):
        text = json.dumps({"n": number, "to": f"+4477009{number:05}", "text": "x" * 40})
        digest = hashlib.sha256(digest + json.loads(text)["to"].encode()).digest()
    return time.process_time() - started


def seconds_of(act: Callable[[], object], budget: float) -> float:
    """Return the CPU seconds of `act` on the core that budgets in seconds mean.

    A shared core changes its speed by half within a second. So a measurement that is near its budget or over it does
    not count alone: more follow, each between two runs of the kernel, until three are on one side of the budget.
    Returns their median.
    """
    first = _seconds(act)
    if first <= _SURE * budget:
        return first
    found = [first] if first <= budget else []  # on the core that is meant it is less, never more
    while max(kept := sum(each <= budget for each in found), len(found) - kept) < _AGREE:
        before = kernel()
        spent = _seconds(act)
        found.append(spent / max(1.0, (before + kernel()) / 2 / _FAST))
    return median(found)


def _seconds(act: Callable[[], object]) -> float:
    gc.collect()
    started = time.process_time()
    act()
    return time.process_time() - started


def load() -> float:
    """Return the one-minute load average."""
    return os.getloadavg()[0]


def busy(seconds: float = 3.0) -> float:
    """Return how many cores the machine has been using during the next so many seconds (Linux)."""
    before = _idle_ticks()
    time.sleep(seconds)
    idle = (_idle_ticks() - before) / os.sysconf("SC_CLK_TCK")
    return max(0.0, (os.cpu_count() or 1) - idle / seconds)


def await_quiet(patience: float, most: float = 0.3) -> None:
    """Wait until others use at most so many cores, three times in a row; `patience` is in seconds."""
    end, quiet = time.monotonic() + patience, 0
    while quiet < 3 and time.monotonic() < end:
        quiet = quiet + 1 if busy() <= most else 0


def _idle_ticks() -> int:
    fields = Path("/proc/stat").read_text().splitlines()[0].split()
    return int(fields[4]) + int(fields[5])
