"""`timeWindows` (requirements 1.12) and T3: windows of months, days and hours, on clocks that jump."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.calendar.domain.time_window import TimeWindow, next_opening, open_at, parse_time_window
from tocsin.calendar.domain.time_zone import zone
from tocsin.kernel.domain.errors import InvalidRequest

LONDON = ZoneInfo("Europe/London")
CONTEXT = "*;*;mon-fri;09:00:00;17:00:00"
NIGHT = "*;*;fri;22:00:00;02:00:00"


def is_open(text: str, at: str, zone: str = "UTC") -> bool:
    return open_at([parse_time_window(text)], datetime.fromisoformat(at), ZoneInfo(zone))


def opens(text: str, after: str, zone: str = "UTC") -> str | None:
    found = next_opening([parse_time_window(text)], datetime.fromisoformat(after), ZoneInfo(zone))
    return found.strftime("%Y-%m-%dT%H:%MZ") if found else None


def faults(text: str) -> list[tuple[str, str]]:
    with pytest.raises(InvalidRequest) as refused:
        parse_time_window(text, "/at")
    assert all(fault.pointer == "/at" for fault in refused.value.faults)
    return [(fault.code, fault.message) for fault in refused.value.faults]


# --- what the strings say -----------------------------------------------------------------------------------------


def test_a_star_is_anything() -> None:
    assert parse_time_window("*;*;*;*;*") == TimeWindow(
        frozenset(range(1, 13)), frozenset(range(1, 32)), frozenset(range(1, 8)), time(0), time(0)
    )


def test_numbers_ranges_lists_and_names_are_understood() -> None:
    window = parse_time_window("jan,MARCH-5,12;1,10-12;Mon,Saturday-7;08:30:15;17:00:00")

    assert window.months == {1, 3, 4, 5, 12}
    assert window.days == {1, 10, 11, 12}
    assert window.weekdays == {1, 6, 7}
    assert (window.start, window.end) == (time(8, 30, 15), time(17))


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("*;*;*;09:00:00", "WRONG_FORM", "months;days;weekdays"),
        ("", "WRONG_FORM", "months;days;weekdays"),
        ("13;*;*;*;*", "OUT_OF_RANGE", "no month 13"),
        ("*;0;*;*;*", "OUT_OF_RANGE", "no day 0"),
        ("*;32-40;*;*;*", "OUT_OF_RANGE", "32 and 40"),
        ("*;*;0;*;*", "OUT_OF_RANGE", "1 is Monday, 7 is Sunday"),
        ("*;*;8;*;*", "OUT_OF_RANGE", "no weekday 8"),
        ("*;20-10;*;*;*", "INVERTED", "20-31,1-10"),
        ("oct-mar;*;*;*;*", "INVERTED", "oct-12,1-mar"),
        ("*;*;sat-mon;*;*", "INVERTED", "sat-7,1-mon"),
        ("febuary;*;*;*;*", "WRONG_FORM", "febuary"),
        ("*;mon;*;*;*", "WRONG_FORM", "no day"),
        ("*;*;1-2-3;*;*", "WRONG_FORM", "1-2-3"),
        ("*;*;1,;*;*", "WRONG_FORM", "no weekday"),
        ("*;*;*;24:00:00;*", "WRONG_FORM", "midnight"),
        ("*;*;*;9:00;*", "WRONG_FORM", "start"),
        ("*;*;*;*;09:60:00", "WRONG_FORM", "end"),
        ("*;*;*;09:00:00;09:00:00", "NEVER", "`*;*`"),
        ("2;30,31;*;*;*", "NEVER", "none of its months"),
        ("apr,jun;31;*;*;*", "NEVER", "none of its months"),
        ("*;٣;*;*;*", "WRONG_FORM", "no day"),
    ],
)
def test_a_window_that_cannot_be_is_refused_and_why(text: str, code: str, says: str) -> None:
    ((found, message),) = faults(text)

    assert found == code
    assert says in message


def test_every_fault_is_named_at_once() -> None:
    assert [code for code, _ in faults("13;x;5-1;25:00:00;noon")] == [
        "OUT_OF_RANGE", "WRONG_FORM", "INVERTED", "WRONG_FORM", "WRONG_FORM"
    ]  # fmt: skip


def test_a_leap_day_is_a_day() -> None:
    assert opens("2;29;*;*;*", "2026-06-01T00:00Z") == "2028-02-29T00:00Z"
    assert opens("2;29,30;sun;*;*", "2026-06-01T00:00Z") == "2032-02-29T00:00Z"
    assert opens("2;29;sun;*;*", "2033-06-01T00:00Z") is None  # not before 2060


# --- when it is open ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "yes"),
    [
        ("2026-11-20T08:59:59Z", False),
        ("2026-11-20T09:00:00Z", True),  # the start belongs to it
        ("2026-11-20T16:59:59Z", True),
        ("2026-11-20T17:00:00Z", False),  # the end does not
        ("2026-11-21T12:00:00Z", False),  # Saturday
        ("2026-11-23T12:00:00Z", True),  # 1 is Monday
    ],
)
def test_the_start_is_inside_and_the_end_is_not(at: str, *, yes: bool) -> None:
    assert is_open(CONTEXT, at) is yes


@pytest.mark.parametrize(
    ("at", "yes"),
    [
        ("2026-11-20T23:59:00Z", True),  # Friday night
        ("2026-11-21T01:59:00Z", True),  # goes on on Saturday
        ("2026-11-21T02:00:00Z", False),
        ("2026-11-20T01:00:00Z", False),  # Friday morning belongs to Thursday
    ],
)
def test_a_window_over_midnight_belongs_to_the_day_it_begins_on(at: str, *, yes: bool) -> None:
    assert is_open(NIGHT, at) is yes


def test_the_last_night_of_a_month_ends_in_the_next() -> None:
    assert is_open("1;31;*;22:00:00;06:00:00", "2026-02-01T05:00Z")
    assert not is_open("1;31;*;22:00:00;06:00:00", "2026-02-01T23:00Z")


@pytest.mark.parametrize(
    ("zone", "window", "at", "yes"),
    [
        # clocks go forward over the beginning: it opens when they land
        ("Europe/London", "*;*;*;01:30:00;03:00:00", "2027-03-28T01:00Z", True),
        # and over all of it: there is no such hour
        ("Europe/London", "*;*;*;01:15:00;01:45:00", "2027-03-28T01:00Z", False),
        ("America/New_York", "*;*;*;02:30:00;04:00:00", "2027-03-14T07:00Z", True),
        # clocks go back: times stand for their first occurrence, and what lies between belongs to the window
        ("Europe/London", "*;*;*;01:00:00;02:00:00", "2026-10-25T01:30Z", True),
        ("Europe/London", "*;*;*;01:00:00;01:30:00", "2026-10-25T01:10Z", False),
        ("America/New_York", "*;*;*;01:30:00;02:00:00", "2026-11-01T05:30Z", True),
        ("Australia/Lord_Howe", "*;*;*;01:45:00;03:00:00", "2027-04-03T14:45Z", True),
        ("Australia/Lord_Howe", "*;*;*;02:15:00;03:00:00", "2026-10-03T15:30Z", True),
        ("America/Santiago", "*;6;*;00:30:00;01:30:00", "2026-09-06T04:00Z", True),
        ("America/Sao_Paulo", "*;4;*;00:00:00;12:00:00", "2018-11-04T03:00Z", True),
        ("Africa/Casablanca", "*;*;*;02:30:00;03:30:00", "2026-03-22T02:00Z", True),
        ("Pacific/Apia", "12;30;*;*;*", "2011-12-30T10:00Z", False),  # the day that never was
        ("Pacific/Apia", "12;31;*;*;*", "2011-12-30T10:00Z", True),
        ("America/Caracas", "*;*;*;02:45:00;04:00:00", "2016-05-01T07:00Z", True),
        ("Asia/Kathmandu", "*;*;*;09:00:00;10:00:00", "2026-06-01T03:15Z", True),
        ("Pacific/Kiritimati", "6;1;*;09:00:00;10:00:00", "2026-05-31T19:00Z", True),
        ("Etc/GMT+12", "6;1;*;09:00:00;10:00:00", "2026-06-01T21:00Z", True),
        ("Europe/Dublin", "*;*;*;01:30:00;02:00:00", "2026-10-25T00:30Z", True),
    ],
)
def test_t3_windows_follow_the_clocks_of_the_zone(zone: str, window: str, at: str, *, yes: bool) -> None:
    assert is_open(window, at, zone) is yes


def test_windows_add_up_and_none_at_all_is_no_restriction() -> None:
    windows = [parse_time_window(CONTEXT), parse_time_window("*;*;sat;10:00:00;12:00:00")]

    assert open_at(windows, datetime(2026, 11, 21, 11, tzinfo=UTC), LONDON)
    assert not open_at(windows, datetime(2026, 11, 21, 12, tzinfo=UTC), LONDON)
    assert open_at([], datetime(2026, 11, 21, 12, tzinfo=UTC), LONDON)


# --- when it opens next -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("window", "after", "zone", "at"),
    [
        (CONTEXT, "2026-11-20T18:00Z", "UTC", "2026-11-23T09:00Z"),
        (CONTEXT, "2026-11-20T12:00Z", "UTC", "2026-11-20T12:00Z"),  # it is open
        (NIGHT, "2026-11-21T01:00Z", "UTC", "2026-11-21T01:00Z"),
        ("*;*;*;01:30:00;03:00:00", "2027-03-27T12:00Z", "Europe/London", "2027-03-28T01:00Z"),
        ("*;*;*;01:15:00;01:45:00", "2027-03-27T12:00Z", "Europe/London", "2027-03-29T00:15Z"),
        ("12;30;*;*;*", "2011-12-29T12:00Z", "Pacific/Apia", "2012-12-29T10:00Z"),
    ],
)
def test_the_next_opening_is_found(window: str, after: str, zone: str, at: str) -> None:
    assert opens(window, after, zone) == at


ZONES = st.sampled_from(sorted(name for name in available_timezones() if zone(name) is not None))
TIMES = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30]))
SETS = {n: st.frozensets(st.integers(1, n), min_size=1) for n in (7, 12, 31)}
WINDOWS = st.builds(TimeWindow, SETS[12], SETS[31], SETS[7], TIMES, TIMES)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC))


@given(st.lists(WINDOWS, min_size=1, max_size=3), MOMENTS, ZONES)
@settings(max_examples=150)
def test_the_next_opening_is_open_and_nothing_before_it_is(
    windows: list[TimeWindow], after: datetime, name: str
) -> None:
    zone = ZoneInfo(name)

    found = next_opening(windows, after, zone)

    if found is None:
        return
    assert found >= after
    assert open_at(windows, found, zone)
    gap = found - after
    assert not any(open_at(windows, after + gap * n / 50, zone) for n in range(50) if found > after)
    assert found == after or not open_at(windows, found - timedelta(milliseconds=1), zone)


@pytest.mark.parametrize(
    "text",
    ["*;*;*;*;*", "1,3-5;1-30;mon-fri;22:00:00;02:00:00", "*;31;7;*;17:00:00", "2;29;*;09:00:00;*"],
)
def test_a_window_is_written_as_it_is_read(text: str) -> None:
    assert parse_time_window(str(parse_time_window(text))) == parse_time_window(text)
