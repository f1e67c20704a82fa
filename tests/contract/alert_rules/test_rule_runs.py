"""What every store of runs promises."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.contract.cloud import Cloud, tenants_guarded
from tests.contract.core_table import fresh_table
from tests.fakes.alert_rules import FakeRuleRuns
from tests.fakes.sealer import FakeSealer
from tests.fakes.time import NOON
from tocsin.adapters.dynamodb.alert_rules.runs import DynamoDbRuleRuns
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.alert_rules.domain.rule import KEPT_FOR
from tocsin.alert_rules.domain.run import RuleRun, RuleRunState, run_id
from tocsin.alert_rules.ports.runs import RuleRuns, RunFilter
from tocsin.kernel.domain.errors import InvalidRequest
from tocsin.kernel.domain.ids import AlertRef, TenantId

ACME, OTHER = TenantId("acme"), TenantId("acme2")


@pytest.fixture
def runs(make: tuple[str, Cloud | None]) -> Iterator[RuleRuns]:
    _, clients = make
    if clients is None:
        yield FakeRuleRuns()
        return
    with fresh_table(clients) as name, tenants_guarded(clients.dynamodb):
        yield DynamoDbRuleRuns(Table(clients.dynamodb, name), FakeSealer())


def a_run(event: str = "e1", minutes: int = 0, **given: Any) -> RuleRun:
    at = NOON + timedelta(minutes=minutes)
    fixed: dict[str, Any] = {"tenant": ACME, "rule": "r1", "state": RuleRunState.SENT, "rule_version": 3}
    return RuleRun(id=run_id("r1", event, at), at=at, event=event, **fixed | given)


def test_a_run_is_read_as_it_was_added(runs: RuleRuns) -> None:
    run = a_run(
        trigger_ids=("t2", "t1"),
        entities=("Support", "Trigger 1"),
        line="l3",
        alert=AlertRef("a1"),
        deliveries=("d1",),
        test=True,
    )
    assert runs.add(run)
    assert runs.get(ACME, "r1", run.id, NOON) == run
    assert runs.get(OTHER, "r1", run.id, NOON) is None
    assert runs.get(ACME, "r2", run.id, NOON) is None


def test_al_28_an_event_fires_a_rule_once(runs: RuleRuns) -> None:
    first = a_run()
    assert runs.add(first)
    assert not runs.add(replace(a_run(), state=RuleRunState.FAILED))
    assert runs.get(ACME, "r1", first.id, NOON) == first
    assert run_id("r1", "e1", NOON) != run_id("r2", "e1", NOON)


def test_al_33_runs_are_listed_newest_first_page_by_page(runs: RuleRuns) -> None:
    for minutes in (2, 0, 3, 1):
        runs.add(a_run(f"e{minutes}", minutes))
    runs.add(a_run("other", rule="r2"))
    first = runs.page(ACME, "r1", RunFilter(), 3, None, NOON)
    rest = runs.page(ACME, "r1", RunFilter(), 3, first.next, NOON)
    assert [run.event for run in (*first.runs, *rest.runs)] == ["e3", "e2", "e1", "e0"]
    assert rest.next is None
    with pytest.raises(InvalidRequest):
        runs.page(ACME, "r2", RunFilter(), 3, first.next, NOON)


def test_a_run_is_kept_for_ninety_days(runs: RuleRuns) -> None:
    run = a_run()
    runs.add(run)
    end = NOON + KEPT_FOR
    assert runs.get(ACME, "r1", run.id, end - timedelta(seconds=1)) == run
    assert runs.get(ACME, "r1", run.id, end) is None
    assert runs.page(ACME, "r1", RunFilter(), 9, None, end).runs == []


@pytest.mark.parametrize(
    ("filter", "events"),
    [
        (RunFilter(), ["held", "test", "lobby", "plain"]),
        (RunFilter(entity="Support"), ["lobby"]),
        (RunFilter(entity="Supp"), []),
        (RunFilter(line="l3"), ["held", "lobby"]),
        (RunFilter(test=True), ["test"]),
        (RunFilter(test=False, line="l3"), ["held", "lobby"]),
        (RunFilter(since=NOON + timedelta(minutes=1), until=NOON + timedelta(minutes=3)), ["test", "lobby"]),
        (RunFilter(states=frozenset({RuleRunState.THROTTLED, RuleRunState.COLLECTED})), ["digest", "throttled"]),
    ],
)
def test_al_33_filters_combine(runs: RuleRuns, filter: RunFilter, events: list[str]) -> None:
    for run in (
        a_run("plain"),
        a_run("lobby", 1, line="l3", entities=("Lobby", "Support")),
        a_run("test", 2, test=True),
        a_run("held", 3, state=RuleRunState.HELD, line="l3"),
        a_run("throttled", 4, state=RuleRunState.THROTTLED),
        a_run("digest", 5, state=RuleRunState.COLLECTED),
    ):
        runs.add(run)
    first = runs.page(ACME, "r1", filter, 1, None, NOON)
    found = list(first.runs)
    if first.next is not None:
        found += runs.page(ACME, "r1", filter, 9, first.next, NOON).runs
        with pytest.raises(InvalidRequest):
            runs.page(ACME, "r1", RunFilter(line="l9"), 9, first.next, NOON)
    assert [run.event for run in found] == events
