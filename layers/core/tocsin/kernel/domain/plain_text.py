"""Texts, names and ids in one form: composed (NFC), and without invisible characters."""

from __future__ import annotations

import math
import re
import unicodedata
from typing import Any

_MARKS = 30
"""Most combining marks in a row (UAX #15, section 13); every language needs fewer than ten."""

_JOINER = "\u034f"
"""COMBINING GRAPHEME JOINER, an invisible character that is no mark to be sorted."""

_MAY_BE_MARKS = re.compile(rf"[^\x00-\u02ff]{{{_MARKS + 1},}}")


def composed(text: str) -> str:
    """Return `text` in Unicode's form NFC: a Mac's e and accent are one é, as on every other keyboard."""
    return text if text.isascii() else unicodedata.normalize("NFC", stream_safe(text))


def stream_safe(text: str) -> str:
    """Return `text` with a joiner in each row of more than 30 combining marks: Unicode's Stream-Safe Text Format.

    `unicodedata.normalize` sorts a row of marks by insertion: 400,000 of them would take it minutes.
    """
    return _MAY_BE_MARKS.sub(_joined, text)


def _joined(run: re.Match[str]) -> str:
    if not any(map(unicodedata.combining, set(run[0]))):
        return run[0]
    out: list[str] = []
    marks = 0
    for char in run[0]:
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks > _MARKS:
            out.append(_JOINER)
            marks = 1
        out.append(char)
    return "".join(out)


def readable(value: Any) -> Any:
    """Return a JSON value that every store and reader can hold, as the strict parser of HTTP bodies lets through only.

    Half a surrogate pair becomes U+FFFD: who cuts a text in the middle of an emoji leaves one. NUL is omitted, and a
    number that is infinite or none is null.
    """
    match value:
        case str() if not value.isascii() or "\0" in value:
            return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\0", "")
        case float() if not math.isfinite(value):
            return None
        case list():
            return [readable(each) for each in value]
        case dict():
            return {readable(name): readable(each) for name, each in value.items()}
    return value


def named(text: str) -> str:
    """Return an id or a name as it is compared: composed, without format characters (Cf) and surrounding blanks.

    A byte order mark before the first entry of a list, or a direction mark around a pasted one, is no part of it.
    """
    if not text.isascii():
        text = "".join(char for char in composed(text) if unicodedata.category(char) != "Cf")
    return text.strip()


def written_number(number: float) -> str:
    """Return a JSON number as a person writes it: its digits, without an exponent and without zeros at the end."""
    if isinstance(number, int):
        return str(number)
    from decimal import Decimal  # compiles a class of its own: not at the start

    digits = format(Decimal(repr(number)), "f")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
