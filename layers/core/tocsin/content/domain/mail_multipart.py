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
from dataclasses import dataclass, replace

LINE_LIMIT = 998
"""Octets in a line without its CRLF (RFC 5322, 2.1.1); mail servers cut or refuse longer lines."""

_DEPTH = 20
"""Levels of parts within parts that are mended; deeper ones go out as written."""

_CONTENT_TYPE = "content-type"
_TRANSFER_ENCODING = "content-transfer-encoding"
_FIELD = re.compile(r"([!-9;-~]+)[ \t]*:")
_CHARSET = re.compile(r"""charset[ \t]*=[ \t]*(?:"([^"]*)"|([^\s;"]+))""", re.IGNORECASE)
_BOUNDARY = re.compile(r"""boundary[ \t]*=[ \t]*(?:"([^"]+)"|([^\s;"]+))""", re.IGNORECASE)
_FILE = re.compile(r"\bname\*?[0-9]*\*?[ \t]*=|\bfilename\*?[0-9]*\*?[ \t]*=|^[ \t]*attachment\b", re.IGNORECASE)
_NOT_ASCII_IN_QP = re.compile("=[89A-Fa-f][0-9A-Fa-f]")


@dataclass(frozen=True, slots=True)
class Part:
    """One part: header fields as (name in lower case, written lines), and the lines of its content."""

    fields: tuple[tuple[str, str], ...]
    content: tuple[str, ...]

    @staticmethod
    def read(lines: Sequence[str]) -> Part:
        """Return the part of these lines, which have no line ends.

        The header ends at the first empty line. A part without that line begins with its text, as readers take it.
        """
        fields: list[tuple[str, str]] = []
        for at, line in enumerate(lines):
            if fields and line[:1] in (" ", "\t"):
                fields[-1] = (fields[-1][0], f"{fields[-1][1]}\r\n{line}")
            elif found := _FIELD.match(line):
                fields.append((found[1].lower(), line))
            else:
                return Part(tuple(fields), tuple(lines[at + (not line) :]))
        return Part(tuple(fields), ())

    def lines(self) -> list[str]:
        """Return the lines of the part, without line ends."""
        head = [line for _, written in self.fields for line in written.split("\r\n")]
        return [*head, "", *self.content]

    def value(self, name: str, default: str = "") -> str:
        """Return the unfolded value of a header field."""
        written = next((line for field, line in self.fields if field == name), None)
        return default if written is None else written.partition(":")[2].replace("\r\n", "").strip()

    @property
    def kind(self) -> str:
        """`type/subtype` in lower case; text/plain if the part names none (RFC 2045, 5.2)."""
        return self.value(_CONTENT_TYPE, "text/plain").partition(";")[0].strip().lower()

    @property
    def is_file(self) -> bool:
        """Whether the part is an attachment or has a file name."""
        return any(_FILE.search(self.value(name)) for name in (_CONTENT_TYPE, "content-disposition"))

    def with_field(self, name: str, title: str, value: str) -> Part:
        """Return the part with this value in place of the field's value."""
        field = (name, f"{title}: {value}")
        if not any(one == name for one, _ in self.fields):
            return replace(self, fields=(*self.fields, field))
        return replace(self, fields=tuple(field if one[0] == name else one for one in self.fields))

    def labelled_utf8(self) -> Part:
        """Return the part with charset=utf-8."""
        value = self.value(_CONTENT_TYPE, "text/plain").rstrip("; \t")
        if _CHARSET.search(value):
            value = _CHARSET.sub("charset=utf-8", value, count=1)
        else:
            value = f"{value};\r\n charset=utf-8"
        return self.with_field(_CONTENT_TYPE, "Content-Type", value)


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
    alternatives = sorted(part.kind for part in parts) == ["text/html", "text/plain"] and not any(
        part.is_file for part in parts
    )
    if alternatives:
        parts.sort(key=lambda part: part.kind, reverse=True)
    out = pieces[0]
    for delimiter, part in zip(delimiters, [*(part.lines() for part in parts), *pieces[last:]], strict=True):
        out.extend((delimiter, *part))
    return "\r\n".join(out), alternatives


def _true(part: Part, depth: int) -> Part:
    kind = part.kind
    if kind.startswith("multipart/"):
        boundary = _BOUNDARY.search(part.value(_CONTENT_TYPE))
        if boundary is None or depth == _DEPTH:
            return part
        text, _ = _mended(list(part.content), boundary[1] or boundary[2], depth + 1)
        return replace(part, content=tuple(text.split("\r\n")))
    if kind.startswith("message/"):
        return part  # RFC 2046, 5.2: such a part may not be encoded
    match part.value(_TRANSFER_ENCODING, "7bit").lower():
        case "base64":
            return _short(part, _wrapped)
        case "quoted-printable":
            if kind.startswith("text/") and _CHARSET.search(part.value(_CONTENT_TYPE)) is None:
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
    part = part.with_field(_TRANSFER_ENCODING, "Content-Transfer-Encoding", encoding)
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
