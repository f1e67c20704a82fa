"""Lists in one string, as in `recipientList` and stored lists: `a@x.org, b@y.org`."""

from __future__ import annotations

import re

_SEPARATOR = re.compile(r"[,\r\n]")


def parse_list(text: str) -> tuple[str, ...]:
    """Return the entries in order, trimmed; empty ones are dropped.

    Commas and line ends separate entries, so a column pasted from a spreadsheet works too. There is no quoting: no
    address, contact id or set name contains a comma.
    """
    return tuple(entry for part in _SEPARATOR.split(text) if (entry := part.strip()))
