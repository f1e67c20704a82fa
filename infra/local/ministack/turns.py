"""Limits the engine to a few processes per function; invocations wait in line for a free one.

MiniStack starts a process for each concurrent invocation. Its only limit is one for all functions together; beyond
that, invocations are throttled. Here each function has two processes and a line. The call that came first is served
first, so of many calls at once none waits for calls that came later. No function of Tocsin invokes another function, so
this cannot deadlock.
"""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from time import monotonic
from typing import Any

PROCESSES = 2
"""Processes per function. With one, a single slow call would delay all the others."""

LONGEST_WAIT = 120.0
"""Seconds until a waiting invocation is throttled: twice the longest time-out of a function."""


class Turns:
    """The lines of invocations, one per function.

    Args:
        functions: MiniStack's module of Lambda; the service is patched.
    """

    def __init__(self, functions: Any) -> None:
        self._reserved = functions._reserved_concurrency
        self._acquire, self._release = functions._acquire_execution_slot, functions._release_execution_slot
        self._lock = threading.Lock()
        self._lines: defaultdict[str, deque[threading.Condition]] = defaultdict(deque)
        functions._reserved_concurrency = self._processes  # also limits the concurrent batches of a queue
        functions._acquire_execution_slot = self._acquire_in_turn
        functions._release_execution_slot = self._release_and_notify

    def waiting(self, name: str) -> int:
        """Return how many invocations of a function wait."""
        with self._lock:
            return len(self._lines[name])

    def _processes(self, function: Any, config: Any) -> int:
        asked = self._reserved(function, config)
        return PROCESSES if asked is None else min(asked, PROCESSES)

    def _acquire_in_turn(self, function: Any, config: Any) -> Any:
        deadline = monotonic() + LONGEST_WAIT
        with self._lock:
            line, turn = self._lines[config["FunctionName"]], threading.Condition(self._lock)
            line.append(turn)
            try:
                while True:
                    got = self._acquire(function, config) if line[0] is turn else (None, "function")
                    if got[0] is not None or (left := deadline - monotonic()) <= 0:
                        return got
                    turn.wait(left)
            finally:
                line.remove(turn)
                _notify_first(line)  # more than one process may be free

    def _release_and_notify(self, slot: Any) -> None:
        with self._lock:
            self._release(slot)
            for line in self._lines.values():
                _notify_first(line)


def _notify_first(line: deque[threading.Condition]) -> None:
    if line:
        line[0].notify()
