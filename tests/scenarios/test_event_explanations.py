"""What is explained is what happened: an explanation says `fired` if a run exists, and its gates say why not."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta

from tests.fakes.directory import FakeAuditTrail, FakeDirectory
from tests.fakes.sealer import FakeSealer
from tests.fakes.time import NOON
from tests.scenarios.event_world import ACME, MAIL, ZONE, EventWorld
from tests.unit.alert_rules.worlds import LINES, NAMES, a_trigger, random_event, random_rules
from tocsin.alert_rules.application.account import Account, ReadAccount
from tocsin.alert_rules.application.explain_events import FIRED, ExplainEvents
from tocsin.alert_rules.application.read_events import ReadEvents
from tocsin.alert_rules.application.read_rules import ReadRules
from tocsin.alert_rules.domain.references import KnownThings
from tocsin.alert_rules.domain.rule import AlertRule, RuleOptions, RuleThrottle
from tocsin.alert_rules.domain.run import run_id
from tocsin.alert_rules.domain.triggers import RuleType
from tocsin.audit.domain.actor import Actor, ActorKind
from tocsin.directory.application.references import References
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.role import system_role
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.domain.event import TelephonyEvent

OWNER = Principal(ACME, Actor(ActorKind.USER, "olivia"), system_role(ACME, SystemRole.OWNER))
OPTIONS = [
    RuleOptions(),
    RuleOptions(throttle=RuleThrottle(1, timedelta(hours=1))),
    RuleOptions(hold=timedelta(minutes=2)),
    RuleOptions(max_age=timedelta(minutes=10)),
    RuleOptions(digest=timedelta(minutes=5)),
]


class SameAccount(ReadAccount):
    """The account of the random rules."""

    def __call__(self, tenant: TenantId) -> Account:
        return Account((), NAMES, KnownThings(set(), set(), set(), set()))


def explains(world: EventWorld) -> ExplainEvents:
    account = SameAccount(FakeDirectory(), References(FakeDirectory()))
    return ExplainEvents(
        events=ReadEvents(world.rows, account, FakeSealer(), world.clock),
        read=ReadRules(world.rules, world.runs, FakeDirectory(), world.clock),
        rules=world.rules,
        runs=world.runs,
        lines=world.lines,
        account=account,
        trail=FakeAuditTrail(),
        zone=lambda tenant: ZONE,
        clock=world.clock,
    )


def lively(dice: random.Random, rule: AlertRule) -> AlertRule:
    """Return a rule that sends, half of the time for all events of its type."""
    counts_from = NOON + timedelta(seconds=dice.choice([-60, -60, 4]))
    rule = replace(rule, actions=(MAIL,), options=dice.choice(OPTIONS), counts_from=counts_from)
    if dice.random() < 0.5:
        return rule
    filters = {"lines": LINES[:3], "events": ["unregistered", "registered"]} if rule.type is RuleType.SIP else {}
    return replace(rule, triggers=(a_trigger("t9", **filters),), sight=None)


def random_happenings(dice: random.Random, count: int) -> list[TelephonyEvent]:
    """Return events about few lines; some come late."""
    found = []
    for n in range(count):
        event = random_event(dice, NOON, f"e{n}")
        event = replace(event, data={**event.data, "line": dice.choice(LINES[:3])})
        late = timedelta(minutes=dice.choice([0, 0, 0, 5, 30, 120]))
        found.append(replace(event, at=NOON + timedelta(seconds=n), received_at=NOON + timedelta(seconds=n) + late))
    return found


def test_an_explanation_says_fired_if_and_only_if_a_run_exists() -> None:
    seen = Counter[tuple[bool, str]]()
    for seed in range(6):
        dice = random.Random(seed)
        rules = [lively(dice, rule) for rule in random_rules(dice, 10)]
        world = EventWorld(*rules)
        happened = random_happenings(dice, 12)
        for event in happened:
            world.take(event)
            world.work()
        world.until(world.clock() + timedelta(minutes=dice.choice([0, 3])))
        explain = explains(world)
        kept = [event for event in happened if (ACME, event.name) in world.rows.kept]  # not ignored refreshes
        for event in kept:
            told = explain.event(OWNER, event.name)
            by_rule = {each.rule.id: each for each in told.rules}
            for rule in rules:
                run = world.runs.get(ACME, rule.id, run_id(rule.id, event.name, event.received_at), world.clock())
                fired = run is not None and run.state in FIRED
                found = explain.rule(OWNER, rule.id, event.name)
                assert (found.fired, found.run) == (fired, run)
                assert found.explanation.fired == fired, (seed, rule.id, event.name, found)
                assert run is None or by_rule[rule.id] == found
                assert rule.id not in {miss.rule.id for miss in told.near_misses} or run is None
                stopped = next((gate.name for gate in found.explanation.gates if not gate.passed), "")
                assert not (fired and stopped)
                seen[fired, run.state.value if run is not None and fired else stopped] += 1
    assert {"sent", "collected"} == {gate for fired, gate in seen if fired}
    assert {"", "disabled", "created_later", "too_old", "throttled", "held"} == {
        gate for fired, gate in seen if not fired
    }
