"""Tables as CSV (RFC 4180) that a spreadsheet opens as text, whatever people wrote into them."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass

BYTE_ORDER_MARK = "\ufeff"
"""Begins a file, so that spreadsheets read it as UTF-8."""

MOST_BYTES = 4_500_000
"""Of one part, as UTF-8. A function returns 6 MB at most, and quotation marks count twice there; a gateway takes 10 MB.
10,000 receivers are about 2.5 MB."""

_FORMULA = re.compile("[=+\\-@\t\r\n\0\uff1d\uff0b\uff0d\uff20]")
"""First characters that make a spreadsheet read a field as a formula, full-width forms included (OWASP ASVS 1.2.10)."""


@dataclass(frozen=True, slots=True)
class CsvPart:
    """A part of a table. `next`: cursor of the part that follows, None = the table ends here."""

    text: str
    next: str | None


def guarded(field: str) -> str:
    """Return a field with an apostrophe before it if a spreadsheet might read it as a formula."""
    return f"'{field}" if _FORMULA.match(field) else field


def unguarded(field: str) -> str:
    """Return a field as it was before `guarded`. A number that was exported as `'+44…` is imported as `+44…`."""
    return field[1:] if field[:1] == "'" and _FORMULA.match(field[1:]) else field


def csv_line(fields: Iterable[str]) -> str:
    """Return one line with its end; fields are guarded, and those that were are quoted."""
    line = io.StringIO()
    safe = [(field, guarded(field)) for field in fields]
    quoted = csv.writer(line, quoting=csv.QUOTE_ALL)
    plain = csv.writer(line)
    (quoted if any(before != after for before, after in safe) else plain).writerow([after for _, after in safe])
    return line.getvalue()
