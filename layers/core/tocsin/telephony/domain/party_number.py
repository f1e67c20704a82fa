"""Numbers of parties as telephone systems write them: E.164, extensions, and what is neither."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from tocsin.contacts.domain.phone_number import InvalidPhone, parse_phone

MOST_CHARACTERS = 64
"""Of a number that is neither E.164 nor an extension, and is kept as it is."""

ANONYMOUS = "anonymous"
"""What stands for a number that the caller withheld."""

_WITHHELD = frozenset(
    {"anonymous", "anonymous.invalid", "blocked", "private", "restricted", "unavailable", "unknown", "<unknown>"}
    | {"withheld", "no caller id", "+266696687", "266696687", "+86282452253", "+464", "+656"}
)
"""Words of PBXs, and the numbers that Twilio shows in their place (Twilio, "Why am I getting calls from these strange
numbers")."""

_EXTENSION = re.compile(r"[0-9]{2,6}", re.ASCII)
_URI = re.compile(r"(?:sips?|tel|client):([^@;?]{1,256})(?:@|;|\?|$)", re.IGNORECASE)


def party_number(text: str, region: str | None) -> str | None:
    """Return a number in the one way that it is kept; None for a text that is blank.

    An extension of 2 to 6 digits stays as it is. Any other number becomes E.164 if it is written internationally, or if
    it is possible in `region` (ISO 3166, for example "GB"). `sip:` and `tel:` addresses give their user part. A caller
    without number is `anonymous`. What is none of these is kept, up to MOST_CHARACTERS.
    """
    found = _URI.match(text.strip())
    plain = (found[1] if found else text).strip()
    if not plain:
        return None
    if plain.casefold() in _WITHHELD:
        return ANONYMOUS
    if _EXTENSION.fullmatch(plain):
        return plain
    return (_e164(plain, region) if len(plain) <= MOST_CHARACTERS else None) or plain[:MOST_CHARACTERS]


@lru_cache(4_096)
def _e164(text: str, region: str | None) -> str | None:
    try:
        return parse_phone(text)
    except InvalidPhone:
        return _national(text, region) if region is not None and text[0] in "0123456789(" else None


def _national(text: str, region: str) -> str | None:
    import phonenumbers  # slow to load: national numbers only

    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
    if number.extension or not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def is_internal(number: str, patterns: Sequence[str]) -> bool:
    """Return whether a number is an extension.

    Args:
        number: as `party_number` gives it.
        patterns: as in a dial plan, `X` is any digit: "2XXX". None at all: every number of 2 to 6 digits.
    """
    if not patterns:
        return _EXTENSION.fullmatch(number) is not None
    return any(_matches(number, pattern) for pattern in patterns)


def _matches(number: str, pattern: str) -> bool:
    return len(number) == len(pattern) and all(
        digit == wanted or (wanted in "Xx" and "0" <= digit <= "9")
        for digit, wanted in zip(number, pattern, strict=True)
    )
