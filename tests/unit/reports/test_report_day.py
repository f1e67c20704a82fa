"""Days adjoin in every zone, and the reports of each are due at eight."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.reports.domain.report_day import begin_of, due_at, end_of, next_day_told

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
ZONES = (
    "UTC", "Europe/London", "America/New_York", "Asia/Kolkata", "Asia/Kathmandu", "Pacific/Chatham", "Australia/Adelaide",
    "Australia/Lord_Howe", "Asia/Beirut", "America/Santiago", "America/St_Johns", "Africa/Cairo", "Pacific/Auckland",
)  # fmt: skip
IN_A_ZONE = st.sampled_from([ZoneInfo(name) for name in ZONES])
DATES = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/London", date(2027, 3, 28), 23),
        ("Europe/London", date(2026, 10, 25), 25),
        ("Europe/London", date(2026, 11, 29), 24),
        ("Australia/Lord_Howe", date(2026, 10, 4), 23.5),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Pacific/Chatham", date(2026, 9, 27), 23),  # UTC+12:45
        ("Africa/Cairo", date(2026, 4, 24), 23),  # midnight is skipped
    ],
)
def test_up_11_a_day_has_the_hours_that_the_clock_gives_it(zone: str, day: date, hours: float) -> None:
    assert end_of(day, ZoneInfo(zone)) - begin_of(day, ZoneInfo(zone)) == hours * HOUR


@given(IN_A_ZONE, DATES)
def test_up_11_days_adjoin_and_hold_their_instants(zone: ZoneInfo, day: date) -> None:
    begin, end = begin_of(day, zone), end_of(day, zone)
    assert end == begin_of(day + DAY, zone)
    instants = [begin + n * timedelta(minutes=15) for n in range((end - begin) // timedelta(minutes=15))]
    assert {at.astimezone(zone).date() for at in instants} == {day}
    assert (begin - timedelta(minutes=1)).astimezone(zone).date() == day - DAY


@given(IN_A_ZONE, DATES, st.times())
def test_up_11_the_next_report_is_due_at_the_next_eight_o_clock(zone: ZoneInfo, day: date, at: time) -> None:
    now = datetime.combine(day, at, UTC)
    told = next_day_told(now, zone)
    assert now < due_at(told, zone) <= now + 25 * HOUR
    assert due_at(told - DAY, zone) <= now
    local = due_at(told, zone).astimezone(zone)
    assert (local.date(), local.time()) == (told + DAY, time(8))
