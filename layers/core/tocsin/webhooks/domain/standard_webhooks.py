"""Webhooks by the Standard Webhooks specification 1.0: signature, retry schedule, and the meaning of a status.

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
"""Wait before each of the ten attempts: more than 75 hours in total."""

SLOW_DOWN = frozenset({429, 502, 503, 504})
"""Statuses of an overloaded receiver: the retry waits for at least a minute."""

SLOW_DOWN_LEAST = timedelta(minutes=1)
JITTER = 0.2
"""Each wait is longer or shorter by up to this fraction, so that retries to many receivers are spread out."""

DISABLE_AFTER = timedelta(days=5)
"""An endpoint with failures and no success for this long is disabled."""

WARN_AFTER = timedelta(days=1)
"""The owner of a failing endpoint is notified after this time."""


def secret_bytes(secret: str) -> bytes:
    """Return the key in a `whsec_…` secret.

    Raises:
        ValueError: the prefix is missing, the rest is not base64, or the key is not 24..64 bytes long.
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
    """Return the secret with the given key. `entropy`: 24 to 64 random bytes."""
    return SECRET_PREFIX + base64.b64encode(entropy).decode()


def signed_headers(webhook_id: str, at: datetime, body: bytes, secrets: Sequence[str]) -> dict[str, str]:
    """Return the three headers of one attempt.

    Args:
        webhook_id: the same for every attempt of one event to one endpoint.
        at: the attempt's time, with a time zone.
        body: exactly the bytes that are sent.
        secrets: newest first; two during a rotation. One signature each: the receiver needs to know only one secret.
    """
    timestamp = str(int(at.timestamp()))
    content = b".".join((webhook_id.encode(), timestamp.encode(), body))
    signatures = (
        "v1," + base64.b64encode(hmac.new(secret_bytes(secret), content, hashlib.sha256).digest()).decode()
        for secret in secrets
    )
    return {"webhook-id": webhook_id, "webhook-timestamp": timestamp, "webhook-signature": " ".join(signatures)}


class AttemptVerdict(StrEnum):
    """The classification of an attempt's outcome."""

    DELIVERED = "delivered"  # 2xx
    TRY_AGAIN = "try_again"  # any other outcome, while a retry is left
    GONE = "gone"  # 410: the receiver wants no more events; the endpoint is disabled at once
    EXHAUSTED = "exhausted"  # failed, and no retry is left


@dataclass(frozen=True, slots=True)
class AttemptResult:
    """The verdict, and the wait before the retry if the verdict is TRY_AGAIN."""

    verdict: AttemptVerdict
    wait: timedelta = timedelta(0)


def classify_attempt(attempt: int, status: int | None, retry_after: timedelta | None, fraction: float) -> AttemptResult:
    """Decide what follows an attempt.

    Args:
        attempt: its number in the current retry schedule, from 1.
        status: the HTTP status; None = no response (time-out, reset, TLS, refused address).
        retry_after: the receiver's Retry-After; at most twice the scheduled wait is applied.
        fraction: uniform in [0, 1), for jitter.
    """
    if status is not None and 200 <= status < 300:
        return AttemptResult(AttemptVerdict.DELIVERED)
    if status == 410:
        return AttemptResult(AttemptVerdict.GONE)
    if attempt >= len(RETRY_SCHEDULE):
        return AttemptResult(AttemptVerdict.EXHAUSTED)
    scheduled = RETRY_SCHEDULE[attempt]
    wait = scheduled * (1 - JITTER + 2 * JITTER * fraction)
    if status is None or status in SLOW_DOWN:
        wait = max(wait, SLOW_DOWN_LEAST)
    if retry_after is not None:
        wait = max(wait, min(retry_after, 2 * max(scheduled, SLOW_DOWN_LEAST)))
    return AttemptResult(AttemptVerdict.TRY_AGAIN, wait)
