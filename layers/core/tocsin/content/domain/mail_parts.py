"""Keywords in the body of a mail: each value is written as the place it stands in asks for.

    text/html                  &, <, >, " and ' become entities
    quoted-printable           = and whatever is not ASCII become =XX
    base64                     keywords inside are not replaced
    a part's own header        line breaks become blanks

A multipart body is what the client wrote, parts, headers and all. A value must never become a part or a header of it,
so line breaks in values become blanks there, and a rendering with more delimiters than the text had is refused.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tocsin.content.domain.lookups import Facts, LookupText, compile_lookups, literal
from tocsin.content.domain.mail_header import UnsafeMail
from tocsin.content.domain.mail_part import Part, boundary_in
from tocsin.content.domain.rendered_size import Measure, octets

_BREAKS = re.compile(r"[\r\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n|\Z)")

Written = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class MailText:
    """A compiled body: its pieces in order, each with the way values are written in it."""

    _batches: tuple[tuple[LookupText, Written], ...]
    _delimiters: tuple[str, ...] = ()
    _delimited: int = 0

    @staticmethod
    def compile(body: str, content_type: str, custom: Collection[str]) -> MailText:
        """Compile a body.

        Raises:
            UnknownZone: see `compile_lookups`.
        """
        kind = content_type.partition(";")[0].strip().lower()
        boundary = boundary_in(content_type) if kind.startswith("multipart/") else None
        if boundary is None:
            return MailText(((compile_lookups(body, custom), _escaped if kind == "text/html" else str),))
        delimiters = [f"--{boundary}"]
        batches = [
            (literal(text) if written is None else compile_lookups(text, custom), written or str)
            for text, written in _parts(body, delimiters)
        ]
        return MailText(tuple(batches), tuple(delimiters), _count(body, delimiters))

    @property
    def pieces(self) -> Iterator[tuple[LookupText, Measure]]:
        """The pieces, each with how the bytes of a value are counted as it is written there."""
        return ((text, _MEASURES[written]) for text, written in self._batches)

    def ends_a_part(self, value: str) -> bool:
        """Whether a value by itself holds what ends a part, however it is written."""
        return any(delimiter in value for delimiter in self._delimiters)

    def render(self, facts: Facts) -> str:
        """Return the body for one message.

        Raises:
            UnsafeMail: `BOUNDARY_IN_VALUE`, a value would end a part.
        """
        body = "".join(text.render(facts, written) for text, written in self._batches)
        if self._delimiters and _count(body, self._delimiters) != self._delimited:
            raise UnsafeMail("BOUNDARY_IN_VALUE", "Body")
        return body


def _parts(body: str, delimiters: list[str]) -> Iterator[tuple[str, Written | None]]:
    """Yield headers and contents of all parts in order; boundaries of parts within parts are added to `delimiters`."""
    lines: list[str] = []
    head: list[str] = []
    in_head, written = False, None  # no mail program shows text before the first part
    for line in _LINES.findall(body):
        if _ends_a_part(line, delimiters):
            yield "".join(lines), _on_one_line if in_head else written
            yield line, None
            lines, head, in_head, written = [], [], True, None
            continue
        lines.append(line)
        if not in_head:
            continue
        if line.strip("\r\n"):
            head.append(line.rstrip("\r\n"))
            continue
        yield "".join(lines), _on_one_line
        in_head, lines = False, []
        written = _way_of(head, delimiters)
    yield "".join(lines), written


def _way_of(head: Sequence[str], delimiters: list[str]) -> Written | None:
    part = Part.of_header(head)
    if part.kind.startswith("multipart/"):
        if part.boundary is not None:
            delimiters.append(f"--{part.boundary}")
        return None
    html_part = part.kind == "text/html"
    match part.transfer_encoding:
        case "base64":
            return None
        case "quoted-printable":
            return _html_in_quoted_printable if html_part else _quoted_printable
        case _:
            return _html_on_one_line if html_part else _on_one_line


def _ends_a_part(line: str, delimiters: Collection[str]) -> bool:
    # Generous: readers differ in what they take for a delimiter, and all must count alike.
    return line.startswith("--") and any(line.startswith(delimiter) for delimiter in delimiters)


def _count(body: str, delimiters: Collection[str]) -> int:
    return sum(body.count(delimiter) for delimiter in delimiters)  # wherever it stands: a value has no use for one


def _escaped(value: str) -> str:
    return html.escape(value, quote=True)


def _on_one_line(value: str) -> str:
    return _BREAKS.sub(" ", value)


def _html_on_one_line(value: str) -> str:
    return _escaped(_on_one_line(value))


def _quoted_printable(value: str) -> str:
    octets = _on_one_line(value).encode("utf-8", "replace")
    # Soft breaks keep the line short, however long the value is: servers cut at 998.
    coded = [chr(octet) if 32 <= octet < 127 and octet != 61 else f"={octet:02X}" for octet in octets]
    return "=\r\n".join("".join(coded[at : at + 16]) for at in range(0, len(coded), 16))


def _html_in_quoted_printable(value: str) -> str:
    return _quoted_printable(_escaped(value))


_PLAIN_IN_QP = bytes(octet for octet in range(32, 127) if octet != 61)


def _quoted_octets(value: str) -> int:
    raw = _on_one_line(value).encode("utf-8", "replace")
    coded = len(raw.translate(None, _PLAIN_IN_QP))
    return len(raw) + 2 * coded + 3 * (max(len(raw) - 1, 0) // 16)


_MEASURES: Mapping[Written, Measure] = {
    str: octets,
    _escaped: lambda value: octets(_escaped(value)),
    _on_one_line: lambda value: octets(_on_one_line(value)),
    _html_on_one_line: lambda value: octets(_html_on_one_line(value)),
    _quoted_printable: _quoted_octets,
    _html_in_quoted_printable: lambda value: _quoted_octets(_escaped(value)),
}
"""How long a value is as it is written, without writing it where that would be slow."""
