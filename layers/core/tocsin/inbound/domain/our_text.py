"""Is a text one of ours? Compared are letters and digits only: phones and mail programs change blanks and marks."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

Literals = Sequence[str]
"""A text that was sent: what stands in it for every receiver, in order; between two of them stood a lookup.

"" stands first or last if a lookup began or ended the text.
"""

_RECOGNISED = 8
"""Letters and digits of a quotation that was cut short which must be there to know it again."""


def quotes(quoted: str, literals: Literals) -> bool:
    """Whether a quotation is a text that was sent, or the beginning of it."""
    at, known, quoted = 0, 0, _run(quoted)
    for number, literal in enumerate(map(_run, literals)):
        place = quoted.find(literal, at)
        if place < 0:
            # Here it was cut short, perhaps within a lookup.
            if len(quoted) >= _RECOGNISED and literal.startswith(quoted):
                return True
            break
        if place > 0 and number == 0:
            return False
        at, known = place + len(literal), known + len(literal)
    # What begins with a lookup is known by enough of what follows.
    return known > 0 and (known >= _RECOGNISED or bool(literals[0]))


def is_ours(text: str, literals: Literals) -> bool:
    """Whether a text is the whole of one that was sent."""
    first, *others = map(_run, literals or ("",))
    text = _run(text)
    if not others:
        return text == first
    *inner, last = others
    at = len(first)
    for literal in inner:
        place = text.find(literal, at)
        if place < 0:
            return False
        at = place + len(literal)
    return text.startswith(first) and text.endswith(last) and len(text) - len(last) >= at


def _run(text: str) -> str:
    """Return the letters and digits of a text in one run."""
    return "".join(char for char in unicodedata.normalize("NFKC", text).casefold() if char.isalnum())
