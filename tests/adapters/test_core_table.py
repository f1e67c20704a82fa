"""PynamoDB over the client of the process: what that rests on, and what its errors become."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import ANY

import pynamodb
import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from tests.contract.cloud import Cloud, cloud
from tests.contract.core_table import create_core_table
from tocsin.adapters.dynamodb.identity.key_writes import ApiKeyItem, CapacityItem
from tocsin.adapters.dynamodb.stored_content.items import StoreItem
from tocsin.adapters.dynamodb.table.client import Cancelled, ConditionFailed
from tocsin.adapters.dynamodb.table.core_table import CoreItem, CoreTable, pynamodb_errors_mapped
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.kernel.domain.errors import StorageUnavailable


@pytest.fixture
def world() -> Iterator[Cloud]:
    with cloud() as c:
        yield c


def test_pynamodb_is_of_the_version_whose_private_attributes_are_set() -> None:
    assert pynamodb.__version__.startswith("6.1."), "see CoreTable: does it still share the client? then change this"


def test_every_model_of_a_process_works_over_its_one_client(world: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    # given that whoever makes a session of his own is caught
    def caught(*_: object, **__: object) -> None:
        raise AssertionError("PynamoDB makes a client of its own")

    monkeypatch.setattr("pynamodb.connection.base.get_session", caught)
    table = CoreTable(world.table)
    calls: list[str] = []
    world.dynamodb.meta.events.register("before-call.dynamodb", lambda model, **_: calls.append(model.name))

    # when models read, write, query and commit
    capacity = table.of(CapacityItem)
    capacity("T#acme", "CAP#sms", remaining=1).save()
    assert table.find(CapacityItem, "T#acme", "CAP#sms") is not None
    assert list(table.of(ApiKeyItem).query("T#acme")) != []
    with table.transaction() as transaction:
        transaction.delete(capacity("T#acme", "CAP#sms"))

    # then all of it went through ours
    assert calls == ["PutItem", "GetItem", "Query", "TransactWriteItems"]


def test_two_tables_live_side_by_side(world: Cloud) -> None:
    create_core_table(world.dynamodb, "other")
    one, two = CoreTable(world.table), CoreTable(Table(world.dynamodb, "other"))

    one.of(CapacityItem)("T#acme", "CAP#sms", remaining=1).save()
    two.of(CapacityItem)("T#acme", "CAP#sms", remaining=2).save()

    for table, left in ((one, 1), (two, 2)):
        found = table.find(CapacityItem, "T#acme", "CAP#sms")
        assert found is not None
        assert found.remaining == left


def test_a_model_that_is_not_bound_has_no_table() -> None:
    with pytest.raises(AttributeError):
        CoreItem.get("T#acme", "CAP#sms")


def test_rows_say_what_they_are(world: Cloud) -> None:
    table = CoreTable(world.table)
    table.of(CapacityItem)("T#acme", "CAP#sms", remaining=1).save()

    assert world.rows() == [{"pk": {"S": "T#acme"}, "sk": ANY, "kind": {"S": "capacity"}, "remaining": {"N": "1"}}]


def test_a_condition_that_does_not_hold_is_told_from_an_outage(world: Cloud) -> None:
    table = CoreTable(world.table)
    row = table.of(CapacityItem)("T#acme", "CAP#sms", remaining=1)

    with pytest.raises(ConditionFailed), pynamodb_errors_mapped():
        row.save(condition=table.of(CapacityItem).pk.exists())
    with pytest.raises(Cancelled) as cancelled, pynamodb_errors_mapped(), table.transaction() as transaction:
        transaction.save(row, condition=table.of(CapacityItem).pk.exists())
    assert [reason["Code"] for reason in cancelled.value.reasons] == ["ConditionalCheckFailed"]


def make(table: CoreTable, call: str) -> None:
    """Make one call of each kind that the repositories make."""
    row = table.of(CapacityItem)("T#acme", "CAP#sms", remaining=1)
    with pynamodb_errors_mapped():
        match call:
            case "find":
                table.find(StoreItem, "T#acme", "x")
            case "query":
                list(table.of(StoreItem).query("T#acme"))
            case "save":
                row.save()
            case _:
                with table.transaction() as transaction:
                    transaction.save(row)


@pytest.mark.parametrize(
    "failure",
    [
        ClientError({"Error": {"Code": "ProvisionedThroughputExceededException"}}, "GetItem"),
        ClientError({"Error": {"Code": "Unheard"}, "ResponseMetadata": {"HTTPStatusCode": 503}}, "GetItem"),  # type: ignore[typeddict-item]
        ReadTimeoutError(endpoint_url="https://dynamodb"),
    ],
    ids=["throttled", "server error", "time-out"],
)
@pytest.mark.parametrize("call", ["find", "query", "save", "transaction"])
def test_a_table_that_does_not_serve_is_an_outage(world: Cloud, call: str, failure: Exception) -> None:
    table = CoreTable(world.table)

    def fail(**_: object) -> None:
        raise failure

    world.dynamodb.meta.events.register("before-call.dynamodb", fail)
    with pytest.raises(StorageUnavailable) as outage:
        make(table, call)
    world.dynamodb.meta.events.unregister("before-call.dynamodb", fail)
    assert "acme" not in str(outage.value).lower()


def test_a_mistake_of_ours_is_not_called_an_outage(world: Cloud) -> None:
    table = CoreTable(Table(world.dynamodb, "no-such-table"))

    with pytest.raises(ClientError, match="ResourceNotFound"), pynamodb_errors_mapped():
        table.find(CapacityItem, "T#acme", "CAP#sms")
