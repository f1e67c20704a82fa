"""Find a keyword in a text or subject: a separate word, in any case, within the first 40 characters.

Scripts differ: Greek writes capitals without accents, Turkish has two letters i, Japanese has no blanks between words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LOOKED_AT = 40
"""The characters of a text or subject in which a keyword counts. People who intend a keyword begin with it."""

_FOLLOWS = 3
"""Characters after the limit that decide whether a word ends there."""

_LONGEST_READ = 400
_JOINERS = frozenset("-'’·")  # the middle dot joins two l in Catalan, and stands in the fold of U+013F and U+0140

_BRACKETED = re.compile(r"(?:\[[^\[\]]{0,80}\]\s*){1,5}")
"""What gateways put before a text: `[EXTERNAL]`, `[SMS from +44…]`."""

_NO_BLANKS = re.compile(
    "[\u0e00-\u0eff\u0f00-\u0fff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    "\U00020000-\U0003ffff]"
)
"""Thai, Lao, Tibetan, Burmese, Khmer, kana and Han. Source: UAX #14, 5.1, classes SA, ID and CJ. Their digits are of
class NU like all others: `๐` joins the digit beside it to one number."""

_PREFIX = re.compile(
    r"\s*+(?:re|fwd?|aw|wg|sv|vs|vb|antw|tr|rv|rif|enc|odp)\s*+(?:\[\d{1,3}\]\s*+)?[:：]", re.IGNORECASE
)
_OUR_REFERENCE = re.compile(r"\[?(?<![0-9A-Za-z])TX-[0-9A-TV-Z]{10}(?![0-9A-Za-z])\]?", re.IGNORECASE)


def folded(keyword: str) -> str:
    """Return the form in which keywords are compared: without regard to case, accents, width and invisible characters.

    Marks that make another letter, as in Indic scripts and Japanese, stay.
    """
    plain = unicodedata.normalize("NFD", unicodedata.normalize("NFKC", keyword).casefold().replace("ı", "i"))
    kept = (char for char in plain if not _is_accent(char) and unicodedata.category(char) != "Cf")
    return unicodedata.normalize("NFC", "".join(kept))


def _is_accent(char: str) -> bool:
    """Accents of Latin, Greek and Cyrillic, and the points of Hebrew and Arabic. Source: UAX #44, 5.7.4."""
    place = unicodedata.combining(char)
    return 10 <= place <= 35 or place >= 200


def subject_words(subject: str) -> str:
    """Return the subject of a mail without prefixes like `Re:` and `Fwd:`, and without references of Tocsin."""
    own = _OUR_REFERENCE.sub(" ", subject)
    end = 0
    while prefix := _PREFIX.match(own, end):
        end = prefix.end()
    return own[end:].strip()


def first_keyword(text: str, keywords: Iterable[str]) -> str | None:
    """Return the first keyword in the first LOOKED_AT characters of a text; None = the text contains none.

    No letter, digit or underscore may touch a keyword, and no hyphen or apostrophe may join it to another word: `fire`
    is in "FIRE!" and "gate 4: fire", not in "fireman", "cease-fire" or "fire's". Scripts that put no blanks between
    words are exempt. Leading blanks do not count, nor does what gateways put before the text in brackets. Of two
    keywords at the same position, the longer one counts.

    Args:
        keywords: spelled as in the call that activated them.
    """
    said = "".join(char for char in text.lstrip()[:_LONGEST_READ] if unicodedata.category(char) != "Cf").lstrip()
    said = unicodedata.normalize("NFC", said)
    bracketed = _BRACKETED.match(said)
    end = (bracketed.end() if bracketed else 0) + LOOKED_AT
    head = folded(said[:end])
    whole = head + folded(said[end : end + _FOLLOWS])
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
        behind = start + len(wanted)
        if _separate(wanted[0], text[max(0, start - 2) : start][::-1]) and _separate(
            wanted[-1], text[behind : behind + 2]
        ):
            return start
        start = text.find(wanted, start + 1, end)
    return None


def _separate(edge: str, neighbours: str) -> bool:
    """Whether the characters beside the edge of a word, nearest first, leave it a separate word."""
    near, far = neighbours[:1], neighbours[1:2]
    if near and _of_a_word(near):
        return not unicodedata.category(near).startswith("M") and (_needs_no_blank(edge) or _needs_no_blank(near))
    return not (near in _JOINERS and far and _of_a_word(far)) if near else True


def _needs_no_blank(char: str) -> bool:
    return _NO_BLANKS.match(char) is not None and not char.isdigit()  # a number in Thai digits has an end


def _of_a_word(char: str) -> bool:
    return char.isalnum() or char == "_" or unicodedata.category(char).startswith("M")
