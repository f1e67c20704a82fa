"""Who may be sent text messages, how fast, and when a channel pauses."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.limits.domain.sending_limits import (
    MailReputation,
    Rate,
    SendingLimit,
    SendingLimits,
    judge_number,
    pause_reason,
)
from tocsin.limits.domain.sms_prices import ELSEWHERE, SEGMENT_PRICES, estimated_price

HOME = SendingLimits(countries=frozenset({"GB"}))


@pytest.mark.parametrize(
    ("number", "sending_limits", "verdict"),
    [
        ("+447700900101", HOME, None),
        ("+33612345678", HOME, SendingLimit.COUNTRY),
        ("+33612345678", SendingLimits(), None),
        ("+33612345678", SendingLimits(countries=frozenset({"GB", "+33"})), None),
        # the Caribbean shares +1 with the United States and costs many times as much
        ("+18765551234", SendingLimits(countries=frozenset({"US"})), SendingLimit.COUNTRY),
        ("+12025550123", SendingLimits(countries=frozenset({"US"})), None),
        ("+15555550123", SendingLimits(countries=frozenset({"US"})), SendingLimit.COUNTRY),
        ("+15555550123", SendingLimits(countries=frozenset({"+1"})), None),
        ("+449061234567", HOME, SendingLimit.SPECIAL_NUMBER),
        ("+447012345678", HOME, SendingLimit.SPECIAL_NUMBER),
        ("+8816123456789", SendingLimits(), SendingLimit.SPECIAL_NUMBER),
        ("+449061234567", SendingLimits(special_numbers=True, countries=frozenset({"GB"})), None),
        ("+8816123456789", SendingLimits(special_numbers=True), None),
        ("+99912345678", SendingLimits(), None),
        ("+99912345678", HOME, SendingLimit.COUNTRY),
    ],
)
def test_s15_a_number_is_judged_by_country_and_range(
    number: str, sending_limits: SendingLimits, verdict: SendingLimit | None
) -> None:
    assert judge_number(number, sending_limits) is verdict


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),
    st.timedeltas(timedelta(seconds=1), timedelta(days=7)),
)
def test_a_window_holds_its_moment_and_touches_the_next(now: datetime, span: timedelta) -> None:
    begin, end = Rate(5, span).window(now)
    assert begin <= now < end == begin + span
    assert Rate(5, span).window(end)[0] == end


@pytest.mark.parametrize(
    ("sent", "bounced", "complained", "verdict"),
    [
        (10, 10, 0, None),  # a small mailing to a bad list says nothing yet
        (399, 20, 0, "too_many_bounces"),
        (400, 20, 0, None),
        (100_000, 4_999, 0, None),
        (4_999, 0, 5, "too_many_complaints"),
        (5_000, 0, 5, None),
        (100, 0, 4, None),
    ],
)
def test_a_bad_name_pauses_email_and_a_handful_does_not(
    sent: int, bounced: int, complained: int, verdict: str | None
) -> None:
    assert pause_reason(MailReputation(sent, bounced, complained)) == verdict


def test_an_unknown_country_is_an_expensive_one() -> None:
    assert estimated_price("GB", 3) == 3 * SEGMENT_PRICES["GB"]
    assert estimated_price(None, 1) == estimated_price("XX", 1) == ELSEWHERE >= max(SEGMENT_PRICES.values())
