"""Backtests count what would have been told, through the gates that real events pass."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.fakes.time import NOON
from tests.unit.alert_rules.plain import matches
from tests.unit.alert_rules.worlds import NAMES, NUMBERS, a_rule, a_trigger, an_event, random_event, random_rule
from tocsin.alert_rules.domain.actions import EmailAction, SmsAction
from tocsin.alert_rules.domain.backtest import SHOWN, BacktestSums, RuleWalk, result
from tocsin.alert_rules.domain.rule import AlertRule, RuleOptions, RuleThrottle, ThrottleBy
from tocsin.alert_rules.domain.triggers import RuleType, SecondsRange
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.event_pack import PackedEvent, contents_of

LONDON = ZoneInfo("Europe/London")
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
OFFLINE = a_trigger(lines=["l2"], events=["unregistered"])


def walked(rule: AlertRule, events: Iterable[TelephonyEvent], until: datetime = NOON + 9 * DAY) -> BacktestSums:
    """Walk as in many turns: after each event another process goes on with the JSON."""
    sums = BacktestSums()
    for event in sorted(events, key=lambda each: each.received_at):
        walk = RuleWalk(rule, NAMES, LONDON, BacktestSums(**json.loads(json.dumps(asdict(sums)))))
        walk.take(PackedEvent(event.name, event))
        sums = walk.sums
    walk = RuleWalk(rule, NAMES, LONDON, sums)
    walk.pass_to(until)
    return walk.sums


def seen(minute: float, event: str = "unregistered", line: str = "2002", **more: Any) -> TelephonyEvent:
    at = NOON + minute * MINUTE
    return an_event("sip.registration", at, f"e{minute}{line}", line=line, event=event, **more)


def test_al_backtest_counts_by_day_hour_and_line_on_the_accounts_clock() -> None:
    summer = NOON.replace(month=7)
    events = [
        an_event(at=summer, id="a"),
        an_event(at=summer.replace(hour=23, minute=30), id="b", line="2004"),  # half past midnight in London
        an_event(at=summer, id="c", status="answered"),
        an_event("sms.received", at=summer, id="d"),
    ]
    rule = a_rule(RuleType.CALL, a_trigger(statuses=["missed"]))
    found = result(walked(rule, events), DAY)
    assert (found["firings"], found["matches"]) == (2, 2)
    assert found["per_day"] == [{"day": "2026-07-23", "count": 1}, {"day": "2026-07-24", "count": 1}]
    assert [each["hour"] for each in found["per_hour"] if each["count"]] == [0, 13]
    assert len(found["per_hour"]) == 24
    assert found["lines"] == [{"line": "l3", "count": 1}, {"line": "l4", "count": 1}]
    assert found["first"][0] == {"event": events[0].name, "time": "2026-07-23T12:00:00.000Z", "triggers": ["t1"]}


def test_al_backtest_lists_the_first_hundred() -> None:
    events = [an_event(at=NOON + n * MINUTE, id=str(n)) for n in range(SHOWN + 5)]
    found = result(walked(a_rule(RuleType.CALL, a_trigger()), events), DAY)
    assert found["firings"] == SHOWN + 5
    assert [each["event"] for each in found["first"]] == [each.name for each in events[:SHOWN]]


def test_al_backtest_a_disabled_rule_that_was_made_today_is_tested_as_if_it_had_been_there() -> None:
    rule = a_rule(RuleType.CALL, a_trigger(), enabled=False, counts_from=NOON + DAY)
    assert walked(rule, [an_event()]).runs == 1
    late = replace(an_event(), received_at=NOON + timedelta(hours=2))
    assert (walked(rule, [late]).matches, walked(rule, [late]).runs) == (1, 0)  # too old when it came


def test_al_backtest_knows_throttles_and_their_values() -> None:
    events = [an_event(at=NOON + n * MINUTE, id=str(n), line=f"200{1 + n % 2}") for n in range(20)]
    for by, runs in ((ThrottleBy.RULE, 4), (ThrottleBy.LINE, 8)):
        options = RuleOptions(throttle=RuleThrottle(2, 10 * MINUTE, by))
        sums = walked(a_rule(RuleType.CALL, a_trigger(), options=options), events)
        assert (sums.matches, sums.runs) == (20, runs)


def test_al_backtest_takes_registrations_for_what_they_mean_for_the_line() -> None:
    """The second telephone of a line goes: the line is online still, by whatever of its names events tell it."""
    events = [
        seen(0, "registered", contact="a"), seen(1, "registered", "l2", contact="b"), seen(2, "registered", contact="b"),
        seen(3, line="L2", contact="a"), seen(4, contact="b"), seen(5, contact="b"),
    ]  # fmt: skip
    assert walked(a_rule(RuleType.SIP, OFFLINE), events).runs == 1
    words = {"registered": 1, "refreshed": 2, "unregistered": 1}
    for word, runs in words.items():
        assert walked(a_rule(RuleType.SIP, a_trigger(lines=["l2"], events=[word])), events).runs == runs


def test_al_backtest_a_hold_tells_only_lines_that_stay_offline() -> None:
    rule = a_rule(RuleType.SIP, OFFLINE, options=RuleOptions(hold=10 * MINUTE))
    back = [seen(0), seen(9, "registered")]
    assert (walked(rule, back).matches, walked(rule, back).runs) == (1, 0)
    gone = [seen(0), seen(11, "registered")]
    assert walked(rule, gone).runs == 1
    assert walked(rule, [seen(0)], until=NOON + 9 * MINUTE).runs == 0  # it would be told after the end
    assert walked(rule, [seen(0)], until=NOON + 10 * MINUTE).runs == 1
    flapping = [seen(0), seen(5, "registered"), seen(6), seen(20, "registered")]
    assert walked(rule, flapping).runs == 1


def test_al_backtest_counts_texts_and_their_price() -> None:
    texts = SmsAction(id="n1", sender=NUMBERS[0], to=("+447700900123", "+12025550123"), text="x" * 200)
    mail = EmailAction(id="n2", to="ana@example.org", subject="s")
    rule = a_rule(RuleType.CALL, a_trigger(), actions=(texts, replace(texts, id="n3", enabled=False), mail))
    found = result(walked(rule, [an_event(id=str(n)) for n in range(3)]), DAY)
    assert found["texts"] == 6
    assert found["cost"] == {"currency": "USD", "amount": 3 * 2 * (0.045 + 0.010)}  # two parts each


def test_al_backtest_says_what_one_filter_kept_away() -> None:
    trigger = a_trigger(statuses=["missed", "voicemail"], lines=["l3"], duration=SecondsRange(20, None))
    events = [
        *(an_event(id=f"short {n}") for n in range(6)),
        *(an_event(id=f"abandoned {n}", status="abandoned", durationSeconds=30) for n in range(2)),
        an_event(id="answered", status="answered", durationSeconds=30),
        an_event(id="both", status="answered"),
        an_event(id="told", durationSeconds=20),
    ]
    found = result(walked(a_rule(RuleType.CALL, trigger), events), DAY)
    assert found["firings"] == 1
    assert {each["filter"]: each["more"] for each in found["near_misses"]} == {
        "duration": 6, "statuses": 3, "abandoned": 2,
    }  # fmt: skip
    assert "2 more if abandoned calls counted" in [each["sentence"] for each in found["near_misses"]]


def test_al_backtest_warns_of_more_than_one_an_hour() -> None:
    rule = a_rule(RuleType.CALL, a_trigger())
    for count, noisy in ((24, False), (25, True)):
        found = result(walked(rule, [an_event(id=str(n)) for n in range(count)]), DAY)
        assert (found["noise"] is not None) is noisy


@pytest.mark.parametrize("seed", range(12))
def test_al_backtest_matches_what_a_plain_reading_matches(seed: int) -> None:
    dice = random.Random(seed)
    rule = replace(random_rule(dice, "r1"), enabled=True)
    events = [random_event(dice, NOON, f"e{n}") for n in range(80)]
    events = [each for each in events if each.type != "sip.registration"]
    expected = sum(bool(matches([rule], each, NAMES, "Europe/London")) for each in events)
    assert walked(rule, events).matches == expected


def test_al_backtest_reads_only_packs_with_events_of_its_type() -> None:
    walk = RuleWalk(a_rule(RuleType.SMS, a_trigger()), NAMES, LONDON, BacktestSums())
    assert walk.wants(contents_of([an_event(), an_event("sms.sent", id="e2")]))
    assert not walk.wants(contents_of([an_event(), seen(1)]))
