"""Shows that a long step is still running. Standard library only."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

EVERY = 5.0
"""Seconds."""


@contextmanager
def still(say: Callable[[str], None], what: str, every: float = EVERY) -> Iterator[None]:
    """Print how long a step has taken, every few seconds until the end of the block.

    Args:
        what: the beginning of the line, for example `dependencies layer`.
        every: seconds between two lines.
    """
    begun = time.monotonic()
    over = threading.Event()

    def say_it() -> None:
        while not over.wait(every):
            say(f"{what}: still running after {time.monotonic() - begun:.0f} s")

    reporter = threading.Thread(target=say_it, daemon=True)
    reporter.start()
    try:
        yield
    finally:
        over.set()
        reporter.join()
