"""Limits the engine to a few processes per function; invocations wait for a free one.

MiniStack starts a process for each concurrent invocation. Its only limit is one for all functions together; beyond
that, invocations are throttled. Here each function has two processes, and invocations wait for one. No function of
Tocsin invokes another function, so this cannot deadlock.
"""

from __future__ import annotations

import threading
from time import monotonic
from typing import Any

PROCESSES = 2
"""Processes per function. With one, a single slow call would delay all the others."""

LONGEST_WAIT = 120.0
"""Seconds until a waiting invocation is throttled: twice the longest time-out of a function."""


def wait_for_a_turn(functions: Any) -> None:
    """Patch the service: invocations wait for a free process.

    Args:
        functions: MiniStack's module of Lambda.
    """
    reserved = functions._reserved_concurrency
    acquire, release = functions._acquire_execution_slot, functions._release_execution_slot
    freed = threading.Condition()

    def processes(function: Any, config: Any) -> int:
        asked = reserved(function, config)
        return PROCESSES if asked is None else min(asked, PROCESSES)

    def acquire_in_turn(function: Any, config: Any) -> Any:
        deadline = monotonic() + LONGEST_WAIT
        with freed:
            while (got := acquire(function, config))[0] is None and (left := deadline - monotonic()) > 0:
                freed.wait(left)
            return got

    def release_and_notify(slot: Any) -> None:
        with freed:
            release(slot)
            freed.notify_all()

    functions._reserved_concurrency = processes  # also limits the concurrent batches of a queue
    functions._acquire_execution_slot, functions._release_execution_slot = acquire_in_turn, release_and_notify
