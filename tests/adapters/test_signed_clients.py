"""The thin clients say on the wire what botocore says, and read what it reads."""

from __future__ import annotations

import base64
import json
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import botocore.auth
import botocore.awsrequest
import botocore.credentials
import botocore.session
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ConnectionClosedError, EndpointConnectionError, ReadTimeoutError
from hypothesis import given
from hypothesis import strategies as st

from tocsin.adapters.aws.signed.clients import SignedClients
from tocsin.adapters.aws.signed.signature import Credentials, Signer

ACCESS, SECRET = "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"


_THIS_CENTURY = st.datetimes(datetime(2000, 1, 1), datetime(2089, 12, 31), timezones=st.just(UTC))


@given(st.binary(max_size=200), st.sampled_from([None, "a/session+token=="]), _THIS_CENTURY)
def test_the_signature_is_botocores(body: bytes, token: str | None, now: datetime) -> None:
    now = now.replace(microsecond=0)
    signer = Signer(Credentials(ACCESS, SECRET, token), "eu-west-1", "dynamodb")
    # The second time, the signer knows the form of the operation's headers; another operation has another form.
    for operation in ("GetItem", "GetItem", "PutItem"):
        _signed_as_botocore_signs(signer, operation, body, token, now)


def _signed_as_botocore_signs(signer: Signer, operation: str, body: bytes, token: str | None, now: datetime) -> None:
    headers = {"content-type": "application/x-amz-json-1.0", "x-amz-target": f"DynamoDB_20120810.{operation}"}
    ours = signer.headers("POST", "dynamodb.eu-west-1.amazonaws.com", "/", headers, body, now)
    request = botocore.awsrequest.AWSRequest(
        "POST",
        "https://dynamodb.eu-west-1.amazonaws.com/",
        headers={**headers, "x-amz-date": ours["x-amz-date"]},
        data=body,
    )
    if token:
        request.headers["x-amz-security-token"] = token
    request.context["timestamp"] = ours["x-amz-date"]
    theirs = botocore.auth.SigV4Auth(botocore.credentials.Credentials(ACCESS, SECRET, token), "dynamodb", "eu-west-1")
    canonical = theirs.canonical_request(request)
    signature = theirs.signature(theirs.string_to_sign(request, canonical), request)
    assert ours["authorization"].endswith(f"Signature={signature}")
    assert theirs.scope(request) in ours["authorization"]


