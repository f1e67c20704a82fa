"""The QR code that an authenticator app scans."""

from __future__ import annotations


def app_code(uri: str) -> str:
    """Return the URI as a QR code: an SVG element without size, style or script."""
    import segno  # only this page needs it

    picture: str = segno.make(uri, error="m", micro=False).svg_inline(omitsize=True, svgclass=None, lineclass=None)
    return picture
