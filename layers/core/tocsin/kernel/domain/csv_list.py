"""Lists in one string, as in `recipientList` and stored lists: `a@x.org, b@y.org`."""

from __future__ import annotations

import re

from tocsin.kernel.domain.plain_text import named

_LINE_END = re.compile(r"\r\n|\r|\n")


def parse_list(text: str) -> tuple[str, ...]:
    """Return the entries in order, as `named` leaves them; empty ones are dropped.

    Commas and line ends separate entries, so a column pasted from a spreadsheet works too. There is no quoting: no
    address, contact id or set name contains a comma.
    """
    return tuple(entry for entry, _ in placed_list(text))


def has_entries(text: str) -> bool:
    """Whether `parse_list` would return any."""
    return bool(named(text.replace(",", "")))


def placed_list(text: str) -> list[tuple[str, str]]:
    """Return the entries as `parse_list`, each with where it stands: "entry 2", "line 2" or "line 2, entry 3"."""
    lines = _LINE_END.split(text)
    return [
        (entry, place)
        for number, line in enumerate(lines, 1)
        for entry, place in _of_line(line, f"line {number}" if len(lines) > 1 else "")
    ]


def _of_line(line: str, at: str) -> list[tuple[str, str]]:
    strip = str.strip if line.isascii() else named  # half a million entries fit into a request
    found = [(entry, number) for number, entry in enumerate(map(strip, line.split(",")), 1) if entry]
    if at and len(found) == 1:
        return [(found[0][0], at)]
    return [(entry, f"{at}, entry {number}" if at else f"entry {number}") for entry, number in found]
