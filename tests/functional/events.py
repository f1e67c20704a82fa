"""Events in the shape AWS sends them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

QUEUE_ARN = "arn:aws:sqs:eu-west-1:123456789012:tocsin-sms-urgent"


def sqs_event(bodies: Sequence[str], queue_arn: str = QUEUE_ARN) -> dict[str, Any]:
    """Return what the SQS trigger sends for these bodies. Source: AWS Lambda, "Using Lambda with Amazon SQS"."""
    return {"Records": [_record(number, body, queue_arn) for number, body in enumerate(bodies)]}


def record_id(number: int) -> str:
    """Return the message id of the record with this number."""
    return f"059f36b4-87a3-44ab-83d2-{number:012d}"


def _record(number: int, body: str, queue_arn: str) -> dict[str, Any]:
    return {
        "messageId": record_id(number),
        "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": "1",
            "SentTimestamp": "1763730000000",
            "SenderId": "AROAEXAMPLE:tocsin-alerts-api",
            "ApproximateFirstReceiveTimestamp": "1763730000012",
            "MessageGroupId": "acme",
        },
        "messageAttributes": {},
        "md5OfBody": hashlib.md5(body.encode("utf-8", "surrogatepass"), usedforsecurity=False).hexdigest(),
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": "eu-west-1",
    }


def scheduled_event() -> dict[str, Any]:
    """Return what EventBridge Scheduler sends when the schedule has no input of its own."""
    return {
        "version": "0",
        "id": "53dc4d37-cffa-4f76-80c9-8b7d4a4d2eaa",
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": "123456789012",
        "time": "2026-11-23T12:00:00Z",
        "region": "eu-west-1",
        "resources": ["arn:aws:scheduler:eu-west-1:123456789012:schedule/tocsin/sweep"],
        "detail": "{}",
    }


@dataclass
class Context:
    """A Lambda context with time left."""

    milliseconds: int = 30_000
    aws_request_id: str = "8476a536-e9f4-11e8-9739-2dfe598c3fcd"
    function_name: str = "tocsin"
    memory_limit_in_mb: int = 512
    invoked_function_arn: str = "arn:aws:lambda:eu-west-1:123456789012:function:tocsin"

    def get_remaining_time_in_millis(self) -> int:
        return self.milliseconds
