"""Estimated price of one segment of a text message, by the receiver's country: for spend limits, never for invoices.

Prices are in millionths of a US dollar, rounded up. They follow the order of magnitude of public price lists in late
2026. A country without an entry counts as an expensive one.
"""

from __future__ import annotations

from tocsin.contacts.domain.phone_region import region_of

ELSEWHERE = 150_000
"""The price for a country without an entry, and for a number without a known country."""

SEGMENT_PRICES = {
    "AT": 90_000, "AU": 40_000, "BE": 100_000, "BR": 30_000, "CA": 10_000, "CH": 70_000, "CZ": 60_000,
    "DE": 100_000, "DK": 50_000, "ES": 80_000, "FI": 90_000, "FR": 75_000, "GB": 45_000, "GG": 45_000,
    "GR": 90_000, "HK": 60_000, "IE": 80_000, "IL": 60_000, "IM": 45_000, "IN": 5_000, "IT": 80_000,
    "JE": 45_000, "JP": 80_000, "KR": 40_000, "LU": 90_000, "MX": 30_000, "NL": 100_000, "NO": 60_000,
    "NZ": 90_000, "PL": 45_000, "PT": 50_000, "RO": 60_000, "SE": 60_000, "SG": 45_000, "TR": 20_000,
    "US": 10_000, "ZA": 30_000,
}  # fmt: skip


def price_of(number: str, segments: int) -> int:
    """Return the estimated price of a message to an E.164 number, in millionths of a US dollar."""
    place = region_of(number)
    return estimated_price(place.region if place else None, segments)


def estimated_price(region: str | None, segments: int) -> int:
    """Return the estimated price of a message of this many segments, in millionths of a US dollar."""
    return SEGMENT_PRICES.get(region or "", ELSEWHERE) * segments
