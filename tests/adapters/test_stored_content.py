"""What only the real store of contents has: objects in the bucket, and rows that TTL takes away."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.contract.cloud import Cloud, cloud
from tests.fakes.sealer import FakeSealer
from tocsin.adapters.dynamodb.stored_content.stored_content import DynamoDbStoredContentRepository
from tocsin.adapters.dynamodb.table.client import Backoff
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.kernel.domain.errors import SealBroken, StaleWrite, StorageUnavailable
from tocsin.kernel.domain.ids import ApiKeyId, StoreId, TenantId
from tocsin.stored_content.domain.stored_content import ContentType, StoredContent, StoreRef

ACME = TenantId("acme")
K1 = ApiKeyId("k1")
NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
MONTH = timedelta(days=30)
BIG = random.Random(1).randbytes(400_000).hex()
NO_WAIT = Backoff(sleep=lambda _: None)


@pytest.fixture
def world() -> Iterator[Cloud]:
    with cloud() as c:
        yield c


@pytest.fixture
def stores(world: Cloud) -> DynamoDbStoredContentRepository:
    return DynamoDbStoredContentRepository(
        Table(world.dynamodb, world.table_name, NO_WAIT), FakeSealer(), world.objects
    )


def a_store(number: int = 1, **settings: object) -> StoredContent:
    plain = StoredContent(
        tenant=ACME,
        key_id=K1,
        store_id=StoreId(f"00000000-0000-4000-8000-{number:012}"),
        type=ContentType.CALL,
        tag="t1",
        name="evacuate",
        content=BIG,
        created_at=NOW,
        lifetime=MONTH,
        expires_at=NOW + MONTH,
    )
    return replace(plain, **settings)  # type: ignore[arg-type]


def objects(world: Cloud) -> list[str]:
    return [found["Key"] for found in world.s3.list_objects_v2(Bucket=world.bucket).get("Contents", [])]


def rows(world: Cloud) -> dict[str, dict[str, Any]]:
    return {row["sk"]["S"]: row for row in world.rows()}  # type: ignore[index]


def test_only_what_is_too_big_for_a_row_is_in_the_bucket(world: Cloud, stores: DynamoDbStoredContentRepository) -> None:
    stores.put(a_store(1, name=None, content="x" * 3_000_000))
    assert objects(world) == []

    stores.put(a_store(2, name=None))
    (name,) = objects(world)
    assert name.startswith("sealed/acme/stores/")
    assert "sealed" not in rows(world)[f"ID#{a_store(2).store_id}"]


def test_a_replaced_a_deleted_and_an_expired_object_are_gone(
    world: Cloud, stores: DynamoDbStoredContentRepository
) -> None:
    stores.put(a_store())
    (first,) = objects(world)

    stores.put(a_store(content=BIG[::-1]))
    (second,) = objects(world)
    assert first != second

    stores.delete(ACME, K1, a_store().store_id)
    assert objects(world) == []

    stores.put(a_store())
    stores.list(ACME, K1, None, NOW + MONTH)
    assert objects(world) == []
    assert rows(world) == {}


def test_the_object_of_an_expired_store_goes_when_its_name_is_used_again(
    world: Cloud, stores: DynamoDbStoredContentRepository
) -> None:
    stores.put(a_store(1))
    later = NOW + 2 * MONTH

    stores.put(a_store(2, content="small", created_at=later, expires_at=later + MONTH))

    assert objects(world) == []
    assert len(rows(world)) == 2


def test_an_object_whose_row_was_never_written_is_taken_back(
    world: Cloud, stores: DynamoDbStoredContentRepository
) -> None:
    # given that another call is always first
    def lose(**_: object) -> None:
        answer: Any = {
            "Error": {"Code": "TransactionCanceledException"},
            "CancellationReasons": [{"Code": "ConditionalCheckFailed"}],
        }
        raise ClientError(answer, "TransactWriteItems")

    world.dynamodb.meta.events.register("before-call.dynamodb.TransactWriteItems", lose)

    # when it gives up
    with pytest.raises(StorageUnavailable):
        stores.put(a_store())

    # then nothing lies about
    assert objects(world) == []
    assert rows(world) == {}


@pytest.mark.parametrize("taken", [True, False], ids=["the name was new", "the name had a store"])
def test_who_finds_a_name_taken_between_look_and_write_looks_again(
    world: Cloud, stores: DynamoDbStoredContentRepository, taken: bool
) -> None:
    # given a call that has looked, when another one stores the same name, or replaces what has it
    if not taken:
        stores.put(a_store(7, content="first"))
    others: list[StoreId] = []

    def be_first(**_: object) -> None:
        if not others:
            others.append(StoreId(""))
            others[0] = stores.put(a_store(8, content="other"))

    world.dynamodb.meta.events.register("before-call.dynamodb.TransactWriteItems", be_first)

    # then both end with one store, and the last content stands
    assert stores.put(a_store(9, content="mine")) == others[0]
    assert [found.store_id for found in stores.list(ACME, K1, None, NOW)] == others
    found = stores.get(ACME, K1, StoreRef(name="evacuate"), ContentType.CALL, NOW)
    assert found is not None
    assert found.content == "mine"


def test_equal_names_of_two_keys_or_types_cannot_be_seen_to_be_equal(
    world: Cloud, stores: DynamoDbStoredContentRepository
) -> None:
    stores.put(a_store(1, content="small"))
    stores.put(a_store(2, content="small", key_id=ApiKeyId("k2")))
    stores.put(a_store(3, content="small", type=ContentType.SMS))

    hashes = {row["name_hash"]["S"] for row in world.rows() if "name_hash" in row}  # type: ignore[index]
    assert len(hashes) == 3


def test_a_store_replaced_between_two_reads_is_read_again(
    world: Cloud, stores: DynamoDbStoredContentRepository
) -> None:
    # given a reader that has the row and not yet the object, when the store is replaced
    stores.put(a_store())
    new = a_store(content=BIG[::-1])
    replaced: list[StoreId] = []

    def replace_it(**_: object) -> None:
        if not replaced:
            replaced.append(new.store_id)
            stores.put(new)

    world.s3.meta.events.register("before-call.s3.GetObject", replace_it)

    # then he gets the new one
    assert stores.find(ACME, K1, new.store_id, NOW) == new


def test_a_lost_object_is_an_outage_and_not_an_empty_message(
    world: Cloud, stores: DynamoDbStoredContentRepository
) -> None:
    stores.put(a_store())
    world.s3.delete_object(Bucket=world.bucket, Key=objects(world)[0])

    with pytest.raises(StorageUnavailable):
        stores.find(ACME, K1, a_store().store_id, NOW)


def test_a_bucket_that_does_not_answer_leaves_no_half_store(
    world: Cloud, stores: DynamoDbStoredContentRepository
) -> None:
    def fail(**_: object) -> None:
        raise ClientError({"Error": {"Code": "SlowDown"}}, "PutObject")

    world.s3.meta.events.register("before-call.s3.PutObject", fail)

    with pytest.raises(StorageUnavailable):
        stores.put(a_store())
    assert rows(world) == {}


def test_store_and_name_carry_a_ttl_and_a_use_moves_both(world: Cloud, stores: DynamoDbStoredContentRepository) -> None:
    stores.put(a_store(content="small"))
    before = {int(row["ttl"]["N"]) for row in rows(world).values()}

    stores.touch(a_store(), NOW + timedelta(days=1))

    after = {int(row["ttl"]["N"]) for row in rows(world).values()}
    assert before == {int((NOW + MONTH).timestamp()) + 1}
    assert after == {int((NOW + MONTH + timedelta(days=1)).timestamp()) + 1}


def test_ttl_never_takes_the_row_of_an_object_and_a_use_renews_it_all_the_same(
    world: Cloud, stores: DynamoDbStoredContentRepository
) -> None:
    stores.put(a_store())

    stores.touch(a_store(), NOW + timedelta(days=20))

    assert all("ttl" not in row for row in rows(world).values())
    assert stores.find(ACME, K1, a_store().store_id, NOW + timedelta(days=49)) is not None
    assert stores.find(ACME, K1, a_store().store_id, NOW + timedelta(days=50)) is None
    assert objects(world) == []


def test_a_name_that_ttl_took_first_is_no_obstacle(world: Cloud, stores: DynamoDbStoredContentRepository) -> None:
    stores.put(a_store(content="small"))
    (name,) = (sk for sk in rows(world) if sk.startswith("NAME#"))
    world.dynamodb.delete_item(TableName=world.table_name, Key={"pk": {"S": "T#acme#K#k1#S"}, "sk": {"S": name}})

    assert stores.delete(ACME, K1, a_store().store_id)
    assert rows(world) == {}


def test_a_store_that_ttl_took_first_leaves_a_name_that_can_be_used(
    world: Cloud, stores: DynamoDbStoredContentRepository
) -> None:
    stores.put(a_store(1, content="small"))
    world.dynamodb.delete_item(
        TableName=world.table_name,
        Key={"pk": {"S": "T#acme#K#k1#S"}, "sk": {"S": f"ID#{a_store(1).store_id}"}},
    )
    assert stores.get(ACME, K1, StoreRef(name="evacuate"), ContentType.CALL, NOW) is None

    assert stores.put(a_store(2, content="small")) == a_store(2).store_id

    assert stores.get(ACME, K1, StoreRef(name="evacuate"), ContentType.CALL, NOW) == a_store(2, content="small")


def test_a_use_that_cannot_be_noted_does_not_stop_the_sending(
    world: Cloud, stores: DynamoDbStoredContentRepository
) -> None:
    stores.put(a_store(content="small"))

    def fail(**_: object) -> None:
        raise ClientError({"Error": {"Code": "ThrottlingException"}}, "TransactWriteItems")

    world.dynamodb.meta.events.register("before-call.dynamodb.TransactWriteItems", fail)

    stores.touch(a_store(), NOW + timedelta(days=1))


def test_a_sealed_value_copied_to_another_store_does_not_open(
    world: Cloud, stores: DynamoDbStoredContentRepository
) -> None:
    stores.put(a_store(1, name=None, content="theirs"))
    stores.put(a_store(2, name=None, content="mine"))
    one, two = (rows(world)[f"ID#{a_store(number).store_id}"] for number in (1, 2))
    world.dynamodb.put_item(TableName=world.table_name, Item={**two, "sealed": one["sealed"]})

    with pytest.raises(SealBroken):
        stores.find(ACME, K1, a_store(2).store_id, NOW)


def test_a_list_fetches_no_contents(world: Cloud, stores: DynamoDbStoredContentRepository) -> None:
    stores.put(a_store(1, name=None, content="small"))
    stores.put(a_store(2, name=None))
    answers: list[Any] = []
    world.dynamodb.meta.events.register("after-call.dynamodb.Query", lambda parsed, **_: answers.append(parsed))
    world.s3.meta.events.register("before-call.s3", lambda **_: answers.append("S3"))

    assert len(stores.list(ACME, K1, None, NOW)) == 2

    assert [len(answer["Items"]) for answer in answers] == [2]
    assert all("sealed" not in row for answer in answers for row in answer["Items"])


@pytest.mark.parametrize(("before", "after"), [("a", "b"), ("a", BIG), (BIG, "b"), (BIG, BIG + "b")])
@pytest.mark.parametrize("renewed", [False, True])
def test_after_a_change_ttl_takes_neither_row_nor_name_too_early_and_no_object_is_left(
    world: Cloud, stores: DynamoDbStoredContentRepository, before: str, after: str, renewed: bool
) -> None:
    # given a change, between whose read and write the store may be renewed
    store = a_store(content=before)
    stores.put(store)
    later = NOW + timedelta(days=10)
    done: list[bool] = []

    def changed(found: StoredContent) -> StoredContent:
        if renewed and not done:
            done.append(True)
            stores.touch(store, later)
        return replace(found, content=after)

    stores.change(ACME, K1, store.store_id, NOW, changed)

    end = (later if renewed else NOW) + MONTH
    found = rows(world)
    (name,) = (row for sk, row in found.items() if sk.startswith("NAME#"))
    row = found[f"ID#{store.store_id}"]
    assert int(row["exp"]["N"]) == end.timestamp() * 1000
    if after.startswith(BIG):
        assert ("ttl" in row, "ttl" in name, "sealed" in row) == (False, False, False)
        assert objects(world) == [row["s3"]["S"]]
    else:
        assert row["ttl"] == name["ttl"] == {"N": str(int(end.timestamp()) + 1)}
        assert ("s3" in row, objects(world)) == (False, [])


def test_a_change_that_lost_the_race_leaves_no_object(world: Cloud, stores: DynamoDbStoredContentRepository) -> None:
    store = a_store(content="a")
    stores.put(store)
    done: list[object] = []

    def changed(found: StoredContent) -> StoredContent:
        if not done:
            done.append(stores.put(replace(store, content="other")))
        return replace(found, content=found.content + BIG)

    changed_store = stores.change(ACME, K1, store.store_id, NOW, changed)

    assert changed_store is not None
    assert changed_store.content == "other" + BIG
    assert len(objects(world)) == 1


def test_writers_without_end_turn_a_change_away(stores: DynamoDbStoredContentRepository) -> None:
    store = a_store(content="a")
    stores.put(store)

    def changed(found: StoredContent) -> StoredContent:
        stores.put(store)
        return replace(found, content="b")

    with pytest.raises(StaleWrite):
        stores.change(ACME, K1, store.store_id, NOW, changed)
