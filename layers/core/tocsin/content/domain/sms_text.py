"""How a text travels as SMS: alphabet, segments, and how to stay in the cheap alphabet.

GSM 7-bit: 160 septets in one segment, 153 in each of several; the extension characters cost two and are never split.
Anything else: UCS-2, 70 UTF-16 units in one segment, 67 in each of several; a surrogate pair is never split.
Sources: 3GPP TS 23.038 section 6.2, TS 23.040 section 9.2.3.24.1.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from tocsin.kernel.domain.counted import counted
from tocsin.kernel.domain.plain_text import composed
from tocsin.kernel.domain.warnings import Warned, WarningCode

LONGEST = 1_600
"""Characters of a text: the limit of SNS and End User Messaging for one message, about ten parts."""

MANY_SEGMENTS = 10
"""Parts that carriers and phones put together again; of more, some may be lost or come one by one."""

_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENSION = frozenset("\f^{}\\[~]|€")

_GSM = re.compile("[" + re.escape("".join(sorted(_BASIC | _EXTENSION))) + "]*")
_UNLIKE = re.compile("[^" + re.escape("".join(sorted(_BASIC | _EXTENSION))) + "]")
_EXTENDED = re.compile("[" + re.escape("".join(sorted(_EXTENSION))) + "]")
_ESCAPE = "\x1b"
"""What stands before a character of the extension table."""

_LIKENESSES = {
    # quotation marks, dots, dashes, blanks
    "‘": "'", "’": "'", "‚": "'", "‛": "'", "‹": "'", "›": "'", "′": "'", "`": "'", "´": "'", "“": '"', "”": '"',
    "„": '"', "‟": '"', "«": '"', "»": '"', "″": '"', "…": "...", "•": "*", "◦": "*", "▪": "*", "‣": "*", "·": ".",
    "¦": "|", "\t": " ", "\u0085": "\n", "\u2028": "\n", "\u2029": "\n",
    # signs that must not lose their meaning
    "−": "-", "±": "+/-", "×": "x", "÷": "/", "≠": "!=", "≤": "<=", "≥": ">=", "≈": "~", "⁄": "/", "∕": "/", "→": "->",
    "←": "<-", "⇒": "=>", "°": "deg", "℃": "degC", "℉": "degF", "µ": "u", "μ": "u", "¢": "c", "₹": "Rs", "©": "(c)",
    "®": "(r)", "™": "TM", "℠": "SM", "ª": "a", "º": "o",
    # letters that are no letter with an accent
    "ç": "c", "œ": "oe", "Œ": "OE", "ł": "l", "Ł": "L", "đ": "d", "Đ": "D", "ð": "d", "Ð": "D", "þ": "th", "Þ": "Th",
    "ħ": "h", "Ħ": "H", "ŧ": "t", "Ŧ": "T", "ı": "i", "ẞ": "SS",
}  # fmt: skip
"""What people paste without meaning it, and what stands for it in the GSM alphabet."""

_UNSEEN = frozenset("\u034f\u115f\u1160\u3164\uffa0\ufe0e\ufe0f\u20e3")
"""Fillers and variation selectors, which are not of category Cf, and the frame around the digit of a key."""

_FRACTION = re.compile("([⁰¹²³⁴-⁹]{1,9})[⁄∕]([₀-₉]{1,9})")
_OVERLAY = 1
"""Canonical combining class of strokes through a character: without them it says the opposite."""

_RAISED = {"<super>": "^", "<sub>": "_"}


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
    if _GSM.fullmatch(text):
        septets = text
        if _EXTENDED.search(text):
            for char in _EXTENSION.intersection(text):
                septets = septets.replace(char, _ESCAPE + char)
        return _packed(SmsEncoding.GSM7, len(septets), lambda at: septets[at] == _ESCAPE, 160, 153)
    wide = text.encode("utf-16-be", "surrogatepass")
    return _packed(SmsEncoding.UCS2, len(wide) // 2, lambda at: _is_pair(wide, 2 * at), 70, 67)


def _packed(encoding: SmsEncoding, units: int, opens: Callable[[int], bool], single: int, part: int) -> SmsLength:
    """Return the length of so many units; `opens` says whether one and the next are a character."""
    if units <= single:
        return SmsLength(encoding, units, 1 if units else 0)
    segments, at = 1, part
    while at < units:
        segments, at = segments + 1, at - opens(at - 1) + part
    return SmsLength(encoding, units, segments)


def _is_pair(wide: bytes, at: int) -> bool:
    """Whether a surrogate pair begins at this byte of a text in UTF-16."""
    return 0xD8 <= wide[at] <= 0xDB and 0xDC <= wide[at + 2] <= 0xDF


def transliterate(text: str) -> tuple[str, int]:
    """Return `text` in the GSM alphabet and how many characters were lost to "?".

    Letters outside the alphabet lose their accent; typographic characters, signs, fractions and raised digits become
    what says the same: `½` is `1/2`, `10⁻³` is `10^-3`. Invisible characters vanish. What has no likeness becomes "?",
    as GOV.UK Notify does: nothing is dropped or changed silently.
    """
    if _GSM.fullmatch(text):
        return text, 0
    plain = composed(text)
    if "⁄" in plain or "∕" in plain:
        plain = _FRACTION.sub(_in_one_line, plain)
    composed_text, at, lost = plain, 0, 0
    while found := _UNLIKE.search(plain, at):
        kind, likeness = _likeness(found[0])
        if kind:
            return _with_joints(composed_text)
        lost += plain.count(found[0]) if likeness is None else 0
        plain, at = plain.replace(found[0], "?" if likeness is None else likeness), found.start()
    return plain, lost


def _with_joints(plain: str) -> tuple[str, int]:
    """Return the same for a text with characters whose likeness depends on what stands before it."""
    likenesses = {char: _likeness(char) for char in set(plain)}
    out: list[str] = []
    lost, before = 0, ""
    for char in plain:
        kind, likeness = likenesses[char]
        if likeness is None:
            kind, likeness = "", "?"
            lost += 1
        if likeness:
            out.append(_joint(out, before, kind, likeness) + likeness)
            before = kind
    return "".join(out), lost


def _joint(out: list[str], before: str, kind: str, likeness: str) -> str:
    """Return what keeps a likeness apart from the character before it, so that no digits run together."""
    last = out[-1][-1] if out else ""
    if kind in _RAISED.values() and kind != before and last and not (last.isalpha() or last.isspace()):
        return kind
    if last.isdigit() and likeness[0].isdigit() and (kind != before or kind == "/"):
        return " "
    return ""


def _in_one_line(fraction: re.Match[str]) -> str:
    whole = unicodedata.normalize("NFKC", f"{fraction[1]}/{fraction[2]}")
    before, behind = fraction.string[: fraction.start()][-1:], fraction.string[fraction.end() :][:1]
    return f"{' ' if before.isdigit() else ''}{whole}{' ' if behind.isdigit() else ''}"


@lru_cache(4_096)
def _likeness(char: str) -> tuple[str, str | None]:
    """Return how digits in it are written ("" plainly), and what stands for a character, None if nothing can."""
    if char in _BASIC or char in _EXTENSION:
        return "", char
    if (known := _LIKENESSES.get(char)) is not None:
        return "", known
    match unicodedata.category(char):
        case "Cf":
            return "", ""
        case "Zs":
            return "", " "
        case "Pd":
            return "", "-"
        case "Mn" if unicodedata.combining(char) != _OVERLAY:
            return "", ""
    return ("", "") if char in _UNSEEN else _decomposed(char)


def _decomposed(char: str) -> tuple[str, str | None]:
    marked, kind, _ = unicodedata.decomposition(char).rpartition(">")
    parts = [part for part in unicodedata.normalize("NFKD", char) if not unicodedata.combining(part)]
    plain = "".join(_LIKENESSES.get(part, part) for part in parts)
    if not plain.strip() or not all(part in _BASIC or part in _EXTENSION for part in plain):
        return "", None
    match marked + kind:
        case "":
            return "", plain if plain.isalpha() else None
        case "<fraction>":
            return "/", plain
        case "<super>" | "<sub>" as raised:
            return _RAISED[raised], plain if all(part.isdigit() or part in "+-=()" for part in plain) else None
        case "<wide>" | "<narrow>" | "<small>" | "<font>":
            return "", plain
        case "<compat>" | "<square>" | "<circle>":
            return "o", plain
        case _:
            return "", None


def segments_warning(pointer: str, segments: int | None) -> tuple[Warned, ...]:
    """Return what is to be said of a text of so many parts."""
    if segments is None or segments <= MANY_SEGMENTS:
        return ()
    parts = counted(segments, "part")
    message = f"takes {parts}, each billed; carriers and phones take {MANY_SEGMENTS} or so: shorten the text"
    return (Warned(pointer, WarningCode.MANY_SEGMENTS, message),)
