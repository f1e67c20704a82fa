"""How a text travels as SMS: alphabet, segments, and how to stay in the cheap alphabet.

GSM 7-bit: 160 septets in one segment, 153 in each of several; the extension characters cost two and are never split.
Anything else: UCS-2, 70 UTF-16 units in one segment, 67 in each of several; a surrogate pair is never split.
Sources: 3GPP TS 23.038 section 6.2, TS 23.040 section 9.2.3.24.1.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from enum import StrEnum

LONGEST = 1_600
"""Characters of a text: the limit of SNS and End User Messaging for one message, about ten parts."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")

_REPLACEMENTS = {
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "“": '"', "”": '"', "„": '"', "‟": '"', "«": '"', "»": '"',
    "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "…": "...", "•": "*", "·": ".", "`": "'", "´": "'",
    "\u00a0": " ", "\u2007": " ", "\u2009": " ", "\u202f": " ", "\t": " ", "\u200b": "", "\ufeff": "", "ç": "c",
    "×": "x", "÷": "/", "©": "(c)", "®": "(r)", "™": "TM", "œ": "oe", "Œ": "OE", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D",
}  # fmt: skip
"""Typographic characters people paste without meaning them, with what they look like in the GSM alphabet."""


class SmsEncoding(StrEnum):
    """Which alphabet a text needs."""

    GSM7 = "GSM-7"
    UCS2 = "UCS-2"


@dataclass(frozen=True, slots=True)
class SmsLength:
    """What a text is billed as.

    Attributes:
        units: septets (GSM-7) or UTF-16 units (UCS-2), without segment headers.
        segments: 0 for the empty text.
    """

    encoding: SmsEncoding
    units: int
    segments: int


def measure(text: str) -> SmsLength:
    """Return alphabet, units and segments of `text`."""
    if all(char in _BASIC or char in _EXTENSION for char in text):
        return _packed(SmsEncoding.GSM7, [2 if char in _EXTENSION else 1 for char in text], 160, 153)
    return _packed(SmsEncoding.UCS2, [2 if ord(char) > 0xFFFF else 1 for char in text], 70, 67)


def _packed(encoding: SmsEncoding, costs: list[int], single: int, part: int) -> SmsLength:
    units = sum(costs)
    if units <= single:
        return SmsLength(encoding, units, 1 if units else 0)
    segments, room = 1, part
    for cost in costs:
        if cost > room:
            segments, room = segments + 1, part
        room -= cost
    return SmsLength(encoding, units, segments)


def transliterate(text: str) -> tuple[str, int]:
    """Return `text` in the GSM alphabet and how many characters were lost to "?".

    Typographic characters become their plain twins, accented letters outside the alphabet lose their accent, and what
    has no likeness becomes "?", as GOV.UK Notify does.
    """
    out: list[str] = []
    lost = 0
    for char in unicodedata.normalize("NFC", text):
        if char in _BASIC or char in _EXTENSION:
            out.append(char)
        elif char in _REPLACEMENTS:
            out.append(_REPLACEMENTS[char])
        else:
            base = unicodedata.normalize("NFKD", char)
            kept = "".join(part for part in base if part in _BASIC or part in _EXTENSION)
            if kept:
                out.append(kept)
            elif not unicodedata.combining(char):
                out.append("?")
                lost += 1
    return "".join(out), lost
