"""One part of a multipart body: its header fields, and what they say about its content.

The client wrote it. Lookups are written into it before (`mail_parts`), and it is mended after (`mail_multipart`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

CONTENT_TYPE = "content-type"
TRANSFER_ENCODING = "content-transfer-encoding"

_FIELD = re.compile(r"([!-9;-~]+)[ \t]*:")
_CHARSET = re.compile(r"""charset[ \t]*=[ \t]*(?:"([^"]*)"|([^\s;"]+))""", re.IGNORECASE)
_BOUNDARY = re.compile(r"""boundary[ \t]*=[ \t]*(?:"([^"]+)"|([^\s;"]+))""", re.IGNORECASE)
_FILE = re.compile(r"\bname\*?[0-9]*\*?[ \t]*=|\bfilename\*?[0-9]*\*?[ \t]*=|^[ \t]*attachment\b", re.IGNORECASE)


def boundary_in(content_type: str) -> str | None:
    """Return the boundary that a Content-Type names, None if it names none."""
    found = _BOUNDARY.search(content_type)
    return (found[1] or found[2]) if found else None


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

    @staticmethod
    def of_header(lines: Sequence[str]) -> Part:
        """Return a part of these header lines alone. Lines that are no fields are passed over, as some readers do."""
        return Part.read([line for line in lines if _FIELD.match(line) or line[:1] in (" ", "\t")])

    def lines(self) -> list[str]:
        """Return the lines of the part, without line ends."""
        head = [line for _, written in self.fields for line in written.split("\r\n")]
        return [*head, "", *self.content]

    def value(self, name: str, default: str = "") -> str:
        """Return the unfolded value of a header field."""
        for field, line in self.fields:
            if field == name:
                return line.partition(":")[2].replace("\r\n", "").strip()
        return default

    @property
    def kind(self) -> str:
        """`type/subtype` in lower case; text/plain if the part names none (RFC 2045, 5.2)."""
        return _first_word(self.value(CONTENT_TYPE), "text/plain")

    @property
    def transfer_encoding(self) -> str:
        """The transfer encoding in lower case."""
        return _first_word(self.value(TRANSFER_ENCODING), "7bit")

    @property
    def boundary(self) -> str | None:
        """The boundary of the parts within the part, None if it is no multipart or names none."""
        value = self.value(CONTENT_TYPE)
        return boundary_in(value) if _first_word(value, "").startswith("multipart/") else None

    @property
    def names_charset(self) -> bool:
        """Whether the part has a charset."""
        return _CHARSET.search(self.value(CONTENT_TYPE)) is not None

    @property
    def is_file(self) -> bool:
        """Whether the part is an attachment or has a file name."""
        return any(_FILE.search(self.value(name)) for name in (CONTENT_TYPE, "content-disposition"))

    def with_field(self, name: str, title: str, value: str) -> Part:
        """Return the part with this value in place of the field's value."""
        field = (name, f"{title}: {value}")
        if not any(one == name for one, _ in self.fields):
            return replace(self, fields=(*self.fields, field))
        return replace(self, fields=tuple(field if one[0] == name else one for one in self.fields))

    def labelled_utf8(self) -> Part:
        """Return the part with charset=utf-8."""
        value = self.value(CONTENT_TYPE, "text/plain").rstrip("; \t")
        if _CHARSET.search(value):
            value = _CHARSET.sub("charset=utf-8", value, count=1)
        else:
            value = f"{value};\r\n charset=utf-8"
        return self.with_field(CONTENT_TYPE, "Content-Type", value)


def _first_word(value: str, default: str) -> str:
    words = value.partition(";")[0].lower().split()
    return words[0] if words else default
