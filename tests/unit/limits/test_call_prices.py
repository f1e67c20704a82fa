"""What a call is estimated to cost, for plans and spend limits."""

from __future__ import annotations

import pytest

from tocsin.limits.domain.call_prices import (
    ELSEWHERE_MINUTE,
    LEAST_SECONDS,
    MINUTE_PRICES,
    SERVICE_MINUTE,
    estimated_call_price,
)


def test_a_minute_costs_the_country_and_the_service() -> None:
    assert estimated_call_price("GB", 60) == MINUTE_PRICES["GB"] + SERVICE_MINUTE
    assert estimated_call_price("GB", 120) == 2 * estimated_call_price("GB", 60)


@pytest.mark.parametrize("seconds", [0, 3.5, LEAST_SECONDS])
def test_a_short_call_costs_ten_seconds(seconds: float) -> None:
    assert estimated_call_price("US", seconds) == -(-(MINUTE_PRICES["US"] + SERVICE_MINUTE) * LEAST_SECONDS // 60)


def test_an_unknown_country_is_an_expensive_one() -> None:
    assert estimated_call_price(None, 60) == estimated_call_price("XX", 60) == ELSEWHERE_MINUTE + SERVICE_MINUTE
    assert max(MINUTE_PRICES.values()) <= ELSEWHERE_MINUTE
