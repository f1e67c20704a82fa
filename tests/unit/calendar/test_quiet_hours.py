"""Quiet hours end when the clocks on the wall say so, whatever those clocks do."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.calendar.domain.quiet_hours import (
    EVERY_DAY,
    QuietHours,
    Reachable,
    in_effect,
    next_quiet,
    parse_quiet_hours,
    parse_quiet_time,
    quiet_hours_text,
    release,
)
from tocsin.calendar.domain.time_zone import zone

LONDON = ZoneInfo("Europe/London")
NIGHT = QuietHours(time(22), time(7))


def released(at: str, quiet: QuietHours = NIGHT, zone: str = "UTC") -> str:
    return release(quiet, datetime.fromisoformat(at), ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%MZ")


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-11-20T21:59Z", "2026-11-20T21:59Z"),
        ("2026-11-20T22:00Z", "2026-11-21T07:00Z"),  # the first minute is quiet
        ("2026-11-21T03:00Z", "2026-11-21T07:00Z"),
        ("2026-11-21T07:00Z", "2026-11-21T07:00Z"),  # the last is not
    ],
)
def test_quiet_hours_go_over_midnight(at: str, until: str) -> None:
    assert released(at) == until


def test_quiet_hours_of_some_weekdays_belong_to_the_day_they_begin_on() -> None:
    weekend = QuietHours(time(22), time(9), weekdays=frozenset({5, 6}))

    assert released("2026-11-21T08:00Z", weekend) == "2026-11-21T09:00Z"  # Friday's, on Saturday
    assert released("2026-11-22T08:00Z", weekend) == "2026-11-22T09:00Z"
    assert released("2026-11-23T08:00Z", weekend) == "2026-11-23T08:00Z"  # Sunday has none


def test_a_zone_of_their_own_wins_over_the_accounts() -> None:
    tokyo = QuietHours(time(22), time(7), zone="Asia/Tokyo")

    assert released("2026-11-20T14:00Z", tokyo, "Europe/London") == "2026-11-20T22:00Z"
    assert released("2026-11-20T23:00Z", tokyo, "Europe/London") == "2026-11-20T23:00Z"


def test_a_zone_that_was_lost_falls_back_on_the_accounts() -> None:
    assert released("2026-07-01T22:30Z", QuietHours(time(22), time(7), zone="Old/Town"), "UTC") == "2026-07-02T07:00Z"


@pytest.mark.parametrize(
    ("zone", "quiet", "at", "until"),
    [
        # the end lies in a gap: quiet until the clocks land
        ("Europe/London", (22, 0, 1, 30), "2027-03-28T00:59Z", "2027-03-28T01:00Z"),
        ("America/New_York", (22, 0, 2, 30), "2027-03-14T06:59Z", "2027-03-14T07:00Z"),
        # the end comes twice: the first one counts
        ("Europe/London", (22, 0, 1, 30), "2026-10-25T00:29Z", "2026-10-25T00:30Z"),
        ("Europe/London", (22, 0, 1, 30), "2026-10-25T01:00Z", "2026-10-25T01:00Z"),
        ("America/New_York", (22, 0, 1, 30), "2026-11-01T05:29Z", "2026-11-01T05:30Z"),
        ("Australia/Lord_Howe", (22, 0, 1, 45), "2027-04-03T14:00Z", "2027-04-03T14:45Z"),
        ("Australia/Lord_Howe", (22, 0, 2, 15), "2026-10-03T15:29Z", "2026-10-03T15:30Z"),
        ("America/Santiago", (22, 0, 0, 30), "2026-09-06T03:59Z", "2026-09-06T04:00Z"),
        ("America/Sao_Paulo", (20, 0, 0, 30), "2018-11-04T02:59Z", "2018-11-04T03:00Z"),
        ("Africa/Casablanca", (22, 0, 2, 30), "2026-03-22T01:59Z", "2026-03-22T02:00Z"),
        (
            "Pacific/Apia",
            (22, 0, 12, 0),
            "2011-12-30T09:00Z",
            "2011-12-30T22:00Z",
        ),  # a day is missing, its night is not
        ("America/Caracas", (22, 0, 2, 45), "2016-05-01T06:00Z", "2016-05-01T07:00Z"),
        ("Asia/Kathmandu", (22, 0, 9, 0), "2026-06-01T00:00Z", "2026-06-01T03:15Z"),
        ("Pacific/Kiritimati", (22, 0, 9, 0), "2026-05-31T12:00Z", "2026-05-31T19:00Z"),
        ("Etc/GMT+12", (22, 0, 9, 0), "2026-06-01T12:00Z", "2026-06-01T21:00Z"),
        ("Europe/Dublin", (22, 0, 1, 30), "2026-10-25T00:00Z", "2026-10-25T00:30Z"),
        # clocks jump over the only waking half hour: two nights become one
        ("Europe/London", (2, 0, 1, 30), "2027-03-27T12:00Z", "2027-03-29T00:30Z"),
    ],
)
def test_t3_quiet_hours_follow_the_clocks_of_the_zone(
    zone: str, quiet: tuple[int, int, int, int], at: str, until: str
) -> None:
    assert released(at, QuietHours(time(*quiet[:2]), time(*quiet[2:])), zone) == until


def test_hours_that_never_end_are_no_quiet_hours() -> None:
    with pytest.raises(ValueError, match="another time"):
        QuietHours(time(7), time(7))
    with pytest.raises(ValueError, match="weekdays"):
        QuietHours(time(22), time(7), weekdays=frozenset())


@pytest.mark.parametrize("text", ["24:00", "7:00", "07:60", "07:00:00", "", "noon", "٠٧:٠٠"])
def test_a_time_of_day_is_hours_and_minutes(text: str) -> None:
    assert parse_quiet_time("07:05") == time(7, 5)
    with pytest.raises(ValueError, match="22:00"):
        parse_quiet_time(text)


@pytest.mark.parametrize("text", ["22:00-07:00", "13:30-15:00/1,6,7"])
def test_an_operators_words_are_read_and_said_alike(text: str) -> None:
    assert quiet_hours_text(parse_quiet_hours(text)) == text


def test_weekdays_may_be_said_by_name() -> None:
    assert parse_quiet_hours("22:00-07:00/Fri,sat-sun").weekdays == {5, 6, 7}


@pytest.mark.parametrize("text", ["", "22:00", "22:00-", "22:00-07:00/", "22:00-07:00/8", "07:00-07:00", "a-b"])
def test_words_that_are_no_quiet_hours_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        parse_quiet_hours(text)


def test_a_contacts_own_quiet_hours_win_over_the_tenants() -> None:
    own = QuietHours(time(13), time(15))

    assert in_effect(None, NIGHT) == NIGHT
    assert in_effect(own, NIGHT) == own
    assert in_effect(own, None) == own
    assert in_effect(Reachable.ALWAYS, NIGHT) is None
    assert in_effect(None, None) is None


TIMES = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30]))
HOURS = (
    st.tuples(TIMES, TIMES, st.frozensets(st.integers(1, 7), min_size=1))
    .filter(lambda parts: parts[0] != parts[1])
    .map(lambda parts: QuietHours(*parts))
)
ZONES = st.sampled_from(sorted(name for name in available_timezones() if zone(name) is not None)).map(ZoneInfo)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2036, 1, 1), timezones=st.just(UTC))


def around_transitions(zone: ZoneInfo, near: datetime) -> datetime:
    """Return the hour of the zone's next change of offset, or `near`."""
    at = near
    for _ in range(400):
        later = at + timedelta(days=1)
        if at.astimezone(zone).utcoffset() != later.astimezone(zone).utcoffset():
            return later - timedelta(hours=12)
        at = later
    return near


