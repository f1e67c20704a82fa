"""What it costs to find the rules that events match: 10,000 events against 1,000 rules.

Measured 2026-11 on a shared core, seconds of CPU: see `docs/adr/0123-*.md`.
"""

from __future__ import annotations

import random
import time
from typing import Any
from zoneinfo import ZoneInfo

from tests.fakes.time import NOON
from tests.unit.alert_rules.worlds import NAMES, NUMBERS, a_rule, a_trigger, an_event
from tocsin.alert_rules.domain.book import RuleBook
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.alert_rules.domain.triggers import DailyHours, RuleType, SecondsRange
from tocsin.telephony.domain.event import TelephonyEvent

MUST = 1.0
"""Seconds for 10,000 events and 1,000 rules; a loop over the rules takes four."""

LINES = [f"l{n}" for n in range(1_000)]


def busy_rule(dice: random.Random, id: str) -> AlertRule:
    """Return a rule like most: calls of a few lines; one of a hundred is about all lines."""
    filters: dict[str, Any] = {"statuses": dice.sample(["missed", "voicemail", "abandoned", "busy"], 3)}
    if dice.random() > 0.01:
        filters["lines"] = dice.sample(LINES, dice.choice([1, 3, 10, 50]))
    if dice.random() < 0.3:
        filters["duration"] = SecondsRange(dice.choice([5, 10, 20]))
    if dice.random() < 0.3:
        filters["time_of_day"] = (DailyHours(dice.choice([480, 540]), dice.choice([1020, 1080])),)
    if dice.random() < 0.2:
        filters["numbers"] = dice.sample(NUMBERS, 5)
    return a_rule(RuleType.CALL, a_trigger(**filters), id=id)


def a_call(dice: random.Random, n: int) -> TelephonyEvent:
    status, seconds = dice.choice(["answered", "missed", "missed", "voicemail"]), dice.randint(0, 120)
    numbers: dict[str, Any] = {"from": {"number": dice.choice(NUMBERS)}, "to": {"number": dice.choice(NUMBERS)}}
    return an_event(at=NOON, id=f"e{n}", status=status, durationSeconds=seconds, line=dice.choice(LINES), **numbers)


def seconds(rules: int, events: int) -> tuple[float, float, int]:
    """Return the CPU seconds of compiling and of matching, and the matches."""
    dice = random.Random(14)
    written = [busy_rule(dice, f"r{n}") for n in range(rules)]
    calls = [a_call(dice, n) for n in range(events)]
    start = time.process_time()
    book = RuleBook(written, NAMES, ZoneInfo("Europe/London"))
    compiled = time.process_time()
    hits = sum(len(book.match(call)) for call in calls)
    return compiled - start, time.process_time() - compiled, hits


def test_ten_thousand_events_against_a_thousand_rules_take_less_than_a_second() -> None:
    _, matching, hits = seconds(rules=1_000, events=2_000)
    assert hits > 2_000
    assert matching * 5 < MUST


if __name__ == "__main__":
    for rules in (100, 1_000, 3_000):
        compiling, matching, hits = seconds(rules, 10_000)
        print(f"{rules:6} rules: compile {compiling:.3f} s, 10,000 events {matching:.3f} s, {hits} matches")