class Service:
    """An HTTP server that records requests and gives the answers it was told to give, in turn."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.connections = 0
        self._thin: list[SignedClients] = []
        self._thick: list[Any] = []
        self.answers: list[tuple[int, dict[str, str], bytes] | str] = []
        self.gate: Callable[[bytes], object] = lambda body: None  # returns when this request may be answered
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 5

            def setup(self) -> None:
                super().setup()
                service.connections += 1

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                service.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
                service.gate(body)
                answer = service.answers.pop(0) if service.answers else (200, {}, b"{}")
                if isinstance(answer, str):
                    self.close_connection = True
                    return
                status, headers, payload = answer
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(payload)))
                self.end_headers()
                self.wfile.write(payload)

            do_PUT = do_GET = do_POST

            def log_message(self, *args: object) -> None:
                return

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a client has given up
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def thin(self, provider_timeout: float = 0.3) -> SignedClients:
        self._thin.append(
            SignedClients(Credentials(ACCESS, SECRET), "eu-west-1", provider_timeout, 3, lambda seconds: None)
        )
        return self._thin[-1]

    def thick(self, service: str) -> Any:
        client = botocore.session.Session().create_client(
            service,
            region_name="eu-west-1",
            endpoint_url=self.url,
            aws_access_key_id=ACCESS,
            aws_secret_access_key=SECRET,
            config=Config(retries={"total_max_attempts": 1}),
        )
        self._thick.append(client)
        return client

    def close(self) -> None:
        for client in (*self._thin, *self._thick):
            client.close()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    one = Service()
    monkeypatch.setenv("AWS_ENDPOINT_URL", one.url)
    yield one
    one.close()


CALLS: list[tuple[str, str, dict[str, Any]]] = [
    ("dynamodb", "get_item", {"TableName": "core", "Key": {"pk": {"S": "T#a"}, "sk": {"S": "ü"}}, "ConsistentRead": True}),
    ("dynamodb", "put_item", {"TableName": "core", "Item": {"pk": {"S": "p"}, "sealed": {"B": b"\x00\xff" * 9}}}),
    ("dynamodb", "batch_execute_statement", {"Statements": [{"Statement": "INSERT …", "Parameters": [{"N": "1"}]}]}),
    ("sqs", "send_message_batch", {"QueueUrl": "http://q/1", "Entries": [{"Id": "0", "MessageBody": "{}", "DelaySeconds": 9}]}),
    ("kms", "decrypt", {"CiphertextBlob": b"blob", "EncryptionContext": {"tenant": "a"}}),
    ("sns", "publish", {"PhoneNumber": "+447700900111", "Message": "Hi & bye €",
                        "MessageAttributes": {"AWS.SNS.SMS.SMSType": {"DataType": "String", "StringValue": "Transactional"}}}),
    ("scheduler", "create_schedule", {"Name": "t-0a", "GroupName": "g", "ClientToken": "t-0a", "ActionAfterCompletion": "DELETE",
                                      "ScheduleExpression": "at(2026-11-23T12:00:00)", "FlexibleTimeWindow": {"Mode": "OFF"},
                                      "Target": {"Arn": "arn:aws:sqs:eu-west-1:1:q", "RoleArn": "arn:aws:iam::1:role/r", "Input": "{}"}}),
    ("events", "put_events", {"Entries": [{"EventBusName": "tocsin-results", "Source": "tocsin.prod", "Time": 1_795_348_800.25,
                                           "DetailType": "tocsin.result.reply", "Resources": ["tocsin:acme:alert/0192"],
                                           "Detail": '{"reply":"größe"}'}]}),
    ("sesv2", "send_email", {"FromEmailAddress": "a@t.example", "Destination": {"ToAddresses": ["b@t.example"]},
                             "Content": {"Raw": {"Data": b"From: a\r\n\r\nx"}}}),
    ("connect", "start_outbound_voice_contact", {"InstanceId": "i", "ContactFlowId": "f", "ClientToken": "demo.0192.0.0.7.1",
                                                 "DestinationPhoneNumber": "+447700900805", "SourcePhoneNumber": "+442079460000",
                                                 "Attributes": {"message": "demo.0192.0.0.7.1"}, "RingTimeoutInSeconds": 40,
                                                 "TrafficType": "GENERAL"}),
    ("connect", "stop_contact", {"InstanceId": "i", "ContactId": "c"}),
    ("connect", "describe_contact", {"InstanceId": "i", "ContactId": "c/../d"}),
    ("lambda", "invoke", {"FunctionName": "tocsin-Ivr-1", "InvocationType": "Event", "Payload": b'{"warm": true}'}),
]  # fmt: skip


@pytest.mark.parametrize(("name", "operation", "parameters"), CALLS)
def test_the_request_is_botocores(name: str, operation: str, parameters: dict[str, Any], service: Service) -> None:
    answer: tuple[int, dict[str, str], bytes] = (
        200,
        {},
        b"<PublishResponse><PublishResult><MessageId>m</MessageId></PublishResult></PublishResponse>",
    )
    if name == "sns":
        service.answers = [answer, answer]
    getattr(getattr(service.thin(), {"lambda": "functions"}.get(name, name))(), operation)(**parameters)
    getattr(service.thick(name), operation)(**parameters)
    (our_path, our_headers, our_body), (their_path, their_headers, their_body) = service.requests
    assert our_path == their_path
    assert our_headers.get("x-amz-invocation-type") == their_headers.get("x-amz-invocation-type")
    assert our_headers.get("x-amz-target") == their_headers.get("x-amz-target")
    if our_body and name != "lambda":  # neither a GET nor the event of a function has a type
        assert (
            our_headers["content-type"].split(";")[0]
            == their_headers.get("content-type", "application/json").split(";")[0]
        )
    if name == "sns":
        assert sorted(our_body.split(b"&")) == sorted(their_body.split(b"&"))
    else:
        assert json.loads(our_body or b"{}") == json.loads(their_body or b"{}")


def test_bytes_come_back_as_bytes_and_maps_as_maps(service: Service) -> None:
    item = {"sealed": {"B": base64.b64encode(b"\x01\x02").decode()}, "map": {"M": {"B": {"S": "text"}}}}
    service.answers = [(200, {}, json.dumps({"Item": item}).encode())] * 2
    request = {"TableName": "core", "Key": {"pk": {"S": "p"}}}
    ours = service.thin().dynamodb().get_item(**request)
    theirs = service.thick("dynamodb").get_item(**request)
    assert ours["Item"] == theirs["Item"] == {"sealed": {"B": b"\x01\x02"}, "map": {"M": {"B": {"S": "text"}}}}


ERRORS: list[tuple[str, str, dict[str, Any], tuple[int, dict[str, str], bytes]]] = [
    ("dynamodb", "get_item", {"TableName": "t", "Key": {"pk": {"S": "p"}}},
     (400, {}, b'{"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"no","Item":{"pk":{"S":"x"}}}')),
    ("dynamodb", "transact_write_items", {"TransactItems": [{"Put": {"TableName": "t", "Item": {"pk": {"S": "p"}}}}]},
     (400, {}, b'{"__type":"x#TransactionCanceledException","Message":"no","CancellationReasons":[{"Code":"None"},{"Code":"ConditionalCheckFailed","Item":{"b":{"B":"AQI="}}}]}')),
    ("sqs", "send_message_batch", {"QueueUrl": "http://q", "Entries": []},
     (400, {"x-amzn-query-error": "AWS.SimpleQueueService.NonExistentQueue;Sender"}, b'{"__type":"com.amazonaws.sqs#QueueDoesNotExist","message":"no"}')),
    ("sesv2", "send_email", {"Content": {}}, (400, {"x-amzn-errortype": "MessageRejected:http://x"}, b'{"message":"not verified"}')),
    ("sns", "publish", {"PhoneNumber": "+1", "Message": "x", "MessageAttributes": {}},
     (400, {}, b'<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>InvalidParameter</Code><Message>Invalid parameter: PhoneNumber</Message></Error><RequestId>r</RequestId></ErrorResponse>')),
    ("scheduler", "create_schedule", {"Name": "t-0a", "ScheduleExpression": "at(…)", "FlexibleTimeWindow": {"Mode": "OFF"}, "Target": {"Arn": "a", "RoleArn": "r"}},
     (409, {"x-amzn-errortype": "ConflictException:http://internal.amazon.com/"}, b'{"Message":"Schedule t-0a already exists."}')),
    ("kms", "decrypt", {"CiphertextBlob": b"x"}, (400, {}, b'{"__type":"InvalidCiphertextException"}')),
]  # fmt: skip


@pytest.mark.parametrize(("name", "operation", "parameters", "answer"), ERRORS)
def test_refusals_read_as_botocore_reads_them(
    name: str, operation: str, parameters: dict[str, Any], answer: tuple[int, dict[str, str], bytes], service: Service
) -> None:
    service.answers = [answer, answer]
    with pytest.raises(ClientError) as ours:
        getattr(getattr(service.thin(), name)(), operation)(**parameters)
    with pytest.raises(ClientError) as theirs:
        getattr(service.thick(name), operation)(**parameters)
    for field in ("Error", "CancellationReasons", "Item"):
        mine, model = ours.value.response.get(field), theirs.value.response.get(field)
        if field == "Error":
            mine, model = ({key: part[key] for key in ("Code", "Message")} for part in (mine, model))  # type: ignore[index]
        assert mine == model
    assert ours.value.response["ResponseMetadata"]["HTTPStatusCode"] == answer[0]


def test_connections_are_kept_and_stale_ones_are_noticed(service: Service) -> None:
    client = service.thin().dynamodb()
    for _ in range(5):
        client.get_item(TableName="t", Key={})
    assert service.connections == 1
    service.answers = [(200, {"Connection": "close"}, b"{}")]
    client.get_item(TableName="t", Key={})
    client.get_item(TableName="t", Key={})
    assert service.connections == 2


BUSY: tuple[int, dict[str, str], bytes] = (400, {}, b'{"__type":"x#ProvisionedThroughputExceededException"}')


@pytest.mark.parametrize("first", [BUSY, (500, {}, b"oops"), (503, {}, b""), "hang up"])
def test_stores_are_asked_again(first: Any, service: Service) -> None:
    service.answers = [first, first, (200, {}, b'{"Item":{}}')]
    assert service.thin().dynamodb().get_item(TableName="t", Key={}) == {"Item": {}}
    assert len(service.requests) == 3


def test_stores_are_asked_three_times_and_no_more(service: Service) -> None:
    service.answers = [BUSY] * 9
    with pytest.raises(ClientError):
        service.thin().dynamodb().get_item(TableName="t", Key={})
    assert len(service.requests) == 3


def test_a_mistake_of_ours_is_not_repeated(service: Service) -> None:
    service.answers = [(400, {}, b'{"__type":"x#ValidationException"}')]
    with pytest.raises(ClientError):
        service.thin().dynamodb().get_item(TableName="t", Key={})
    assert len(service.requests) == 1


@pytest.mark.parametrize("first", [(503, {}, b""), (429, {}, b""), "hang up"])
def test_providers_are_asked_once_because_they_know_no_token(first: Any, service: Service) -> None:
    service.answers = [first]
    with pytest.raises((ClientError, ConnectionClosedError)):
        service.thin().sns().publish(PhoneNumber="+1", Message="x", MessageAttributes={})
    assert len(service.requests) == 1


def test_silence_is_told_from_never_having_reached_anybody(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    gate = threading.Event()
    service.gate = lambda body: gate.wait(5)
    with pytest.raises(ReadTimeoutError):
        service.thin(provider_timeout=0.1).sesv2().send_email(Content={})
    gate.set()
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    with pytest.raises(EndpointConnectionError):
        service.thin().sns().publish(PhoneNumber="+1", Message="x", MessageAttributes={})


TEXTS: list[tuple[str, str, dict[str, Any]]] = [
    ("sns", "publish", {"PhoneNumber": "+1", "Message": "x", "MessageAttributes": {}}),
    ("sms_voice", "send_text_message", {"DestinationPhoneNumber": "+1", "MessageBody": "x"}),
]


@pytest.mark.parametrize(("name", "operation", "parameters"), TEXTS)
def test_a_text_is_begun_on_an_idle_connection_as_it_is_sent(
    name: str, operation: str, parameters: dict[str, Any], service: Service
) -> None:
    client: Any = getattr(service.thin(), name)()

    # without a connection, nothing is begun
    assert client.begin(operation, parameters) is None
    assert service.requests == []
    sent = getattr(client, operation)(**parameters)
    wait = client.begin(operation, parameters)

    # the connection is in use until the answer is read
    assert client.begin(operation, parameters) is None
    assert wait() == sent
    assert client.begin(operation, parameters)() == sent
    assert service.connections == 1
    one, other, *_ = ((path, headers["content-type"], body) for path, headers, body in service.requests)
    assert one == other


@pytest.mark.parametrize("answer", [(400, {}, b"{}"), (503, {}, b""), "hang up"])
def test_a_text_that_was_begun_fails_as_one_that_is_sent(answer: Any, service: Service) -> None:
    client = service.thin().sms_voice()
    client.send_text_message()
    service.answers = [answer, answer]
    begun, sent = [
        _raised(client.begin("send_text_message", {}) or pytest.fail("no connection")),
        _raised(client.send_text_message),
    ]
    assert type(begun) is type(sent)
    assert str(begun) == str(sent)
    assert len(service.requests) == 3


def test_a_silent_provider_costs_a_wave_one_timeout_and_what_it_answers_is_read(service: Service) -> None:
    # given nine connections, and a provider that answers the last request only
    client = service.thin(provider_timeout=0.3).sms_voice()
    everybody_there, gate = threading.Barrier(9, timeout=5), threading.Event()
    service.gate = lambda body: everybody_there.wait()
    with ThreadPoolExecutor(9) as threads:
        list(threads.map(lambda _: client.send_text_message(), range(9)))
    service.gate = lambda body: body == b'{"n":8}' or gate.wait(5)

    # when a wave of nine is begun
    started = time.monotonic()
    waits = [client.begin("send_text_message", {"n": n}) for n in range(9)]
    *silent, last = [wait for wait in waits if wait is not None]
    found = [type(_raised(wait)) for wait in silent]

    # then the silent ones were waited for together
    assert last() == {}
    assert time.monotonic() - started < 8 * 0.3 / 2
    assert found == [ReadTimeoutError] * 8
    gate.set()


def _raised(call: Callable[[], Any]) -> Exception:
    with pytest.raises((ClientError, ConnectionClosedError, ReadTimeoutError)) as raised:
        call()
    return raised.value


def test_no_secret_shows_in_a_repr() -> None:
    assert SECRET not in repr(Credentials(ACCESS, SECRET, "token"))
    assert "token" not in repr(Credentials(ACCESS, SECRET, "hush")).replace("token=", "")
