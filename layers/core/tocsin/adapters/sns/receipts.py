"""What SNS tells about a text message: lines of a log group, which carry SNS's own id and nothing of ours.

So they cannot move a message; they can be counted. Receipts come with End User Messaging only.
Sources: Amazon SNS, "Viewing Amazon CloudWatch metrics and logs for SMS deliveries" and "SMS delivery failure reasons";
Amazon CloudWatch Logs, "Real-time processing of log data with subscriptions".
"""

from __future__ import annotations

import base64
import binascii
import gzip
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any

_LONGEST = 8_000_000
"""Bytes of a payload once it is inflated; a subscription's payload is 1 MB compressed at most, as a rule far less."""

# The beginning of SNS's sentence, in lower case.
_REASONS: tuple[tuple[str, str], ...] = (
    ("blocked as spam", "taken_for_spam"),
    ("destination is on a blocked list", "number_blocked"),
    ("invalid phone number", "invalid_number"),
    ("message body is invalid", "invalid_message"),
    ("phone carrier has blocked", "carrier_blocked"),
    ("phone carrier is currently unreachable", "carrier_unreachable"),
    ("phone has blocked sms", "number_blocked"),
    ("phone is on a blocked list", "number_blocked"),
    ("phone is currently unreachable", "handset_off"),
    ("phone number is opted out", "opted_out"),
    ("this delivery would exceed max price", "too_expensive"),
)


@dataclass(frozen=True, slots=True)
class DeliveryLine:
    """One line of the log.

    Attributes:
        provider_id: SNS's name of the message, as `Publish` returned it.
        taken: the carrier took it. That is not the handset.
        reason: stable word for a refusal, else None.
    """

    provider_id: str
    taken: bool
    reason: str | None


def read(payload: Mapping[str, Any]) -> Iterator[DeliveryLine | None]:
    """Yield each line of what a log subscription sends to a function; None for a line that is none of SNS's.

    Raises:
        ValueError: not the payload of a log subscription.
    """
    try:
        data = base64.b64decode(payload["awslogs"]["data"], validate=True)
        with gzip.GzipFile(fileobj=BytesIO(data)) as inflated:
            told = json.loads(inflated.read(_LONGEST))
        lines = told["logEvents"] if told["messageType"] == "DATA_MESSAGE" else []
        messages = [line["message"] for line in lines]
    except (KeyError, TypeError, ValueError, EOFError, OSError, binascii.Error, zlib.error) as error:
        raise ValueError("not the payload of a log subscription") from error
    yield from map(_line, messages)


def _line(text: Any) -> DeliveryLine | None:
    try:
        told = json.loads(text)
        provider_id, status = told["notification"]["messageId"], told["status"]
        said = told["delivery"]["providerResponse"].lower()
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    if not isinstance(provider_id, str) or status not in ("SUCCESS", "FAILURE"):
        return None
    if status == "SUCCESS":
        return DeliveryLine(provider_id, True, None)
    return DeliveryLine(
        provider_id, False, next((word for words, word in _REASONS if said.startswith(words)), "unknown")
    )
