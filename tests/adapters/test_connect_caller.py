"""What stands in the requests of ConnectCaller, and what each refusal comes to; botocore's model checks the shapes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from tests.contract.calls.test_voice_caller import CALL, FLOW, ID, INSTANCE
from tests.contract.cloud import REGION
from tocsin.adapters.connect.caller import ConnectCaller, StartFunction
from tocsin.delivery.domain.submission import Dialled, OutcomeUnknown, Rejected, Submission

SESSION = boto3.Session("testing", "testing", region_name=REGION)
ASKED = {
    "InstanceId": "11111111-2222-3333-4444-555555555555",
    "ContactFlowId": "flow",
    "DestinationPhoneNumber": CALL.to,
    "SourcePhoneNumber": CALL.sender,
    "ClientToken": str(ID),
    "Attributes": {"message": str(ID)},
    "RingTimeoutInSeconds": 40,
    "TrafficType": "GENERAL",
}


class Watch:
    """Seconds that pass only while somebody sleeps."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def connect() -> Iterator[tuple[Any, Stubber]]:
    client = SESSION.client("connect")
    with Stubber(client) as stub:
        yield client, stub
        stub.assert_no_pending_responses()


def caller(client: Any, watch: Watch, **more: Any) -> ConnectCaller:
    return ConnectCaller(client, INSTANCE, FLOW, monotonic=watch.now, sleep=watch.sleep, **more)


def test_connect_gets_numbers_a_token_and_our_id_and_nothing_personal(
    connect: tuple[Any, Stubber], watch: Watch
) -> None:
    client, stub = connect
    stub.add_response("start_outbound_voice_contact", {"ContactId": "c-1"}, ASKED)

    assert caller(client, watch).call(CALL) == Dialled("c-1", timedelta(seconds=40))


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        (replace(CALL, to="07700900805"), "invalid_number"),
        (replace(CALL, to="+0447700900805"), "invalid_number"),
        (replace(CALL, to="+4477009008051234"), "invalid_number"),
        (replace(CALL, to="+44770090080٥"), "invalid_number"),
        (replace(CALL, sender="Tocsin"), "sender_not_allowed"),
        (replace(CALL, answer_within=timedelta(seconds=14)), "invalid_request"),
        (replace(CALL, answer_within=timedelta(seconds=61)), "invalid_request"),
    ],
)
def test_what_connect_would_not_take_is_not_sent(
    wrong: Any, reason: str, connect: tuple[Any, Stubber], watch: Watch
) -> None:
    assert caller(connect[0], watch).call(wrong) == Rejected(reason, permanent=True)


@pytest.mark.parametrize("seconds", [15, 60])
def test_the_ends_of_the_range_ring(seconds: int, connect: tuple[Any, Stubber], watch: Watch) -> None:
    client, stub = connect
    asked = {**ASKED, "RingTimeoutInSeconds": seconds}
    stub.add_response("start_outbound_voice_contact", {"ContactId": "c-1"}, asked)

    call = replace(CALL, answer_within=timedelta(seconds=seconds))
    assert isinstance(caller(client, watch).call(call), Dialled)


@pytest.mark.parametrize(
    ("code", "status", "means"),
    [
        ("DestinationNotAllowedException", 403, Rejected("destination_not_allowed", permanent=True)),
        ("OutboundContactNotPermittedException", 403, Rejected("outbound_not_permitted", permanent=True)),
        ("InvalidParameterException", 400, Rejected("invalid_number", permanent=True)),
        ("InvalidRequestException", 400, Rejected("invalid_request", permanent=True)),
        ("ResourceNotFoundException", 404, Rejected("not_set_up", permanent=True)),
        ("LimitExceededException", 429, Rejected("throttled", permanent=False)),
        ("TooManyRequestsException", 429, Rejected("throttled", permanent=False)),
        ("AccessDeniedException", 403, Rejected("provider_denies_us", False, timedelta(minutes=5))),
        ("InternalServiceException", 500, OutcomeUnknown("provider_error", idempotent=True)),
        ("503", 503, OutcomeUnknown("provider_error", idempotent=True)),
        ("SomethingNew", 400, Rejected("unrecognised_error", permanent=False)),
    ],
)
def test_each_refusal_has_its_outcome(
    code: str, status: int, means: Submission, connect: tuple[Any, Stubber], watch: Watch
) -> None:
    client, stub = connect
    stub.add_client_error("start_outbound_voice_contact", code, http_status_code=status)

    assert caller(client, watch).call(CALL) == means


