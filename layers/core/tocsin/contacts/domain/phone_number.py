"""Phone numbers as people write them, and the one way they are kept: E.164, `+` and 7 to 15 digits."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from tocsin.contacts.domain.written_address import plain_address

if TYPE_CHECKING:
    import phonenumbers

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_DRESSED = re.compile(r"\+[0-9 ().\-/]{6,40}")
"""What a number copied from a web page or an address book looks like, once its dashes and blanks are plain."""

_CALLING_CODE = re.compile(
    r"\+(1|7|2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58]|[2-9][0-9]{2})(?=([0-9]))", re.ASCII
)
_TRUNK_DIGITS = {
    "1": "01", "7": "8", "52": "01", "370": "08", "375": "08", "692": "1", "993": "8",
    "39": "", "225": "", "242": "",
}  # fmt: skip
"""What a prefix that is dialled within the country only may begin with, by calling code; "0" everywhere else, "" where
numbers themselves begin with it. Source: Google's libphonenumber; a test compares."""

_MEXICAN_MOBILE = re.compile(r"\+521([0-9]{10})")
"""Mexico's mobiles had a 1 before their ten digits until August 2019, and address books still have it; the same phone.
Source: IFT, Plan Técnico Fundamental de Numeración, 2018."""


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
    trunk prefix, such as the zero in `+44 (0)20 7946 0018` and in `+4402079460018`: one phone has one form.

    Raises:
        InvalidPhone: anything else.
    """
    if _E164.fullmatch(text) and not _may_hold_a_trunk_prefix(text):
        return text
    plain = plain_address(text)
    if not plain:
        raise InvalidPhone(PhoneFault.EMPTY)
    if plain.startswith("(+"):
        plain = plain[1:].replace(")", "", 1)
    if not plain.startswith("+"):
        raise InvalidPhone(PhoneFault.NOT_INTERNATIONAL)
    if _E164.fullmatch(plain) and not _may_hold_a_trunk_prefix(plain):
        return plain
    if not _DRESSED.fullmatch(plain):
        raise InvalidPhone(PhoneFault.MALFORMED)
    return _undressed(_MEXICAN_MOBILE.sub(r"+52\1", re.sub(r"[^+0-9]", "", plain)))


def _may_hold_a_trunk_prefix(number: str) -> bool:
    found = _CALLING_CODE.match(number)
    return found is not None and found[2] in _TRUNK_DIGITS.get(found[1], "0")


def _undressed(digits: str) -> str:
    import phonenumbers  # 40 µs a number and slow to load: odd input only

    try:
        number = phonenumbers.parse(digits, None)
    except phonenumbers.NumberParseException as error:
        raise InvalidPhone(PhoneFault.IMPOSSIBLE) from error
    number = _without_trunk_prefix(digits, number) or number
    if not phonenumbers.is_possible_number(number):
        raise InvalidPhone(PhoneFault.IMPOSSIBLE)
    canonical = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if not _E164.fullmatch(canonical):
        raise InvalidPhone(PhoneFault.IMPOSSIBLE)
    return canonical


def _without_trunk_prefix(digits: str, read: phonenumbers.PhoneNumber) -> phonenumbers.PhoneNumber | None:
    """Return the number without the trunk prefix of its country, None if it has none.

    The library alone would take some digits behind it for a carrier's code, and them away too.

    Args:
        digits: `+` and digits.
        read: what the library makes of them.
    """
    import phonenumbers

    code = read.country_code or 0
    prefix = phonenumbers.ndd_prefix_for_region(phonenumbers.region_code_for_country_code(code), True)
    national = digits.removeprefix(f"+{code}")
    rest = national.removeprefix(prefix or "")
    if rest == national or rest.startswith("0") or not rest:
        return None
    if phonenumbers.national_significant_number(read) == national and phonenumbers.is_valid_number(read):
        return None
    without = phonenumbers.PhoneNumber(code, int(rest))
    return without if phonenumbers.is_possible_number(without) else None
