"""Amazon Connect's API, as far as the system uses it, and its service quotas.

Sources: Amazon Connect API Reference, "StartOutboundVoiceContact", "StopContact", "DescribeContact" and "Service
quotas"; botocore's model of `connect`, which tests compare.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import unquote

from infra.local.engine import ACCOUNT, REGION
from infra.local.outside.contact import Contact
from infra.local.outside.exchange import Exchange

RATE, BURST = 2.0, 5
"""Calls that may be placed a second, and at once after a pause."""

REMEMBERED = 7 * 86_400.0
"""Seconds in which the same ClientToken gives the same contact."""

_NUMBER = re.compile(r"\+[1-9]\d{1,14}", re.ASCII)
_DESCRIBE = re.compile(r"/contacts/([^/]{1,300})/([^/]{1,800})")


class ConnectError(Exception):
    """An error of Connect's model. `str(error)` is its message."""

    def __init__(self, status: int, name: str, message: str) -> None:
        super().__init__(message)
        self.status, self.name = status, name


@dataclass(frozen=True, slots=True)
class _Field:
    """What a field must be: its type, and its least and most length or value."""

    kind: type
    least: int = 0
    most: int = 1 << 31
    required: bool = False


_START: Mapping[str, _Field] = {
    "InstanceId": _Field(str, 1, 100, required=True),
    "ContactFlowId": _Field(str, 1, 500, required=True),
    "DestinationPhoneNumber": _Field(str, 3, 16, required=True),
    "SourcePhoneNumber": _Field(str, 3, 16, required=True),  # or a queue, which knows a number; ours has none
    "ClientToken": _Field(str, 0, 500),
    "Attributes": _Field(dict),
    "RingTimeoutInSeconds": _Field(int, 15, 60),
    "TrafficType": _Field(str),
}
_STOP: Mapping[str, _Field] = {
    "InstanceId": _Field(str, 1, 100, required=True),
    "ContactId": _Field(str, 1, 256, required=True),
    "DisconnectReason": _Field(dict),
}


class Connect:
    """The API. Safe for several threads.

    Args:
        clock: seconds that never go back.
    """

    def __init__(self, exchange: Exchange, clock: Callable[[], float] = time.monotonic) -> None:
        self._exchange, self._clock = exchange, clock
        self._turn = threading.Lock()
        self._left, self._seen = float(BURST), clock()
        self._tokens: dict[tuple[str, str], tuple[float, Contact]] = {}

    def respond(self, method: str, path: str, body: bytes) -> dict[str, Any] | None:
        """Answer one request; None: no such operation.

        Raises:
            ConnectError: the request is refused.
        """
        match method, path:
            case "PUT", "/contact/outbound-voice":
                return self._start(_read(body, _START))
            case "POST", "/contact/stop":
                return self._stop(_read(body, _STOP))
        if method == "GET" and (found := _DESCRIBE.fullmatch(path)):
            return self._describe(unquote(found[2]))
        return None

    def _start(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        for name in ("DestinationPhoneNumber", "SourcePhoneNumber"):
            if not _NUMBER.fullmatch(asked[name]):
                raise _invalid(f"{name} is not a number in E.164")
        if asked.get("TrafficType", "GENERAL") != "GENERAL":
            raise _invalid("TrafficType CAMPAIGN needs outbound campaigns")
        attributes = asked.get("Attributes", {})
        if not all(isinstance(value, str) for value in attributes.values()):
            raise _invalid("an attribute is not a text")
        if not self._exchange.ready:
            raise ConnectError(500, "InternalServiceException", "the system is not deployed yet")
        with self._turn:
            self._admit()
            token = (asked["InstanceId"], asked.get("ClientToken", ""))
            since, contact = self._tokens.get(token, (0.0, None))
            if contact is None or not token[1] or self._clock() - since >= REMEMBERED:
                ring_seconds = float(asked.get("RingTimeoutInSeconds", 60))
                contact = self._exchange.dial(
                    asked["SourcePhoneNumber"], asked["DestinationPhoneNumber"], attributes, ring_seconds
                )
                self._tokens[token] = (self._clock(), contact)
        return {"ContactId": contact.id}

    def _stop(self, asked: Mapping[str, Any]) -> dict[str, Any]:
        contact = self._exchange.find(asked["ContactId"])
        if contact is None or contact.ended:
            raise ConnectError(410, "ContactNotFoundException", "The contact does not exist, or is over.")
        self._exchange.stop(contact)
        return {}

    def _describe(self, id: str) -> dict[str, Any]:
        contact = self._exchange.find(id)
        if contact is None:
            raise ConnectError(404, "ResourceNotFoundException", "There is no such contact.")
        data = contact.data()
        told = {name: data[name] for name in ("InitiationMethod", "Channel", "SystemEndpoint", "Attributes")}
        instants = {
            "InitiationTimestamp": contact.began,
            "ConnectedToSystemTimestamp": contact.connected,
            "DisconnectTimestamp": contact.ended,
        }
        return {
            "Contact": {
                "Arn": f"arn:aws:connect:{REGION}:{ACCOUNT}:instance/local/contact/{contact.id}",
                "Id": contact.id,
                **told,
                **({"CustomerEndpoint": data["CustomerEndpoint"]} if data["CustomerEndpoint"] else {}),
                **{name: _seconds(at) for name, at in instants.items() if at},
                **({"DisconnectReason": contact.reason} if contact.ended else {}),
            }
        }

    def _admit(self) -> None:
        """Take one of the calls that the quota allows now."""
        now = self._clock()
        self._left, self._seen = min(BURST, self._left + (now - self._seen) * RATE), now
        if self._left < 1:
            raise ConnectError(429, "TooManyRequestsException", "Too many requests.")
        self._left -= 1


def _read(body: bytes, fields: Mapping[str, _Field]) -> Mapping[str, Any]:
    try:
        asked = json.loads(body)
    except ValueError:
        asked = None
    if not isinstance(asked, dict):
        raise ConnectError(400, "InvalidRequestException", "The body is no JSON object.")
    if unknown := asked.keys() - fields.keys():
        raise ConnectError(400, "InvalidRequestException", f"The simulated Connect knows no {', '.join(unknown)}.")
    for name, rule in fields.items():
        if name not in asked:
            if rule.required:
                raise ConnectError(400, "InvalidRequestException", f"{name} is missing.")
        elif not isinstance(asked[name], rule.kind) or not rule.least <= _size(asked[name]) <= rule.most:
            raise _invalid(f"{name} has no such value")
    return asked


def _size(value: Any) -> int:
    return value if isinstance(value, int) else len(value)


def _seconds(at: datetime) -> float:
    return round(at.timestamp(), 3)


def _invalid(message: str) -> ConnectError:
    return ConnectError(400, "InvalidParameterException", f"{message}.")