def test_a_throttled_call_waits_as_long_as_connect_says(connect: tuple[Any, Stubber], watch: Watch) -> None:
    client, stub = connect
    meta = {"HTTPHeaders": {"retry-after": "7"}}
    stub.add_client_error("start_outbound_voice_contact", "TooManyRequestsException", response_meta=meta)

    assert caller(client, watch).call(CALL) == Rejected("throttled", False, timedelta(seconds=7))


@pytest.mark.parametrize(("instance", "flow"), [("", FLOW), (INSTANCE, "")])
def test_without_an_instance_or_its_flow_nothing_is_dialled(
    instance: str, flow: str, connect: tuple[Any, Stubber]
) -> None:
    assert ConnectCaller(connect[0], instance, flow).call(CALL) == Rejected("not_set_up", permanent=True)


def test_a_worker_dials_once_a_second(connect: tuple[Any, Stubber], watch: Watch) -> None:
    client, stub = connect
    for _ in range(4):
        stub.add_response("start_outbound_voice_contact", {"ContactId": "c-1"})
    dialler = caller(client, watch)

    dialled_at = []
    for pause in (0.0, 0.0, 0.25, 5.0):
        watch.seconds += pause
        dialler.call(CALL)
        dialled_at.append(watch.seconds)

    assert dialled_at == [100.0, 101.0, 102.0, 107.0]


def test_a_described_contact_tells_its_message(connect: tuple[Any, Stubber], watch: Watch) -> None:
    client, stub = connect
    contact = {
        "Id": "c-1",
        "InitiationTimestamp": datetime(2026, 11, 29, 12, 0, tzinfo=UTC),
        "ConnectedToSystemTimestamp": datetime(2026, 11, 29, 12, 0, 8, tzinfo=UTC),
        "DisconnectTimestamp": datetime(2026, 11, 29, 12, 0, 42, tzinfo=UTC),
        "DisconnectReason": "CUSTOMER_DISCONNECT",
        "Attributes": {"message": str(ID)},
    }
    asked = {"InstanceId": ASKED["InstanceId"], "ContactId": "c-1"}
    stub.add_response("describe_contact", {"Contact": contact}, asked)

    ended = caller(client, watch).look("c-1")

    assert ended is not None
    assert ended.message == ID
    assert (ended.facts.dial_seconds, ended.facts.talk_seconds) == (8.0, 34.0)


def test_a_call_is_stopped_by_its_id(connect: tuple[Any, Stubber], watch: Watch) -> None:
    client, stub = connect
    stub.add_response("stop_contact", {}, {"InstanceId": ASKED["InstanceId"], "ContactId": "c-1"})

    caller(client, watch).stop("c-1")


class Functions:
    """Lambda, as far as StartFunction calls it."""

    def __init__(self) -> None:
        self.started: list[dict[str, Any]] = []
        self.fails = False

    def invoke(self, **asked: Any) -> None:
        self.started.append(asked)
        if self.fails:
            raise ClientError({"Error": {"Code": "TooManyRequestsException", "Message": ""}}, "Invoke")


def test_the_function_is_started_warm_while_it_rings_and_not_for_every_call(
    connect: tuple[Any, Stubber], watch: Watch
) -> None:
    client, stub = connect
    for _ in range(9):
        stub.add_response("start_outbound_voice_contact", {"ContactId": "c-1"})
    functions = Functions()
    dialler = caller(client, watch, warm=StartFunction(functions, "tocsin-Ivr", watch.now))

    for _ in range(9):  # eight seconds
        dialler.call(CALL)

    once = {"FunctionName": "tocsin-Ivr", "InvocationType": "Event", "Payload": b'{"warm": true}'}
    assert functions.started == [once] * 2


def test_a_function_that_cannot_be_started_keeps_no_call_from_being_placed(
    connect: tuple[Any, Stubber], watch: Watch
) -> None:
    client, stub = connect
    stub.add_response("start_outbound_voice_contact", {"ContactId": "c-1"})
    functions = Functions()
    functions.fails = True

    assert isinstance(caller(client, watch, warm=StartFunction(functions, "i", watch.now)).call(CALL), Dialled)
    assert len(functions.started) == 1
