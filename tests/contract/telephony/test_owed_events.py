"""What every OwedEvents promises: orders arrive whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import boto3
import pytest
from moto import mock_aws

from tests.contract.alert_path import ACME, OTHER
from tests.contract.cloud import REGION
from tests.fakes.telephony import FakeOwedEvents
from tocsin.adapters.sqs.event_queue import SqsOwedEvents
from tocsin.telephony.domain.event_order import EventOrder
from tocsin.telephony.ports.owed_events import OwedEvents


@dataclass
class OrdersThere:
    """A queue, and what a worker finds in it."""

    queue: OwedEvents
    found: Callable[[], list[EventOrder]]


@pytest.fixture(params=["fake", "sqs"])
def there(request: pytest.FixtureRequest) -> Iterator[OrdersThere]:
    if request.param == "fake":
        fake = FakeOwedEvents()
        yield OrdersThere(fake, lambda: fake.queued)
        return
    with mock_aws():
        sqs = boto3.Session("testing", "testing", region_name=REGION).client("sqs")
        url = sqs.create_queue(QueueName="events-owed")["QueueUrl"]

        def found() -> list[EventOrder]:
            orders = []
            while got := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
                orders += [EventOrder.decode(message["Body"]) for message in got]
            return orders

        yield OrdersThere(SqsOwedEvents(sqs, url), found)


def test_orders_arrive_whole(there: OrdersThere) -> None:
    orders = [EventOrder(ACME, tuple(f"{n:02x}{k:030x}" for k in range(25))) for n in range(11)]
    orders.append(EventOrder(OTHER, ("f" * 32,)))
    there.queue.put(orders)
    there.queue.put([])
    assert sorted(there.found(), key=str) == sorted(orders, key=str)


@pytest.mark.parametrize("body", ["", "{}", "[]", '{"v":2,"t":"acme","e":[]}', '{"v":1,"t":"acme","e":[1]}', '{"v":1,"t":"acme","e":3}'])  # fmt: skip
def test_what_is_no_order_is_refused(body: str) -> None:
    with pytest.raises(ValueError, match=r"order|Expecting"):
        EventOrder.decode(body)
