"""Rules as bits give what a plain reading gives."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.fakes.time import NOON
from tests.unit.alert_rules import plain
from tests.unit.alert_rules.worlds import NAMES, NUMBERS, a_rule, a_trigger, an_event, random_event, random_rules
from tocsin.alert_rules.domain.book import RuleBook, week_minute
from tocsin.alert_rules.domain.facts import AccountNames
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.alert_rules.domain.triggers import DailyHours, RuleType, SecondsRange
from tocsin.telephony.domain.event import TelephonyEvent

LONDON = ZoneInfo("Europe/London")
ZONES = {
    "Europe/London": [datetime(2026, 3, 29, 1, tzinfo=UTC), datetime(2026, 10, 25, 1, tzinfo=UTC)],
    "America/New_York": [datetime(2026, 3, 8, 7, tzinfo=UTC), datetime(2026, 11, 1, 6, tzinfo=UTC)],
    "Australia/Lord_Howe": [datetime(2026, 4, 4, 15, tzinfo=UTC), datetime(2026, 10, 3, 15, 30, tzinfo=UTC)],
    "Asia/Kathmandu": [datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC)],
    "Pacific/Chatham": [datetime(2026, 4, 4, 14, tzinfo=UTC), datetime(2026, 9, 26, 14, tzinfo=UTC)],
}
"""Zones, each with the instants of its two clock changes, if it has any."""


def matched(rules: list[AlertRule], event: TelephonyEvent, zone: str = "Europe/London") -> list[tuple[str, str]]:
    found = RuleBook(rules, NAMES, ZoneInfo(zone)).match(event)
    return [(each.rule.id, trigger.id) for each in found for trigger in each.triggers]


def worlds(seed: int, zone: str, rules: int, events: int) -> int:
    """Compare the book with the plain reading; return how often they agreed on a match."""
    dice = random.Random(seed)
    written = random_rules(dice, rules)
    book, hits = RuleBook(written, NAMES, ZoneInfo(zone)), 0
    for n in range(events):
        event = random_event(dice, ZONES[zone][n % 2])
        found = [(each.rule.id, trigger.id) for each in book.match(event) for trigger in each.triggers]
        assert found == plain.matches(written, event, NAMES, zone), (event, zone)
        hits += len(found)
    return hits


@pytest.mark.parametrize("zone", ZONES)
def test_the_book_agrees_with_a_plain_reading_around_both_clock_changes(zone: str) -> None:
    assert sum(worlds(seed, zone, rules=30, events=60) for seed in range(3)) > 100


@pytest.mark.deep
@pytest.mark.parametrize("zone", ZONES)
def test_the_book_agrees_with_a_plain_reading_of_many_worlds(zone: str) -> None:
    assert sum(worlds(seed, zone, rules=60, events=300) for seed in range(100, 140)) > 10_000


SEVEN: dict[str, Any] = {
    "numbers": [NUMBERS[10]],
    "lines": ["l3"],
    "groups": ["g1"],
    "directions": ["incoming"],
    "tags": ["vip"],
    "duration": SecondsRange(10, 20),
    "time_of_day": (DailyHours(0, 1440),),
}
CALL: dict[str, Any] = {"group": {"id": "g1"}, "tags": ["VIP"]}


def test_al_23_all_filters_must_match_and_any_value_of_each() -> None:
    assert matched([a_rule(RuleType.CALL, a_trigger(**SEVEN | {"lines": ["l1", "l3"]}))], an_event(**CALL))


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("numbers", [NUMBERS[11]]),
        ("lines", ["l4"]),
        ("groups", ["g2"]),
        ("directions", ["outgoing"]),
        ("tags", ["spam"]),
        ("duration", SecondsRange(19, None)),
        ("time_of_day", (DailyHours(0, 60),)),
    ],
)
def test_al_24_a_call_that_matches_six_of_seven_filters_matches_nothing(name: str, other: object) -> None:
    assert matched([a_rule(RuleType.CALL, a_trigger(**SEVEN | {name: other}))], an_event(**CALL)) == []


@pytest.mark.parametrize(("seconds", "hit"), [(9, False), (10, True), (20, True), (21, False)])
def test_al_25_both_ends_of_a_duration_are_part_of_it(seconds: int, hit: bool) -> None:
    rule = a_rule(RuleType.CALL, a_trigger(duration=SecondsRange(10, 20)))
    assert bool(matched([rule], an_event(durationSeconds=seconds))) is hit


@pytest.mark.parametrize(
    ("at", "hit"),
    [
        ("2026-11-27T21:59", False),  # a Friday
        ("2026-11-27T22:00", True),
        ("2026-11-28T01:59", True),  # after midnight it is still Friday's night
        ("2026-11-28T02:00", False),
        ("2026-11-27T01:00", False),  # Thursday's night
        ("2026-11-28T22:00", False),
    ],
)
def test_al_25_hours_over_midnight_belong_to_the_day_on_which_they_begin(at: str, hit: bool) -> None:
    rule = a_rule(RuleType.CALL, a_trigger(time_of_day=(DailyHours(22 * 60, 2 * 60, frozenset({5})),)))
    assert bool(matched([rule], an_event(at=datetime.fromisoformat(at).replace(tzinfo=LONDON)))) is hit


def test_al_25_the_night_of_a_sunday_goes_on_in_the_next_week() -> None:
    rule = a_rule(RuleType.CALL, a_trigger(time_of_day=(DailyHours(22 * 60, 2 * 60, frozenset({7})),)))
    assert matched([rule], an_event(at=datetime(2026, 11, 30, 1, tzinfo=LONDON)))


def test_al_25_a_call_belongs_to_the_hours_in_which_it_started() -> None:
    rule = a_rule(RuleType.CALL, a_trigger(time_of_day=(DailyHours(9 * 60, 10 * 60),)))
    late = datetime(2026, 11, 27, 10, 5, tzinfo=UTC)
    assert matched([rule], an_event(at=late, startedAt="2026-11-27T09:55:00Z"))
    assert not matched([rule], an_event(at=late))


def test_al_26_an_internal_call_is_neither_incoming_nor_outgoing() -> None:
    rule = a_rule(RuleType.CALL, a_trigger(directions=["incoming", "outgoing"]))
    assert matched([rule], an_event(direction="internal")) == []


def test_al_27_a_rule_without_triggers_matches_nothing() -> None:
    assert matched([a_rule(RuleType.CALL)], an_event()) == []


def test_al_27_two_triggers_that_match_are_one_match_of_the_rule() -> None:
    rule = a_rule(RuleType.CALL, a_trigger("t1", lines=["l3"]), a_trigger("t2", statuses=["missed"]), a_trigger("t3"))
    (found,) = RuleBook([rule], NAMES, LONDON).match(an_event())
    assert [trigger.id for trigger in found.triggers] == ["t1", "t2", "t3"]


@pytest.mark.parametrize("type", ["call.leg", "call.offered"])
def test_al_28_only_a_finished_call_is_looked_at(type: str) -> None:
    assert matched([a_rule(RuleType.CALL, a_trigger())], an_event(type, **an_event().data)) == []


@pytest.mark.parametrize(
    ("event", "line", "hit"),
    [
        ("unregistered", "2003", True),
        ("registered", "2003", False),
        ("refreshed", "2003", False),
        ("unregistered", "2004", False),
        ("seen", "2003", False),
    ],
)
def test_al_29_a_registration_matches_by_its_own_word_and_line(event: str, line: str, hit: bool) -> None:
    rule = a_rule(RuleType.SIP, a_trigger(lines=["l3"], events=["unregistered"]))
    assert bool(matched([rule], an_event("sip.registration", event=event, line=line))) is hit


def test_al_29_a_refresh_is_no_registration() -> None:
    rule = a_rule(RuleType.SIP, a_trigger(lines=["l3"], events=["registered"]))
    assert matched([rule], an_event("sip.registration", event="refreshed")) == []


@pytest.mark.parametrize(
    ("filters", "hit"),
    [
        ({}, True),
        ({"users": ["u1"]}, False),
        ({"users": ["u4"]}, True),  # the owner of line l4, to which our number leads
        ({"numbers": [NUMBERS[4]]}, True),
        ({"directions": ["outgoing"]}, False),
        ({"contains": "gate"}, True),
        ({"contains": "pump"}, False),
    ],
)
def test_al_31_texts_are_filtered_by_lines_numbers_users_direction_and_words(
    filters: dict[str, Any], hit: bool
) -> None:
    text = an_event("sms.received", to={"number": NUMBERS[4]}, text="FIRE at GATE 4")
    assert bool(matched([a_rule(RuleType.SMS, a_trigger(**filters))], text)) is hit


def test_a_disabled_rule_and_a_stopped_trigger_match_nothing() -> None:
    stopped = a_trigger("t2")
    rules = [
        a_rule(RuleType.CALL, a_trigger(), enabled=False),
        a_rule(RuleType.CALL, type(stopped)("t2", stopped.filters, out_of_scope=True)),
    ]
    assert matched(rules, an_event()) == []


def test_a_rule_matches_only_what_it_may_see_also_without_filters() -> None:
    mine = a_rule(RuleType.CALL, a_trigger(), sight=frozenset({"line:l3"}))
    assert matched([mine], an_event())
    assert matched([mine], an_event(line="2004")) == []


def test_numbers_match_however_they_are_written() -> None:
    rule = a_rule(RuleType.CALL, a_trigger(numbers=["+442079460018"]))
    for written, country in (
        ("020 7946 0018", "GB"),
        ("(020) 7946-0018", "GB"),
        ("+44 (0)20 7946 0018", None),
        ("00442079460018", None),
    ):
        caller: dict[str, Any] = {"from": {"number": written}}
        names = AccountNames(country=country)
        assert RuleBook([rule], names, LONDON).match(an_event(**caller)), written


def test_the_minute_of_the_week_is_that_of_the_clock_on_the_wall() -> None:
    for zone in map(ZoneInfo, ZONES):
        for step in range(0, 400 * 1440, 1_013):
            at = NOON + timedelta(minutes=step, seconds=7)
            wall = at.astimezone(zone)
            assert week_minute(at, zone) == (wall.isoweekday() - 1) * 1440 + wall.hour * 60 + wall.minute
