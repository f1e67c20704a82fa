"""Reads SES's record of a received mail.

Source: Amazon SES, "Contents of notifications for Amazon SES email receiving" (an S3 action with a topic).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from tocsin.delivery.ports.receipts import UnreadReason
from tocsin.inbound.domain.mail_receipt import MailReceipt, Verdict


def read_record(content: Mapping[str, Any]) -> MailReceipt | UnreadReason:
    """Return the record, or why the notification holds none. Never raises."""
    kind = content.get("notificationType")
    if kind != "Received":
        return UnreadReason.MALFORMED if kind is None else UnreadReason.UNKNOWN_EVENT
    try:
        mail, receipt = content["mail"], content["receipt"]
        action = receipt["action"]
        if action["type"] != "S3":
            return UnreadReason.UNKNOWN_EVENT
        at = datetime.fromisoformat(_text(receipt["timestamp"]))
        return MailReceipt(
            message_id=_text(mail["messageId"]),
            bucket=_text(action["bucketName"]),
            key=_text(action["objectKey"]),
            received_at=at if at.tzinfo else at.replace(tzinfo=UTC),
            source=_text(mail.get("source") or ""),
            recipients=tuple(_text(one) for one in receipt.get("recipients") or ()),
            spf=_verdict(receipt, "spfVerdict"),
            dkim=_verdict(receipt, "dkimVerdict"),
            dmarc=_verdict(receipt, "dmarcVerdict"),
            dmarc_policy=receipt.get("dmarcPolicy"),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        return UnreadReason.MALFORMED


def _verdict(receipt: Mapping[str, Any], name: str) -> Verdict:
    """Return a result; one that is missing or new is no pass."""
    status = (receipt.get(name) or {}).get("status")
    return Verdict(status) if status in tuple(Verdict) else Verdict.PROCESSING_FAILED


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value
