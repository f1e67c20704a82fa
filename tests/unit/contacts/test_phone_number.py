from __future__ import annotations

import re
from typing import Any

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.contacts.domain.phone_number import InvalidPhone, PhoneFault, parse_phone
from tocsin.contacts.domain.phone_region import SpecialRange, region_of

E164 = st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True, alphabet=st.characters(codec="ascii"))
REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
CODES = frozenset(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)


def metadata(code: int, region: str) -> Any:
    return phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(code, region)


def parsed(text: str) -> str | None:
    try:
        return parse_phone(text)
    except InvalidPhone:
        return None


TRUNK = {
    (code, region): prefix
    for code, regions in phonenumbers.COUNTRY_CODE_TO_REGION_CODE.items()
    for region in regions
    if (prefix := getattr(metadata(code, region), "national_prefix", None))
}
KINDS = range(11)


@given(E164)
def test_a_number_in_e164_is_taken_as_it_is(number: str) -> None:
    code = next(c for c in (number[1:2], number[1:3], number[1:4]) if int(c) in CODES or len(c) == 3)
    first = number[1 + len(code)]
    if first not in {"0", *(prefix[0] for (c, _), prefix in TRUNK.items() if str(c) == code)} and not (
        code == "52" and first == "1"
    ):
        assert parse_phone(number) == number


@pytest.mark.parametrize(("place", "prefix"), TRUNK.items())
def test_a_trunk_prefix_makes_no_other_person(place: tuple[int, str], prefix: str) -> None:
    code, region = place
    for kind in KINDS:
        example = phonenumbers.example_number_for_type(region, kind)
        national = "" if example is None else phonenumbers.national_significant_number(example)
        if not national or not 7 <= len(f"{code}{national}") <= 15:
            continue
        for written in (f"+{code}{prefix}{national}", f"+{code} ({prefix}) {national}", f"+{code}-{prefix}{national}"):
            assert parsed(written) in (f"+{code}{national}", None), written
        assert parse_phone(f"+{code}{national}") == f"+{code}{national}"


@given(st.sampled_from(sorted(TRUNK.items())), st.data())
def test_neither_does_it_before_a_number_that_no_list_knows(
    trunk: tuple[tuple[int, str], str], data: st.DataObject
) -> None:
    (code, region), prefix = trunk
    lengths: tuple[int, ...] = metadata(code, region).general_desc.possible_length
    length = data.draw(st.sampled_from([length for length in lengths if 7 <= len(str(code)) + length <= 15]))
    first = data.draw(st.sampled_from(sorted(set("123456789") - {prefix[0], "1" if code == 52 else prefix[0]})))
    national = first + "".join(
        data.draw(st.lists(st.sampled_from("0123456789"), min_size=length - 1, max_size=length - 1))
    )
    written = f"+{code}{prefix}{national}"
    itself = len(written) <= 16 and phonenumbers.is_valid_number(phonenumbers.parse(written))
    assert parsed(written) in (f"+{code}{national}", None) or itself
    assert parsed(f"+{code}{national}") == f"+{code}{national}"


@pytest.mark.parametrize("region", [r for r in REGIONS if not phonenumbers.ndd_prefix_for_region(r, True)])
def test_where_there_is_no_trunk_prefix_a_zero_stays(region: str) -> None:
    for kind in KINDS:
        example = phonenumbers.example_number_for_type(region, kind)
        e164 = "" if example is None else phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
        if len(e164) > 7:
            assert parse_phone(e164) == e164


def test_a_zero_does_not_hide_a_number_that_costs_a_fortune() -> None:
    place = region_of(parse_phone("+4407012345678"))
    assert place is not None
    assert place.special is SpecialRange.PERSONAL


@given(st.from_regex(r"[2-9][0-9]{9}", fullmatch=True, alphabet=st.characters(codec="ascii")))
def test_mexicos_old_digit_of_mobiles_makes_no_other_person(national: str) -> None:
    assert {parse_phone(f"+521{national}"), parse_phone(f"+52 1 {national}")} == {f"+52{national}"}
    assert parse_phone(f"+52{national}") == f"+52{national}"


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
        ("+447777100100\u00b9", PhoneFault.MALFORMED),  # the mark of a footnote is no digit
        ("+0447777100100", PhoneFault.IMPOSSIBLE),
        ("+999 123 4567", PhoneFault.IMPOSSIBLE),
        ("+1 202 555", PhoneFault.IMPOSSIBLE),
    ],
)
def test_what_is_no_number_is_refused_with_a_stable_code(text: str, code: PhoneFault) -> None:
    with pytest.raises(InvalidPhone) as caught:
        parse_phone(text)
    assert caught.value.code is code
