"""What every store of backtests promises: a turn is written once, over the turn that it was read of."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.canaries import blobs_of
from tests.contract.alert_path import ACME, OTHER, AlertPath
from tests.fakes.alert_rules import FakeBacktests
from tests.fakes.sealer import FakeSealer
from tests.fakes.time import NOON
from tests.unit.alert_rules.worlds import a_rule, a_trigger
from tocsin.adapters.dynamodb.alert_rules.backtests import DynamoDbBacktests
from tocsin.alert_rules.domain.actions import EmailAction
from tocsin.alert_rules.domain.backtest import BacktestSums
from tocsin.alert_rules.domain.triggers import RuleType
from tocsin.alert_rules.ports.backtests import BACKTEST_KEPT, Backtest, Backtests, BacktestState

HOUR = timedelta(hours=1)
MAIL = EmailAction(id="n1", to="ana@example.com", subject="Missed call")


def a_backtest(id: str = "b1") -> Backtest:
    rule = a_rule(RuleType.CALL, a_trigger(statuses=["missed"]), actions=(MAIL,))
    return Backtest(
        tenant=ACME, id=id, by="user:u1", rule=rule, is_saved=True, first=NOON - 9 * HOUR, before=NOON,
        created_at=NOON, next_hour=NOON - 9 * HOUR,
    )  # fmt: skip


def after(backtest: Backtest, runs: int) -> Backtest:
    """Return a backtest after one turn more."""
    sums = BacktestSums(
        matches=runs, runs=runs, days={"2026-11-23": runs}, lines={"l1": runs}, held=[[["e"], ["t"], "x"]]
    )
    state = BacktestState.SCANNING
    return replace(backtest, next_hour=backtest.next_hour + HOUR, turn=backtest.turn + 1, state=state, sums=sums)


@pytest.fixture
def backtests(world: AlertPath) -> Backtests:
    return FakeBacktests() if world.engine == "fake" else DynamoDbBacktests(world.table, FakeSealer())


def test_a_backtest_is_found_as_it_was_stored_and_a_repeat_changes_nothing(backtests: Backtests) -> None:
    backtests.add(a_backtest())
    assert backtests.find(ACME, "b1", NOON) == a_backtest()
    two = after(a_backtest(), 2)
    assert backtests.save(two)
    backtests.add(a_backtest())
    assert backtests.find(ACME, "b1", NOON) == two
    assert backtests.find(ACME, "b2", NOON) is None
    assert backtests.find(OTHER, "b1", NOON) is None


def test_the_slower_of_two_workers_writes_nothing(backtests: Backtests) -> None:
    backtests.add(a_backtest())
    first, second = after(a_backtest(), 2), replace(after(a_backtest(), 1), next_hour=NOON)
    assert backtests.save(first)
    assert backtests.save(first)  # the response was lost
    assert not backtests.save(second)
    assert backtests.find(ACME, "b1", NOON) == first
    assert not backtests.save(after(a_backtest("gone"), 1))


def test_retention_a_backtest_can_be_read_for_a_week(backtests: Backtests) -> None:
    backtests.add(a_backtest())
    assert backtests.find(ACME, "b1", NOON + BACKTEST_KEPT - timedelta(milliseconds=1))
    assert backtests.find(ACME, "b1", NOON + BACKTEST_KEPT) is None


def test_s4_rule_and_result_are_sealed(world: AlertPath) -> None:
    if world.engine == "fake":
        pytest.skip("the fake seals nothing")
    backtests = DynamoDbBacktests(world.table, FakeSealer())
    backtests.add(after(a_backtest(), 2))
    row = next(world.table.beginning_with("T#acme#BT", "b"))
    clear = b"\n".join(blobs_of({name: value for name, value in row.items() if name not in ("head", "sealed")}))
    for written in (b"ana@example.com", b"missed", b"l1"):
        assert written not in clear
