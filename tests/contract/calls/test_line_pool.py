"""What every LinePool promises: no line is leased twice, whoever asks at the same time, and nobody is named."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import number
from tests.contract.cloud import Cloud
from tests.contract.core_table import fresh_table
from tests.fakes.calls import FakeLinePool
from tests.fakes.sealer import FakeSealer
from tests.fakes.tenant_guard import TenantGuard
from tests.fakes.time import NOON
from tocsin.adapters.dynamodb.calls.lines import DynamoDbLinePool
from tocsin.adapters.dynamodb.table.client import Backoff
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.calls.ports.line_pool import LinePool, WantedLine
from tocsin.delivery.domain.message_id import MessageId
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import AlertRef, TenantId

ACME, OTHER = TenantId("acme"), TenantId("other")
UNTIL = NOON + timedelta(minutes=12)
PATIENT = Backoff(tries=60, base=0.002, cap=0.05)


@pytest.fixture
def pool(make: tuple[str, Cloud | None]) -> Iterator[LinePool]:
    _, clients = make
    if clients is None:
        yield FakeLinePool()
        return
    with fresh_table(clients) as table:
        yield DynamoDbLinePool(Table(TenantGuard(clients.dynamodb), table, PATIENT), FakeSealer(), 10)


def line(position: int, tenant: TenantId = ACME, attempt: int = 1, to: str = "") -> WantedLine:
    key = ChunkKey(tenant, AlertRef("0192aaaa-0000-7000-8000-000000000000"), 0, 0)
    return WantedLine(MessageId(key, position, attempt), to or number(position))


def take(pool: LinePool, *lines: WantedLine, urgent: bool = False, after: int = 0) -> set[int]:
    now = NOON + timedelta(seconds=after)
    tenant = lines[0].message.key.tenant if lines else ACME
    return {id.position for id in pool.take(tenant, lines, urgent=urgent, now=now, until=UNTIL)}


def test_lines_are_leased_in_order_and_a_fifth_is_left(pool: LinePool) -> None:
    assert take(pool, *map(line, range(12))) == set(range(8))
    assert take(pool, *map(line, range(20, 24)), urgent=True) == {20, 21}


def test_a_repeat_is_the_same_line_and_asking_for_none_is_nothing(pool: LinePool) -> None:
    assert take(pool, line(1)) == take(pool, line(1)) == {1}
    assert take(pool, *map(line, range(2, 12))) == set(range(2, 9))
    assert take(pool) == set()


def test_a_line_that_is_given_back_is_free_and_a_repeat_changes_nothing(pool: LinePool) -> None:
    take(pool, *map(line, range(8)))
    pool.give_back(ACME, [line(0), line(1)])
    pool.give_back(ACME, [line(0), line(99)])
    pool.give_back(ACME, [])

    assert take(pool, *map(line, range(8, 12))) == {8, 9}


def test_a_number_is_called_once_at_a_time_by_an_account(pool: LinePool) -> None:
    mine = number(1)
    assert take(pool, line(1, to=mine)) == {1}
    assert take(pool, line(2, to=mine), line(3)) == {3}
    assert take(pool, line(2, OTHER, to=mine)) == {2}


def test_a_lease_ends_by_itself(pool: LinePool) -> None:
    take(pool, *map(line, range(8)))

    assert take(pool, line(9), after=12 * 60 - 1) == set()
    assert take(pool, line(9), after=12 * 60) == {9}


def test_an_account_that_was_refused_gets_the_next_lines(pool: LinePool) -> None:
    take(pool, *map(line, range(8)))
    assert take(pool, line(1, OTHER)) == set()
    pool.give_back(ACME, [line(0)])

    assert take(pool, line(9)) == set()
    assert take(pool, line(1, OTHER)) == {1}


def test_workers_that_ask_at_the_same_time_never_get_more_lines_than_there_are(engine: tuple[str, Cloud]) -> None:
    _, clients = engine
    with fresh_table(clients) as table:
        workers = [DynamoDbLinePool(Table(clients.dynamodb, table, PATIENT), FakeSealer(), 10) for _ in range(4)]

        def work(n: int) -> set[int]:
            mine = [line(10 * n + k) for k in range(5)]
            held = take(workers[n], *mine, urgent=True)
            workers[n].give_back(ACME, mine[:1])  # one call ends at once
            return held - {10 * n}

        with ThreadPoolExecutor(4) as executor:
            under_way = [held for worker in executor.map(work, range(4)) for held in worker]

    assert len(under_way) == len(set(under_way)) <= 10


class Overtaking(TenantGuard):
    """A client before whose next write another worker writes."""

    other: LinePool | None = None

    def __getattr__(self, method: str) -> Any:
        call = super().__getattr__(method)

        def late(**request: Any) -> Any:
            if self.other is not None and method == "update_item":
                other, self.other = self.other, None
                take(other, *map(line, range(20, 24)))
            return call(**request)

        return late


@pytest.mark.parametrize("before", [0, 1])
def test_a_worker_whose_view_is_old_looks_anew(before: int, engine: tuple[str, Cloud]) -> None:
    _, clients = engine
    with fresh_table(clients) as table:
        client = Overtaking(clients.dynamodb)
        pool = DynamoDbLinePool(Table(client, table, PATIENT), FakeSealer(), 10)
        take(pool, *map(line, range(before)))
        client.other = DynamoDbLinePool(Table(clients.dynamodb, table, PATIENT), FakeSealer(), 10)

        assert len(take(pool, *map(line, range(1, 9)))) == 4 - before
        assert take(pool, line(20)) == {20}  # nobody's line was written over


def test_a_worker_that_remembers_full_lines_looks_whether_some_were_given_back(engine: tuple[str, Cloud]) -> None:
    _, clients = engine
    with fresh_table(clients) as table:
        dialler, other = (DynamoDbLinePool(Table(clients.dynamodb, table, PATIENT), FakeSealer(), 10) for _ in "ab")
        take(dialler, *map(line, range(8)))
        other.give_back(ACME, [line(0), line(1)])

        assert take(dialler, *map(line, range(8, 12))) == {8, 9}


def test_a_line_that_is_given_back_while_another_is_taken_stays_free(engine: tuple[str, Cloud]) -> None:
    _, clients = engine
    with fresh_table(clients) as table:
        dialler, other = (DynamoDbLinePool(Table(clients.dynamodb, table, PATIENT), FakeSealer(), 10) for _ in "ab")
        take(dialler, *map(line, range(7)))
        other.give_back(ACME, [line(0)])
        take(dialler, line(7))  # from what it remembers, line 0 is still taken

        assert take(other, *map(line, range(8, 12))) == {8}


class Lost(TenantGuard):
    """A client whose next write is done, and its response is lost."""

    losing = False

    def __getattr__(self, method: str) -> Any:
        call = super().__getattr__(method)

        def lossy(**request: Any) -> Any:
            if self.losing and method == "update_item":
                self.losing = False
                call(**request)  # botocore tries again by itself
            return call(**request)

        return lossy


@pytest.mark.parametrize("before", [0, 1])
def test_a_write_whose_response_was_lost_leases_once(before: int, engine: tuple[str, Cloud]) -> None:
    _, clients = engine
    with fresh_table(clients) as table:
        client = Lost(clients.dynamodb)
        pool = DynamoDbLinePool(Table(client, table, PATIENT), FakeSealer(), 10)
        take(pool, *map(line, range(before)))
        client.losing = True

        assert take(pool, *map(line, range(1, 9))) == set(range(1, 9 - before))


def test_a_pool_that_others_keep_changing_says_so(engine: tuple[str, Cloud]) -> None:
    _, clients = engine
    with fresh_table(clients) as table:
        pool = DynamoDbLinePool(Table(clients.dynamodb, table, Backoff(tries=0)), FakeSealer(), 10)
        with pytest.raises(StorageUnavailable):
            take(pool, line(1))


def test_s7_the_row_names_no_number(engine: tuple[str, Cloud]) -> None:
    _, clients = engine
    with fresh_table(clients) as table:
        pool = DynamoDbLinePool(Table(clients.dynamodb, table, PATIENT), FakeSealer(), 10)
        take(pool, line(1))
        (row,) = clients.dynamodb.scan(TableName=table)["Items"]

    assert number(1).lstrip("+") not in str(row)
