"""Reads how a call ended: from Connect's contact events, and from its description of a contact.

Events are best effort: late, twice, or not at all. An event of a call that no campaign placed may lack the reason; then
the description has it.

Sources: Amazon Connect Administrator Guide, "Contact events" and "DisconnectReason" in "Contact records data model".
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tocsin.adapters.connect.steps import MESSAGE
from tocsin.calls.domain.ended_call import EndedCall
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.ports.receipts import UnreadReason
from tocsin.voice.domain.call_facts import CallEnd, CallFacts

DETAIL_TYPE = "Amazon Connect Contact Event"

_ENDS: Mapping[str, CallEnd] = {
    "TELECOM_BUSY": CallEnd.BUSY,
    "TELECOM_UNANSWERED": CallEnd.NO_ANSWER,
    "TELECOM_TIMEOUT": CallEnd.NO_ANSWER,
    "TELECOM_ORIGINATOR_CANCEL": CallEnd.NO_ANSWER,  # by us, or after the time that we wait for an answer
    "TELECOM_NUMBER_INVALID": CallEnd.INVALID_NUMBER,
    "TELECOM_POTENTIAL_BLOCKING": CallEnd.NUMBER_BLOCKED,
    "TELECOM_PROBLEM": CallEnd.NETWORK,
    "CUSTOMER_DISCONNECT": CallEnd.HUNG_UP,
    "CONTACT_FLOW_DISCONNECT": CallEnd.ENDED,
}
"""How a call ended, by DisconnectReason. Any other reason is a problem of the network: the receiver is called again."""

_MACHINES = {"VOICEMAIL_BEEP", "VOICEMAIL_NO_BEEP", "FAX_MACHINE_DETECTED"}
"""Values of AnsweringMachineDetectionStatus. Connect reports one only for calls of a campaign."""


def read(event: Mapping[str, Any]) -> EndedCall | UnreadReason:
    """Read one event of EventBridge."""
    try:
        if event["detail-type"] != DETAIL_TYPE:
            return UnreadReason.UNKNOWN_EVENT
        detail = event["detail"]
        if str(detail["channel"]).upper() != "VOICE" or detail["eventType"] != "DISCONNECTED":
            return UnreadReason.IGNORED
        # Fields of an event begin with a small letter, and some with a capital one.
        return _ended({name[:1].upper() + name[1:]: value for name, value in detail.items()}, detail["contactId"])
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError, OSError):
        return UnreadReason.MALFORMED


def ended_contact(contact: Mapping[str, Any]) -> EndedCall | None:
    """Return how a contact ended, from `Contact` of the response of DescribeContact; None if it is not over.

    Raises:
        ValueError: it is no such response.
    """
    try:
        return _ended(contact, contact["Id"]) if contact.get("DisconnectTimestamp") else None
    except (AttributeError, KeyError, TypeError, OverflowError, OSError) as error:
        raise ValueError("not a contact") from error


def _ended(contact: Mapping[str, Any], id: str) -> EndedCall:
    began, ended = _instant(contact["InitiationTimestamp"]), _instant(contact["DisconnectTimestamp"])
    connected = _instant(at) if (at := contact.get("ConnectedToSystemTimestamp")) else None
    reason = contact.get("DisconnectReason")
    facts = CallFacts(
        end=_ENDS.get(reason, CallEnd.NETWORK) if reason else None,
        machine=contact.get("AnsweringMachineDetectionStatus") in _MACHINES,
        dial_seconds=_seconds(began, connected or ended),
        talk_seconds=_seconds(connected, ended) if connected else None,
    )
    inbound = contact.get("InitiationMethod") == "INBOUND"
    return EndedCall(str(id), ended, facts, _message(contact.get("Attributes") or {}), inbound)


def _message(attributes: Mapping[str, Any]) -> MessageId | None:
    """Return the try that a contact was made for. Descriptions have it; events and calls in do not."""
    try:
        return MessageId.parse(attributes[MESSAGE])
    except (KeyError, TypeError, ValueError):
        return None


def _instant(at: str | float | datetime) -> datetime:
    """Return an instant: events have text, descriptions have seconds since 1970, which botocore reads."""
    if isinstance(at, datetime):
        return at.astimezone(UTC)
    return datetime.fromisoformat(at).astimezone(UTC) if isinstance(at, str) else datetime.fromtimestamp(at, UTC)


def _seconds(begin: datetime, end: datetime) -> float:
    """Return the seconds of a span. Clocks of Connect may differ, so it is never below zero."""
    return max(0.0, (end - begin).total_seconds())
