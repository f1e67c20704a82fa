"""A phone number or an email address as a person pasted it, reduced to the intended characters.

Address books, chats, word processors and sheets add invisible characters (direction marks, byte order marks, zero-width
blanks) and change visible ones (long dashes, full-width letters, non-breaking blanks). Every address passes
here before it is judged, by `parse_phone` or `parse_email`, whichever field, list, store or contact it comes from.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from tocsin.kernel.domain.plain_text import composed

_LONGEST = 1_024
"""Characters that are looked at: longer than any address with all its dressing."""

_SAME_SHAPE = ("<wide>", "<narrow>", "<small>", "<font>", "<noBreak>")
"""Compatibility forms that read as the plain character. Not among them: ¹ ½ ① ℀ ㏂, which would become digits and
letters that the writer did not mean to be part of an address. Source: UAX #44, 5.7.3."""

_IGNORABLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
"""Default_Ignorable_Code_Point outside of category Cf: fillers and variation selectors. Source: UAX #44, 5.3."""

_SCHEME = re.compile(r"(?:tel|sms|callto|(mailto)):(?://)?", re.IGNORECASE)


def plain_address(text: str) -> str:
    """Return `text` without invisible characters, surrounding blanks and `tel:` or `mailto:`.

    Any blank inside becomes a space, any dash or minus a hyphen, full-width and mathematical letters, digits and
    signs their plain form. Nothing else changes; what comes out is yet to be judged.
    """
    if not text.isascii():
        text = composed("".join(map(_plain, text[:_LONGEST])))
    text = text.strip(" \t")
    scheme = _SCHEME.match(text)
    if scheme is None:
        return text
    rest = text[scheme.end() :]
    return (rest.partition("?")[0] if scheme[1] else rest).strip(" \t")


@lru_cache(4_096)
def _plain(char: str) -> str:
    if char.isascii():
        return char
    category = unicodedata.category(char)
    if category == "Cf" or _IGNORABLE.match(char):
        return ""
    if category == "Zs":
        return " "
    if category == "Pd" or char == "\u2212":  # the minus sign
        return "-"
    if unicodedata.decomposition(char).startswith(_SAME_SHAPE):
        return unicodedata.normalize("NFKC", char)
    return char
