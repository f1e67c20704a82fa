"""Our quick look at a number says what the library says."""

from __future__ import annotations

import phonenumbers
import pytest
from phonenumbers import PhoneNumberType as Type

from tocsin.contacts.domain.phone_region import _NEWER_US, PhoneRegion, SpecialRange, region_of

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
SPECIAL = {
    Type.PREMIUM_RATE: SpecialRange.PREMIUM,
    Type.SHARED_COST: SpecialRange.SHARED_COST,
    Type.PERSONAL_NUMBER: SpecialRange.PERSONAL,
}


@pytest.mark.parametrize("kind", [Type.MOBILE, Type.FIXED_LINE, Type.TOLL_FREE, *SPECIAL])
def test_every_country_is_told_as_the_library_tells_it(kind: int) -> None:
    seen = 0
    for region in REGIONS:
        example = phonenumbers.example_number_for_type(region, kind)
        if example is None:
            continue
        e164 = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
        found = region_of(e164)
        assert found is not None
        assert (found.calling_code, found.region) == (
            str(example.country_code),
            phonenumbers.region_code_for_number(example),
        ), region
        assert found.special == SPECIAL.get(phonenumbers.number_type(example)), region
        seen += 1
    assert seen > 15


@pytest.mark.parametrize(
    ("number", "place"),
    [
        ("+447700900101", PhoneRegion("44", "GB")),  # kept for drama, so no plan knows it
        ("+447624123456", PhoneRegion("44", "IM")),
        ("+447012345678", PhoneRegion("44", "GB", SpecialRange.PERSONAL)),
        ("+12025550123", PhoneRegion("1", "US")),
        ("+18765551234", PhoneRegion("1", "JM")),
        ("+12423591234", PhoneRegion("1", "BS")),
        ("+15555550123", PhoneRegion("1", None)),
        ("+19005551234", PhoneRegion("1", "US", SpecialRange.PREMIUM)),
        ("+8816123456789", PhoneRegion("881", None, SpecialRange.SATELLITE)),
        ("+870773111632", PhoneRegion("870", None, SpecialRange.SATELLITE)),
        ("+979123456789", PhoneRegion("979", None, SpecialRange.PREMIUM)),
        ("+80012345678", PhoneRegion("800", None, SpecialRange.NON_GEOGRAPHIC)),
        ("+99912345678", None),
    ],
)
def test_some_numbers_by_hand(number: str, place: PhoneRegion | None) -> None:
    assert region_of(number) == place


@pytest.mark.parametrize("area", sorted(_NEWER_US))
def test_newer_area_codes_of_the_united_states_are_there_and_the_library_has_not_learnt_them_yet(area: str) -> None:
    assert region_of(f"+1{area}5550123") == PhoneRegion("1", "US")
    assert phonenumbers.region_code_for_number(phonenumbers.parse(f"+1{area}5550123")) is None, "take it off the list"
