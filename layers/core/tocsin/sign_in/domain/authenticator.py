"""The address by which an authenticator app takes over a secret: Google's Key URI format, which all apps read."""

from __future__ import annotations

from urllib.parse import quote

ISSUER = "Tocsin"


def app_uri(email: str, secret: str) -> str:
    """Return `otpauth://totp/…` for the secret (base32): SHA-1, six digits, 30 seconds, as Cognito counts."""
    return f"otpauth://totp/{quote(f'{ISSUER}:{email}')}?secret={secret}&issuer={ISSUER}"
