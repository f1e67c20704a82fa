from __future__ import annotations

import re

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.contacts.domain.phone_number import InvalidPhone, PhoneFault, parse_phone

E164 = st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True, alphabet=st.characters(codec="ascii"))
REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)


@given(E164)
def test_a_number_in_e164_is_taken_as_it_is(number: str) -> None:
    assert parse_phone(number) == number


@given(st.text() | st.text("+0123456789 ()-.", max_size=24))
def test_whatever_comes_out_is_e164_and_comes_out_again(text: str) -> None:
    try:
        number = parse_phone(text)
    except InvalidPhone:
        return
    assert re.fullmatch(r"\+[1-9][0-9]{6,14}", number, re.ASCII)
    assert parse_phone(number) == number


@given(st.sampled_from(REGIONS), st.sampled_from([" ", "-", ".", "\u00a0", "\u2011"]))
def test_an_international_number_means_the_same_however_it_is_spaced(region: str, blank: str) -> None:
    example = phonenumbers.example_number(region)
    if example is None:
        return
    plain = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    spaced = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    assert parse_phone(re.sub(r"[ -]", blank, spaced)) == plain


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("+44 (0)20 7946 0018", "+442079460018"),
        ("+1 (202) 555-0100", "+12025550100"),
        ("+39 06 6982 1234", "+390669821234"),  # Italy keeps its zero
    ],
)
def test_dressing_is_taken_off(written: str, number: str) -> None:
    assert parse_phone(written) == number


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", PhoneFault.EMPTY),
        ("  ", PhoneFault.EMPTY),
        ("00447777100100", PhoneFault.NOT_INTERNATIONAL),
        ("07777100100", PhoneFault.NOT_INTERNATIONAL),
        ("ana@x.org", PhoneFault.NOT_INTERNATIONAL),
        ("+1 800 FLOWERS", PhoneFault.MALFORMED),
        ("+1 202 555 0100 x5", PhoneFault.MALFORMED),
        ("+447777100100,+447777100101", PhoneFault.MALFORMED),
        ("+447777100100\n", PhoneFault.MALFORMED),
        ("+٤٤٧٧٧٧١٠٠١٠٠", PhoneFault.MALFORMED),
        ("+447777100100\u200b", PhoneFault.MALFORMED),
        ("+0447777100100", PhoneFault.IMPOSSIBLE),
        ("+999 123 4567", PhoneFault.IMPOSSIBLE),
        ("+1 202 555", PhoneFault.IMPOSSIBLE),
    ],
)
def test_what_is_no_number_is_refused_with_a_stable_code(text: str, code: PhoneFault) -> None:
    with pytest.raises(InvalidPhone) as caught:
        parse_phone(text)
    assert caught.value.code is code
