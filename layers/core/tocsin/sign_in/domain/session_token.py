"""What a browser keeps of a session, `<tenant>.<user>.<id>.<secret>`: its form, and the digest that is stored."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass, field

from tocsin.kernel.domain.ids import TenantId, UserId

SECRET_BYTES = 32
"""Random bytes of a secret."""

_FORM = re.compile(
    r"(?P<tenant>[a-z0-9]{4,20})\.(?P<user>[a-z0-9]{1,40})\.(?P<id>[a-z0-9]{1,40})\.(?P<secret>[A-Za-z0-9_-]{43})"
)


@dataclass(frozen=True, slots=True)
class SessionToken:
    """The parts of a well-formed cookie. They are not authenticated."""

    tenant: TenantId
    user: UserId
    id: str
    secret: str = field(repr=False)

    def __str__(self) -> str:
        """Return the cookie's value: a credential, never to be logged."""
        return f"{self.tenant}.{self.user}.{self.id}.{self.secret}"

    def digest(self, pepper: bytes) -> str:
        """Return the stored digest: HMAC-SHA256 (hex) of the whole value, which covers tenant, user and id."""
        return hmac.new(pepper, b"session|" + str(self).encode(), hashlib.sha256).hexdigest()

    def matches(self, kept: str, pepper: bytes) -> bool:
        """Whether `kept` is this token's digest, compared in constant time."""
        return hmac.compare_digest(self.digest(pepper), kept)


def new_token(tenant: TenantId, user: UserId, entropy: bytes) -> SessionToken:
    """Return a token of a new session, from 12 random bytes for its id and SECRET_BYTES for its secret."""
    id_bytes, secret = entropy[:12], entropy[12 : 12 + SECRET_BYTES]
    if len(secret) < SECRET_BYTES:
        raise ValueError(f"a session needs {12 + SECRET_BYTES} random bytes")
    return SessionToken(tenant, user, id_bytes.hex(), base64.urlsafe_b64encode(secret).decode().rstrip("="))


def parse_session_token(text: str) -> SessionToken | None:
    """Return the parts of a cookie's value, None if it is malformed."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    return SessionToken(TenantId(found["tenant"]), UserId(found["user"]), found["id"], found["secret"])


def form_token(form_secret: bytes) -> str:
    """Return the token that each form of a session carries (hex)."""
    return hmac.new(form_secret, b"form", hashlib.sha256).hexdigest()


def form_token_matches(form_secret: bytes, given: str) -> bool:
    """Whether a form carries the token of its session, compared in constant time."""
    return hmac.compare_digest(form_token(form_secret).encode(), given.encode())
