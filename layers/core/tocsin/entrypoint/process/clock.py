"""The clocks of a process.

`utc_now` is the system's. `now` is the clock by which things are due: the same, but on the local engine, where `make
tick` moves it (ADR 0141). Sessions of the console, tokens of the pool, and signatures keep to `utc_now`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path


def utc_now() -> datetime:
    """Return the current instant, aware UTC. Serves the `Clock` port."""
    return datetime.now(UTC)


class MovedClock:
    """The clock of the local engine: the system's, and an offset from a file. An invocation reads the file once.

    Args:
        file: the offset in seconds, one number; a file that is not there means 0.
        environ: its `_X_AMZN_TRACE_ID` changes with each invocation. Outside of a function the file is read each time.
    """

    def __init__(self, file: Path, environ: Mapping[str, str] = os.environ) -> None:
        self._file = file
        self._environ = environ
        self._known: tuple[str, timedelta] | None = None

    def __call__(self) -> datetime:
        """Return the current instant of the local engine, aware UTC."""
        return self.moved(utc_now())

    def moved(self, at: datetime) -> datetime:
        """Return an instant of the system's clock by this clock."""
        return at + self._offset()

    def _offset(self) -> timedelta:
        invocation = self._environ.get("_X_AMZN_TRACE_ID", "")
        if self._known is None or not invocation or self._known[0] != invocation:
            self._known = invocation, offset_in(self._file)
        return self._known[1]


def offset_in(file: Path) -> timedelta:
    """Return the offset that a file holds; 0 if there is none. Raises ValueError."""
    try:
        return timedelta(seconds=float(file.read_text()))
    except FileNotFoundError:
        return timedelta(0)


def clocks(environ: Mapping[str, str] = os.environ) -> tuple[Callable[[], datetime], Callable[[datetime], datetime]]:
    """Return the clock by which things are due, and what says an instant of AWS by it.

    Args:
        environ: CLOCK_FILE is set on the local engine only.
    """
    file = environ.get("CLOCK_FILE")
    if not file:
        return utc_now, lambda at: at
    clock = MovedClock(Path(file), environ)
    return clock, clock.moved


now, by_our_clock = clocks()
