"""What every store of throttles and digests promises, and what runs write in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from tests.contract.cloud import Cloud, tenants_guarded
from tests.contract.core_table import fresh_table
from tests.fakes.alert_rules import FakeAlertRules, FakeInside, FakeRuleRuns, FakeRuleWindows
from tests.fakes.sealer import FakeSealer
from tests.fakes.time import NOON
from tests.fakes.timers import FakeTimers
from tests.unit.alert_rules.worlds import a_rule
from tocsin.adapters.dynamodb.alert_rules.rule_row import row_of
from tocsin.adapters.dynamodb.alert_rules.runs import DynamoDbRuleRuns
from tocsin.adapters.dynamodb.alert_rules.windows import DynamoDbRuleWindows, run_actions
from tocsin.adapters.dynamodb.table.actions import put
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.adapters.dynamodb.timers import DynamoDbTimers
from tocsin.alert_rules.domain.run import (
    MatchToTell,
    MissedMatches,
    MissedTold,
    OpenDigest,
    RuleRun,
    RuleRunState,
    RuleUnchanged,
    RunWritten,
    ThrottleUse,
    run_id,
)
from tocsin.alert_rules.domain.triggers import RuleType
from tocsin.alert_rules.domain.windows import RuleWindow
from tocsin.alert_rules.ports.runs import RuleRuns
from tocsin.alert_rules.ports.windows import RuleWindows
from tocsin.kernel.domain.errors import Superseded
from tocsin.kernel.domain.ids import TenantId
from tocsin.timers.domain.timer import Timer, TimerKey, TimerKind
from tocsin.timers.ports import Timers

ACME = TenantId("acme")
WINDOW = RuleWindow(NOON, NOON + timedelta(hours=1))
MATCH = MatchToTell("e1", "unregistered", NOON)

RulePart = RuleUnchanged | RunWritten | MissedTold


@dataclass
class Stores:
    """The stores of rules; `write` writes all participants or none, and returns whether it did."""

    runs: RuleRuns
    windows: RuleWindows
    timers: Timers
    inside: FakeInside | None
    table: Table | None = None

    def write(self, *participants: RulePart) -> bool:
        if self.table is not None:
            actions = [action for each in participants for action in run_actions(each, FakeSealer())]
            return self.table.commit(actions) is None
        assert self.inside is not None
        try:
            self.inside.write(participants)
        except Superseded:
            return False
        return True

    def save_rule(self, **given: Any) -> None:
        rule = a_rule(RuleType.CALL, **given)
        if self.table is not None:
            self.table.write(put(row_of(FakeSealer(), rule)))
        elif self.inside is not None:
            self.inside.rules.rules[ACME, rule.id] = rule


@pytest.fixture
def stores(make: tuple[str, Cloud | None]) -> Iterator[Stores]:
    _, clients = make
    if clients is None:
        rules, runs, windows, timers = FakeAlertRules(), FakeRuleRuns(), FakeRuleWindows(), FakeTimers()
        yield Stores(runs, windows, timers, FakeInside(rules, runs, windows, timers))
        return
    with fresh_table(clients) as name, tenants_guarded(clients.dynamodb):
        table, sealer = Table(clients.dynamodb, name), FakeSealer()
        yield Stores(
            DynamoDbRuleRuns(table, sealer), DynamoDbRuleWindows(table, sealer), DynamoDbTimers(table), None, table
        )


def a_run(event: str = "e1", state: RuleRunState = RuleRunState.SENT, minutes: int = 0) -> RuleRun:
    at = NOON + timedelta(minutes=minutes)
    return RuleRun(tenant=ACME, rule="r1", id=run_id("r1", event, at), at=at, state=state, event=event, rule_version=1)


def a_timer(kind: TimerKind, generation: int = 1) -> Timer:
    return Timer(TimerKey(ACME, kind, "r1.1"), generation, WINDOW.end)


def test_a_run_is_written_only_if_its_rule_is_enabled_and_in_its_version(stores: Stores) -> None:
    written = RunWritten(run=a_run())
    assert not stores.write(RuleUnchanged(ACME, "r1", 1), written)
    stores.save_rule(version=2)
    assert not stores.write(RuleUnchanged(ACME, "r1", 1), written)
    stores.save_rule(version=1, enabled=False)
    assert not stores.write(RuleUnchanged(ACME, "r1", 1), written)
    stores.save_rule(version=1)
    assert stores.write(RuleUnchanged(ACME, "r1", 1), written)
    assert stores.runs.get(ACME, "r1", a_run().id, NOON) == a_run()


def test_al_28_a_run_is_written_once(stores: Stores) -> None:
    assert stores.write(RunWritten(run=a_run()))
    assert not stores.write(RunWritten(run=replace(a_run(), state=RuleRunState.THROTTLED)))
    assert stores.runs.get(ACME, "r1", a_run().id, NOON) == a_run()


def test_a_held_run_is_sent_or_released_once(stores: Stores) -> None:
    held = a_run(state=RuleRunState.HELD)
    sent = RunWritten(run=a_run(), over=RuleRunState.HELD)
    assert not stores.write(sent)
    assert stores.write(RunWritten(run=held, timer=a_timer(TimerKind.HOLD)))
    assert stores.timers.get(a_timer(TimerKind.HOLD).key) == a_timer(TimerKind.HOLD)
    assert stores.write(sent)
    assert not stores.write(sent)
    assert not stores.runs.end_hold(held)
    other = a_run("e2", RuleRunState.HELD)
    stores.write(RunWritten(run=other))
    assert stores.runs.end_hold(other)
    assert not stores.runs.end_hold(other)
    standing = stores.runs.get(ACME, "r1", other.id, NOON)
    assert standing == replace(other, state=RuleRunState.RELEASED)
    assert not stores.write(RunWritten(run=a_run("e2"), over=RuleRunState.HELD))


def test_a_throttle_lets_so_many_pass_in_each_window_and_of_each_value(stores: Stores) -> None:
    later = RuleWindow(WINDOW.end, WINDOW.end + timedelta(hours=1))
    uses = [ThrottleUse(window, value, 2) for window in (WINDOW, later) for value in ("", "+447700900123")]
    for n, use in enumerate(uses * 3):
        assert stores.write(RunWritten(run=a_run(f"e{n}"), throttle=use)) == (n < 8)
    assert [stores.windows.used(ACME, "r1", use.window, use.value) for use in uses] == [2] * 4
    assert stores.windows.used(ACME, "r2", WINDOW, "") == 0


def test_what_a_throttle_stops_is_counted_and_told_once(stores: Stores) -> None:
    none = stores.windows.missed(ACME, "r1", WINDOW)
    assert none == MissedMatches(WINDOW)
    first = a_timer(TimerKind.THROTTLE_END)
    assert stores.write(RunWritten(run=a_run("e1"), missed=none, match=MATCH, timer=first))
    assert not stores.write(RunWritten(run=a_run("e2"), missed=none, match=MATCH, timer=first))
    missed = stores.windows.missed(ACME, "r1", WINDOW)
    assert missed == MissedMatches(WINDOW, 1, 0, MATCH)
    newest = MatchToTell("e3")
    assert stores.write(RunWritten(run=a_run("e2"), missed=missed, match=MATCH))
    assert stores.write(RunWritten(run=a_run("e3"), missed=missed, match=newest))
    missed = stores.windows.missed(ACME, "r1", WINDOW)
    assert (missed.count, missed.told) == (3, 0)
    assert stores.write(MissedTold(ACME, "r1", missed))
    assert not stores.write(MissedTold(ACME, "r1", missed))
    assert not stores.write(RunWritten(run=a_run("e4"), missed=missed, match=MATCH))  # it would not be told any more
    told = stores.windows.missed(ACME, "r1", WINDOW)
    assert (told.count, told.told) == (3, 3)
    again = replace(first, generation=4)
    assert stores.write(RunWritten(run=a_run("e4"), missed=told, match=MATCH, timer=again))
    assert stores.timers.get(first.key) == again


def test_a_digest_lists_what_was_collected_until_it_was_closed(stores: Stores) -> None:
    assert stores.windows.open_digest(ACME, "r1") is None
    opens, joins = OpenDigest(WINDOW, is_new=True), OpenDigest(WINDOW, is_new=False)
    assert not stores.write(RunWritten(run=a_run("e0"), digest=joins, match=MATCH))
    timer = a_timer(TimerKind.DIGEST)
    late = a_run("e2", minutes=2)
    assert stores.write(RunWritten(run=late, digest=opens, match=MatchToTell("e2"), timer=timer))
    assert stores.windows.open_digest(ACME, "r1") == WINDOW
    assert not stores.write(RunWritten(run=a_run("e0"), digest=opens, match=MATCH))
    assert stores.write(RunWritten(run=a_run("e1", minutes=1), digest=joins, match=MATCH))
    stores.windows.close_digest(ACME, "r1", NOON - timedelta(hours=1))  # another one
    assert stores.windows.open_digest(ACME, "r1") == WINDOW
    for _ in range(2):
        stores.windows.close_digest(ACME, "r1", NOON)
    assert stores.windows.open_digest(ACME, "r1") is None
    assert not stores.write(RunWritten(run=a_run("e0"), digest=joins, match=MATCH))
    assert list(stores.windows.collected(ACME, "r1", NOON)) == [MATCH, MatchToTell("e2")]
    assert not stores.windows.collected(ACME, "r2", NOON)
