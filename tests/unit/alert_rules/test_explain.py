"""An explanation says `fired` if the book matches and no gate stops it, and never otherwise."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.fakes.time import NOON
from tests.unit.alert_rules.worlds import NAMES, NUMBERS, a_rule, a_trigger, an_event, random_event, random_rules
from tocsin.alert_rules.domain.actions import EmailAction, SmsAction
from tocsin.alert_rules.domain.book import RuleBook
from tocsin.alert_rules.domain.explain import RuleExplanation, explain, near_misses
from tocsin.alert_rules.domain.gates import GateName, SentText, Situation, decide, is_loop
from tocsin.alert_rules.domain.rule import AlertRule, RuleOptions, RuleThrottle
from tocsin.alert_rules.domain.triggers import DailyHours, RuleType, SecondsRange
from tocsin.alert_rules.domain.windows import RuleWindow
from tocsin.telephony.domain.event import TelephonyEvent

LONDON = ZoneInfo("Europe/London")
MINUTE = timedelta(minutes=1)
MAIL = EmailAction(id="n1", to="ana@x.test", subject="Missed")
TEXT = SmsAction(id="n2", sender="+447700900100", to=("+447700900101",))
THROTTLED = RuleOptions(throttle=RuleThrottle(2, timedelta(hours=1)))
HELD = RuleOptions(hold=2 * MINUTE)
WINDOW = RuleWindow(NOON, NOON + timedelta(hours=1))


def why(rule: AlertRule, event: TelephonyEvent, **situation: Any) -> RuleExplanation:
    return explain(rule, event, NAMES, LONDON, Situation(**situation))


def test_an_explanation_says_fired_if_the_book_matches_and_no_gate_stops_it() -> None:
    dice, seen = random.Random(3), Counter[tuple[bool, bool]]()
    rules = [replace(rule, counts_from=NOON - timedelta(hours=dice.randint(0, 47))) for rule in random_rules(dice, 40)]
    book = RuleBook([replace(rule, enabled=True) for rule in rules], NAMES, LONDON)
    for _ in range(80):
        event = random_event(dice, NOON)
        event = replace(event, received_at=event.at + timedelta(minutes=dice.choice([0, 59, 61])))
        situation = Situation(is_loop=dice.random() < 0.1)
        matched = {each.rule.id: [trigger.id for trigger in each.triggers] for each in book.match(event)}
        for rule in rules:
            found = explain(rule, event, NAMES, LONDON, situation)
            passes = decide(rule, event, situation, LONDON).fired
            assert [verdict.id for verdict in found.triggers if verdict.matched] == matched.get(rule.id, [])
            assert found.fired is (rule.id in matched and passes)
            seen[rule.id in matched, passes] += 1
    assert len(seen) == 4
    assert min(seen.values()) > 30


CALLS = a_rule(RuleType.CALL, a_trigger(statuses=["missed"], lines=["l3", "l4"]), actions=(MAIL, TEXT))
PHONES = a_rule(RuleType.SIP, a_trigger(lines=["l3"], events=["unregistered"]), actions=(MAIL,))


def test_each_filter_says_what_it_wants_and_what_it_got() -> None:
    (trigger,) = why(CALLS, an_event(status="answered")).triggers
    assert not trigger.matched
    assert [(each.name, each.wanted, each.got, each.matched) for each in trigger.filters] == [
        ("statuses", ("missed",), ("answered",), False),
        ("lines", ("l3", "l4"), ("l3",), True),
    ]
    assert trigger.filters[0].sentence == "statuses: the event has answered, which does not match missed"


@pytest.mark.parametrize(("minute", "matched"), [(719, False), (720, True), (779, True), (780, False)])
def test_hours_are_explained_by_the_clock_on_the_wall(minute: int, matched: bool) -> None:
    rule = a_rule(RuleType.CALL, a_trigger(time_of_day=(DailyHours(720, 780),)))
    found = why(rule, an_event(at=NOON + timedelta(minutes=minute - 720)))
    assert found.triggers[0].matched is matched
    assert found.triggers[0].filters[0].wanted == ("12:00-13:00",)


def test_an_event_of_another_type_is_said_to_be_one() -> None:
    (trigger,) = why(CALLS, an_event("sip.registration")).triggers
    assert [(each.name, each.got) for each in trigger.filters] == [("type", ("sip.registration",))]


@pytest.mark.parametrize(
    ("rule", "event", "situation", "stopped_by"),
    [
        (CALLS, an_event(), {}, None),
        (replace(CALLS, enabled=False), an_event(), {}, GateName.DISABLED),
        (replace(CALLS, counts_from=NOON + timedelta(seconds=1)), an_event(), {}, GateName.CREATED_LATER),
        (replace(CALLS, counts_from=NOON), an_event(), {}, None),
        (CALLS, replace(an_event(), received_at=NOON + 60 * MINUTE), {}, None),
        (CALLS, replace(an_event(), received_at=NOON + 61 * MINUTE), {}, GateName.TOO_OLD),
        (replace(CALLS, options=THROTTLED), an_event(), {"used": 1, "window": WINDOW}, None),
        (replace(CALLS, options=THROTTLED), an_event(), {"used": 2, "window": WINDOW}, GateName.THROTTLED),
        (replace(PHONES, options=HELD), an_event("sip.registration"), {}, GateName.HELD),
        (replace(PHONES, options=HELD), an_event("sip.registration"), {"is_held_long_enough": True}, None),
    ],
)
def test_the_gate_that_stops_a_match_is_named(
    rule: AlertRule, event: TelephonyEvent, situation: dict[str, Any], stopped_by: GateName | None
) -> None:
    found = why(rule, event, **situation)
    assert found.decision is not None
    assert found.decision.stopped_by is stopped_by
    assert found.fired is (stopped_by is None)
    assert [gate.name for gate in found.gates if not gate.passed] == ([] if stopped_by is None else [stopped_by])


def test_al_32_a_text_that_a_rule_sent_itself_fires_no_rule() -> None:
    texts = a_rule(RuleType.SMS, a_trigger(), actions=(MAIL,))
    found = why(texts, an_event("sms.sent"), is_loop=True)
    assert found.decision is not None
    assert found.decision.stopped_by is GateName.LOOP


SENT = SentText("m1", NUMBERS[0], NUMBERS[10], "Fire at gate 4, building 7 of the northern site", NOON)


@pytest.mark.parametrize(
    ("data", "minutes", "loop"),
    [
        ({"messageId": "m1"}, 15, True),
        ({"messageId": "m1"}, 16, False),
        ({"text": SENT.text[:40] + " … cut"}, 15, True),
        ({"text": SENT.text[:39]}, 0, False),
        ({"text": SENT.text, "to": {"number": NUMBERS[11]}}, 0, False),
        ({"text": SENT.text, "from": {"number": NUMBERS[1]}}, 0, False),
    ],
)
@pytest.mark.parametrize("type", ["sms.sent", "sms.received"])
def test_al_32_a_text_of_a_rule_is_known_by_its_id_or_its_beginning(
    type: str, data: dict[str, Any], minutes: int, loop: bool
) -> None:
    parties = {"messageId": "m9", "from": {"number": NUMBERS[0]}, "to": {"number": NUMBERS[10]}}
    text = an_event(type, NOON + minutes * MINUTE, **parties | data)
    assert is_loop(text, [SENT]) is loop
    assert not is_loop(an_event(), [SENT])


@pytest.mark.parametrize("type", ["call.ended", "sms.received"])
def test_al_32_an_event_to_which_more_than_three_webhooks_led_fires_no_rule(type: str) -> None:
    assert [is_loop(replace(an_event(type), depth=depth), []) for depth in (0, 3, 4)] == [False, False, True]


def test_a_hold_comes_before_the_throttle_and_counts_nothing() -> None:
    both = replace(PHONES, options=RuleOptions(hold=2 * MINUTE, throttle=RuleThrottle(1, 60 * MINUTE)))
    found = why(both, an_event("sip.registration"), used=9)
    assert found.decision is not None
    assert found.decision.stopped_by is GateName.HELD


@pytest.mark.parametrize("word", ["registered", "refreshed"])
def test_only_a_line_that_goes_offline_is_held(word: str) -> None:
    rule = a_rule(RuleType.SIP, a_trigger(lines=["l3"], events=[word]), options=HELD)
    assert why(rule, an_event("sip.registration", event=word)).fired


def test_a_digest_collects_mails_and_lets_texts_go() -> None:
    decision = decide(CALLS, an_event(), Situation(digest=WINDOW), LONDON)
    assert (decision.now, decision.collected) == ((TEXT,), (MAIL,))
    assert decision.gates[-1].sentence == "mails are collected until 2026-11-23 13:00 GMT"


def test_al_15_a_disabled_notification_is_not_sent_and_others_are() -> None:
    decision = decide(replace(CALLS, actions=(replace(MAIL, enabled=False), TEXT)), an_event(), Situation(), LONDON)
    assert decision.now == (TEXT,)


def test_gates_say_in_sentences_what_they_found() -> None:
    late = replace(an_event(), received_at=NOON + timedelta(hours=2, minutes=5))
    assert [gate.sentence for gate in why(CALLS, late).gates] == [
        "the rule is enabled",
        "the event came at 2026-11-23 14:05 GMT, and the rule counts from 2026-11-22 12:00 GMT on",
        "the event came 2 hours 5 minutes after it happened; at most 1 hour is allowed",
    ]


def test_rules_that_an_event_misses_by_one_filter_are_found() -> None:
    near = a_rule(RuleType.CALL, a_trigger(statuses=["missed"], duration=SecondsRange(60)), id="near")
    far = a_rule(RuleType.CALL, a_trigger(statuses=["answered"], duration=SecondsRange(60)), id="far")
    hit = a_rule(RuleType.CALL, a_trigger("t1"), a_trigger("t2", lines=["l9"]), id="hit")
    other = a_rule(RuleType.SIP, a_trigger(lines=["l3"], events=["registered"]), id="other")
    found = list(near_misses([near, far, hit, other, replace(near, enabled=False)], an_event(), NAMES, LONDON))
    assert [(each.rule.id, each.filter.name, each.filter.got) for each in found] == [("near", "duration", ("18 s",))]
