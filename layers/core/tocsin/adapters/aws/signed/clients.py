"""Clients of the services that a function calls, and of the services of the JSON and the query protocol."""

from __future__ import annotations

import base64
import json
import os
import re
import time
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote_plus
from xml.etree import ElementTree

from botocore.exceptions import ClientError

from tocsin.adapters.aws.signed.connections import Connections
from tocsin.adapters.aws.signed.rest import ConnectClient, LambdaClient, SchedulerClient, SesClient
from tocsin.adapters.aws.signed.service import Service, base64_text, metadata, refused_json
from tocsin.adapters.aws.signed.signature import Credentials, Signer
from tocsin.adapters.outbound.http1 import Answer

_quoted = lru_cache(maxsize=64)(quote_plus)
"""Cached, for values that many messages share. Receivers' numbers are never passed to it."""


@lru_cache(maxsize=64)
def _attributes(*attributes: tuple[str, str, str]) -> str:
    """Return the parameters of attributes by name, type and value. Cached: the messages of an alert share them."""
    return "".join(
        f"&MessageAttributes.entry.{number}.Name={quote_plus(name)}"
        f"&MessageAttributes.entry.{number}.Value.DataType={quote_plus(kind)}"
        f"&MessageAttributes.entry.{number}.Value.StringValue={quote_plus(value)}"
        for number, (name, kind, value) in enumerate(attributes, 1)
    )


_JSON = json.JSONEncoder(separators=(",", ":"), default=base64_text)


class JsonClient:
    """A service of the AWS JSON protocol: DynamoDB, SQS, KMS, End User Messaging, Cognito, EventBridge.

    Any operation is a method under boto3's name. Bytes travel as base64 in both directions. PynamoDB can work over
    one: it asks a client for its Region, its signer and `_make_api_call`, and for nothing else.
    """

    def __init__(
        self, service: Service, region: str, target: str, version: str, blobs: frozenset[str] = frozenset()
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
        operation = _operation(name)

        def call(**parameters: Any) -> Any:
            return self._call(operation, parameters)

        self.__dict__[name] = call
        return call

    def _make_api_call(self, operation: str, parameters: Mapping[str, Any]) -> Any:
        """Call an operation by its wire name: the one method of a botocore client that PynamoDB uses."""
        return self._call(operation, parameters)

    def _call(self, operation: str, parameters: Mapping[str, Any]) -> Any:
        return self._read(self._service.send(*self._request(operation, parameters)))

    def begin(self, name: str, parameters: Mapping[str, Any]) -> Callable[[], Any] | None:
        """Begin an operation of a provider and return what waits for its response; None = no connection is idle."""
        wait = self._service.begin(*self._request(_operation(name), parameters))
        return None if wait is None else lambda: self._read(wait())

    def _request(
        self, operation: str, parameters: Mapping[str, Any]
    ) -> tuple[str, str, dict[str, str], bytes, Callable[[Answer], ClientError]]:
        headers = {"content-type": self._type, "x-amz-target": f"{self._target}.{operation}"}
        body = _JSON.encode(parameters).encode()
        return "POST", "/", headers, body, lambda answer: refused_json(answer, operation, self._with_bytes)

    def _read(self, answer: Answer) -> Any:
        if not answer.body:
            return {}
        # A hook is called for every object, and takes most of the time of a response without bytes.
        hook = self._with_bytes if self._blobs or b'"B"' in answer.body else None
        return json.loads(answer.body, object_hook=hook)

    def _with_bytes(self, value: dict[str, Any]) -> dict[str, Any]:
        # {"B": "…"} is DynamoDB's way of writing bytes; a map that has a member called B holds a dict there.
        if len(value) == 1 and isinstance(text := value.get("B"), str):
            return {"B": base64.b64decode(text)}
        for name in self._blobs & value.keys():
            value[name] = base64.b64decode(value[name])
        return value


def _operation(name: str) -> str:
    """Return an operation's name on the wire by its name in boto3."""
    return "".join(word.capitalize() for word in name.split("_")).replace("Mfa", "MFA")


class SnsClient:
    """SNS `Publish` to a phone number."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def publish(self, *, PhoneNumber: str, Message: str, MessageAttributes: Mapping[str, Any]) -> dict[str, Any]:
        """Publish, under boto3's parameter names."""
        return self._read(self._service.send(*self._request(PhoneNumber, Message, MessageAttributes)))

    def begin(self, name: str, parameters: Mapping[str, Any]) -> Callable[[], dict[str, Any]] | None:
        """Begin a `publish` and return what waits for its response; None = no connection is idle."""
        assert name == "publish"
        wait = self._service.begin(
            *self._request(parameters["PhoneNumber"], parameters["Message"], parameters["MessageAttributes"])
        )
        return None if wait is None else lambda: self._read(wait())

    def _request(
        self, number: str, message: str, message_attributes: Mapping[str, Any]
    ) -> tuple[str, str, dict[str, str], bytes, Callable[[Answer], ClientError]]:
        attributes = _attributes(*((name, v["DataType"], v["StringValue"]) for name, v in message_attributes.items()))
        body = (
            f"Action=Publish&Version=2010-03-31&PhoneNumber={quote_plus(number)}&Message={_quoted(message)}{attributes}"
        ).encode()
        headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
        return "POST", "/", headers, body, _refused_xml

    def _read(self, answer: Answer) -> dict[str, Any]:
        found = re.search(rb"<MessageId>([^<]+)</MessageId>", answer.body)
        return {"MessageId": found[1].decode() if found else ""}


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

    def _service(self, service: str, host: str, setting: str, *, provider: bool = False) -> Service:
        suffix = "amazonaws.com.cn" if self._region.startswith("cn-") else "amazonaws.com"
        own = os.environ.get(f"AWS_ENDPOINT_URL_{setting}") or os.environ.get("AWS_ENDPOINT_URL")
        endpoint = (own or f"https://{host}.{self._region}.{suffix}").rstrip("/")
        connections = Connections(endpoint, 1.0, self._provider_timeout if provider else 3.0)
        self._opened.append(connections)
        signer = Signer(self._credentials, self._region, service)
        return Service(signer, connections, 1 if provider else self._store_attempts, self._pause)

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

    def ssm(self) -> JsonClient:
        """Return the client of parameters."""
        return JsonClient(self._service("ssm", "ssm", "SSM"), self._region, "AmazonSSM", "1.1")

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

    def events(self) -> JsonClient:
        """Return a client that puts events on a bus."""
        return JsonClient(self._service("events", "events", "EVENTBRIDGE"), self._region, "AWSEvents", "1.1")

    def scheduler(self) -> SchedulerClient:
        """Return a client that creates schedules. It retries, as the name of a schedule is its idempotency token."""
        return SchedulerClient(self._service("scheduler", "scheduler", "SCHEDULER"))

    def connect(self) -> ConnectClient:
        """Return a client that makes calls."""
        return ConnectClient(self._service("connect", "connect", "CONNECT", provider=True))

    def functions(self) -> LambdaClient:
        """Return a client that starts functions."""
        return LambdaClient(self._service("lambda", "lambda", "LAMBDA", provider=True))


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
        {"Error": {"Code": code, "Message": message}, "ResponseMetadata": metadata(answer)},  # type: ignore[typeddict-item]
        "Publish",
    )
