"""Texts, names and ids in one form: composed (NFC), and without invisible characters."""

from __future__ import annotations

import unicodedata
from decimal import Decimal


def composed(text: str) -> str:
    """Return `text` in Unicode's form NFC: a Mac's e and accent are one é, as on every other keyboard."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


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
    digits = format(Decimal(repr(number)), "f")
    return digits.rstrip("0").rstrip(".") if "." in digits else digits
