"""Plans and counts of reports: each write is over the one before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from tests.contract.alert_path import ACME, NOON, OTHER, AlertPath
from tests.fakes.reports import FakeReportStore
from tests.fakes.sealer import FakeSealer
from tocsin.adapters.dynamodb.reports.report_store import DynamoDbReportStore
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.reports.domain.day_sums import DaySums
from tocsin.reports.ports import COUNT_KEPT, CountedDay, ReportPlan, ReportStore

DAY = date(2026, 11, 29)
HOUR = timedelta(hours=1)
PLAN = ReportPlan(tenant=ACME, day=DAY)
SUMS = DaySums(calls={"incoming missed": 3}, waits=[3, 60, 30], lines={"2001": 3}, numbers_in={"+447700900100": 4})
COUNT = CountedDay(
    tenant=ACME,
    day=DAY,
    zone="Asia/Kathmandu",
    begin=NOON,
    end=NOON + 24 * HOUR,
    received_before=NOON + 32 * HOUR,
    next_hour=NOON,
    sums=SUMS,
)


@pytest.fixture
def store(world: AlertPath) -> ReportStore:
    if world.engine == "fake":
        return FakeReportStore()
    return DynamoDbReportStore(Table(world.dynamodb, world.table_name), FakeSealer())


def test_a_plan_is_written_over_the_version_before(store: ReportStore) -> None:
    assert store.plan(ACME) is None
    assert store.save_plan(PLAN)
    assert store.save_plan(PLAN), "a repeat"
    assert not store.save_plan(replace(PLAN, day=DAY + timedelta(days=1)))
    after = replace(PLAN, day=DAY + timedelta(days=1), unwanted=1, version=2)
    assert store.save_plan(after)
    assert not store.save_plan(replace(after, unwanted=0))
    assert store.plan(ACME) == after
    assert store.plan(OTHER) is None


def test_a_count_is_written_over_the_turn_before(store: ReportStore) -> None:
    assert store.count(ACME, DAY, NOON) is None
    assert store.save_count(COUNT)
    assert store.save_count(COUNT), "a repeat"
    after = replace(COUNT, next_hour=NOON + HOUR, turn=2, sums=replace(SUMS, voicemails=2))
    assert store.save_count(after)
    assert not store.save_count(replace(COUNT, next_hour=NOON + 2 * HOUR)), "its turn was taken"
    done = replace(after, turn=3, next_hour=NOON + 32 * HOUR, done=True)
    assert store.save_count(done)
    assert store.count(ACME, DAY, NOON) == done
    assert store.count(ACME, DAY + timedelta(days=1), NOON) is None
    assert store.count(OTHER, DAY, NOON) is None


def test_a_count_is_gone_when_its_time_is_over(store: ReportStore) -> None:
    store.save_count(COUNT)
    assert store.count(ACME, DAY, NOON + COUNT_KEPT - HOUR) == COUNT
    assert store.count(ACME, DAY, NOON + COUNT_KEPT) is None
