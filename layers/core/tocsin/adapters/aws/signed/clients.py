"""DynamoDB, SQS, KMS, SNS, End User Messaging, SES, EventBridge Scheduler and Cognito, as far as they are called."""

from __future__ import annotations

import base64
import json
import os
import random
import re
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote_plus
from xml.etree import ElementTree

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError

from tocsin.adapters.aws.signed.connections import Connections
from tocsin.adapters.aws.signed.signature import Credentials, Signer
from tocsin.adapters.outbound.http1 import Answer

_THROTTLED = re.compile(
    "Throttl|TooManyRequests|ProvisionedThroughput|RequestLimit|SlowDown|LimitExceeded|TransactionInProgress"
)

_quoted = lru_cache(maxsize=64)(quote_plus)
"""Cached, for values that many messages share. Receivers' numbers are never passed to it."""

_Hook = Callable[[dict[str, Any]], Any] | None


class _Service:
    """One endpoint: signs, sends, tries again where a repeat is safe, and raises botocore's errors."""

    def __init__(self, signer: Signer, connections: Connections, attempts: int, pause: Callable[[float], None]) -> None:
        self._signer = signer
        self._connections = connections
        self._attempts = attempts
        self._pause = pause

    def post(self, path: str, headers: dict[str, str], body: bytes, refused: Callable[[Answer], ClientError]) -> Answer:
        """Send, and return the answer of a call that succeeded.

        Raises:
            ClientError: the service refused it.
            botocore.exceptions.*: no answer (see Connections.send).
        """
        host = self._connections.host_header
        for attempt in range(1, self._attempts + 1):
            last = attempt == self._attempts
            signed = self._signer.headers("POST", host, path, headers, body, datetime.now(UTC))
            try:
                answer = self._connections.send("POST", path, signed, body)
            except (HTTPClientError, ConnectionError):
                if last:
                    raise
            else:
                if answer.status < 300:
                    return answer
                error = refused(answer)
                passing = answer.status >= 500 or _THROTTLED.search(error.response["Error"]["Code"])
                if last or not passing:
                    raise error
            self._pause(min(1.0, 0.05 * 2**attempt) * random.random())  # noqa: S311  (jitter)
        raise AssertionError("the last attempt returns or raises")


class JsonClient:
    """A service of the AWS JSON protocol: DynamoDB, SQS, KMS, End User Messaging, Cognito.

    Any operation is a method under boto3's name. Bytes travel as base64 in both directions. PynamoDB can work over
    one: it asks a client for its Region, its signer and `_make_api_call`, and for nothing else.
    """

    def __init__(
        self, service: _Service, region: str, target: str, version: str, blobs: frozenset[str] = frozenset()
    ) -> None:
        self.meta = SimpleNamespace(region_name=region)
        self._request_signer = None
        self._service = service
        self._target = target
        self._type = f"application/x-amz-json-{version}"
        self._blobs = blobs

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Return the operation of this name."""
        if name.startswith("_"):
            raise AttributeError(name)
        operation = "".join(word.capitalize() for word in name.split("_")).replace("Mfa", "MFA")

        def call(**parameters: Any) -> Any:
            return self._call(operation, parameters)

        self.__dict__[name] = call
        return call

    def _make_api_call(self, operation: str, parameters: Mapping[str, Any]) -> Any:
        """Call an operation by its wire name: the one method of a botocore client that PynamoDB uses."""
        return self._call(operation, parameters)

    def _call(self, operation: str, parameters: Mapping[str, Any]) -> Any:
        body = json.dumps(parameters, separators=(",", ":"), default=_base64).encode()
        headers = {"content-type": self._type, "x-amz-target": f"{self._target}.{operation}"}
        answer = self._service.post(
            "/", headers, body, lambda answer: _refused_json(answer, operation, self._with_bytes)
        )
        return json.loads(answer.body, object_hook=self._with_bytes) if answer.body else {}

    def _with_bytes(self, value: dict[str, Any]) -> dict[str, Any]:
        # {"B": "…"} is DynamoDB's way of writing bytes; a map that has a member called B holds a dict there.
        if len(value) == 1 and isinstance(text := value.get("B"), str):
            return {"B": base64.b64decode(text)}
        for name in self._blobs & value.keys():
            value[name] = base64.b64decode(value[name])
        return value


class SnsClient:
    """SNS `Publish` to a phone number."""

    def __init__(self, service: _Service) -> None:
        self._service = service

    def publish(self, *, PhoneNumber: str, Message: str, MessageAttributes: Mapping[str, Any]) -> dict[str, Any]:
        """Publish, under boto3's parameter names."""
        parts = [f"Action=Publish&Version=2010-03-31&PhoneNumber={quote_plus(PhoneNumber)}&Message={_quoted(Message)}"]
        for number, (name, value) in enumerate(MessageAttributes.items(), 1):
            entry = f"&MessageAttributes.entry.{number}"
            parts.append(
                f"{entry}.Name={_quoted(name)}{entry}.Value.DataType={_quoted(value['DataType'])}"
                f"{entry}.Value.StringValue={_quoted(value['StringValue'])}"
            )
        body = "".join(parts).encode()
        headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
        answer = self._service.post("/", headers, body, _refused_xml)
        found = re.search(rb"<MessageId>([^<]+)</MessageId>", answer.body)
        return {"MessageId": found[1].decode() if found else ""}


class SesClient:
    """SES v2 `SendEmail`."""

    def __init__(self, service: _Service) -> None:
        self._service = service

    def send_email(self, **parameters: Any) -> Any:
        """Send, under boto3's parameter names."""
        body = json.dumps(parameters, separators=(",", ":"), default=_base64).encode()
        headers = {"content-type": "application/json"}
        path = "/v2/email/outbound-emails"
        answer = self._service.post(path, headers, body, lambda answer: _refused_json(answer, "SendEmail"))
        return json.loads(answer.body)


