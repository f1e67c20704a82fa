"""Totals of what was sent: sums of quarters of an hour, for any span that begins and ends with one."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.contract.alert_path import ACME, NOON, OTHER, AlertPath
from tests.fakes.sending_limits import FakeSendingTotals
from tocsin.adapters.dynamodb.limits import DynamoDbSendingTotals
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.limits.ports import SendingTotals

QUARTER = timedelta(minutes=15)
DAY = timedelta(days=1)


@pytest.fixture
def totals(world: AlertPath) -> SendingTotals:
    return (
        FakeSendingTotals()
        if world.engine == "fake"
        else DynamoDbSendingTotals(Table(world.dynamodb, world.table_name))
    )


def test_amounts_of_a_quarter_add_up_by_their_names(totals: SendingTotals) -> None:
    totals.add(ACME, NOON, {"texts": 25, "text_cost": 1_125_000})
    totals.add(ACME, NOON + QUARTER - timedelta(seconds=1), {"texts": 3, "calls": 1})
    assert totals.read(ACME, NOON, NOON + QUARTER) == {"texts": 28, "text_cost": 1_125_000, "calls": 1}


def test_what_is_given_back_is_taken_off(totals: SendingTotals) -> None:
    totals.add(ACME, NOON, {"calls": 5, "call_cost": 100})
    totals.add(ACME, NOON, {"calls": -1, "call_cost": -20})
    assert totals.read(ACME, NOON, NOON + QUARTER) == {"calls": 4, "call_cost": 80}


def test_a_span_has_the_quarters_from_its_begin_to_before_its_end(totals: SendingTotals) -> None:
    for quarter in range(200):
        totals.add(ACME, NOON + quarter * QUARTER, {"texts": 1})
    for hours in (23, 24, 25):
        assert totals.read(ACME, NOON + 3 * QUARTER, NOON + 3 * QUARTER + timedelta(hours=hours)) == {
            "texts": 4 * hours
        }
    assert totals.read(ACME, NOON - DAY, NOON) == {}


def test_a_meter_is_the_tenants_own_and_nothing_is_written_for_nothing(totals: SendingTotals) -> None:
    totals.add(ACME, NOON, {"texts": 0})
    totals.add(ACME, NOON, {})
    totals.add(OTHER, NOON, {"texts": 2})
    assert totals.read(ACME, NOON - DAY, NOON + DAY) == {}
