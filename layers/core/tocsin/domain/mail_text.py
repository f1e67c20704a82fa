"""How the body of an email is labelled: its Content-Type, and whether the label is true."""

from __future__ import annotations

import re

DEFAULT_TYPE = "text/plain; charset=us-ascii"

_WORD = r"[A-Za-z0-9!#$%&'*+.^_`{|}~-]+"
_PARAMETER = rf"[ \t]*;[ \t]*{_WORD}=(?:{_WORD}|\"[^\"\\\x00-\x1f\x7f-\U0010ffff]*\")"
_CONTENT_TYPE = re.compile(rf"({_WORD})/{_WORD}((?:{_PARAMETER})*)")
_CHARSET = re.compile(rf"[ \t]*;[ \t]*charset=({_WORD}|\"[^\"]*\")", re.IGNORECASE)
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


def single_part_type(declared: str | None, body: str) -> str:
    """Return the Content-Type under which a body of one part goes out, encoded as UTF-8.

    An ASCII body keeps what was declared, if that reads ASCII. Any other is UTF-8 by the time it leaves, whatever
    the client believed: a false label would turn it to garbage on the reader's screen.
    """
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


def multipart_type(boundary: str) -> str:
    """Return the Content-Type of a body whose parts the boundary separates."""
    return f'multipart/mixed; boundary="{boundary}"'


def begins_a_part(boundary: str, body: str) -> bool:
    """Whether the body has at least one line `--boundary`; without one a mail program shows nothing at all."""
    return re.search(rf"^--{re.escape(boundary)}[ \t]*\r?$", body, re.MULTILINE) is not None
