"""How the body of an email is labelled: its Content-Type, and whether the label is true."""

from __future__ import annotations

import re

DEFAULT_TYPE = "text/plain; charset=us-ascii"

_WORD = r"[A-Za-z0-9!#$%&'*+.^_`{|}~-]+"
_PARAMETER = rf"[ \t]*;[ \t]*{_WORD}=(?:{_WORD}|\"[^\"\\\x00-\x1f\x7f-\U0010ffff]*\")"
_CONTENT_TYPE = re.compile(rf"({_WORD})/{_WORD}((?:{_PARAMETER})*)")
_CHARSET = re.compile(rf"(?<![ \t])[ \t]*;[ \t]*charset=({_WORD}|\"[^\"]*\")", re.IGNORECASE)
_ASCII = "".join(map(chr, range(32, 127)))
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")


def parse_content_type(text: str) -> str:
    """Return the Content-Type of a body that is one part, trimmed.

    Raises:
        ValueError: not `type/subtype` with parameters (RFC 2045, 5.1), longer than 200 characters, or a type whose
            body is made of parts.
    """
    trimmed = text.strip()
    match = _CONTENT_TYPE.fullmatch(trimmed)
    if match is None or len(trimmed) > 200:
        raise ValueError("must be a content type like text/html; charset=utf-8")
    if match[1].lower() in {"multipart", "message"}:
        raise ValueError("must be the type of a single part; set emailBodyIsMultipart for a body of several")
    return trimmed


def parse_boundary(text: str) -> str:
    """Return the boundary of a multipart body.

    Raises:
        ValueError: not 1 to 70 of the characters RFC 2046, 5.1.1 allows, or a space at the end.
    """
    if not _BOUNDARY.fullmatch(text):
        raise ValueError("must be 1 to 70 letters, digits, spaces or '()+_,-./:=? and must not end with a space")
    return text


def body_type(declared: str | None, boundary: str | None, body: str) -> str:
    """Return the Content-Type under which a body goes out; with a boundary it is made of parts.

    An ASCII body of one part keeps what was declared, if that reads ASCII. Any other is UTF-8 by the time it leaves,
    whatever the client believed: a false label would turn it to garbage on the reader's screen.
    """
    if boundary is not None:
        return f'multipart/mixed; boundary="{boundary}"'
    stated = declared or DEFAULT_TYPE
    charset = _CHARSET.search(stated)
    if body.isascii() and (charset is None or _reads_ascii(charset[1].strip('"'))):
        return stated
    return f"{_CHARSET.sub('', stated)}; charset=utf-8"


def _reads_ascii(charset: str) -> bool:
    try:
        return _ASCII.encode(charset) == _ASCII.encode("ascii")
    except (LookupError, UnicodeError):
        return False
