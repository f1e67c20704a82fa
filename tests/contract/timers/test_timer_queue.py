"""What every TimerQueue promises: orders arrive whole, and not before their timer is due unless that is far off."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.contract.alert_path import NOON
from tests.contract.cloud import REGION
from tests.contract.timers.test_timers import a_timer
from tests.fakes.timers import FakeTimerQueue
from tocsin.adapters.sqs.timer_queue import SqsTimerQueue
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.timers.domain.timer import LONGEST_DELAY, Timer, decode
from tocsin.timers.ports import TimerQueue

TICK = timedelta(milliseconds=1)


@dataclass
class Arrivals:
    """A queue, and what a worker finds in it at once."""

    queue: TimerQueue
    now: Callable[[], list[Timer]]


@pytest.fixture(params=["fake", "sqs"])
def arrivals(request: pytest.FixtureRequest) -> Iterator[Arrivals]:
    if request.param == "fake":
        fake = FakeTimerQueue()
        yield Arrivals(fake, lambda: fake.take(NOON))
        return
    with mock_aws():
        sqs = boto3.Session("testing", "testing", region_name=REGION).client("sqs")
        url = sqs.create_queue(QueueName="timers")["QueueUrl"]

        def now() -> list[Timer]:
            found = []
            while got := sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
                found += [decode(message["Body"]) for message in got]
            return found

        yield Arrivals(SqsTimerQueue(sqs, url), now)


def test_what_is_due_arrives_at_once_and_whole(arrivals: Arrivals) -> None:
    timers = [a_timer(f"s{n:02}", -timedelta(minutes=n), n + 1) for n in range(27)]
    arrivals.queue.enqueue(timers, NOON)
    assert sorted(arrivals.now(), key=str) == sorted(timers, key=str)


@pytest.mark.parametrize("wait", [TICK, timedelta(seconds=1), LONGEST_DELAY])
def test_t1_what_is_near_does_not_arrive_before_its_time(arrivals: Arrivals, wait: timedelta) -> None:
    arrivals.queue.enqueue([a_timer(due_in=wait)], NOON)
    assert arrivals.now() == []


def test_what_is_far_arrives_at_once_to_have_its_alarm_set(arrivals: Arrivals) -> None:
    timer = a_timer(due_in=LONGEST_DELAY + TICK)
    arrivals.queue.enqueue([timer], NOON)
    assert arrivals.now() == [timer]


def test_nothing_to_ring_for_is_nothing(arrivals: Arrivals) -> None:
    arrivals.queue.enqueue([], NOON)
    assert arrivals.now() == []


class Recorder:
    """Takes whatever it is sent, or refuses it."""

    def __init__(self, code: str = "") -> None:
        self.batches: list[list[dict[str, Any]]] = []
        self._code = code

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        self.batches.append(Entries)
        failed = [{"Id": entry["Id"], "Code": self._code, "SenderFault": True} for entry in Entries if self._code]
        return {"Failed": failed}


def test_t1_the_delay_is_rounded_up_and_shared_by_those_of_a_second() -> None:
    recorder = Recorder()
    waits = [0, 1, 999, 1000, 1001, 900_000]
    timers = [a_timer(f"s{n}", n * TICK) for n in waits]
    SqsTimerQueue(recorder, "q").enqueue(timers, NOON)  # type: ignore[arg-type]
    delays = [[entry["DelaySeconds"] for entry in batch] for batch in recorder.batches]
    assert delays == [[0], [1, 1, 1], [2], [900]]
    assert {entry["MessageGroupId"] for batch in recorder.batches for entry in batch} == {"acme"}


def test_orders_that_the_queue_refuses_are_said_to_be_lost() -> None:
    with pytest.raises(StorageUnavailable, match="KmsAccessDenied"):
        SqsTimerQueue(Recorder("KmsAccessDenied"), "q").enqueue([a_timer()], NOON)  # type: ignore[arg-type]
