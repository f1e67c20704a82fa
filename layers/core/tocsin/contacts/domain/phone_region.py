"""The country of a number, and whether the number is in an expensive range.

Google's metadata (`phonenumbers`) knows; its own functions take 50 to 140 µs a number, a second for a broadcast. The
same patterns compiled once per calling code take 1 to 5 µs. A test compares the two.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class SpecialRange(StrEnum):
    """Ranges that are abused with stolen keys, because their owners earn money with each message."""

    PREMIUM = "premium_number"
    SHARED_COST = "shared_cost_number"
    PERSONAL = "personal_number"  # +44 70…: looks like a mobile, costs like a premium number
    SATELLITE = "satellite_number"
    NON_GEOGRAPHIC = "non_geographic_number"  # +800, +878, +888 …: in no country


@dataclass(frozen=True, slots=True)
class PhoneRegion:
    """Where a number belongs.

    Attributes:
        calling_code: "44".
        region: ISO 3166 country, "GB"; None if the plan does not say (for example an unknown area code of +1).
        special: the range it lies in, None for an ordinary number.
    """

    calling_code: str
    region: str | None
    special: SpecialRange | None = None


@dataclass(frozen=True, slots=True)
class _Country:
    region: str
    leading: re.Pattern[str] | None
    any_type: re.Pattern[str] | None
    special: tuple[tuple[SpecialRange, re.Pattern[str]], ...]


_WORLD = {
    "808": SpecialRange.SHARED_COST,
    "870": SpecialRange.SATELLITE,
    "881": SpecialRange.SATELLITE,
    "882": SpecialRange.SATELLITE,
    "883": SpecialRange.SATELLITE,
    "979": SpecialRange.PREMIUM,
}
"""Calling codes of no country. Source: ITU-T E.164 assigned country codes; 882 and 883 are mostly satellite."""

_NEWER_US = frozenset(["357", "436", "457", "465", "471", "483", "621", "624", "679", "729", "837", "861", "924"])
"""Area codes of the United States that the library does not know yet (9.0.43). Source: NANPA's planning letters; a test
says when one of them can go."""

_SPECIAL = (
    (SpecialRange.PREMIUM, "premium_rate"),
    (SpecialRange.SHARED_COST, "shared_cost"),
    (SpecialRange.PERSONAL, "personal_number"),
)
_ORDINARY = ("toll_free", "voip", "pager", "uan", "voicemail", "fixed_line", "mobile")


def region_of(number: str) -> PhoneRegion | None:
    """Return where an E.164 number belongs, None if there is no such calling code."""
    for length in (1, 2, 3):
        code = number[1 : 1 + length]
        countries = _plan(code)
        if countries:
            return _within(code, countries, number[1 + length :])
    return None


def _within(code: str, countries: tuple[_Country, ...], national: str) -> PhoneRegion:
    if countries[0].region == "001":
        return PhoneRegion(code, None, _WORLD.get(code, SpecialRange.NON_GEOGRAPHIC))
    country = countries[0]
    if len(countries) > 1:
        found = next((c for c in countries if _belongs(c, national)), None)
        if found is None and code == "1":
            # Twenty-five countries share +1, and calls to some cost a hundred times those to others.
            return PhoneRegion(code, "US" if national[:3] in _NEWER_US else None)
        country = found or country
    special = next((name for name, pattern in country.special if pattern.fullmatch(national)), None)
    return PhoneRegion(code, country.region, special)


def _belongs(country: _Country, national: str) -> bool:
    if country.leading is not None:
        return country.leading.match(national) is not None
    return country.any_type is not None and country.any_type.fullmatch(national) is not None


@functools.cache
def _plan(code: str) -> tuple[_Country, ...]:
    import phonenumbers  # 40 ms to load: only who sends text messages needs it

    regions = phonenumbers.COUNTRY_CODE_TO_REGION_CODE.get(int(code), ()) if code.isdigit() else ()
    if regions == ("001",):
        return (_Country("001", None, None, ()),)
    return tuple(_country(region, phonenumbers.PhoneMetadata.metadata_for_region(region)) for region in regions)


def _country(region: str, metadata: Any) -> _Country:
    def pattern(*types: str) -> re.Pattern[str] | None:
        described = (getattr(metadata, name) for name in types)
        texts = [text for one in described if one is not None and (text := one.national_number_pattern)]
        return re.compile("|".join(f"(?:{text})" for text in texts)) if texts else None

    special = tuple((name, found) for name, type in _SPECIAL if (found := pattern(type)))
    leading = metadata.leading_digits
    return _Country(
        region,
        re.compile(leading) if leading else None,
        pattern(*(type for _, type in _SPECIAL), *_ORDINARY),
        special,
    )
