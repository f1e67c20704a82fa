"""The body of a mail: its type, its character set and its transfer encoding."""

from __future__ import annotations

import re
from dataclasses import dataclass

from tocsin.content.domain.mail_header import UnsafeMail, guarded
from tocsin.content.domain.mail_multipart import LINE_LIMIT, mended, transferred

_ATOM = r"[A-Za-z0-9!#$%&'*+.^_`{|}~-]+"
_PARAMETER = re.compile(rf';[ \t]*({_ATOM})=(?:({_ATOM})|"((?:[^"\\]|\\.)*)")[ \t]*')
_TYPE = re.compile(rf"[ \t]*({_ATOM})/({_ATOM})[ \t]*")
_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,./:=? -]{0,69}[0-9A-Za-z'()+_,./:=?-]")
_BREAK = re.compile(r"\r\n|\r|\n")
_CHARSETS = {
    "us-ascii": "ascii",
    "ascii": "ascii",
    "utf-8": "utf-8",
    "iso-8859-1": "iso-8859-1",
    "iso-8859-15": "iso-8859-15",
    "windows-1252": "windows-1252",
}
"""What a text may be written in. Others (UTF-7, UTF-16, Shift_JIS) are not read alike everywhere: such a text goes out
as UTF-8 and says so."""


@dataclass(frozen=True, slots=True)
class EncodedBody:
    """A body ready for the wire.

    Attributes:
        content_type, transfer_encoding: header values.
        octets: CRLF line ends, no line over LINE_LIMIT.
    """

    content_type: str
    transfer_encoding: str
    octets: bytes


def encoded_body(text: str, content_type: str) -> EncodedBody:
    """Encode `text` as `content_type` says.

    A multipart text holds the parts as the client wrote them. It gets CRLF line ends, the closing delimiter if that is
    missing, and what `mail_multipart` mends.

    Raises:
        UnsafeMail: `CONTENT_TYPE_MALFORMED`, `CONTENT_TYPE_NOT_ALLOWED` (message/*), `BOUNDARY_MALFORMED`,
            `BOUNDARY_NOT_FOUND`, `LINE_TOO_LONG` (a part's header, message/*), `CONTROL_CHARACTER` (surrogate, NUL in
            multipart text), or the type fails the header guard.
    """
    kind, parameters = _parsed_type(content_type)
    if re.search("[\ud800-\udfff]", text):
        raise UnsafeMail("CONTROL_CHARACTER", "Body")
    lines = _BREAK.sub("\r\n", text)
    if kind.startswith("multipart/"):
        return _multipart(kind, parameters, lines)
    if kind.startswith("message/"):
        raise UnsafeMail("CONTENT_TYPE_NOT_ALLOWED", "Content-Type")
    return _single(kind, parameters, lines)


def _parsed_type(value: str) -> tuple[str, dict[str, str]]:
    guarded("Content-Type", value)
    start = _TYPE.match(value)
    if start is None or not value.isascii():
        raise UnsafeMail("CONTENT_TYPE_MALFORMED", "Content-Type")
    parameters: dict[str, str] = {}
    at = start.end()
    while at < len(value):
        found = _PARAMETER.match(value, at)
        if found is None or found[1].lower() in parameters or len(found[0]) > 200:
            raise UnsafeMail("CONTENT_TYPE_MALFORMED", "Content-Type")
        parameters[found[1].lower()] = found[2] or re.sub(r"\\(.)", r"\1", found[3] or "")
        at = found.end()
    return f"{start[1]}/{start[2]}".lower(), parameters


def _written_type(kind: str, parameters: dict[str, str]) -> str:
    parts = [kind]
    for name, value in parameters.items():
        plain = re.fullmatch(_ATOM, value)
        quoted = value.replace("\\", "\\\\").replace('"', '\\"')
        parts.append(f"{name}={value}" if plain else f'{name}="{quoted}"')
    return ";\r\n ".join(parts) if sum(map(len, parts)) > 56 else "; ".join(parts)


def _multipart(kind: str, parameters: dict[str, str], text: str) -> EncodedBody:
    boundary = parameters.get("boundary", "")
    if not _BOUNDARY.fullmatch(boundary):
        raise UnsafeMail("BOUNDARY_MALFORMED", "Content-Type")
    delimiter = re.escape(f"--{boundary}")
    if not re.search(rf"(?:\A|\r\n){delimiter}[ \t]*\r\n", text):
        raise UnsafeMail("BOUNDARY_NOT_FOUND", "Body")
    if not re.search(rf"\r\n{delimiter}--[ \t]*(?:\r\n|\Z)", text):
        text = text.removesuffix("\r\n") + f"\r\n--{boundary}--"
    text, alternatives = mended(text, boundary)
    if alternatives and kind == "multipart/mixed":
        kind = "multipart/alternative"
    octets = _closed(text.encode())
    if b"\0" in octets:
        raise UnsafeMail("CONTROL_CHARACTER", "Body")
    if max(map(len, octets.split(b"\r\n"))) > LINE_LIMIT:
        raise UnsafeMail("LINE_TOO_LONG", "Body")
    # RFC 2045 section 6.4: a multipart may only be 7bit, 8bit or binary.
    return EncodedBody(_written_type(kind, parameters), "7bit" if octets.isascii() else "8bit", octets)


def _single(kind: str, parameters: dict[str, str], text: str) -> EncodedBody:
    octets = None
    if kind.startswith("text/"):
        charset = parameters.get("charset", "us-ascii").lower()
        if codec := _CHARSETS.get(charset):
            octets = _tried(text, codec)
        parameters = {**parameters, "charset": charset if octets is not None else "utf-8"}
    octets = text.encode() if octets is None else octets
    encoding, wire = transferred(octets)
    return EncodedBody(_written_type(kind, parameters), encoding, wire)


def _tried(text: str, codec: str) -> bytes | None:
    try:
        return text.encode(codec)
    except UnicodeEncodeError:
        return None


def _closed(octets: bytes) -> bytes:
    return octets if octets.endswith(b"\r\n") else octets + b"\r\n"
