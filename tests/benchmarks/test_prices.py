"""The price of an alert, computed by hand. Nothing is run."""

from __future__ import annotations

from typing import Any

import pytest

from tests.benchmarks.counting import _dollars
from tests.benchmarks.prices import memory, price_of, rounds_of
from tests.benchmarks.recording import Record

CONSUMED = {"CapacityUnits": 0.0}


def phase(writes: float, reads: float, **calls: int) -> dict[str, Any]:
    named = {name.replace("_", "."): number for name, number in calls.items()}
    return {"writes": writes, "reads": reads, "calls": named}


def test_an_alert_to_one_costs_what_its_requests_units_and_waits_cost() -> None:
    # given what one alert to one receiver does
    accept = phase(3, 0, DynamoDB_PutItem=1, AmazonSQS_SendMessageBatch=1)
    dispatch = phase(
        6,
        3,
        AmazonSQS_ReceiveMessage=1,
        AmazonSQS_DeleteMessageBatch=1,
        DynamoDB_UpdateItem=3,
        DynamoDB_GetItem=1,
        DynamoDB_Query=1,
        DynamoDB_BatchGetItem=1,
        DynamoDB_BatchExecuteStatement=1,
        SNS_Publish=1,
    )

    # then the API waits for two calls, and the worker for seven and for the provider, but not for Lambda's pollers
    billed = 0.010 * memory("alerts_api") + (7 * 0.005 + 0.060) * memory("dispatch_sms")
    expected = 9 * 0.625 + 3 * 0.125 + 3 * 0.40 + 3.50 + 2 * 0.20 + billed * 16.67
    assert _dollars({"accept": accept, "dispatch": dispatch}, 1) == pytest.approx(expected)


def test_the_memory_is_what_the_template_says() -> None:
    assert (memory("alerts_api"), memory("dispatch_sms"), memory("authorizer")) == (1.0, 0.5, 0.5)
    waiting = phase(0, 0, DynamoDB_GetItem=200)
    assert price_of(waiting, "alerts_api") == pytest.approx(16.67)
    assert price_of(waiting, "authorizer") == pytest.approx(16.67 / 2)


@pytest.mark.parametrize(("receivers", "rounds"), [(1, 1), (10, 1), (11, 2), (25, 3), (26, 4), (1_000, 120)])
def test_a_batch_waits_for_ten_provider_calls_at_a_time(receivers: int, rounds: int) -> None:
    assert rounds_of(receivers) == rounds


def test_a_look_up_in_vain_is_billed_as_the_smallest_row() -> None:
    keys = [{"pk": {"S": "a"}}, {"pk": {"S": "b"}}, {"pk": {"S": "c"}}]
    ten_bytes = {"Responses": {"core": [{"pk": {"S": "a"}}]}, "ConsumedCapacity": [{"CapacityUnits": 1.0}]}
    nothing = {"ScannedCount": 0, "ConsumedCapacity": CONSUMED}
    one: dict[str, Any] = {"Key": {"pk": {"S": "a"}, "sk": {"S": "b"}}, "ConsistentRead": True}
    some = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": "a"}}}
    record = Record()
    record.consumed("BatchGetItem", {"RequestItems": {"core": {"Keys": keys, "ConsistentRead": True}}}, ten_bytes)
    assert record.reads == 3  # one was found, two were not
    record.consumed("Query", some | {"ConsistentRead": True}, nothing)
    record.consumed("Query", some | {"IndexName": "gsi1"}, nothing)
    record.consumed("GetItem", one, {"ConsumedCapacity": CONSUMED})
    assert record.reads == 3 + 1 + 0.5 + 1
    # what is counted already is not counted again
    record.consumed("GetItem", one, {"ConsumedCapacity": {"CapacityUnits": 1.0}})
    record.consumed("Query", some, {"ScannedCount": 2, "ConsumedCapacity": {"CapacityUnits": 0.5}})
    assert record.reads == 3 + 1 + 0.5 + 1 + 1 + 0.5
