"""The voice worker as Lambda imports it: a live call is dialled at Connect, a sandbox call is decided at once."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import boto3
import pytest

from tests.builders import KEY, TENANT, a_call, an_acceptance, number, sms
from tests.contract.cloud import REGION
from tests.contract.delivery.provider_wire import Wire, connect_error, connect_taken, wire
from tests.functional.events import Context, sqs_event
from tests.functional.test_worker_wiring import Stack, orders, stack
from tocsin.alerts.domain.link import Link, LinkKey
from tocsin.alerts.domain.response_kind import Evidence, ResponseKind
from tocsin.delivery.domain.message import Message, MessageState
from tocsin.delivery.domain.message_id import MessageId
from tocsin.entrypoint.process.clock import utc_now
from tocsin.escalation.domain.escalation import (
    Escalation,
    EscalationBegun,
    EscalationKey,
    EscalationPolicy,
    EscalationState,
)
from tocsin.voice.domain.recording import Recording
from tocsin.voice.domain.script import PromptName, Replay

__all__ = ["stack"]

INSTANCE = "arn:aws:connect:eu-west-2:000000000000:instance/i-1"
ANA, BOB = number(1), number(2)


@pytest.fixture
def connect(monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    with wire() as w:
        for name in ("AWS_ENDPOINT_URL_CONNECT", "AWS_ENDPOINT_URL_LAMBDA"):
            monkeypatch.setenv(name, w.url)
        monkeypatch.setenv("CONNECT_INSTANCE_ARN", INSTANCE)
        monkeypatch.setenv("CONTACT_FLOW_ARN", f"{INSTANCE}/contact-flow/f-1")
        yield w


def dialled(w: Wire) -> list[dict[str, Any]]:
    return [asked for asked in map(json.loads, w.requests) if "DestinationPhoneNumber" in asked]


def rows(stack: Stack, acceptance: Any) -> dict[int, Message]:
    (chunk,) = {batch.key for batch in acceptance.alert.batches()}
    return dict(stack.storage.message_rows.load(chunk, range(25)))


def test_a_live_call_is_dialled_and_holds_a_line_and_can_be_called_back(stack: Stack, connect: Wire) -> None:
    connect.behaviour = connect_taken("call-1")
    acceptance = stack.accept(a_call(ANA), at=utc_now())

    answer = stack.start("dispatch_voice.app").handler(sqs_event(orders(acceptance)), Context())

    assert answer == {"batchItemFailures": []}
    ((_, row),) = rows(stack, acceptance).items()
    assert (row.state, row.provider_id) == (MessageState.CALLING, "call-1")
    (asked,) = dialled(connect)
    assert (asked["DestinationPhoneNumber"], asked["ContactFlowId"], asked["InstanceId"]) == (ANA, "f-1", "i-1")
    assert b'{"warm": true}' in connect.requests
    (chunk,) = {batch.key for batch in acceptance.alert.batches()}
    assert stack.storage.placed_calls.find("call-1") == MessageId(chunk, 0, 1)
    (noted,) = stack.storage.conversations.newest(TENANT, f"call:{number(900)}", ANA, 5)
    assert (noted.key, noted.position) == (chunk, 0)


def test_calls_without_a_line_wait_unclaimed_and_come_again(
    stack: Stack, connect: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOICE_LINES", "1")
    connect.behaviour = connect_taken("call-1")
    acceptance = stack.accept(a_call(ANA, BOB), at=utc_now())

    stack.start("dispatch_voice.app").handler(sqs_event(orders(acceptance)), Context())

    assert [row.state for row in rows(stack, acceptance).values()] == [MessageState.CALLING]
    assert [asked["DestinationPhoneNumber"] for asked in dialled(connect)] == [ANA]
    found = boto3.Session("testing", "testing", region_name=REGION).client("sqs").get_queue_attributes(
        QueueUrl=stack.queues["VOICE_URGENT"], AttributeNames=["ApproximateNumberOfMessagesDelayed"]
    )  # fmt: skip
    waiting, overdue = 1, 1  # for the call without a line, and for the other one if its end is not told
    assert found["Attributes"]["ApproximateNumberOfMessagesDelayed"] == str(waiting + overdue)


def test_a_provider_that_is_not_set_up_is_counted_and_gives_the_line_back(
    stack: Stack, connect: Wire, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOICE_LINES", "1")
    connect.behaviour = connect_error("ResourceNotFoundException", status=404)
    first, second = (stack.accept(a_call(ANA), at=utc_now()) for _ in range(2))
    worker = stack.start("dispatch_voice.app")

    for acceptance in (first, second):
        worker.handler(sqs_event(orders(acceptance)), Context())

    assert [row.state for each in (first, second) for row in rows(stack, each).values()] == [MessageState.FAILED] * 2
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "SubmissionsRejected" in line]
    assert [(each["reason"], each["service"]) for each in told] == [("not_set_up", "dispatch_voice")] * 2


def test_recordings_are_stored_before_the_dial(stack: Stack, connect: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECORDINGS_BUCKET_NAME", stack.cloud.bucket)
    connect.behaviour = connect_taken("call-1")
    siren = {PromptName.MAIN: Recording(b"RIFF siren", 4_000)}
    acceptance = stack.accept(a_call(ANA, prompts=siren), at=utc_now())

    stack.start("dispatch_voice.app").handler(sqs_event(orders(acceptance)), Context())

    (stored,) = stack.cloud.s3.list_objects_v2(Bucket=stack.cloud.bucket, Prefix="prompts/keep-")["Contents"]
    assert stack.cloud.s3.get_object(Bucket=stack.cloud.bucket, Key=stored["Key"])["Body"].read() == b"RIFF siren"


def test_a_sandbox_call_dials_nothing_and_ends_at_once(stack: Stack, connect: Wire) -> None:
    ok, hung_up = "+447700900000", "+447700900002"
    acceptance = stack.accept(a_call(ok, hung_up, script=Replay()), at=utc_now(), sandbox=True)

    stack.start("dispatch_voice.app").handler(sqs_event(orders(acceptance)), Context())

    assert [row.state for row in rows(stack, acceptance).values()] == [MessageState.DELIVERED, MessageState.FAILED]
    assert connect.requests == []


def test_decided_7_4_a_key_of_the_sandbox_is_a_response_and_ends_the_escalation(stack: Stack, connect: Wire) -> None:
    ok, not_ok, now = "+447700900000", "+447700900009", utc_now()
    first = an_acceptance(a_call(not_ok, ok, script=Replay()), at=now, sandbox=True)
    ref, key = first.alert.ref, EscalationKey(LinkKey.of(TENANT, KEY, "fire-7"), first.alert.ref)
    policy = EscalationPolicy("ref-1", "fire-7", (timedelta(minutes=5),) * 2, ('{"alert":[]}',), None)
    begun = Escalation(
        key, EscalationState.ACTIVE, steps=1, step=0, need=1, answered=0, everybody=False, began_at=now,
        due_at=now + timedelta(minutes=5), alerts=(ref,), stepped_at=now, expires_at=now + timedelta(days=30),
        evidence=Evidence.PRESSED,
    )  # fmt: skip
    alert = replace(first.alert, link=Link(key.link, ref), escalation=ref)
    stack.storage.alerts.accept(replace(first, alert=alert, participants=(EscalationBegun(begun, policy),)))

    for _ in range(2):  # SQS delivers the job twice
        stack.start("dispatch_voice.app").handler(sqs_event(orders(first)), Context())

    kept = stack.storage.responses.of_alert(TENANT, ref, 10, None, utc_now()).responses
    found = [(each.address, each.kind, each.text, each.not_ok, each.reason) for each in kept]
    call = ResponseKind.CALL
    assert sorted(found) == [(ok, call, "2", False, None), (not_ok, call, "*", True, None)]
    stored = stack.storage.escalations.get(key)
    assert (stored and stored.answered) == begun.need
    timer = stack.storage.timers.get(key.timer)
    assert timer is not None
    assert timer.due_at <= utc_now()  # it ends by its timer
    told = stack.storage.waiting_events.collect(TENANT, KEY, ref, 100, utc_now())
    replies = [event.details["reply"] for event in told if event.event == "reply"]
    assert sorted(replies) == ["*", "2"]


def test_a_job_of_another_channel_comes_again_alone(stack: Stack, connect: Wire) -> None:
    acceptance = stack.accept(sms(ANA), at=utc_now())

    answer = stack.start("dispatch_voice.app").handler(sqs_event(orders(acceptance)), Context())

    assert len(answer["batchItemFailures"]) == 1
