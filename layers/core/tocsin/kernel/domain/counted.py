"""Counts in sentences."""

from __future__ import annotations


def counted(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun or verb: "1 text", "14 texts", "1 was", "2 were".

    Args:
        many: "" = `one` with an s.
    """
    return f"{count} {one if count == 1 else many or one + 's'}"
