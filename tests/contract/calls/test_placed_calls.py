"""What every PlacedCalls promises: the first try that a call is noted with stays, and an unknown call has none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.contract.cloud import Cloud
from tests.contract.core_table import fresh_table
from tests.fakes.calls import FakePlacedCalls
from tests.fakes.tenant_guard import TenantGuard
from tests.fakes.time import NOON
from tocsin.adapters.dynamodb.calls.placed_calls import DynamoDbPlacedCalls
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.calls.ports.placed_calls import PlacedCalls
from tocsin.delivery.domain.message_id import MessageId
from tocsin.kernel.domain.ids import AlertRef, TenantId

ID = MessageId(ChunkKey(TenantId("acme"), AlertRef("0192aaaa-0000-7000-8000-000000000000"), 1, 2), 7, 3)
CALL = "11111111-2222-3333-4444-555555555555"
UNTIL = NOON + timedelta(days=7)


@pytest.fixture
def calls(make: tuple[str, Cloud | None]) -> Iterator[PlacedCalls]:
    _, clients = make
    if clients is None:
        yield FakePlacedCalls()
        return
    with fresh_table(clients) as table:
        yield DynamoDbPlacedCalls(Table(TenantGuard(clients.dynamodb), table))


def test_a_call_leads_to_its_try(calls: PlacedCalls) -> None:
    calls.remember(CALL, ID, UNTIL)
    assert calls.find(CALL) == ID


def test_an_unknown_call_leads_nowhere(calls: PlacedCalls) -> None:
    assert calls.find(CALL) is None


def test_a_repeat_changes_nothing(calls: PlacedCalls) -> None:
    calls.remember(CALL, ID, UNTIL)
    calls.remember(CALL, replace(ID, attempt=4), UNTIL)
    assert calls.find(CALL) == ID
