"""The one deadline of a call."""

from __future__ import annotations

import time

from tocsin.egress.domain.outbound_reason import OutboundFailed, OutboundReason


class Deadline:
    """The instant at which a whole call is over. `seconds`: from now; None of its steps renews them."""

    def __init__(self, seconds: float) -> None:
        self._ends = time.monotonic() + seconds

    def left(self, reason: OutboundReason) -> float:
        """Return the seconds that are left, more than 0.

        Raises:
            OutboundFailed: with `reason`, nothing is left.
        """
        seconds = self._ends - time.monotonic()
        if seconds <= 0:
            raise OutboundFailed(reason)
        return seconds

    def shorten(self, seconds: float) -> None:
        """Let the call end this many seconds from now, unless it ends before."""
        self._ends = min(self._ends, time.monotonic() + seconds)
