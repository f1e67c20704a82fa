"""How a source proves that a request is its own: by a signature of its vendor, or by its secret. All in constant time.

Sources: Twilio, "Webhooks security" (forms; `bodySHA256` for JSON); Telnyx, "Webhook signing"; FS PBX, "Call Webhooks";
DIDWW, "Verify webhook requests".
"""

from __future__ import annotations

import binascii
import hashlib
import hmac
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import parse_qs, urlsplit

OLDEST = timedelta(minutes=5)
"""How far the time of a request may be from ours, where the vendor signs a time."""

MOST_FIELDS = 100
"""Most fields of a signed form; vendors send fewer than 50."""


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A request as it came.

    Attributes:
        url: the address that was called, as we gave it, never as a header tells it; with the query as it came.
        headers: by lower-case name.
        body: octet for octet: one blank more or less is another signature.
    """

    url: str
    headers: Mapping[str, str]
    body: bytes


def form_signature(key: str, url: str, fields: Mapping[str, Sequence[str]]) -> str:
    """Return Twilio's signature of a form: HMAC-SHA1 in base64 of the address and the fields by their names."""
    text = url + "".join(f"{name}{value}" for name in sorted(fields) for value in sorted(set(fields[name])))
    return b64encode(hmac.digest(key.encode(), text.encode(), "sha1")).decode()


def is_signed_form(key: str, given: str, url: str, body: bytes) -> bool:
    """Return whether `given` is Twilio's signature of a request. The body is a form, or the address names its hash.

    Raises:
        ValueError: the body is no form, or has more than MOST_FIELDS fields.
    """
    fields: Mapping[str, Sequence[str]] = {}
    if named := parse_qs(urlsplit(url).query).get("bodySHA256"):
        if not _equal(named[0].lower(), hashlib.sha256(body).hexdigest()):
            return False
    else:
        fields = parse_qs(body.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    return sum(_equal(given, form_signature(key, known, fields)) for known in _with_and_without_port(url)) > 0


def is_signed_by_ed25519(public_key: str, given: str, timestamp: str, body: bytes, now: datetime) -> bool:
    """Return whether `given` is Telnyx's signature of time and body, and the time is within OLDEST.

    Args:
        public_key: in base64.

    Raises:
        ValueError: what is no key, no signature or no time at all.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    if not _is_recent(timestamp, now):
        return False
    try:
        key = Ed25519PublicKey.from_public_bytes(b64decode(public_key))
        key.verify(b64decode(given), f"{timestamp}|".encode() + body)
    except InvalidSignature:
        return False
    return True


def _twilio(key: str, request: SignedRequest, now: datetime) -> bool:
    return is_signed_form(key, request.headers.get("x-twilio-signature", ""), request.url, request.body)


def _telnyx(key: str, request: SignedRequest, now: datetime) -> bool:
    given, timestamp = (request.headers.get(f"telnyx-{name}", "") for name in ("signature-ed25519", "timestamp"))
    return is_signed_by_ed25519(key, given, timestamp, request.body, now)


def _fspbx(key: str, request: SignedRequest, now: datetime) -> bool:
    """Its header `Timestamp` is not signed, and so proves nothing; repeats have the same event id."""
    return _equal(request.headers.get("signature", ""), _hmac(key, request.body))


def _didww(key: str, request: SignedRequest, now: datetime) -> bool:
    parts = dict(part.strip().split("=", 1) for part in request.headers.get("x-ps-signature", "").split(",", 4))
    timestamp = parts.get("t", "")
    return _is_recent(timestamp, now) and _equal(
        parts.get("v1", ""), _hmac(key, f"{timestamp}.".encode() + request.body)
    )


SIGNATURES: Final[Mapping[str, Callable[[str, SignedRequest, datetime], bool]]] = {
    "twilio": _twilio,
    "telnyx": _telnyx,
    "fspbx": _fspbx,
    "didww": _didww,
}
"""By the name of the vendor: whether a request is signed with a key."""


def is_signed(vendor: str, keys: Sequence[str], request: SignedRequest, now: datetime) -> bool:
    """Return whether a request is signed by a vendor, with one of the keys that are live. Never raises.

    Args:
        vendor: one of SIGNATURES.
        keys: the shared secret; of Telnyx the public key in base64. Two while one replaces the other.
    """
    return sum(_is_signed(SIGNATURES[vendor], key, request, now) for key in keys) > 0


def _is_signed(
    check: Callable[[str, SignedRequest, datetime], bool], key: str, request: SignedRequest, now: datetime
) -> bool:
    try:
        return check(key, request, now)
    except ValueError:
        return False


def presented_secret(source_id: str, headers: Mapping[str, str], query: Mapping[str, str]) -> str | None:
    """Return the secret that a request shows, the first of: Basic as `source_id:secret`, X-API-Key, `?token=`.

    Args:
        headers: by lower-case name.
    """
    scheme, _, credentials = headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            user, _, password = b64decode(credentials, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return None
        return password if password and _equal(user, source_id) else None
    return headers.get("x-api-key") or query.get("token") or None


def is_one_of(given: str, known: Sequence[str]) -> bool:
    """Return whether a secret, or its hash, is one of those that are known; the time tells nothing of which."""
    return sum(_equal(given, each) for each in known) > 0


def _equal(given: str, ours: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), ours.encode("utf-8", "surrogatepass"))


def _hmac(key: str, signed: bytes) -> str:
    return hmac.digest(key.encode(), signed, "sha256").hex()


def _is_recent(timestamp: str, now: datetime) -> bool:
    return abs(now.timestamp() - int(timestamp[:20])) <= OLDEST.total_seconds()


def _with_and_without_port(url: str) -> tuple[str, str]:
    """Return the address in its two forms: vendors do not always sign the same one."""
    parts = urlsplit(url)
    host = parts.netloc.removesuffix(f":{parts.port}")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return parts._replace(netloc=host).geturl(), parts._replace(netloc=f"{host}:{port}").geturl()
