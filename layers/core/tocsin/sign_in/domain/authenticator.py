"""How an authenticator app takes over a secret: Google's Key URI format, which all apps read, and its QR code."""

from __future__ import annotations

from urllib.parse import quote

ISSUER = "Tocsin"


def app_uri(email: str, secret: str) -> str:
    """Return `otpauth://totp/…` for the secret (base32): SHA-1, six digits, 30 seconds, as Cognito counts."""
    return f"otpauth://totp/{quote(f'{ISSUER}:{email}')}?secret={secret}&issuer={ISSUER}"


def app_code(uri: str) -> str:
    """Return the URI as a QR code: an SVG element without size, style or script."""
    import segno  # only this page needs it

    picture: str = segno.make(uri, error="m", micro=False).svg_inline(omitsize=True, svgclass=None, lineclass=None)
    return picture
