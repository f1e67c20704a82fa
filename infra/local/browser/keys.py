"""The keys of a browser, and how it decrypts: written from RFC 8188 and RFC 8291, not from the code that encrypts."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

_HEADER = 21


@dataclass(frozen=True)
class BrowserKeys:
    """Key pair and secret of a subscription."""

    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    @classmethod
    def of(cls, kept: Mapping[str, str]) -> Self:
        """Return keys that were kept; see `kept`."""
        private = ec.derive_private_key(int(kept["private"], 16), ec.SECP256R1())
        return cls(private, bytes.fromhex(kept["auth"]))

    def kept(self) -> dict[str, str]:
        """Return them as text, in hexadecimal digits: a secret."""
        return {"private": f"{self.private.private_numbers().private_value:x}", "auth": self.auth.hex()}

    @property
    def public(self) -> bytes:
        """The public key, as an uncompressed point."""
        return self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def subscription(self, endpoint: str) -> dict[str, object]:
        """Return what `PushSubscription.toJSON()` of a browser returns."""
        keys = {"p256dh": self.public, "auth": self.auth}
        texts = {name: urlsafe_b64encode(key).rstrip(b"=").decode() for name, key in keys.items()}
        return {"endpoint": endpoint, "expirationTime": None, "keys": texts}

    def decrypted(self, body: bytes) -> bytes:
        """Return the message of a push.

        Raises:
            InvalidTag: it is for another browser, or was altered.
            ValueError: it is no push.
        """
        if len(body) < _HEADER:
            raise ValueError("this is no push")
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, record = body[_HEADER : _HEADER + length], body[_HEADER + length :]
        if len(record) > size:
            raise ValueError("a push has one record")
        theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), sender)
        shared = self.private.exchange(ec.ECDH(), theirs)
        material = _hmac(_hmac(self.auth, shared), b"WebPush: info\0" + self.public + sender + b"\1")
        secret = _hmac(salt, material)
        key = _hmac(secret, b"Content-Encoding: aes128gcm\0\1")[:16]
        nonce = _hmac(secret, b"Content-Encoding: nonce\0\1")[:12]
        padded = AESGCM(key).decrypt(nonce, record, None).rstrip(b"\0")
        if not padded.endswith(b"\2"):
            raise ValueError("the last record ends with 2")
        return padded[:-1]


def _hmac(key: bytes, text: bytes) -> bytes:
    return hmac.new(key, text, hashlib.sha256).digest()