@given(HOURS, MOMENTS, ZONES, st.integers(-36 * 60, 36 * 60), st.booleans())
@settings(max_examples=300)
def test_a_release_is_outside_never_early_and_the_first(
    quiet: QuietHours, near: datetime, zone: ZoneInfo, minutes: int, jump: bool
) -> None:
    at = (around_transitions(zone, near) if jump else near) + timedelta(minutes=minutes)

    found = release(quiet, at, zone)

    assert found >= at
    assert release(quiet, found, zone) == found
    if found > at:
        # Quiet all the way, to the last moment.
        for n in range(50):
            assert release(quiet, at + (found - at) * n / 50, zone) == found
        assert release(quiet, found - timedelta(milliseconds=1), zone) == found
        assert found - at <= timedelta(hours=50)


@given(HOURS, MOMENTS, ZONES)
@settings(max_examples=200)
def test_the_next_quiet_hours_are_quiet_and_nothing_before_them_is(
    quiet: QuietHours, after: datetime, zone: ZoneInfo
) -> None:
    begin, end = next_quiet(quiet, after, zone)

    assert end > max(begin, after)
    assert release(quiet, max(begin, after), zone) == end
    if begin > after:
        for n in range(50):
            at = after + (begin - after) * n / 50
            assert release(quiet, at, zone) == at


def test_every_day_is_seven_days() -> None:
    assert sorted(EVERY_DAY) == [1, 2, 3, 4, 5, 6, 7]
    assert release(NIGHT, datetime(2026, 7, 1, 22, tzinfo=UTC), LONDON) == datetime(2026, 7, 2, 6, tzinfo=UTC)
