"""The token of an API key, `tcs_live_acme_k7f3q9_…`: its form, and the digest that is stored.

    tcs _ live|sandbox _ tenant _ key id _ 27 base62 characters of secret, 6 of checksum

Secret scanners recognise a leaked key by its prefix and its checksum, without a request. The checksum also rejects a
truncated token before any look-up. The secret has 160 random bits, so one round of SHA-256 protects it as well as a
slow password hash. The pepper makes a stolen table useless even for checking guesses.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import zlib
from dataclasses import dataclass, field

from tocsin.identity.domain.api_key import KeyKind
from tocsin.kernel.domain.ids import ApiKeyId, TenantId

ENTROPY_BYTES = 32
"""Random bytes of a secret: more than it encodes, so that all characters are equally likely."""

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"
_SECRET_LENGTH = 27  # 62 ** 27 > 2 ** 160
_CHECK_LENGTH = 6  # 62 ** 6 > 2 ** 32
_FORM = re.compile(
    r"(?P<body>tcs_(?P<kind>live|sandbox)_(?P<tenant>[a-z0-9]{4,20})_(?P<key>[a-z0-9]{1,32})_(?P<secret>[0-9A-Za-z]{27}))"
    r"(?P<check>[0-9A-Za-z]{6})"
)


class SecretToken:
    """A token of which only a digest is stored. `str` returns the whole token."""

    __slots__ = ()

    def digest(self, pepper: bytes) -> str:
        """Return the stored digest: HMAC-SHA256 (hex) of the whole token, which covers everything that is in it."""
        return hmac.new(pepper, str(self).encode(), hashlib.sha256).hexdigest()

    def matches(self, kept: str, pepper: bytes) -> bool:
        """Whether `kept` is this token's digest, compared in constant time."""
        return hmac.compare_digest(self.digest(pepper), kept)


@dataclass(frozen=True, slots=True)
class ApiKeyToken(SecretToken):
    """The parts of a well-formed token. They are not authenticated."""

    kind: KeyKind
    tenant: TenantId
    key_id: ApiKeyId
    secret: str = field(repr=False)

    def __str__(self) -> str:
        """Return the token as the client sends it: a credential, never to be logged."""
        body = f"tcs_{self.kind.value}_{self.tenant}_{self.key_id}_{self.secret}"
        return body + checksum(body)


def new_secret(entropy: bytes) -> str:
    """Return a secret made from ENTROPY_BYTES random bytes. Raises ValueError for fewer."""
    if len(entropy) < ENTROPY_BYTES:
        raise ValueError(f"a secret needs {ENTROPY_BYTES} random bytes")
    return _base62(int.from_bytes(entropy, "big"), _SECRET_LENGTH)


def new_key_id(entropy: bytes) -> ApiKeyId:
    """Return a key id of 12 lower-case letters and digits made from 8 random bytes."""
    number = int.from_bytes(entropy[:8], "big")
    return ApiKeyId("".join(_BASE36[number // 36**place % 36] for place in range(12)))


def parse_token(text: str) -> ApiKeyToken | None:
    """Return the parts of a token, None if it is malformed or its checksum is wrong."""
    match = _FORM.fullmatch(text)
    if match is None or checksum(match["body"]) != match["check"]:
        return None
    return ApiKeyToken(KeyKind(match["kind"]), TenantId(match["tenant"]), ApiKeyId(match["key"]), match["secret"])


def checksum(body: str) -> str:
    """Return the characters that end a token, so that a scanner, or we, recognise it without a request."""
    return _base62(zlib.crc32(body.encode()), _CHECK_LENGTH)


def _base62(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, 62)
        digits.append(_BASE62[digit])
    return "".join(reversed(digits))
