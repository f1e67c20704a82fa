"""IdempotencyStore: the first answer under a claim stands for a day."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest

from tests.contract.alert_path import ACME, KEY, NOON, OTHER, AlertPath
from tests.fakes.idempotency_store import FakeIdempotencyStore
from tests.fakes.sealer import FakeSealer
from tocsin.adapters.dynamodb.idempotency import DynamoDbIdempotencyStore
from tocsin.idempotency.domain.claim import IdempotencyClaim, KeyReused, Replayed
from tocsin.idempotency.ports import IdempotencyStore
from tocsin.kernel.domain.ids import ApiKeyId

CLAIM = IdempotencyClaim("setinfo", "once größe", "f1")
OTHER_REQUEST = replace(CLAIM, fingerprint="f2")
DAY = timedelta(hours=24)


@pytest.fixture
def book(world: AlertPath) -> IdempotencyStore:
    if world.engine == "fake":
        return FakeIdempotencyStore()
    return DynamoDbIdempotencyStore(world.table, FakeSealer())


def test_a1_the_first_answer_stands(book: IdempotencyStore) -> None:
    assert book.earlier(ACME, KEY, CLAIM, NOON) is None
    assert book.keep(ACME, KEY, CLAIM, '{"größe":1}', NOON) is None
    assert book.earlier(ACME, KEY, CLAIM, NOON) == Replayed('{"größe":1}')
    assert book.keep(ACME, KEY, CLAIM, "other", NOON) == Replayed('{"größe":1}')
    assert book.earlier(ACME, KEY, OTHER_REQUEST, NOON) == KeyReused()
    assert book.keep(ACME, KEY, OTHER_REQUEST, "other", NOON) == KeyReused()


def test_a1_a_claim_belongs_to_its_tenant_key_and_route(book: IdempotencyStore) -> None:
    book.keep(ACME, KEY, CLAIM, "mine", NOON)
    assert book.earlier(OTHER, KEY, CLAIM, NOON) is None
    assert book.earlier(ACME, ApiKeyId("k2"), CLAIM, NOON) is None
    assert book.earlier(ACME, KEY, replace(CLAIM, route="deletecontent"), NOON) is None
    assert book.earlier(ACME, KEY, replace(CLAIM, key="twice"), NOON) is None


def test_a1_it_is_free_again_after_24_hours_by_the_clock(book: IdempotencyStore) -> None:
    book.keep(ACME, KEY, CLAIM, "first", NOON)
    assert book.earlier(ACME, KEY, CLAIM, NOON + DAY - timedelta(milliseconds=1)) == Replayed("first")
    assert book.earlier(ACME, KEY, CLAIM, NOON + DAY) is None
    assert book.keep(ACME, KEY, OTHER_REQUEST, "second", NOON + DAY) is None
    assert book.earlier(ACME, KEY, OTHER_REQUEST, NOON + DAY) == Replayed("second")


def test_a1_of_eight_at_once_one_stands(book: IdempotencyStore) -> None:
    start = Barrier(8)

    def keep(n: int) -> Replayed | KeyReused | None:
        start.wait()
        return book.keep(ACME, KEY, CLAIM, f"answer {n}", NOON)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(keep, range(8)))
    assert found.count(None) == 1
    (stands,) = {one for one in found if one is not None}
    assert stands == book.earlier(ACME, KEY, CLAIM, NOON)


def test_a_row_holds_no_word_of_the_answer_or_of_the_clients_key(real: AlertPath) -> None:
    book = DynamoDbIdempotencyStore(real.table, FakeSealer())
    book.keep(ACME, KEY, replace(CLAIM, key="canary key"), "canary answer", NOON)
    (row,) = real.dynamodb._client.scan(TableName=real.table_name)["Items"]
    assert "canary" not in repr(row)
