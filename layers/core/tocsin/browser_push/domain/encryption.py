"""Encryption of one message for one browser: RFC 8291, by the content coding aes128gcm of RFC 8188, in one record."""

from __future__ import annotations

import struct
from functools import partial

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

SALT_BYTES = 16
AUTH_BYTES = 16
POINT_BYTES = 65
"""A public key: an uncompressed point of P-256."""

LARGEST = 3_072
"""Most bytes of a message. Push services take 4,096 after encryption (RFC 8030, 7.2)."""

_RECORD = 4_096
_LAST_RECORD = b"\x02"
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
"""How many points the group of P-256 has: a private key is less."""


def point_of(private: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the public key of a private one."""
    return private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def private_key(entropy: bytes) -> ec.EllipticCurvePrivateKey:
    """Return the private key of 32 random bytes; the same for the same bytes."""
    return ec.derive_private_key(1 + int.from_bytes(entropy, "big") % (_ORDER - 1), ec.SECP256R1())


def is_point(value: bytes) -> bool:
    """Whether these bytes are a public key of P-256."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), value)
    except ValueError:
        return False
    return len(value) == POINT_BYTES


def encrypted(message: bytes, browser: bytes, auth: bytes, *, salt: bytes, ours: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the body of a push: header, then one record.

    Args:
        message: LARGEST bytes at most.
        browser, auth: public key and secret of the subscription.
        salt: 16 random bytes, used once.
        ours: a private key that is used once.
    """
    if len(message) > LARGEST:
        raise ValueError("the message is too long for one push")
    theirs = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), browser)
    mine = point_of(ours)
    secret = _derive(ours.exchange(ec.ECDH(), theirs), auth, b"WebPush: info\x00" + browser + mine, 32)
    derive = partial(_derive, secret, salt)
    key, nonce = derive(b"Content-Encoding: aes128gcm\x00", 16), derive(b"Content-Encoding: nonce\x00", 12)
    header = salt + struct.pack("!IB", _RECORD, len(mine)) + mine
    return header + AESGCM(key).encrypt(nonce, message + _LAST_RECORD, None)


def _derive(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)
