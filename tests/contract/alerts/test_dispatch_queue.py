"""What every DispatchQueue promises: orders arrive whole, in the queue of their channel and lane, not before time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import boto3
import pytest
from moto import mock_aws

from tests.contract.cloud import REGION
from tests.fakes.dispatch_queue import FakeDispatchQueue
from tocsin.adapters.sqs.dispatch_queue import SqsDispatchQueue
from tocsin.alerts.domain.alert import Batch, ChunkKey, Lane
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.alerts.ports.dispatch_queue import DispatchQueue
from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.ids import AlertRef, TenantId

Queue = tuple[Channel, Lane]
QUEUES: list[Queue] = [(channel, lane) for channel in (Channel.SMS, Channel.EMAIL) for lane in Lane]


def order(n: int, queue: Queue = QUEUES[0], positions: tuple[int, ...] | None = None) -> DispatchJob:
    key = ChunkKey(TenantId("acme"), AlertRef("0192aaaa-0000-7000-8000-000000000000"), 0, n // 10)
    return DispatchJob(Batch(key, n, n % 10 * 25, 25), *queue, positions)


@dataclass
class Arrivals:
    """A queue, and what a worker finds in one of the queues behind it now."""

    queue: DispatchQueue
    now: Callable[[Queue], list[DispatchJob]]


@pytest.fixture(params=["fake", "sqs"])
def arrivals(request: pytest.FixtureRequest) -> Iterator[Arrivals]:
    if request.param == "fake":
        fake = FakeDispatchQueue()
        yield Arrivals(fake, lambda q: [o for o, delay in fake.puts if (o.channel, o.lane) == q and not delay])
        return
    with mock_aws():
        sqs = boto3.Session("testing", "testing", region_name=REGION).client("sqs")
        urls = {q: sqs.create_queue(QueueName=f"{q[0].value}-{q[1].value}")["QueueUrl"] for q in QUEUES}

        def now(queue: Queue) -> list[DispatchJob]:
            found = []
            while got := sqs.receive_message(QueueUrl=urls[queue], MaxNumberOfMessages=10).get("Messages"):
                found += [DispatchJob.decode(message["Body"]) for message in got]
            return found

        yield Arrivals(SqsDispatchQueue(sqs, urls), now)


def by_number(orders: list[DispatchJob]) -> list[DispatchJob]:
    return sorted(orders, key=lambda o: o.batch.number)


def test_an_order_arrives_as_it_was_put(arrivals: Arrivals) -> None:
    arrivals.queue.put([order(0), order(1, positions=(25, 31))])
    assert by_number(arrivals.now(QUEUES[0])) == [order(0), order(1, positions=(25, 31))]


def test_more_orders_than_one_call_carries_all_arrive(arrivals: Arrivals) -> None:
    orders = [order(n) for n in range(47)]
    arrivals.queue.put(orders)
    assert by_number(arrivals.now(QUEUES[0])) == orders


def test_each_order_waits_in_the_queue_of_its_channel_and_lane(arrivals: Arrivals) -> None:
    arrivals.queue.put([order(n, queue) for n, queue in enumerate(QUEUES)])
    for n, queue in enumerate(QUEUES):
        assert arrivals.now(queue) == [order(n, queue)]


@pytest.mark.parametrize("delay", [timedelta(seconds=1), timedelta(minutes=15)])
def test_a_delayed_order_does_not_arrive_at_once(arrivals: Arrivals, delay: timedelta) -> None:
    arrivals.queue.put([order(0)], delay)
    assert arrivals.now(QUEUES[0]) == []


def test_nothing_to_put_is_no_fault(arrivals: Arrivals) -> None:
    arrivals.queue.put([])
    assert arrivals.now(QUEUES[0]) == []
