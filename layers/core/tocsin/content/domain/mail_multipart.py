"""Parts of a multipart body: each has a true label, lines of a lawful length, and the place that readers need.

A client writes the parts. Lookup values and the encoding of the whole body (UTF-8) may make a client's label false.

    non-ASCII text, no charset or another one    charset=utf-8
    a line of more than 998 bytes                quoted-printable or base64
    one text/plain and one text/html part        multipart/alternative, text/plain first
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from tocsin.content.domain.mail_part import TRANSFER_ENCODING, Part

LINE_LIMIT = 998
"""Octets in a line without its CRLF (RFC 5322, 2.1.1); mail servers cut or refuse longer lines."""

_DEPTH = 20
"""Levels of parts within parts that are mended; deeper ones go out as written."""

_ALTERNATIVES = ["text/html", "text/plain"]

_NOT_ASCII_IN_QP = re.compile("=[89A-Fa-f][0-9A-Fa-f]")


def mended(text: str, boundary: str) -> tuple[str, bool]:
    """Return a multipart body with true labels, and whether its parts are alternatives of one text.

    Args:
        text: the body with CRLF line ends and a closing delimiter.
    """
    return _mended(text.split("\r\n"), boundary, 0)


def _mended(lines: list[str], boundary: str, depth: int) -> tuple[str, bool]:
    pieces: list[list[str]] = [[]]
    delimiters: list[str] = []
    closed = False
    for line in lines:
        bare = line.rstrip(" \t")
        if not closed and bare in (f"--{boundary}", f"--{boundary}--"):
            closed = bare.endswith("--") and bare != f"--{boundary}"
            delimiters.append(line)
            pieces.append([])
        else:
            pieces[-1].append(line)
    last = len(pieces) - 1 if closed else len(pieces)
    parts = [_true(Part.read(piece), depth) for piece in pieces[1:last]]
    two = sorted(part.kind for part in parts) if len(parts) == len(_ALTERNATIVES) else []
    alternatives = two == _ALTERNATIVES and not any(part.is_file for part in parts)
    if alternatives:
        parts.sort(key=lambda part: part.kind, reverse=True)
    out = pieces[0]
    for delimiter, part in zip(delimiters, [*(part.lines() for part in parts), *pieces[last:]], strict=True):
        out.extend((delimiter, *part))
    return "\r\n".join(out), alternatives


def _true(part: Part, depth: int) -> Part:
    kind = part.kind
    if kind.startswith("multipart/"):
        boundary = part.boundary
        if boundary is None or depth == _DEPTH:
            return part
        text, _ = _mended(list(part.content), boundary, depth + 1)
        return replace(part, content=tuple(text.split("\r\n")))
    if kind.startswith("message/"):
        return part  # RFC 2046, 5.2: such a part may not be encoded
    match part.transfer_encoding:
        case "base64":
            return _short(part, _wrapped)
        case "quoted-printable":
            if kind.startswith("text/") and not part.names_charset:
                coded = any(_NOT_ASCII_IN_QP.search(line) for line in part.content)
                part = part.labelled_utf8() if coded else part
            return _short(part, _requoted)
        case _:
            return _plain(part)


def _plain(part: Part) -> Part:
    """Mend a part that is written as it reads. The whole body goes out as UTF-8, so no other charset is true."""
    text = "\r\n".join(part.content)
    if part.kind.startswith("text/") and not text.isascii():
        part = part.labelled_utf8()
    if not _long(part.content):
        return part
    encoding, octets = transferred(text.encode())
    part = part.with_field(TRANSFER_ENCODING, "Content-Transfer-Encoding", encoding)
    return replace(part, content=tuple(octets.decode("ascii").removesuffix("\r\n").split("\r\n")))


def _short(part: Part, again: Callable[[Sequence[str]], list[str]]) -> Part:
    return replace(part, content=tuple(again(part.content))) if _long(part.content) else part


def _long(lines: Sequence[str]) -> bool:
    return any(len(line) > LINE_LIMIT or len(line.encode()) > LINE_LIMIT for line in lines)


def _wrapped(lines: Sequence[str]) -> list[str]:
    whole = "".join(line.strip() for line in lines)
    return [whole[at : at + 76] for at in range(0, len(whole), 76)]


def _requoted(lines: Sequence[str]) -> list[str]:
    octets = quopri.decodestring("\r\n".join(lines).encode()) + b"\r\n"
    return binascii.b2a_qp(octets, istext=True).decode("ascii").removesuffix("\r\n").split("\r\n")


def transferred(octets: bytes) -> tuple[str, bytes]:
    """Return the transfer encoding of a text, and the encoded text with CRLF at its end.

    Plain short lines stay as they are, mostly ASCII text becomes quoted-printable, and any other base64.
    """
    octets = octets if octets.endswith(b"\r\n") else octets + b"\r\n"
    odd = len(re.findall(rb"[^\t\r\n -~]", octets))
    if not odd and max(map(len, octets.split(b"\r\n"))) <= LINE_LIMIT:
        return "7bit", octets
    if odd * 5 <= len(octets):
        # b2a_qp picks the line end of its soft breaks from the first one it sees; there is always one by now.
        return "quoted-printable", binascii.b2a_qp(octets, istext=True)
    whole = base64.b64encode(octets)
    return "base64", b"\r\n".join(whole[at : at + 76] for at in range(0, len(whole), 76)) + b"\r\n"
