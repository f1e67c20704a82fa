"""Outgoing webhooks by the Standard Webhooks specification 1.0: signature, retry ladder, and what a status means.

Source: standard-webhooks/standard-webhooks, spec/standard-webhooks.md.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

SECRET_PREFIX = "whsec_"  # noqa: S105  (the prefix is public, what follows it is not)
SECRET_BYTES = range(24, 65)

RETRY_SCHEDULE = tuple(
    timedelta(seconds=seconds) for seconds in (0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)
"""Wait before each of the ten attempts: over 75 hours in all."""

SLOW_DOWN = frozenset({429, 502, 503, 504})
"""Statuses of a receiver that is overloaded: it gets at least a minute."""

SLOW_DOWN_LEAST = timedelta(minutes=1)
JITTER = 0.2
"""Each wait is stretched or shrunk by up to this fraction, so that a thousand receivers do not return together."""

DISABLE_AFTER = timedelta(days=5)
"""An endpoint with failures and no success for this long is disabled."""

WARN_AFTER = timedelta(days=1)
"""Its owner is told after this long."""


def secret_bytes(secret: str) -> bytes:
    """Return the key in a `whsec_…` secret.

    Raises:
        ValueError: no such prefix, not base64, or not 24..64 bytes.
    """
    if not secret.startswith(SECRET_PREFIX):
        raise ValueError("a signing secret begins with whsec_")
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error as error:
        raise ValueError("a signing secret is base64 after whsec_") from error
    if len(key) not in SECRET_BYTES:
        raise ValueError("a signing secret holds 24 to 64 bytes")
    return key


def new_secret(entropy: bytes) -> str:
    """Return the secret that 24 to 64 random bytes make."""
    return SECRET_PREFIX + base64.b64encode(entropy).decode()


def signed_headers(webhook_id: str, at: datetime, body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """Return the three headers of one attempt.

    Args:
        webhook_id: the same for every attempt of one event to one endpoint.
        at: the attempt's own time, aware.
        body: exactly the bytes that are sent.
        secrets: newest first; several while one is being rotated: a receiver that knows any of them is content.
    """
    timestamp = str(int(at.timestamp()))
    content = b".".join((webhook_id.encode(), timestamp.encode(), body))
    signatures = (
        "v1," + base64.b64encode(hmac.new(secret_bytes(secret), content, hashlib.sha256).digest()).decode()
        for secret in secrets
    )
    return {"webhook-id": webhook_id, "webhook-timestamp": timestamp, "webhook-signature": " ".join(signatures)}


class AttemptVerdict(StrEnum):
    """What an attempt came to."""

    DELIVERED = "delivered"  # 2xx
    TRY_AGAIN = "try_again"  # anything else that time may mend
    GONE = "gone"  # 410: the receiver wants no more; the endpoint is disabled at once
    EXHAUSTED = "exhausted"  # the ladder has no further rung


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """The verdict, and how long to wait if it is TRY_AGAIN."""

    verdict: AttemptVerdict
    wait: timedelta = timedelta(0)


def classify_attempt(attempt: int, status: int | None, retry_after: timedelta | None, fraction: float) -> AttemptResult:
    """Decide what follows attempt number `attempt` (from 1).

    Args:
        status: the HTTP status; None = no answer (time-out, reset, TLS, refused address).
        retry_after: the receiver's wish; honoured up to twice the ladder, so it can never push us to "never".
        fraction: uniform in [0, 1), for jitter.
    """
    if status is not None and 200 <= status < 300:
        return AttemptResult(AttemptVerdict.DELIVERED)
    if status == 410:
        return AttemptResult(AttemptVerdict.GONE)
    if attempt >= len(RETRY_SCHEDULE):
        return AttemptResult(AttemptVerdict.EXHAUSTED)
    enqueued = RETRY_SCHEDULE[attempt]
    wait = enqueued * (1 - JITTER + 2 * JITTER * fraction)
    if status is None or status in SLOW_DOWN:
        wait = max(wait, SLOW_DOWN_LEAST)
    if retry_after is not None:
        wait = max(wait, min(retry_after, 2 * max(enqueued, SLOW_DOWN_LEAST)))
    return AttemptResult(AttemptVerdict.TRY_AGAIN, wait)
