"""Find a keyword in a text or subject: a separate word, in any case, within the first 40 characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LOOKED_AT = 40
"""The characters of a text or subject in which a keyword counts. People who intend a keyword begin with it."""

_FOLLOWS = 3
"""Characters after the limit that decide whether a word ends there."""

_LONGEST_READ = 400
_JOINERS = frozenset("-'’")

_PREFIX = re.compile(r"\s*(?:re|fwd?|aw|wg|sv|vs|vb|antw|tr|rv|rif|enc|odp)\s*(?:\[\d{1,3}\])?\s*[:：]", re.IGNORECASE)
_OUR_REFERENCE = re.compile(r"\[?(?<![0-9A-Za-z])TX-[0-9A-TV-Z]{10}(?![0-9A-Za-z])\]?", re.IGNORECASE)


def folded(keyword: str) -> str:
    """Return the form in which keywords are compared: accents composed, without regard to case."""
    return unicodedata.normalize("NFC", keyword).casefold()


def subject_words(subject: str) -> str:
    """Return the subject of a mail without prefixes like `Re:` and `Fwd:`, and without references of Tocsin."""
    own = _OUR_REFERENCE.sub(" ", subject)
    while prefix := _PREFIX.match(own):
        own = own[prefix.end() :]
    return own.strip()


def first_keyword(text: str, keywords: Iterable[str]) -> str | None:
    """Return the first keyword in the first LOOKED_AT characters of a text; None = the text contains none.

    No letter, digit, underscore or accent may touch a keyword, and no hyphen or apostrophe may join it to another
    word: `fire` is in "FIRE!" and "gate 4: fire", not in "fireman", "cease-fire" or "fire's". Leading blanks do not
    count. Of two keywords at the same position, the longer one counts.

    Args:
        keywords: spelled as in the call that activated them.
    """
    composed = unicodedata.normalize("NFC", text.lstrip()[:_LONGEST_READ])
    head = composed[:LOOKED_AT].casefold()
    whole = head + composed[LOOKED_AT : LOOKED_AT + _FOLLOWS].casefold()
    found: tuple[int, int, str] | None = None
    for keyword in keywords:
        wanted = folded(keyword)
        place = _place(whole, wanted, len(head)) if wanted else None
        if place is not None and (found is None or (place, -len(wanted)) < found[:2]):
            found = (place, -len(wanted), keyword)
    return found[2] if found else None


def _place(text: str, wanted: str, end: int) -> int | None:
    start = text.find(wanted, 0, end)
    while start >= 0:
        if _separate(text[max(0, start - 2) : start][::-1]) and _separate(text[start + len(wanted) :][:2]):
            return start
        start = text.find(wanted, start + 1, end)
    return None


def _separate(neighbours: str) -> bool:
    """Whether the characters beside a word, nearest first, leave it a separate word."""
    near, far = neighbours[:1], neighbours[1:2]
    if near and _of_a_word(near):
        return False
    return not (near in _JOINERS and far and _of_a_word(far)) if near else True


def _of_a_word(char: str) -> bool:
    return char.isalnum() or char == "_" or unicodedata.category(char).startswith("M")
