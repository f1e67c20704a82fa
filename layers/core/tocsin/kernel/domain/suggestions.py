"""Suggestions for an unknown word."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def did_you_mean(word: str, known: Iterable[str]) -> str | None:
    """Return the known word nearest to `word`, case aside, or None if none is near.

    Only the first 64 characters of `word` are compared: no known word is longer, and the comparison is quadratic.
    """
    by_folded = {name.casefold(): name for name in known}
    near = difflib.get_close_matches(word[:64].casefold(), by_folded, n=1, cutoff=0.6)
    return by_folded[near[0]] if near else None
