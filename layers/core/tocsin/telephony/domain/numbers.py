"""Telephone numbers in events, and in what is compared with events: one form for each number."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from tocsin.contacts.domain.phone_number import InvalidPhone, parse_phone
from tocsin.contacts.domain.written_address import plain_address
from tocsin.telephony.domain.event_data.shapes import ListShape, RecordShape, TextShape, ValueShape
from tocsin.telephony.domain.vocabulary import TYPES

MOST_CHARACTERS = 64
"""Of a party's number that is neither E.164 nor an extension, and is kept as it is."""

ANONYMOUS = "anonymous"
"""What stands for a number that the caller withheld."""

_WITHHELD = frozenset(
    {"anonymous", "anonymous.invalid", "blocked", "private", "restricted", "unavailable", "unknown", "<unknown>"}
    | {"withheld", "no caller id", "+266696687", "266696687", "+86282452253", "+464", "+656"}
)
"""Words of PBXs, and the numbers that Twilio shows in their place (Twilio, "Why am I getting calls from these strange
numbers")."""

_URI = re.compile(r"(?:sips?|tel|client):([^@;?]{1,256})(?:@|;|\?|$)", re.IGNORECASE)
_EXTENSION = re.compile(r"[0-9]{2,6}")
_NATIONAL = re.compile(r"[0-9(][0-9 ()./\-]{6,40}")
_Reader = Callable[[Any, str | None], Any]


def normal_number(text: str, country: str | None = None) -> str:
    """Return a number in the form in which numbers are compared.

    An extension of 2 to 6 digits stays. A number that is written internationally, or as people of the country write
    it, becomes E.164. Anything else, such as `anonymous` or a SIP address, stays as it is, but for blanks around it.

    Args:
        country: ISO 3166 code of the account's country, for example "GB"; None = no national number is read, and 00
            stands for the + of an international one.
    """
    if _EXTENSION.fullmatch(text):
        return text
    plain = plain_address(text)
    if country is None and plain.startswith("00"):
        plain = f"+{plain[2:]}"
    if plain.startswith(("+", "(+")):
        return _e164(plain) or text.strip()
    if country is None or not _NATIONAL.fullmatch(plain):
        return plain if _EXTENSION.fullmatch(plain) else text.strip()
    return _from_country(plain, country) or text.strip()


def party_number(text: str, country: str | None) -> str | None:
    """Return the number of a party of a call as a payload tells it, in its normal form; None for a blank text.

    `sip:` and `tel:` addresses give their user part. A caller without number is `anonymous`. What is no number is
    kept, up to MOST_CHARACTERS.
    """
    found = _URI.match(text.strip())
    plain = (found[1] if found else text).strip()
    if not plain:
        return None
    if plain.casefold() in _WITHHELD:
        return ANONYMOUS
    return normal_number(plain[:MOST_CHARACTERS], country)


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


def with_normal_numbers(type: str, data: Mapping[str, Any], country: str | None) -> Mapping[str, Any]:
    """Return the data of an event with each telephone number in the form in which numbers are compared.

    Args:
        data: without faults. Fields that the vocabulary does not know stay as they are.
        country: of the account.
    """
    read = _READERS.get(type)
    changed: Mapping[str, Any] = read(data, country) if read else data
    return changed


def _reader(shape: ValueShape) -> _Reader | None:
    """Return what brings the numbers in a value of this shape into their form; None if it holds none."""
    match shape:
        case TextShape(number=True):
            return normal_number
        case ListShape() if each := _reader(shape.of):
            return lambda value, country: [each(item, country) for item in value]
        case RecordShape():
            parts = [(field.name, read) for field in shape.fields if (read := _reader(field.shape))]
            if parts:
                return lambda value, country: {
                    **value,
                    **{name: read(value[name], country) for name, read in parts if name in value},
                }
    return None


_READERS = {name: read for name, type in TYPES.items() if (read := _reader(type.data))}


def _e164(international: str) -> str | None:
    """Return a number in E.164, None if it is none. A trunk prefix may stand before another one."""
    try:
        found = parse_phone(international)
        return found if found == international else _e164(found)
    except InvalidPhone:
        return None


@lru_cache(2_048)
def _from_country(plain: str, country: str) -> str | None:
    """Return a national number in E.164. The library takes 40 µs, and a telephone system has few numbers of its own.

    Length alone does not make a number: `5550123` may be an internal one. It has to lie in a range that is in use, or
    to begin with what is dialled before national or international numbers.
    """
    import phonenumbers

    try:
        number = phonenumbers.parse(plain, country)
    except phonenumbers.NumberParseException:
        return None
    dialled = phonenumbers.ndd_prefix_for_region(country, True) or "00"
    length = phonenumbers.is_possible_number_with_reason(number)
    if length != phonenumbers.ValidationResult.IS_POSSIBLE:
        return None
    if not phonenumbers.is_valid_number(number) and not plain.lstrip("(").startswith((dialled, "00")):
        return None
    return _e164(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
