"""Verifies what Tocsin posts to your callback URL: Standard Webhooks, https://www.standardwebhooks.com."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import time
from collections.abc import Iterable, Sequence
from typing import Protocol

from tocsin_client.errors import WebhookVerificationError
from tocsin_client.types import EventEntry

TOLERANCE = 300.0
"""Seconds between the time of signing and now, in both directions."""


_LONGEST_TIMESTAMP = 12
"""Digits of the seconds since 1970, until the year 33658."""


class Headers(Protocol):
    """A dict, or the headers of any web framework. Upper and lower case are the same."""

    def items(self) -> Iterable[tuple[str, str]]:
        """Return names and values."""


def parse_webhook(
    body: bytes,
    headers: Headers,
    secrets: str | Sequence[str],
    *,
    tolerance: float = TOLERANCE,
    now: float | None = None,
) -> EventEntry:
    """Verify a webhook and return its event. The arguments and exceptions are those of `verify_signature`."""
    verify_signature(body, headers, secrets, tolerance=tolerance, now=now)
    event: EventEntry = json.loads(body)
    return event


def verify_signature(
    body: bytes,
    headers: Headers,
    secrets: str | Sequence[str],
    *,
    tolerance: float = TOLERANCE,
    now: float | None = None,
) -> None:
    """Return if the webhook comes from Tocsin and is fresh. A form (`notificationType: form`) is verified like JSON.

    While a secret is rotated, Tocsin signs with the old and the new one, and it is enough to know either.

    Args:
        body: exactly the bytes that came, before any parsing.
        headers: with `webhook-id`, `webhook-timestamp` and `webhook-signature`.
        secrets: your `whsec_…` secret, or several of which one must fit.
        tolerance: seconds that the webhook may be old, or its clock ahead.
        now: seconds since 1970; None = the clock of this machine.

    Raises:
        WebhookVerificationError: no signature fits, a header is missing, or the webhook is too old.
        ValueError: a secret is no `whsec_…` secret.
    """
    found = {name.lower(): value for name, value in headers.items()}
    try:
        id, timestamp, signatures = (found[f"webhook-{name}"] for name in ("id", "timestamp", "signature"))
    except KeyError as error:
        raise WebhookVerificationError(f"the header {error} is missing") from None
    keys = [_key(secret) for secret in ([secrets] if isinstance(secrets, str) else secrets)]
    # int() refuses thousands of digits by another exception.
    if not (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) <= _LONGEST_TIMESTAMP):
        raise WebhookVerificationError("webhook-timestamp is no number of seconds")
    if abs((time.time() if now is None else now) - int(timestamp)) > tolerance:
        raise WebhookVerificationError("the webhook is too old, or a clock is wrong")
    content = b".".join((id.encode(), timestamp.encode(), body))
    expected = [b"v1," + base64.b64encode(hmac.digest(key, content, hashlib.sha256)) for key in keys]
    given = [signature.encode() for signature in signatures.split()]
    # Every pair is compared, so that the time says nothing about which one fits.
    if not sum(hmac.compare_digest(one, other) for one in expected for other in given):
        raise WebhookVerificationError("no signature fits the secret")


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except binascii.Error:
        key = b""
    if not secret.startswith("whsec_") or not key:
        raise ValueError("a secret is whsec_ and base64")
    return key
