"""What only SQS does: half a batch taken, fairness by tenant, and answers that never come."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import boto3
import pytest
from moto import mock_aws

from tests.contract.alerts.test_dispatch_queue import QUEUES, order
from tests.contract.aws_session import clients_towards
from tests.contract.cloud import REGION
from tests.contract.delivery.provider_wire import nobody_there
from tocsin.adapters.sqs.dispatch_queue import SqsDispatchQueue
from tocsin.alerts.domain.alert import Lane
from tocsin.alerts.ports.dispatch_queue import LaneLoad
from tocsin.contacts.domain.channel import Channel
from tocsin.kernel.domain.errors import StorageUnavailable


class Sqs:
    """Answers SendMessageBatch as a test says; takes everything by default."""

    def __init__(self, *answers: Callable[[list[dict[str, Any]]], dict[str, Any]]) -> None:
        self.answers = list(answers)
        self.batches: list[list[dict[str, Any]]] = []
        self.counts: dict[str, tuple[int, int, int]] = {}

    def get_queue_attributes(self, *, QueueUrl: str, AttributeNames: list[str]) -> dict[str, Any]:
        counts = self.counts.get(QueueUrl, (0, 0, 0))
        return {"Attributes": {name: str(n) for name, n in zip(AttributeNames, counts, strict=True)}}

    def send_message_batch(self, *, QueueUrl: str, Entries: list[dict[str, Any]]) -> dict[str, Any]:
        self.batches.append(Entries)
        if not self.answers:
            return {"Successful": Entries}
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer(Entries)


def refusing(*ids: str, code: str = "InternalError", fault: bool = False) -> Callable[..., dict[str, Any]]:
    def answer(entries: list[dict[str, Any]]) -> dict[str, Any]:
        failed = [{"Id": e["Id"], "Code": code, "SenderFault": fault} for e in entries if e["Id"] in ids]
        return {"Failed": failed} if failed else {}

    return answer


def queue(sqs: Sqs) -> tuple[SqsDispatchQueue, list[float]]:
    pauses: list[float] = []
    urls = {q: f"https://sqs/{q[0]}-{q[1]}" for q in QUEUES}
    return SqsDispatchQueue(sqs, urls, pause=pauses.append, fraction=lambda: 0.5), pauses  # type: ignore[arg-type]


def test_r10_the_refused_half_of_a_batch_is_sent_again_and_only_that() -> None:
    sqs = Sqs(refusing("1", "3"), refusing("1"), refusing())
    dispatch_queue, pauses = queue(sqs)
    dispatch_queue.put([order(n) for n in range(5)])
    assert [[e["Id"] for e in batch] for batch in sqs.batches] == [["0", "1", "2", "3", "4"], ["1", "3"], ["1"]]
    assert pauses == [0.05, 0.1]


def test_what_is_refused_to_the_end_is_said_and_does_not_stop_the_rest() -> None:
    sqs = Sqs(refusing("1"), refusing("1"), refusing("1"), refusing("1"), refusing())
    dispatch_queue, pauses = queue(sqs)
    with pytest.raises(StorageUnavailable):
        dispatch_queue.put([order(n) for n in range(12)])
    assert [len(batch) for batch in sqs.batches] == [10, 1, 1, 1, 2]
    assert len(pauses) == 3


def test_a_message_sqs_will_never_take_is_not_sent_again() -> None:
    sqs = Sqs(refusing("0", code="InvalidMessageContents", fault=True))
    dispatch_queue, pauses = queue(sqs)
    with pytest.raises(StorageUnavailable, match="InvalidMessageContents"):
        dispatch_queue.put([order(0)])
    assert len(sqs.batches) == 1
    assert pauses == []


def test_r4_every_message_names_its_tenant_so_that_the_queue_can_be_fair() -> None:
    sqs = Sqs()
    queue(sqs)[0].put([order(0), order(1)])
    assert [entry["MessageGroupId"] for entry in sqs.batches[0]] == ["acme", "acme"]


@pytest.mark.parametrize(
    ("delay", "seconds"),
    [(timedelta(0), 0), (timedelta(milliseconds=1), 1), (timedelta(seconds=59.2), 60), (timedelta(minutes=20), 900)],
)
def test_a_delay_is_whole_seconds_never_less_than_asked_and_at_most_what_sqs_takes(
    delay: timedelta, seconds: int
) -> None:
    sqs = Sqs()
    queue(sqs)[0].put([order(0)], delay)
    assert [entry["DelaySeconds"] for entry in sqs.batches[0]] == [seconds]


def test_an_sqs_that_is_not_there_is_unavailable(monkeypatch: pytest.MonkeyPatch) -> None:
    with clients_towards(nobody_there(), monkeypatch) as clients:
        dispatch_queue = SqsDispatchQueue(clients.sqs, {QUEUES[0]: "http://127.0.0.1/q"})
        with pytest.raises(StorageUnavailable):
            dispatch_queue.put([order(0)])
        with pytest.raises(StorageUnavailable):
            dispatch_queue.load(QUEUES[0][1])


BULK = {
    (Channel.SMS, Lane.BULK): "sms-bulk",
    (Channel.CALL, Lane.BULK): "voice-bulk",
    (Channel.INBOUND_CALL, Lane.BULK): "voice-bulk",
    (Channel.SMS, Lane.URGENT): "sms-urgent",
}


@pytest.mark.parametrize(
    ("counts", "load"),
    [
        ({}, LaneLoad.IDLE),
        ({"sms-urgent": (1, 1, 0)}, LaneLoad.IDLE),
        ({"sms-bulk": (0, 0, 9)}, LaneLoad.IDLE),  # they wait for their next try
        ({"sms-bulk": (0, 3, 0)}, LaneLoad.TAKEN),
        ({"sms-bulk": (0, 3, 0), "voice-bulk": (1, 0, 0)}, LaneLoad.WAITING),
        ({"voice-bulk": (0, 0, 1)}, LaneLoad.WAITING),  # it waits for a line
    ],
)
def test_what_a_lane_does_is_told_by_the_counts_of_its_queues(
    counts: dict[str, tuple[int, int, int]], load: LaneLoad
) -> None:
    sqs = Sqs()
    sqs.counts = counts
    assert SqsDispatchQueue(sqs, BULK).load(Lane.BULK) is load  # type: ignore[arg-type]


def test_what_a_lane_does_on_moto() -> None:
    with mock_aws():
        sqs = boto3.Session("testing", "testing", region_name=REGION).client("sqs")
        url = sqs.create_queue(QueueName="bulk")["QueueUrl"]
        dispatch_queue = SqsDispatchQueue(sqs, {QUEUES[1]: url})
        assert dispatch_queue.load(Lane.BULK) is LaneLoad.IDLE
        dispatch_queue.put([order(0, QUEUES[1])])
        assert dispatch_queue.load(Lane.BULK) is LaneLoad.WAITING
        sqs.receive_message(QueueUrl=url)
        assert dispatch_queue.load(Lane.BULK) is LaneLoad.TAKEN
