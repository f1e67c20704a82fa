"""A sign of life while something takes long, so that nobody takes it for dead. Standard library only."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

EVERY = 5.0
"""Seconds."""


@contextmanager
def still(say: Callable[[str], None], what: str, every: float = EVERY) -> Iterator[None]:
    """Say every few seconds how long `what` has taken, until the block is left; nothing if it is quick.

    Args:
        what: begins the line: `dependencies layer`.
        every: seconds.
    """
    begun = time.monotonic()
    over = threading.Event()

    def say_it() -> None:
        while not over.wait(every):
            say(f"{what}: still at it after {time.monotonic() - begun:.0f} s")

    teller = threading.Thread(target=say_it, daemon=True)
    teller.start()
    try:
        yield
    finally:
        over.set()
        teller.join()
