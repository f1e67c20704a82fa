"""A backtest of yesterday says what was told yesterday: rules run on random events, then the events are walked over."""

from __future__ import annotations

import random
from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from tests.fakes.telephony import FakeEventPacks
from tests.fakes.time import NOON
from tests.scenarios.event_world import ACME, MAIL, TEXT, ZONE, EventWorld
from tests.unit.alert_rules.worlds import LINES, NAMES, a_rule, a_trigger, random_event, random_trigger
from tocsin.alert_rules.domain.backtest import SHOWN, BacktestSums, RuleWalk
from tocsin.alert_rules.domain.rule import AlertRule, RuleOptions, RuleThrottle, ThrottleBy
from tocsin.alert_rules.domain.run import RuleRunState
from tocsin.alert_rules.domain.triggers import RuleTrigger, RuleType
from tocsin.telephony.application.read_hours import ReadHours
from tocsin.telephony.domain.event import TelephonyEvent

DAY = timedelta(days=1)
FEW = LINES[:3]
TOLD = (RuleRunState.SENT, RuleRunState.COLLECTED)


def a_random_rule(dice: random.Random) -> AlertRule:
    type = dice.choice(list(RuleType))
    triggers: tuple[RuleTrigger, ...]
    if type is RuleType.SIP:
        words = dice.sample(["registered", "unregistered"], dice.randint(1, 2))
        triggers = (a_trigger(lines=FEW, events=words),)
    else:
        narrow = replace(random_trigger(dice, type, "t1"), out_of_scope=False)
        triggers = (narrow, a_trigger("t2", directions=["incoming"]))
    throttle = RuleThrottle(dice.randint(1, 3), timedelta(minutes=dice.choice([7, 60])), dice.choice(list(ThrottleBy)))
    options = RuleOptions(
        throttle=throttle if dice.random() < 0.6 else None,
        hold=timedelta(minutes=20) if dice.random() < 0.6 else None,
        digest=timedelta(minutes=30) if dice.random() < 0.3 else None,
    )
    return a_rule(type, *triggers, actions=(MAIL, TEXT), options=options, counts_from=NOON - DAY)


def a_day(dice: random.Random) -> list[TelephonyEvent]:
    found = []
    for n in range(60):
        event = random_event(dice, NOON, f"e{n}")
        if event.type == "sip.registration":
            event = replace(event, data={**event.data, "line": dice.choice(FEW)})
        received = NOON + timedelta(minutes=dice.randint(0, 24 * 60 - 1), milliseconds=n)
        happened = received - timedelta(minutes=dice.choice([0, 0, 0, 1, 90]))
        found.append(replace(event, at=happened, received_at=received))
    return sorted(found, key=lambda event: event.received_at)


@pytest.mark.parametrize("seed", range(25))
def test_al_backtest_of_yesterday_is_what_was_told_yesterday(seed: int) -> None:
    dice = random.Random(seed)
    rule, events = a_random_rule(dice), a_day(dice)
    world = EventWorld(rule)
    for event in events:
        world.until(event.received_at)
        world.take(event)
        world.work()
    world.until(NOON + DAY)
    told = [run for run in world.runs.runs.values() if run.state in TOLD]

    walk = RuleWalk(rule, NAMES, ZONE, BacktestSums())
    for _, found in ReadHours(world.rows, FakeEventPacks(), world.clock)(ACME, NOON, NOON + DAY, walk.wants):
        for each in found:
            walk.take(each)
            walk = RuleWalk(rule, NAMES, ZONE, BacktestSums(**asdict(walk.sums)))
    walk.pass_to(NOON + DAY)
    assert walk.sums.runs == len(told) <= SHOWN
    said = sorted((each["event"], tuple(each["triggers"])) for each in walk.sums.first)
    assert said == sorted((run.event, tuple(run.trigger_ids)) for run in told)
