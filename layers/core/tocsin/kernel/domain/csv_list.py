"""Lists in one line, as `recipientList` and stored lists carry them: `a@x.org, b@y.org`."""

from __future__ import annotations

import re

_SEPARATOR = re.compile(r"[,\r\n]")


def parse_list(text: str) -> tuple[str, ...]:
    """Return the entries in order, trimmed; empty ones are dropped.

    Commas and line ends separate, so that a column pasted from a sheet works too. No quoting: no address, contact
    id or set name holds a comma.
    """
    return tuple(entry for part in _SEPARATOR.split(text) if (entry := part.strip()))
