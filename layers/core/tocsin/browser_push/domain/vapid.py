"""Who pushes: the signed header of RFC 8292 (VAPID). A subscription is good for pushes under one key only."""

from __future__ import annotations

import base64
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import ec

from tocsin.browser_push.domain.encryption import point_of

TOKEN_LIVES = timedelta(hours=1)
"""A day is the most that push services accept."""


def base64url(value: bytes) -> str:
    """Return bytes as browsers and push services write them: without padding."""
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()


def bytes_of(text: str) -> bytes:
    """Return the bytes of such a text, padded or not. Raises ValueError."""
    return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), b"-_", validate=True)


def origin_of(endpoint: str) -> str:
    """Return scheme, host and port of a push service."""
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.netloc}"


def vapid_header(endpoint: str, key: ec.EllipticCurvePrivateKey, contact: str, now: datetime) -> str:
    """Return the value of `Authorization`.

    Args:
        endpoint: URL of the subscription.
        contact: `mailto:` or `https:` address for operators of push services; "" = none is told.
        now: by the clock of the push service.
    """
    claims: dict[str, object] = {"aud": origin_of(endpoint), "exp": int((now + TOKEN_LIVES).timestamp())}
    if contact:
        claims["sub"] = contact
    return f"vapid t={jwt.encode(claims, key, algorithm='ES256')}, k={base64url(point_of(key))}"
