"""Whether a request to us is the provider's.

Twilio, SignalWire and Somleng sign the address that they call, followed by the fields of the form in the order of their
names (Twilio, "Webhooks security"). Telnyx signs the time and the body (Telnyx, "Webhook signing").
"""

from __future__ import annotations

import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from tocsin.adapters.twiml.providers import TwimlAccount

OLDEST = timedelta(minutes=5)
"""How far the time of a request may be from ours, where the provider signs a time."""

MOST_FIELDS = 100
"""Most fields of a form; providers send fewer than 50."""


def is_of_provider(account: TwimlAccount, url: str, headers: Mapping[str, str], body: str, now: datetime) -> bool:
    """Return whether a request is signed by the provider of the account.

    Args:
        url: the address that the provider called, as we gave it, never as a header tells it.
        headers: by lower-case name.
        body: of the request: a form.
    """
    given = headers.get(account.provider.signature, "")
    try:
        if account.provider.signs_body:
            return _is_of_key(account.signing_key, given, headers.get("telnyx-timestamp", ""), body, now)
        fields = parse_qs(body, keep_blank_values=True, max_num_fields=MOST_FIELDS)
        signed = [signature(account.signing_key, known, fields) for known in _with_and_without_port(url)]
        return any(hmac.compare_digest(given.encode(), ours.encode()) for ours in signed)
    except ValueError:
        return False


def signature(key: str, url: str, fields: Mapping[str, list[str]]) -> str:
    """Return the signature of a form: HMAC-SHA1 in base64."""
    text = url + "".join(f"{name}{value}" for name in sorted(fields) for value in sorted(set(fields[name])))
    return b64encode(hmac.digest(key.encode(), text.encode(), "sha1")).decode()


def _with_and_without_port(url: str) -> tuple[str, str]:
    """Return the address in its two forms: the providers do not always sign the same one."""
    parts = urlsplit(url)
    host = parts.netloc.removesuffix(f":{parts.port}")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return parts._replace(netloc=host).geturl(), parts._replace(netloc=f"{host}:{port}").geturl()


def _is_of_key(public_key: str, given: str, timestamp: str, body: str, now: datetime) -> bool:
    """Return whether a body is signed with Ed25519. Raises ValueError for what is no signature at all."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if abs(now.timestamp() - int(timestamp)) > OLDEST.total_seconds():
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(b64decode(public_key))
        key.verify(b64decode(given), f"{timestamp}|{body}".encode())
    except InvalidSignature:
        return False
    return True
