"""Estimated price of a call, by the receiver's country: for spend limits, never for invoices.

Prices of a minute to a mobile phone are in millionths of a US dollar, rounded up. They follow the order of magnitude of
public price lists in late 2026. A country without an entry counts as an expensive one.
"""

from __future__ import annotations

import math

ELSEWHERE_MINUTE = 400_000
"""The price for a country without an entry, and for a number without a known country."""

MINUTE_PRICES = {
    "AT": 80_000, "AU": 60_000, "BE": 120_000, "BR": 60_000, "CA": 15_000, "CH": 150_000, "CZ": 60_000,
    "DE": 60_000, "DK": 40_000, "ES": 40_000, "FI": 80_000, "FR": 60_000, "GB": 30_000, "GG": 150_000,
    "GR": 60_000, "HK": 60_000, "IE": 40_000, "IL": 40_000, "IM": 150_000, "IN": 40_000, "IT": 60_000,
    "JE": 150_000, "JP": 160_000, "KR": 60_000, "LU": 60_000, "MX": 30_000, "NL": 80_000, "NO": 60_000,
    "NZ": 80_000, "PL": 50_000, "PT": 60_000, "RO": 50_000, "SE": 40_000, "SG": 40_000, "TR": 200_000,
    "US": 15_000, "ZA": 160_000,
}  # fmt: skip

SERVICE_MINUTE = 18_000
"""What Amazon Connect itself takes for a minute, beside the network."""

LEAST_SECONDS = 10
"""A shorter call costs as much as one of this length."""

RESERVED_SECONDS = 120
"""A call that is placed takes the price of this long from the day's money, until its end tells how long it was."""


def estimated_call_price(region: str | None, seconds: float) -> int:
    """Return the estimated price of an answered call, in millionths of a US dollar."""
    minute = MINUTE_PRICES.get(region or "", ELSEWHERE_MINUTE) + SERVICE_MINUTE
    return math.ceil(minute * max(seconds, LEAST_SECONDS) / 60)
