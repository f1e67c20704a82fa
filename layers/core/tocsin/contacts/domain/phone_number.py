"""Phone numbers as people write them, and the one way they are kept: E.164, `+` and 7 to 15 digits."""

from __future__ import annotations

import re
from enum import StrEnum

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_DRESSED = re.compile(r"\+[0-9 ().\-/\u00a0\u2007\u2010-\u2013\u202f]{6,40}")
"""What a number copied from a web page or an address book looks like: digits, spaces, brackets, any kind of dash."""


class PhoneFault(StrEnum):
    """Why a text is not a phone number; the values are stable."""

    EMPTY = "PHONE_EMPTY"  # nothing there
    NOT_INTERNATIONAL = "PHONE_NOT_INTERNATIONAL"  # no leading "+" and country code: the country is unknown
    MALFORMED = "PHONE_MALFORMED"  # letters, an extension, foreign digits, two numbers …
    IMPOSSIBLE = "PHONE_IMPOSSIBLE"  # no such country code, or too few or too many digits for it


_SENTENCES = {
    PhoneFault.EMPTY: "a phone number is missing",
    PhoneFault.NOT_INTERNATIONAL: "a phone number must begin with + and the country code, like +447777100100",
    PhoneFault.MALFORMED: "a phone number is + and 7 to 15 digits, like +447777100100",
    PhoneFault.IMPOSSIBLE: "no country has phone numbers of this length",
}


class InvalidPhone(ValueError):
    """The text is not a phone number. `code` is stable; the sentence never repeats the text."""

    def __init__(self, code: PhoneFault) -> None:
        self.code = code
        super().__init__(_SENTENCES[code])


def parse_phone(text: str) -> str:
    """Return the E.164 form of a number that is written internationally.

    A text that is E.164 already is taken as it is, without asking whether the number is in use: numbering plans
    move faster than their lists. Spaces, dots, dashes, slashes and brackets after the `+` are removed, and so is a
    trunk zero such as the one in `+44 (0)20 7946 0018`.

    Raises:
        InvalidPhone: anything else.
    """
    if _E164.fullmatch(text):
        return text
    if not text.strip():
        raise InvalidPhone(PhoneFault.EMPTY)
    if not text.startswith("+"):
        raise InvalidPhone(PhoneFault.NOT_INTERNATIONAL)
    if not _DRESSED.fullmatch(text):
        raise InvalidPhone(PhoneFault.MALFORMED)
    return _undressed(text)


def _undressed(text: str) -> str:
    import phonenumbers  # 40 µs a number and slow to load: odd input only

    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException as error:
        raise InvalidPhone(PhoneFault.IMPOSSIBLE) from error
    if not phonenumbers.is_possible_number(number):
        raise InvalidPhone(PhoneFault.IMPOSSIBLE)
    canonical = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if not _E164.fullmatch(canonical):
        raise InvalidPhone(PhoneFault.IMPOSSIBLE)
    return canonical
