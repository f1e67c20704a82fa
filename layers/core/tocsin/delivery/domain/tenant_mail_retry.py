"""When a mail of the inside is tried again. Its server is a customer's, and may be out of order for hours."""

from __future__ import annotations

from datetime import timedelta

TENANT_MAIL_ATTEMPTS = 40
"""Most tries of a message of the inside: more than its schedule makes within 24 h."""

_FIRST = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=30))
_LATER = timedelta(hours=1)


def tenant_mail_delay(attempt: int, fraction: float, at_least: timedelta = timedelta(0)) -> timedelta:
    """Return the wait after try number `attempt` (from 1): 1, 5, 15, 30 minutes, then an hour, each ±20 %.

    Args:
        fraction: uniform in [0, 1).
        at_least: what the server asked for, honoured up to an hour.
    """
    wait = _FIRST[attempt - 1] if attempt <= len(_FIRST) else _LATER
    return max(wait * (0.8 + 0.4 * fraction), min(at_least, _LATER))
