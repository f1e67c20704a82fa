"""When a source of events counts as silent."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.telephony.domain.silence import SHORTEST, SourcePulse

MONDAY = datetime(2026, 11, 23, tzinfo=UTC)
HOUR, MINUTE, WEEK = timedelta(hours=1), timedelta(minutes=1), timedelta(days=7)


def office(days: int = 7, every: timedelta = 10 * MINUTE) -> SourcePulse:
    """Return the pulse of a source that is heard from 9:00 to 17:00 on working days, from that Monday on."""
    pulse = SourcePulse()
    for day in range(days):
        at = MONDAY + timedelta(days=day, hours=9)
        while at.hour < 17 and at.weekday() < 5:
            pulse = pulse.heard(at)
            at += every
    return pulse


def test_the_learnt_interval_is_twice_the_longest_gap_in_busy_hours() -> None:
    assert office().expected_every() == 20 * MINUTE
    assert office(every=MINUTE).expected_every() == SHORTEST


def test_nights_and_weekends_are_no_gaps_and_no_silence() -> None:
    pulse = office()
    assert pulse.last == MONDAY + timedelta(days=4, hours=16, minutes=50)
    assert pulse.silent_at() == MONDAY + WEEK + timedelta(hours=9, minutes=10), "ten minutes on Friday, ten on Monday"
    assert not pulse.silent(MONDAY + WEEK)
    assert pulse.silent(MONDAY + WEEK + 10 * HOUR)


def test_a_source_that_dies_at_the_beginning_of_a_busy_hour_is_silent_soon() -> None:
    pulse = office().heard(MONDAY + WEEK + 9 * HOUR)
    assert pulse.silent_at() == MONDAY + WEEK + 9 * HOUR + 20 * MINUTE


def test_a_gap_between_two_busy_hours_counts() -> None:
    pulse = SourcePulse()
    for minute in (0, 5, 10, 15, 80, 85, 90, 95):
        pulse = pulse.heard(MONDAY + minute * MINUTE)
    assert pulse.expected_every() == 130 * MINUTE


def test_a_source_that_is_rarely_heard_is_silent_only_if_its_settings_say_so() -> None:
    pulse = SourcePulse().heard(MONDAY).heard(MONDAY + HOUR)
    assert (pulse.expected_every(), pulse.silent_at()) == (None, None)
    assert not pulse.silent(MONDAY + WEEK)
    assert pulse.silent_at(timedelta(days=1)) == MONDAY + HOUR + timedelta(days=1)
    assert SourcePulse().silent_at(HOUR) is None, "it was never heard, so it was never connected"


def test_what_is_older_than_a_week_is_forgotten() -> None:
    pulse = office().heard(MONDAY + 3 * WEEK)
    assert list(pulse.hours) == [MONDAY + 3 * WEEK]


def test_a_source_that_is_heard_all_the_time_is_noted_once_a_minute() -> None:
    pulse = SourcePulse().heard(MONDAY)
    assert pulse.heard(MONDAY + timedelta(seconds=59)) is pulse
    assert pulse.heard(MONDAY - HOUR) is pulse, "a late receipt changes nothing"
    assert pulse.heard(MONDAY + MINUTE).last == MONDAY + MINUTE


@settings(max_examples=60)
@given(st.lists(st.integers(1, 200), min_size=1, max_size=60))
def test_silence_begins_after_the_last_event_and_no_earlier_than_a_quarter_of_an_hour(gaps: list[int]) -> None:
    pulse, at = SourcePulse(), MONDAY
    for gap in gaps:
        at += gap * MINUTE
        pulse = pulse.heard(at)
    silent_at = pulse.silent_at()
    assert len(pulse.hours) <= 169
    assert (silent_at is None) == (pulse.expected_every() is None)
    if silent_at is not None:
        assert silent_at >= at + SHORTEST
        assert pulse.silent(silent_at)
        assert not pulse.silent(silent_at - MINUTE)
