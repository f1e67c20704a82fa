"""Limit how often an account makes calls of one kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from tocsin.kernel.domain.errors import TooManyRequests
from tocsin.kernel.domain.ids import TenantId
from tocsin.kernel.ports import Clock
from tocsin.limits.domain.sending_limits import Rate
from tocsin.limits.ports import Counters

EVENT_CALLS = Rate(200, timedelta(seconds=1))
"""Most calls of an account that bring telephony events."""


@dataclass(frozen=True, slots=True)
class LimitCalls:
    """Counts calls in windows of time, at one write a call.

    Attributes:
        kind: of the calls; it names the counter.
    """

    counters: Counters
    kind: str
    rate: Rate
    clock: Clock

    def __call__(self, tenant: TenantId) -> None:
        """Count one call.

        Raises:
            TooManyRequests: the account has made `rate` in this window.
            StorageUnavailable: the call may be counted.
        """
        now = self.clock()
        begin, end = self.rate.window(now)
        if not self.counters.consume(tenant, f"{self.kind}#{begin:%Y%m%d%H%M%S}", [1], self.rate.count, end):
            seconds = -(-(end - now) // timedelta(seconds=1))
            each = self.rate.span // timedelta(seconds=1)
            raise TooManyRequests(f"an account makes at most {self.rate.count} such calls in {each} s", seconds)
