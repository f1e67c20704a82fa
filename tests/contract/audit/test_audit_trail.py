"""What every audit trail promises."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.contract.cloud import Cloud, tenants_guarded
from tests.contract.core_table import fresh_table
from tests.fakes.directory import FakeAuditTrail
from tests.fakes.sealer import FakeSealer
from tocsin.adapters.dynamodb.audit import DynamoDbAuditTrail
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.audit.domain.actor import OPERATOR, Actor, ActorKind, Via
from tocsin.audit.domain.entry import KEPT_FOR, AuditEntry, Thing
from tocsin.audit.ports import AuditQuery, AuditTrail
from tocsin.kernel.domain.errors import InvalidRequest
from tocsin.kernel.domain.ids import TenantId, time_ordered_uuid

ACME, OTHER = TenantId("acme"), TenantId("acme2")
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
ANA = Actor(ActorKind.USER, "ana", "Ana")


@pytest.fixture
def trail(make: tuple[str, Cloud | None]) -> Iterator[AuditTrail]:
    _, clients = make
    if clients is None:
        yield FakeAuditTrail()
        return
    with fresh_table(clients) as name, tenants_guarded(clients.dynamodb):
        yield DynamoDbAuditTrail(Table(clients.dynamodb, name), FakeSealer())


def entry(n: int, days_ago: int = 0, who: Actor = ANA, tenant: TenantId = ACME, **more: Any) -> AuditEntry:
    at = NOW - timedelta(days=days_ago)
    values: dict[str, Any] = {
        "action": "user.updated",
        "thing": Thing("user", "ben", "Ben"),
        "before": {"role": "user"},
        "after": {"role": "manager", "companies": ["c1"]},
        "request_id": "r-1",
    }
    id = time_ordered_uuid(at, n.to_bytes(10, "big"))
    return AuditEntry(tenant, id, at, who, Via.CONSOLE, **values | more)


def read(trail: AuditTrail, query: AuditQuery | None = None, *, limit: int = 100) -> list[AuditEntry]:
    found: list[AuditEntry] = []
    cursor = None
    while True:
        page = trail.read(ACME, query or AuditQuery(), limit, cursor, NOW)
        found += page.entries
        if (cursor := page.next) is None:
            return found


def test_entries_come_back_as_they_were_recorded_newest_first_over_months(trail: AuditTrail) -> None:
    entries = [entry(n, days_ago) for n, days_ago in enumerate((0, 0, 3, 4, 40, 200, 399))]
    trail.record(entries)
    trail.record([entry(1, tenant=OTHER)])

    expected = sorted(entries, key=lambda e: e.id, reverse=True)
    assert read(trail) == expected
    assert read(trail, limit=2) == expected


def test_an_entry_is_recorded_once_and_never_replaced(trail: AuditTrail) -> None:
    first = entry(1)
    trail.record([first])
    trail.record([entry(1, action="user.deleted"), entry(2)])

    assert read(trail) == [entry(2), first]


def test_an_entry_ends_after_400_days(trail: AuditTrail) -> None:
    assert timedelta(days=400) == KEPT_FOR
    trail.record([entry(1, 399), entry(2, 401)])

    assert read(trail) == [entry(1, 399)]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        (AuditQuery(person="user:ana"), [1, 2]),
        (AuditQuery(person="operator"), [3, 4]),
        (AuditQuery(thing="user"), [1, 2, 3]),
        (AuditQuery(thing="user:ben"), [1, 2]),
        (AuditQuery(action="role.created"), [4]),
        (AuditQuery(since=NOW - timedelta(days=1)), [1]),
        (AuditQuery(until=NOW - timedelta(days=1)), [2, 3, 4]),
        (AuditQuery(since=NOW - timedelta(days=45), until=NOW), [2, 3]),
        (AuditQuery(person="user:ana", thing="role"), []),
    ],
)
def test_a_query_keeps_what_all_its_conditions_name(trail: AuditTrail, query: AuditQuery, wanted: list[int]) -> None:
    entries = {
        1: entry(1),
        2: entry(2, 2),
        3: entry(3, 45, OPERATOR, thing=Thing("user", "eve")),
        4: entry(4, 90, OPERATOR, thing=Thing("role", "r1"), action="role.created"),
    }
    trail.record(list(entries.values()))

    assert read(trail, query) == [entries[n] for n in wanted]
    assert read(trail, query, limit=1) == [entries[n] for n in wanted]


def test_a_cursor_is_good_for_its_own_query_only(trail: AuditTrail) -> None:
    trail.record([entry(1), entry(2)])
    cursor = trail.read(ACME, AuditQuery(), 1, None, NOW).next
    assert cursor is not None

    with pytest.raises(InvalidRequest):
        trail.read(ACME, AuditQuery(thing="user"), 1, cursor, NOW)
    with pytest.raises(InvalidRequest):
        trail.read(OTHER, AuditQuery(), 1, cursor, NOW)
