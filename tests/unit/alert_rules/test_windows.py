"""Throttles follow the account's clock, digests the first match, and holds the state of a line."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.fakes.time import NOON
from tests.unit.alert_rules.worlds import NAMES, NUMBERS, an_event
from tocsin.alert_rules.domain.facts import facts_of
from tocsin.alert_rules.domain.rule import ThrottleBy
from tocsin.alert_rules.domain.windows import (
    CATCHING_UP,
    RuleWindow,
    digest_window,
    hold_ends,
    is_offline_still,
    throttle_value,
    throttle_window,
)

MINUTE = timedelta(minutes=1)
HOLD = 2 * MINUTE
ZONES = ["UTC", "Europe/London", "America/Havana", "Australia/Lord_Howe", "Asia/Beirut", "America/Sao_Paulo"]


@pytest.mark.parametrize("zone", [ZoneInfo(name) for name in ZONES], ids=ZONES)
def test_throttle_windows_follow_each_other_without_a_gap(zone: ZoneInfo) -> None:
    dice = random.Random(7)
    for per in (MINUTE, 7 * MINUTE, 60 * MINUTE, 300 * MINUTE, 1440 * MINUTE):
        for year in (2017, 2026):  # Brazil changed its clocks at midnight until 2019
            for _ in range(60):
                at = datetime(year, 1, 1, tzinfo=UTC) + timedelta(minutes=dice.randint(0, 366 * 1440))
                window = throttle_window(at, per, zone)
                assert window.start <= at < window.end
                assert throttle_window(window.start, per, zone) == window
                assert throttle_window(window.end - timedelta(seconds=1), per, zone) == window
                assert throttle_window(window.end, per, zone).start == window.end


@pytest.mark.parametrize(
    ("day", "hours"), [(datetime(2026, 3, 29, 9), 23), (datetime(2026, 10, 25, 9), 25), (datetime(2026, 11, 1, 9), 24)]
)
def test_a_window_of_a_day_is_a_day_of_the_account(day: datetime, hours: int) -> None:
    zone = ZoneInfo("Europe/London")
    window = throttle_window(day.replace(tzinfo=zone).astimezone(UTC), 1440 * MINUTE, zone)
    assert window.end - window.start == timedelta(hours=hours)
    assert f"{window.start.astimezone(zone):%H:%M}" == "00:00"


def test_an_hours_window_begins_with_the_hour_on_the_wall() -> None:
    window = throttle_window(datetime(2026, 11, 27, 4, 20, tzinfo=UTC), 60 * MINUTE, ZoneInfo("Asia/Kathmandu"))
    assert window == RuleWindow(datetime(2026, 11, 27, 4, 15, tzinfo=UTC), datetime(2026, 11, 27, 5, 15, tzinfo=UTC))


@pytest.mark.parametrize(
    ("by", "value"),
    [
        (ThrottleBy.RULE, ""),
        (ThrottleBy.LINE, "l3"),
        (ThrottleBy.CALLER, NUMBERS[10]),
        (ThrottleBy.NUMBER, NUMBERS[0]),
        (ThrottleBy.GROUP, ""),  # a missing value is one value
    ],
)
def test_a_throttle_counts_by_what_it_says(by: ThrottleBy, value: str) -> None:
    facts = facts_of(an_event(), NAMES)
    assert facts is not None
    assert throttle_value(by, facts) == value


def test_a_digest_begins_with_the_first_match_and_collects_until_its_end() -> None:
    first = digest_window(None, NOON, 5 * MINUTE)
    assert first == RuleWindow(NOON, NOON + 5 * MINUTE)
    assert digest_window(NOON, NOON + 4 * MINUTE, 5 * MINUTE) == first
    assert digest_window(NOON, NOON + 5 * MINUTE, 5 * MINUTE).start == NOON + 5 * MINUTE


@pytest.mark.parametrize(
    ("late", "after"),
    [
        (timedelta(0), HOLD),
        (MINUTE, HOLD),
        (HOLD, HOLD + CATCHING_UP),  # the line's next event is late too
        (60 * MINUTE, 60 * MINUTE + CATCHING_UP),
    ],
)
def test_a_line_is_held_from_when_it_went_offline_and_its_next_event_may_come_late(
    late: timedelta, after: timedelta
) -> None:
    assert hold_ends(NOON, HOLD, NOON + late) == NOON + after
    assert hold_ends(NOON, timedelta(seconds=5), NOON + late) <= NOON + late + timedelta(seconds=5)


@pytest.mark.parametrize(
    ("offline_since", "still"), [(NOON, True), (NOON - MINUTE, True), (None, False), (NOON + MINUTE, False)]
)
def test_the_end_of_a_hold_is_decided_by_the_line_as_it_is_then(offline_since: datetime | None, still: bool) -> None:
    assert is_offline_still(NOON, offline_since) is still
