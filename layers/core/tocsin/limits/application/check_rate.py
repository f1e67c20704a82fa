"""Refuse a call if there were too many of its kind in this minute, hour or day."""

from __future__ import annotations

from datetime import datetime, timedelta

from tocsin.kernel.domain.errors import TooManyRequests
from tocsin.kernel.domain.ids import TenantId
from tocsin.limits.domain.sending_limits import Rate
from tocsin.limits.ports import Counters


def check_rate(counters: Counters, tenant: TenantId, what: str, rate: Rate, now: datetime, sentence: str) -> None:
    """Count a call.

    Args:
        what: name of what is counted, with who calls.
        sentence: for the caller, if there were too many.

    Raises:
        TooManyRequests: with the seconds until the next window.
        StorageUnavailable: it may be counted.
    """
    begin, end = rate.window(now)
    if not counters.consume(tenant, f"{what}#{begin:%H%M}", [1], rate.count, end):
        raise TooManyRequests(sentence, -(-(end - now) // timedelta(seconds=1)))
