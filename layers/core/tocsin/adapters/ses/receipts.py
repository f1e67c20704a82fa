"""Reads receipts of mails from SES.

Source: Amazon SES, "Contents of event data that Amazon SES publishes to Amazon SNS". SES adds fields now and then, so
only the fields named here are read.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin.adapters.ses.email_sender import TAG
from tocsin.delivery.domain.message import BOUNCED, MessageState, Receipt
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.ports.receipts import ProviderReport, UnreadReason
from tocsin.suppressions.domain.suppression import SuppressionReason


@dataclass(frozen=True, slots=True)
class _Says:
    state: MessageState
    reason: str | None = None
    suppresses: SuppressionReason | None = None


_GONE = _Says(MessageState.FAILED, BOUNCED, SuppressionReason.HARD_BOUNCE)
_COMPLAINED = _Says(MessageState.DELIVERED, None, SuppressionReason.COMPLAINT)  # a complaint proves the delivery

# Event, its type and its subtype; "" is any. The first row that fits counts.
_TABLE: tuple[tuple[str, str, str, _Says | UnreadReason], ...] = (
    ("Send", "", "", _Says(MessageState.SENT)),
    ("DeliveryDelay", "", "", _Says(MessageState.SENT)),  # SES has it and keeps trying
    ("Delivery", "", "", _Says(MessageState.DELIVERED)),
    ("Bounce", "Permanent", "", _GONE),
    ("Bounce", "Transient", "MailboxFull", _Says(MessageState.FAILED, "bounced_mailbox_full")),
    ("Bounce", "Transient", "MessageTooLarge", _Says(MessageState.FAILED, "bounced_too_large")),
    ("Bounce", "Transient", "ContentRejected", _Says(MessageState.FAILED, "bounced_content_rejected")),
    ("Bounce", "Transient", "AttachmentRejected", _Says(MessageState.FAILED, "bounced_content_rejected")),
    ("Bounce", "Transient", "", _Says(MessageState.FAILED, "bounced_transient")),
    ("Bounce", "Undetermined", "", _Says(MessageState.FAILED, "bounced_undetermined")),
    ("Complaint", "not-spam", "", UnreadReason.IGNORED),  # a person moved it out of the spam folder
    (
        "Complaint",
        "",
        "OnAccountSuppressionList",
        _Says(MessageState.FAILED, "complained_before", SuppressionReason.COMPLAINT),
    ),
    ("Complaint", "", "", _COMPLAINED),
    ("Reject", "", "", _Says(MessageState.FAILED, "rejected")),  # a virus was found
    ("Rendering Failure", "", "", _Says(MessageState.FAILED, "rejected")),
    ("Open", "", "", UnreadReason.IGNORED),
    ("Click", "", "", UnreadReason.IGNORED),
    ("Subscription", "", "", UnreadReason.IGNORED),
)

# Where each event keeps its own facts: (object, its type, its subtype).
_PLACES = {
    "Bounce": ("bounce", "bounceType", "bounceSubType"),
    "Complaint": ("complaint", "complaintFeedbackType", "complaintSubType"),
    "Delivery": ("delivery", "", ""),
    "DeliveryDelay": ("deliveryDelay", "delayType", ""),
}


def read(event: Mapping[str, Any]) -> ProviderReport | UnreadReason:
    """Read one event that a configuration set has published."""
    try:
        return _read(event)
    except (AttributeError, KeyError, TypeError, ValueError, IndexError):
        return UnreadReason.MALFORMED


def _read(event: Mapping[str, Any]) -> ProviderReport | UnreadReason:
    kind = event.get("eventType")
    if not isinstance(kind, str):
        return UnreadReason.MALFORMED
    place, type_name, subtype_name = _PLACES.get(kind, ("", "", ""))
    facts: Mapping[str, Any] = event[place] if place else {}
    type, subtype = facts.get(type_name) or "", facts.get(subtype_name) or ""
    says = _find(kind, type, subtype)
    if isinstance(says, UnreadReason):
        return says
    mail = event["mail"]
    tag = mail.get("tags", {}).get(TAG)
    if not tag:
        return UnreadReason.NOT_OURS
    id = MessageId.parse(tag[0].replace("_", "."))
    at = datetime.fromisoformat(facts.get("timestamp") or mail["timestamp"])
    if at.tzinfo is None:
        return UnreadReason.MALFORMED
    return ProviderReport(
        id,
        Receipt(id.attempt, says.state, says.reason, str(mail["messageId"])),
        at,
        says.suppresses,
        _word(type) if says is _COMPLAINED else None,
        _only(mail.get("destination")) if says.suppresses else None,
    )


def _find(kind: str, type: str, subtype: str) -> _Says | UnreadReason:
    return next(
        (
            says
            for event, of_type, of_subtype, says in _TABLE
            if event == kind and of_type in ("", type) and of_subtype in ("", subtype)
        ),
        UnreadReason.UNKNOWN_EVENT,
    )


def _only(destination: Any) -> str | None:
    match destination:
        case [str(to)]:
            return to
    return None


def _word(type: str) -> str:
    """Return the type of a complaint if it is a registered word; feedback reports may contain any text.

    Source: RFC 5965, 7.3.
    """
    word = type.lower().replace("-", "_")
    return word if word in ("abuse", "auth_failure", "fraud", "other", "virus") else "unspecified"
