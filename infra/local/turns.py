"""Lets the engine serve with a few processes what AWS serves with hundreds: who finds them busy waits.

MiniStack starts a process for each call of a function that is under way, and has no other bound than one for all
functions together, beyond which callers are turned away. Here each function has two processes, and its callers wait for
one. No function of ours invokes another one, so nobody can wait for a process that waits for them.
"""

from __future__ import annotations

import threading
from time import monotonic
from typing import Any

PROCESSES = 2
"""Of each function. One is not enough: a single slow call would hold up all the others."""

LONGEST_WAIT = 120.0
"""Seconds until a caller is turned away after all: twice the longest time-out of a function."""


def wait_for_a_turn(functions: Any) -> None:
    """Do it from now on.

    Args:
        functions: MiniStack's service of Lambda.
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

    def release_and_tell(slot: Any) -> None:
        with freed:
            release(slot)
            freed.notify_all()

    functions._reserved_concurrency = processes  # how many batches of a queue are under way follows from it, too
    functions._acquire_execution_slot, functions._release_execution_slot = acquire_in_turn, release_and_tell
