"""Rules run, and something dies at every call there is: nothing is lost, and nothing is sent twice.

One rule has a throttle and a webhook, one a digest, and one holds a line; a call comes as two legs. A rule that is
deleted at any of these calls sends nothing that was not committed before.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import combinations, product
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.time import NOON
from tests.scenarios.event_world import (
    HOOK,
    MAIL,
    TEXT,
    EventWorld,
    calls_rule,
    line_rule,
    missed_call,
    registration,
)
from tests.scenarios.faults import FOUR, Fault, Script
from tests.scenarios.world import World
from tocsin.alert_rules.domain.rule import RuleOptions, RuleThrottle
from tocsin.alert_rules.domain.run import RuleRunState
from tocsin.identity.domain.tenant import BusTopic

HOUR = timedelta(hours=1)
RULES = (
    calls_rule(MAIL, HOOK, options=RuleOptions(throttle=RuleThrottle(1, HOUR))),
    calls_rule(MAIL, TEXT, id="r2", options=RuleOptions(digest=HOUR / 2)),
    replace(line_rule(options=RuleOptions(hold=HOUR / 4)), id="r3"),
)


@dataclass
class Deleting:
    """Deletes a rule in the middle of another call, and notes what was sent until then."""

    rule: str
    before: int | None = None
    world: EventWorld | None = None

    def deliver_now(self) -> None:
        assert self.world is not None
        self.before = sent_by(self.world, self.rule)
        self.world.delete(self.rule)


def play(plan: Mapping[int, Fault], deleting: Deleting | None = None) -> tuple[EventWorld, list[str]]:
    script = Script(plan, world=cast("World", deleting or object()))
    world = EventWorld(*RULES, wrap=script.wrap)
    world.account = replace(world.account, bus=frozenset(BusTopic))
    if deleting is not None:
        deleting.world = world
    world.take(missed_call("c1"), registration("unregistered"), registration("unregistered", NOON, line="l2"))
    world.work()
    # The legs are alike: one whose order is lost comes after its call was settled, and is ignored.
    for n in range(2):
        leg = missed_call("c2", NOON + timedelta(seconds=n), legId=f"leg{n}", final=n == 1)
        world.take(replace(leg, id=f"leg{n}", type="call.leg"))
        world.work()
    for _ in range(3):  # an order may be lost, and that of the call that it leads to as well
        world.until(world.clock() + timedelta(minutes=3))
        world.sweep()
        world.work()
    world.until(NOON + 2 * HOUR)
    return world, script.calls


def sent_by(world: EventWorld, rule: str) -> int:
    """Return how many alerts and webhooks a rule has sent."""
    alerts = sum(alert.cause.parent == rule for alert in world.sent)
    return alerts + sum(d.origin is not None and d.origin.rule == rule for d in world.inside.deliveries.values())


def told(world: EventWorld) -> Counter[tuple[str, str]]:
    """Return how many messages each notification of each rule has sent."""
    return Counter((alert.cause.parent, message.tag) for alert in world.sent for message in alert.messages)


def runs(world: EventWorld) -> Counter[tuple[str, RuleRunState]]:
    """Return how many runs of each rule are in which state. Calls are alike, so it is equal which came first."""
    return Counter((run.rule, run.state) for run in world.runs.runs.values())


def on_bus(world: EventWorld) -> Counter[str]:
    """Return how many entries of each kind are owed to the event bus."""
    return Counter(entry["kind"] for entry in world.on_bus)


def judge(world: EventWorld, calm: EventWorld) -> None:
    """Check that a world ended as one without faults did."""
    assert on_bus(world) == on_bus(calm)
    assert len({entry["eventId"] for entry in world.on_bus}) == len(world.on_bus)
    assert not [each for each in world.rows.kept.values() if each.owed]
    assert not world.timers.rows
    assert told(world) == told(calm)
    assert len(world.inside.deliveries) == len(calm.inside.deliveries)
    assert runs(world) == runs(calm)
    of_events = [run for run in world.runs.runs.values() if run.state is not RuleRunState.TOLD_LATER]
    assert len({(run.rule, run.event) for run in of_events}) == len(of_events)
    alerts = [run.alert for run in world.runs.runs.values() if run.alert is not None]
    assert sorted(alerts) == sorted(alert.ref for alert in world.sent)  # history shows each, once
    assert world.windows.counts == calm.windows.counts


CALM, CALLS = play({})


def test_the_story_has_all_that_can_happen() -> None:
    states = Counter(run.state for run in CALM.runs.runs.values())
    assert states == {RuleRunState.SENT: 4, RuleRunState.THROTTLED: 1, RuleRunState.TOLD_LATER: 2}
    assert [alert.cause.parent for alert in CALM.sent].count("r2") == 3  # two texts, and the mail of the digest
    assert told(CALM).total() == 6
    assert len([each for each in CALM.inside.deliveries.values() if each.origin is not None]) == 1


def test_events_2_8_each_run_that_did_something_and_each_assembled_call_is_owed_to_the_bus() -> None:
    runs = {"tocsin.rule.sent": 4, "tocsin.rule.throttled": 1, "tocsin.rule.told_later": 2}
    assert on_bus(CALM) == runs | {"tocsin.event.call.ended": 1}


@pytest.mark.parametrize("fault", [Fault.AFTER, Fault.OUTCOME_UNKNOWN])
def test_nothing_is_lost_or_sent_twice_whatever_call_dies(fault: Fault) -> None:
    for number in range(0, len(CALLS), 4):
        world, _ = play({number: fault})
        judge(world, CALM)


@pytest.mark.deep
@pytest.mark.parametrize("fault", FOUR)
def test_nothing_is_lost_or_sent_twice_whatever_two_calls_die(fault: Fault) -> None:
    for number in range(len(CALLS)):
        judge(play({number: fault})[0], CALM)
    for first, second in combinations(range(len(CALLS)), 2):
        judge(play({first: fault, second: fault})[0], CALM)


@pytest.mark.parametrize("step", [7, pytest.param(1, marks=pytest.mark.deep)])
def test_al_41_nothing_is_sent_after_a_deletion_was_committed(step: int) -> None:
    for number, rule in product(range(0, len(CALLS), step), ("r1", "r2", "r3")):
        deleting = Deleting(rule)
        world, _ = play({number: Fault.CONFLICT}, deleting)
        assert sent_by(world, rule) == deleting.before
        assert not [each for each in world.rows.kept.values() if each.owed]


@settings(max_examples=20)
@given(
    order=st.permutations(range(9)),
    most=st.integers(1, 4),
    minutes=st.lists(st.integers(0, 179), min_size=9, max_size=9),
)
def test_a_throttle_lets_so_many_pass_in_each_window_whatever_the_order(
    order: list[int], most: int, minutes: list[int]
) -> None:
    world = EventWorld(calls_rule(options=RuleOptions(throttle=RuleThrottle(most, HOUR))))
    calls = [missed_call(f"c{n}", NOON + timedelta(minutes=minute)) for n, minute in enumerate(minutes)]
    for n in order:
        world.take(calls[n])
        world.work()
        world.take(calls[n])
        world.work()
    passed = Counter(run.at.hour for run in world.runs.runs.values() if run.state is RuleRunState.SENT)
    wanted = Counter(call.at.hour for call in calls)
    assert passed == {hour: min(count, most) for hour, count in wanted.items()}
    assert len(world.runs.runs) == len(calls)
    world.until(NOON + 6 * HOUR)
    assert len(world.sent) == sum(passed.values()) + sum(count > most for count in wanted.values())


@settings(max_examples=20)
@given(minutes=st.lists(st.integers(0, 200), min_size=1, max_size=12))
def test_digests_list_every_run_exactly_once(minutes: list[int]) -> None:
    world = EventWorld(calls_rule(options=RuleOptions(digest=HOUR / 2)))
    for n, minute in enumerate(sorted(minutes)):
        world.until(NOON + timedelta(minutes=minute))
        world.take(missed_call(f"c{n}", world.clock(), caller=f"+447700900{n:03}"))
        world.work()
    world.until(NOON + 10 * HOUR)
    listed = Counter(line for said in world.said for line in said.splitlines() if "from" in line)
    assert set(listed.values()) == {1}
    assert len(listed) == len(minutes)
    states = Counter(run.state for run in world.runs.runs.values())
    assert states == {RuleRunState.COLLECTED: len(minutes), RuleRunState.TOLD_LATER: len(world.sent)}


@settings(max_examples=20)
@given(flips=st.lists(st.integers(1, 40), min_size=1, max_size=8))
def test_a_held_line_is_told_exactly_if_it_stayed_offline_so_long(flips: list[int]) -> None:
    hold, minute = 15, timedelta(minutes=1)
    world = EventWorld(line_rule(options=RuleOptions(hold=hold * minute)))
    at, offline = NOON, True
    expected = 0
    for index, length in enumerate(flips):
        world.until(at)
        world.take(registration("unregistered" if offline else "registered", at))
        world.work()
        last = index == len(flips) - 1
        expected += offline and (last or length >= hold)
        at, offline = at + length * minute, not offline
    world.until(at + HOUR)
    assert len(world.sent) == expected
    assert RuleRunState.HELD not in {run.state for run in world.runs.runs.values()}
