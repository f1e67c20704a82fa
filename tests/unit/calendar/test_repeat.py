"""T1 to T3, AH-124, AH-125: local time means local time, and months are months."""

from datetime import UTC, datetime, timedelta
from itertools import islice
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.calendar.domain.local_time import instant
from tocsin.calendar.domain.repeat import Interval, next_run, parse_interval, runs, step
from tocsin.calendar.domain.time_zone import zone

VECTORS = [
    # zone, wall clock, instant
    ("Europe/London", "2027-03-28T01:30", "2027-03-28T01:00Z"),  # gap
    ("Europe/London", "2026-10-25T01:30", "2026-10-25T00:30Z"),  # twice
    ("America/New_York", "2027-03-14T02:30", "2027-03-14T07:00Z"),
    ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30Z"),
    ("Australia/Lord_Howe", "2027-04-04T01:45", "2027-04-03T14:45Z"),  # half an hour, twice
    ("Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30Z"),
    ("America/Santiago", "2026-09-06T00:30", "2026-09-06T04:00Z"),  # gap at midnight
    ("America/Sao_Paulo", "2018-11-04T00:30", "2018-11-04T03:00Z"),
    ("Africa/Casablanca", "2026-03-22T02:30", "2026-03-22T02:00Z"),  # Ramadan
    ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00Z"),  # a day that never was
    ("America/Caracas", "2016-05-01T02:45", "2016-05-01T07:00Z"),
    ("Asia/Kathmandu", "2026-06-01T09:00", "2026-06-01T03:15Z"),
    ("Pacific/Kiritimati", "2026-06-01T09:00", "2026-05-31T19:00Z"),
    ("Etc/GMT+12", "2026-06-01T09:00", "2026-06-01T21:00Z"),
    ("Europe/Dublin", "2026-10-25T01:30", "2026-10-25T00:30Z"),  # winter time is the negative one
]


@pytest.mark.parametrize(("name", "wall", "at"), VECTORS)
def test_t3_wall_clock_times_stand_for_one_instant(name: str, wall: str, at: str) -> None:
    assert instant(datetime.fromisoformat(wall), ZoneInfo(name)) == datetime.fromisoformat(at)


ZONES = sorted(name for name in available_timezones() if zone(name) is not None)


def transitions(name: str) -> list[datetime]:
    """Hours between 2020 and 2037 in which the offset changes, found by halving."""
    found = []
    tz = ZoneInfo(name)
    at = datetime(2020, 1, 1, tzinfo=UTC)
    while at.year < 2038:
        later = at + timedelta(days=7)
        if at.astimezone(tz).utcoffset() != later.astimezone(tz).utcoffset():
            low, high = at, later
            while high - low > timedelta(minutes=15):
                middle = low + (high - low) / 2
                if middle.astimezone(tz).utcoffset() == low.astimezone(tz).utcoffset():
                    low = middle
                else:
                    high = middle
            found.append(high)
        at = later
    return found


@given(st.sampled_from(ZONES), st.data())
def test_t3_every_zone_and_transition(name: str, data: st.DataObject) -> None:
    tz = ZoneInfo(name)
    jumps = transitions(name)
    if not jumps:
        return
    near = data.draw(st.sampled_from(jumps)) + timedelta(minutes=data.draw(st.integers(-180, 180)))
    wall = near.astimezone(tz).replace(tzinfo=None, second=0, microsecond=0)
    at = instant(wall, tz)
    # a wall clock that exists reads back as itself, and as its first occurrence
    assert at.astimezone(tz).replace(tzinfo=None) == wall
    earlier = at - timedelta(hours=3)
    while earlier < at:
        assert earlier.astimezone(tz).replace(tzinfo=None) != wall
        earlier += timedelta(minutes=15)


@given(st.sampled_from(ZONES), st.datetimes(datetime(2020, 1, 1), datetime(2037, 12, 31)))
def test_t3_a_time_in_a_gap_is_the_first_instant_after_it(name: str, wall: datetime) -> None:
    tz = ZoneInfo(name)
    wall = wall.replace(microsecond=0, second=0)
    at = instant(wall, tz)
    local = at.astimezone(tz).replace(tzinfo=None)
    assert local >= wall
    if local > wall:
        second_before = (at - timedelta(seconds=1)).astimezone(tz).replace(tzinfo=None)
        assert second_before < wall


def test_months_do_not_drift() -> None:
    start = datetime(2026, 1, 31, 9, tzinfo=UTC)
    days = [at.day for at in islice(runs(start, parse_interval("1M"), None, ZoneInfo("UTC")), 5)]
    assert days == [31, 28, 31, 30, 31]


def test_t3_every_day_at_nine_stays_at_nine() -> None:
    london = ZoneInfo("Europe/London")
    start = datetime(2027, 3, 27, 9, tzinfo=UTC)
    found = list(islice(runs(start, parse_interval("1d"), None, london), 3))
    assert [at.astimezone(london).hour for at in found] == [9, 9, 9]
    assert [at.hour for at in found] == [9, 8, 8]


def test_hours_are_spans() -> None:
    start = datetime(2027, 3, 28, 0, tzinfo=UTC)
    assert step(start, parse_interval("24h"), 1, ZoneInfo("Europe/London")) == start + timedelta(hours=24)


@pytest.mark.parametrize("text", ["", "5", "h", "5s", "1.5h", "-1d", "1D", "999999d", "5 m", "٣m"])
def test_ah_120_other_forms_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"must be|longer"):
        parse_interval(text)


INTERVALS = st.one_of(
    st.integers(1, 24).map(lambda n: Interval(months=n)),
    st.integers(1, 60).map(lambda n: Interval(days=n)),
    st.integers(30, 3000).map(lambda n: Interval(span=timedelta(minutes=n))),
)


@given(
    st.sampled_from(ZONES),
    st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    INTERVALS,
    st.timedeltas(timedelta(days=-10), timedelta(days=700)),
    st.one_of(st.none(), st.timedeltas(timedelta(0), timedelta(days=400))),
)
def test_ah_125_the_next_run_is_what_enumeration_yields(
    name: str, first: datetime, interval: Interval, offset: timedelta, length: timedelta | None
) -> None:
    tz = ZoneInfo(name)
    first = first.replace(microsecond=0)
    after = first + offset
    end = None if length is None else first + length
    expected = next((at for at in runs(first, interval, end, tz) if at > after), None)
    assert next_run(first, interval, end, tz, after) == expected
