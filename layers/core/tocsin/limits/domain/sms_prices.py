"""What one segment of a text message is taken to cost, by country of the receiver: for brakes, never for bills.

Millionths of a US dollar, rounded up. Orders of magnitude of public price lists in late 2026, not a quotation: the
brake must hold the sum in check, the invoice counts it. A country that is not here is taken for an expensive one.
"""

from __future__ import annotations

ELSEWHERE = 150_000
"""A country that is not in the table, and a number of no known country."""

SEGMENT_PRICES = {
    "AT": 90_000, "AU": 40_000, "BE": 100_000, "BR": 30_000, "CA": 10_000, "CH": 70_000, "CZ": 60_000,
    "DE": 100_000, "DK": 50_000, "ES": 80_000, "FI": 90_000, "FR": 75_000, "GB": 45_000, "GG": 45_000,
    "GR": 90_000, "HK": 60_000, "IE": 80_000, "IL": 60_000, "IM": 45_000, "IN": 5_000, "IT": 80_000,
    "JE": 45_000, "JP": 80_000, "KR": 40_000, "LU": 90_000, "MX": 30_000, "NL": 100_000, "NO": 60_000,
    "NZ": 90_000, "PL": 45_000, "PT": 50_000, "RO": 60_000, "SE": 60_000, "SG": 45_000, "TR": 20_000,
    "US": 10_000, "ZA": 30_000,
}  # fmt: skip


def estimated_price(region: str | None, segments: int) -> int:
    """Return what a message of so many segments is taken to cost, in millionths of a US dollar."""
    return SEGMENT_PRICES.get(region or "", ELSEWHERE) * segments
