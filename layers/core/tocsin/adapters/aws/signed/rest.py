"""Services of the AWS REST-JSON protocol: SES, EventBridge Scheduler, Connect and Lambda, as far as they are called."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from tocsin.adapters.aws.signed.service import Service, base64_text, refused_json


class _RestService:
    def __init__(self, service: Service) -> None:
        self._service = service

    def _send(self, operation: str, method: str, path: str, body: bytes, **headers: str) -> Any:
        """Call an operation and return its response. Values in `path` hold nothing that a path would have to escape."""
        answer = self._service.send(method, path, headers, body, lambda answer: refused_json(answer, operation))
        return json.loads(answer.body) if answer.body else {}

    def _send_json(self, operation: str, method: str, path: str, parameters: Any) -> Any:
        body = json.dumps(parameters, separators=(",", ":"), default=base64_text).encode()
        return self._send(operation, method, path, body, **{"content-type": "application/json"})


class SesClient(_RestService):
    """SES v2 `SendEmail`."""

    def send_email(self, **parameters: Any) -> Any:
        """Send, under boto3's parameter names."""
        return self._send_json("SendEmail", "POST", "/v2/email/outbound-emails", parameters)


class SchedulerClient(_RestService):
    """EventBridge Scheduler `CreateSchedule`."""

    def create_schedule(self, *, Name: str, **parameters: Any) -> Any:
        """Create, under boto3's parameter names."""
        return self._send_json("CreateSchedule", "POST", f"/schedules/{Name}", parameters)


class ConnectClient(_RestService):
    """Connect `StartOutboundVoiceContact`, `StopContact` and `DescribeContact`, under boto3's parameter names.

    Instants of a response are seconds since 1970.
    """

    def start_outbound_voice_contact(self, **parameters: Any) -> Any:
        """Dial."""
        return self._send_json("StartOutboundVoiceContact", "PUT", "/contact/outbound-voice", parameters)

    def stop_contact(self, **parameters: Any) -> Any:
        """End a call."""
        return self._send_json("StopContact", "POST", "/contact/stop", parameters)

    def describe_contact(self, *, InstanceId: str, ContactId: str) -> Any:
        """Describe a call."""
        path = f"/contacts/{quote(InstanceId, safe='')}/{quote(ContactId, safe='')}"
        return self._send("DescribeContact", "GET", path, b"")


class LambdaClient(_RestService):
    """Lambda `Invoke`, without a response of the function."""

    def invoke(self, *, FunctionName: str, InvocationType: str, Payload: bytes) -> Any:
        """Start a function, under boto3's parameter names."""
        path = f"/2015-03-31/functions/{FunctionName}/invocations"
        return self._send("Invoke", "POST", path, Payload, **{"x-amz-invocation-type": InvocationType})