class SchedulerClient:
    """EventBridge Scheduler `CreateSchedule`."""

    def __init__(self, service: _Service) -> None:
        self._service = service

    def create_schedule(self, *, Name: str, **parameters: Any) -> Any:
        """Create, under boto3's parameter names. `Name` holds nothing that a path would have to escape."""
        body = json.dumps(parameters, separators=(",", ":")).encode()
        headers = {"content-type": "application/json"}
        answer = self._service.post(
            f"/schedules/{Name}", headers, body, lambda answer: _refused_json(answer, "CreateSchedule")
        )
        return json.loads(answer.body)


class SignedClients:
    """Makes the clients of one process from its environment.

    Args:
        provider_timeout: seconds a provider may take to answer.
        store_attempts: tries of a call to a store, the first included. Providers get one.
        pause: sleeps that many seconds.
    """

    def __init__(
        self,
        credentials: Credentials,
        region: str,
        provider_timeout: float,
        store_attempts: int,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._credentials = credentials
        self._region = region
        self._provider_timeout = provider_timeout
        self._store_attempts = store_attempts
        self._pause = pause
        self._opened: list[Connections] = []

    def close(self) -> None:
        """Close every idle connection. Only tests call it."""
        for connections in self._opened:
            connections.close()

    def _service(self, service: str, host: str, setting: str, *, provider: bool = False) -> _Service:
        suffix = "amazonaws.com.cn" if self._region.startswith("cn-") else "amazonaws.com"
        own = os.environ.get(f"AWS_ENDPOINT_URL_{setting}") or os.environ.get("AWS_ENDPOINT_URL")
        endpoint = (own or f"https://{host}.{self._region}.{suffix}").rstrip("/")
        connections = Connections(endpoint, 1.0, self._provider_timeout if provider else 3.0)
        self._opened.append(connections)
        signer = Signer(self._credentials, self._region, service)
        return _Service(signer, connections, 1 if provider else self._store_attempts, self._pause)

    def dynamodb(self) -> JsonClient:
        """Return the table's client."""
        return JsonClient(self._service("dynamodb", "dynamodb", "DYNAMODB"), self._region, "DynamoDB_20120810", "1.0")

    def sqs(self) -> JsonClient:
        """Return the queues' client."""
        return JsonClient(self._service("sqs", "sqs", "SQS"), self._region, "AmazonSQS", "1.0")

    def kms(self) -> JsonClient:
        """Return the keys' client."""
        return JsonClient(
            self._service("kms", "kms", "KMS"),
            self._region,
            "TrentService",
            "1.1",
            frozenset({"CiphertextBlob", "Plaintext"}),
        )

    def sms_voice(self) -> JsonClient:
        """Return a client that sends text messages by End User Messaging."""
        service = self._service("sms-voice", "sms-voice", "PINPOINT_SMS_VOICE_V2", provider=True)
        return JsonClient(service, self._region, "PinpointSMSVoiceV2", "1.0")

    def cognito(self) -> JsonClient:
        """Return a client of user pools."""
        service = self._service("cognito-idp", "cognito-idp", "COGNITO_IDENTITY_PROVIDER", provider=True)
        return JsonClient(service, self._region, "AWSCognitoIdentityProviderService", "1.1")

    def sns(self) -> SnsClient:
        """Return a client that publishes text messages."""
        return SnsClient(self._service("sns", "sns", "SNS", provider=True))

    def sesv2(self) -> SesClient:
        """Return a client that sends mail."""
        return SesClient(self._service("ses", "email", "SESV2", provider=True))

    def scheduler(self) -> SchedulerClient:
        """Return a client that creates schedules. It retries, as the name of a schedule is its idempotency token."""
        return SchedulerClient(self._service("scheduler", "scheduler", "SCHEDULER"))


def _base64(value: object) -> str:
    if isinstance(value, bytes | bytearray):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} cannot be sent")


def _refused_json(answer: Answer, operation: str, read: _Hook = None) -> ClientError:
    try:
        body = json.loads(answer.body, object_hook=read)
    except ValueError:
        body = {}
    if not isinstance(body, dict):
        body = {}
    code = (
        body.pop("__type", None)
        or answer.headers.get("x-amzn-errortype")
        or body.pop("code", None)
        or str(answer.status)
    )
    # SQS answers old clients' codes in this header, and botocore prefers them: AWS.SimpleQueueService.…;Sender
    if query_code := answer.headers.get("x-amzn-query-error"):
        code = query_code.split(";")[0]
    code = code.rpartition("#")[2].split(":")[0]
    message = body.pop("message", None) or body.pop("Message", None) or ""
    response = {**body, "Error": {"Code": code, "Message": message}, "ResponseMetadata": _metadata(answer)}
    return ClientError(response, operation)  # type: ignore[arg-type]


def _refused_xml(answer: Answer) -> ClientError:
    code, message = str(answer.status), ""
    try:
        root = ElementTree.fromstring(answer.body)  # noqa: S314  (AWS's own answer, over TLS)
        for element in root.iter():
            match element.tag.rpartition("}")[2]:
                case "Code":
                    code = element.text or code
                case "Message":
                    message = element.text or ""
    except ElementTree.ParseError:
        message = ""
    return ClientError(
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": _metadata(answer)},  # type: ignore[typeddict-item]
        "Publish",
    )


def _metadata(answer: Answer) -> dict[str, Any]:
    return {"HTTPStatusCode": answer.status, "HTTPHeaders": answer.headers}
