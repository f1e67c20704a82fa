"""Joins the lines of a text that its mail program broke (RFC 3676, `format=flowed`)."""

from __future__ import annotations

import re

_QUOTE = re.compile(r"(>*) ?(.*)", re.DOTALL)


def unflowed(text: str, *, delete_space: bool = False) -> str:
    """Return the text with its paragraphs in one line each. Only lines of the same quote depth are joined.

    Args:
        delete_space: `DelSp=yes`: the space at the end of a broken line is not part of the text.
    """
    lines: list[str] = []
    open_depth: int | None = None  # of a paragraph whose last line goes on
    for line in text.splitlines():
        found = _QUOTE.fullmatch(line)
        assert found is not None
        depth, content = len(found[1]), found[2]
        goes_on = content.endswith(" ") and content != "-- "
        kept = content[:-1] if goes_on and delete_space else content
        if open_depth == depth and content != "-- ":
            lines[-1] += kept
        else:
            lines.append(f"{found[1]} {kept}" if depth else kept)
        open_depth = depth if goes_on else None
    return "\n".join(lines)
