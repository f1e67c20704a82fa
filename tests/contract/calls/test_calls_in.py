"""What every CallsIn promises: a call is found as it stood when it last asked, by its own tenant."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.contract.alert_path import ACME, OTHER
from tests.contract.cloud import Cloud
from tests.contract.core_table import fresh_table
from tests.fakes.calls_in import FakeCallsIn
from tests.fakes.sealer import FakeSealer
from tests.fakes.tenant_guard import TenantGuard
from tests.fakes.time import NOON
from tocsin.adapters.dynamodb.calls.calls_in import DynamoDbCallsIn
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.calls.ports.calls_in import CallsIn, CallUnderWay

CALL = CallUnderWay("11111111-2222-3333-4444-555555555555", "+447700900001", "1m1n000cn01-m0.1_a.b.0.0.0.0")
UNTIL = NOON + timedelta(days=1)


@pytest.fixture
def calls(make: tuple[str, Cloud | None]) -> Iterator[CallsIn]:
    _, clients = make
    if clients is None:
        yield FakeCallsIn()
        return
    with fresh_table(clients) as table:
        yield DynamoDbCallsIn(Table(TenantGuard(clients.dynamodb), table), FakeSealer())


def test_a_call_is_found_as_it_stood_last(calls: CallsIn) -> None:
    calls.keep(ACME, CALL, UNTIL)
    later = replace(CALL, state="1o3k000nn035-m0.1_a.b.0.0.0.0")
    calls.keep(ACME, later, UNTIL)
    assert calls.find(ACME, CALL.call_id) == later


def test_a_withheld_number_stays_withheld(calls: CallsIn) -> None:
    withheld = replace(CALL, caller=None)
    calls.keep(ACME, withheld, UNTIL)
    assert calls.find(ACME, CALL.call_id) == withheld


def test_nobody_finds_the_call_of_another_tenant(calls: CallsIn) -> None:
    calls.keep(ACME, CALL, UNTIL)
    assert calls.find(OTHER, CALL.call_id) is None
    assert calls.find(ACME, "another") is None
