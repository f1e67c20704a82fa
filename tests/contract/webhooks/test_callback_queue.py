"""What every CallbackQueue promises: orders arrive whole, in the queue of their lane and urgency, not before time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta

import boto3
import pytest
from moto import mock_aws

from tests.contract.cloud import REGION
from tests.fakes.callbacks import FakeCallbackQueue
from tocsin.adapters.sqs.callback_queue import SqsCallbackQueue
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.webhooks.domain.callback import PackKey
from tocsin.webhooks.domain.callback_order import CallbackOrder, DeliveryOrder, PackOrder, decode
from tocsin.webhooks.domain.endpoint import CallbackLane
from tocsin.webhooks.ports.callbacks import CallbackQueue

ACME = TenantId("acme")
PACK = PackOrder(PackKey(ACME, AlertRef("0192aaaa-0000-7000-8000-000000000000"), "0000#abc"), CallbackLane.QUICK, 2)


@dataclass
class Arrivals:
    """A queue, and what a worker finds in one of the queues behind it now."""

    queue: CallbackQueue
    now: Callable[[CallbackLane, bool], list[CallbackOrder]]


@pytest.fixture(params=["fake", "sqs"])
def arrivals(request: pytest.FixtureRequest) -> Iterator[Arrivals]:
    if request.param == "fake":
        fake = FakeCallbackQueue()
        yield Arrivals(
            fake,
            lambda lane, urgent: [o for o, delay in fake.puts if (o.lane, o.urgent) == (lane, urgent) and not delay],
        )
        return
    with mock_aws():
        sqs = boto3.Session("testing", "testing", region_name=REGION).client("sqs")
        urls = {
            (lane, urgent): sqs.create_queue(QueueName=f"{lane}-{urgent}")["QueueUrl"]
            for lane in CallbackLane
            for urgent in (True, False)
        }

        def now(lane: CallbackLane, urgent: bool) -> list[CallbackOrder]:
            found = []
            while got := sqs.receive_message(QueueUrl=urls[lane, urgent], MaxNumberOfMessages=10).get("Messages"):
                found += [decode(message["Body"]) for message in got]
            return found

        yield Arrivals(SqsCallbackQueue(sqs, urls), now)


def test_orders_arrive_whole_in_the_queue_of_their_lane_and_urgency(arrivals: Arrivals) -> None:
    order = DeliveryOrder(ACME, ("evt_1", "evt_2"), CallbackLane.SLOW, 3)
    answer, rest = replace(PACK, urgent=True), replace(order, urgent=True)
    arrivals.queue.put([PACK, answer, order, rest])
    assert arrivals.now(CallbackLane.QUICK, True) == [answer]
    assert arrivals.now(CallbackLane.SLOW, True) == [rest]
    assert arrivals.now(CallbackLane.QUICK, False) == [PACK]
    assert arrivals.now(CallbackLane.SLOW, False) == [order]


def test_more_orders_than_one_call_carries_all_arrive(arrivals: Arrivals) -> None:
    orders = [DeliveryOrder(ACME, (f"evt_{n:02}",)) for n in range(27)]
    arrivals.queue.put(orders)
    assert sorted(arrivals.now(CallbackLane.SLOW, False), key=str) == orders


@pytest.mark.parametrize("delay", [timedelta(seconds=1), timedelta(minutes=15)])
def test_a_delayed_order_does_not_arrive_at_once(arrivals: Arrivals, delay: timedelta) -> None:
    arrivals.queue.put([PACK], delay)
    assert arrivals.now(CallbackLane.QUICK, False) == []


def test_nothing_to_put_is_nothing(arrivals: Arrivals) -> None:
    arrivals.queue.put([])
    assert arrivals.now(CallbackLane.SLOW, False) == []
