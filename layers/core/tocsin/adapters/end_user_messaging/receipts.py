"""Reads receipts of text messages from End User Messaging.

Source: AWS End User Messaging SMS, "Example event data" and "Event types for SMS, MMS, and voice".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tocsin.adapters.end_user_messaging.sms_sender import CONTEXT_KEY
from tocsin.delivery.domain.message import MessageState, Receipt
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.ports.receipts import ProviderReport, UnreadReason

_SENT = (MessageState.SENT, None)

_TABLE: Mapping[str, tuple[MessageState, str | None]] = {
    "TEXT_QUEUED": _SENT,
    "TEXT_PENDING": _SENT,
    "TEXT_SENT": _SENT,
    # The carrier accepted it. In some countries no later event comes, but this does not mean that the handset has it.
    "TEXT_SUCCESSFUL": _SENT,
    # Sent after 72 hours without a report from the carrier. The outcome is unknown, so it is no failure.
    "TEXT_UNKNOWN": _SENT,
    "TEXT_DELIVERED": (MessageState.DELIVERED, None),
    "TEXT_INVALID": (MessageState.FAILED, "invalid_number"),
    "TEXT_INVALID_MESSAGE": (MessageState.FAILED, "invalid_message"),
    "TEXT_UNREACHABLE": (MessageState.FAILED, "handset_off"),
    "TEXT_CARRIER_UNREACHABLE": (MessageState.FAILED, "carrier_unreachable"),
    "TEXT_BLOCKED": (MessageState.FAILED, "number_blocked"),
    "TEXT_CARRIER_BLOCKED": (MessageState.FAILED, "carrier_blocked"),
    "TEXT_SPAM": (MessageState.FAILED, "taken_for_spam"),
    "TEXT_TTL_EXPIRED": (MessageState.FAILED, "too_late_for_the_network"),
    "TEXT_PROTECT_BLOCKED": (MessageState.FAILED, "country_blocked"),
}

_OTHERS = ("VOICE_", "MEDIA_", "RCS_", "REGISTRATION_")


def read(event: Mapping[str, Any]) -> ProviderReport | UnreadReason:
    """Read one event that a configuration set has published."""
    try:
        return _read(event)
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError, OSError):
        return UnreadReason.MALFORMED


def _read(event: Mapping[str, Any]) -> ProviderReport | UnreadReason:
    kind = event.get("eventType")
    if not isinstance(kind, str):
        return UnreadReason.MALFORMED
    if kind.startswith(_OTHERS):
        return UnreadReason.IGNORED
    if (says := _TABLE.get(kind)) is None:
        return UnreadReason.UNKNOWN_EVENT
    text = (event.get("context") or {}).get(CONTEXT_KEY)
    if text is None:
        return UnreadReason.NOT_OURS
    id = MessageId.parse(text)
    state, reason = says
    at = datetime.fromtimestamp(event["eventTimestamp"] / 1000, UTC)
    return ProviderReport(id, Receipt(id.attempt, state, reason, str(event["messageId"])), at)
