"""VisitorPresses: who pressed which buttons in the last seconds, counted over all processes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tests.contract.cloud import Cloud
from tests.contract.core_table import fresh_table
from tests.fakes.short_links import FakeVisitorPresses
from tests.fakes.tenant_guard import TenantGuard
from tests.fakes.time import NOON
from tocsin.adapters.dynamodb.short_links import DynamoDbVisitorPresses
from tocsin.adapters.dynamodb.table.client import Backoff
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.kernel.domain.ids import TenantId
from tocsin.short_links.domain.page import BURST
from tocsin.short_links.ports import VisitorPresses

ACME = TenantId("acme")
SECOND = timedelta(seconds=1)


@pytest.fixture
def presses(make: tuple[str, Cloud | None]) -> Iterator[VisitorPresses]:
    _, clients = make
    if clients is None:
        yield FakeVisitorPresses()
        return
    with fresh_table(clients) as table:
        yield DynamoDbVisitorPresses(Table(TenantGuard(clients.dynamodb), table, Backoff(sleep=lambda _: None)))


def recent(presses: VisitorPresses, added: dict[str, datetime], now: datetime) -> dict[str, datetime]:
    """Add presses and return those within BURST; a store may know older ones."""
    found = presses.add(ACME, "v1", added, now)
    return {code: at for code, at in found.items() if now - at < BURST}


def test_presses_add_up_and_a_code_counts_once_at_its_latest_press(presses: VisitorPresses) -> None:
    recent(presses, {"a": NOON, "b": NOON}, NOON)
    assert recent(presses, {"b": NOON + SECOND}, NOON + SECOND) == {"a": NOON, "b": NOON + SECOND}


@pytest.mark.parametrize("begin", range(0, 10, 3))
def test_presses_of_the_last_seconds_are_found_wherever_they_begin(presses: VisitorPresses, begin: int) -> None:
    at = NOON + begin * SECOND
    for second in range(9):
        recent(presses, {f"c{second}": at + second * SECOND}, at + second * SECOND)
    assert set(recent(presses, {"c9": at + 9 * SECOND}, at + 9 * SECOND)) == {f"c{n}" for n in range(10)}
    assert set(recent(presses, {"d": at + 15 * SECOND}, at + 15 * SECOND)) == {"c6", "c7", "c8", "c9", "d"}


def test_visitors_and_tenants_are_counted_apart(presses: VisitorPresses) -> None:
    recent(presses, {"a": NOON}, NOON)
    assert presses.add(ACME, "v2", {"b": NOON}, NOON) == {"b": NOON}
    assert presses.add(TenantId("acme2"), "v1", {"b": NOON}, NOON) == {"b": NOON}


def test_a_millisecond_is_kept(presses: VisitorPresses) -> None:
    at = NOON + timedelta(milliseconds=7)
    assert recent(presses, {"a": at}, at) == {"a": at}
