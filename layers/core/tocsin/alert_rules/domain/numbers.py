"""Numbers in filters and events, in the one form in which they are compared."""

from __future__ import annotations

import re
from functools import lru_cache

from tocsin.contacts.domain.phone_number import InvalidPhone, parse_phone

_EXTENSION = re.compile(r"[0-9]{2,6}")


@lru_cache(maxsize=16_384)
def normal_number(text: str, country: str | None = None) -> str:
    """Return E.164 if the text is a number that can be read, else the text without blanks.

    Args:
        country: ISO code of the country of numbers that are written nationally; None = such a number stays as it is.
    """
    text = text.strip()
    if _EXTENSION.fullmatch(text):
        return text
    written = f"+{text[2:]}" if text.startswith("00") else text
    try:
        return parse_phone(written)
    except InvalidPhone:
        return _national(written, country) or text


def _national(text: str, country: str | None) -> str | None:
    import phonenumbers  # 40 ms to load: national numbers only

    if country is None or not re.match(r"[0-9(]", text):
        return None
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
