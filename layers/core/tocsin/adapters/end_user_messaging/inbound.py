"""Reads a text message that a person sent to one of our numbers.

Source: AWS End User Messaging SMS, "Two-way SMS message payload". SNS's own two-way messages have the same shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tocsin.contacts.domain.phone_number import InvalidPhone, parse_phone
from tocsin.delivery.ports.receipts import UnreadReason
from tocsin.inbound.domain.text import IncomingText


def read_text(event: Mapping[str, Any], at: datetime) -> IncomingText | UnreadReason:
    """Read one event; never raises, whatever it is given.

    Args:
        at: when SNS received it; the payload itself has no time.
    """
    id, body = event.get("inboundMessageId"), event.get("messageBody")
    theirs, ours = event.get("originationNumber"), event.get("destinationNumber")
    answered = event.get("previousPublishedMessageId")
    if not (isinstance(id, str) and id and isinstance(body, str) and isinstance(theirs, str) and isinstance(ours, str)):
        return UnreadReason.MALFORMED
    if answered is not None and not isinstance(answered, str):
        return UnreadReason.MALFORMED
    try:
        return IncomingText(id, parse_phone(ours), parse_phone(theirs), body, answered or None, at)
    except InvalidPhone:
        return UnreadReason.IGNORED  # a short code or a name: no receiver of ours
