"""Builds events of AWS about messages, in AWS's format: for tests, and for the simulated providers.

The builders share no code with the parsers, so that a test can find a difference. Sources: Amazon SES, "Examples of
event data that Amazon SES publishes to Amazon SNS"; AWS End User Messaging SMS, "Example event data" and "Two-way SMS
message payload"; Amazon SNS, "Amazon SNS message and JSON formats" and "Viewing CloudWatch logs for SMS deliveries";
Amazon S3, "Event message structure".
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote_plus

REGION = "eu-west-2"
ACCOUNT = "000000000000"
CONNECT_INSTANCE_ARN = f"arn:aws:connect:{REGION}:{ACCOUNT}:instance/0c0ffee0-7e1e-4f0e-8000-000000000001"

SES_EVENTS = ("Send", "Delivery", "DeliveryDelay", "Bounce", "Complaint", "Reject", "Open", "Click")

_TEXT_STATUS = {
    "TEXT_QUEUED": "Message has been queued for delivery",
    "TEXT_PENDING": "Message is in progress",
    "TEXT_SENT": "Message has been sent to the carrier",
    "TEXT_SUCCESSFUL": "Message has been accepted by phone carrier",
    "TEXT_DELIVERED": "Message has been accepted by phone",
    "TEXT_INVALID": "Phone number is invalid",
    "TEXT_UNREACHABLE": "Phone is currently unreachable/unavailable",
    "TEXT_CARRIER_UNREACHABLE": "Phone carrier is currently unreachable/unavailable",
    "TEXT_BLOCKED": "Phone is on a blocked list",
    "TEXT_CARRIER_BLOCKED": "Phone carrier has blocked this message",
    "TEXT_SPAM": "Message has been classified as spam",
    "TEXT_TTL_EXPIRED": "Message has expired before it could be delivered",
    "TEXT_UNKNOWN": "Unknown error attempting to reach phone",
}
_NOT_FINAL = ("TEXT_QUEUED", "TEXT_PENDING", "TEXT_SENT")


def notification(topic_arn: str, content: Mapping[str, Any] | str, at: datetime, id: str | None = None) -> str:
    """Return the body of an SQS message with `content` in SNS's envelope.

    Args:
        id: SNS's MessageId; None derives one from topic, content and time, so that equal calls are repeats.
    """
    message = content if isinstance(content, str) else json.dumps(content)
    digest = hashlib.sha256(f"{topic_arn}|{message}|{at.isoformat()}".encode()).hexdigest()
    return json.dumps(
        {
            "Type": "Notification",
            "MessageId": id or _uuid(digest),
            "TopicArn": topic_arn,
            "Message": message,
            "Timestamp": _iso(at),
            "SignatureVersion": "1",
            "Signature": base64.b64encode(bytes.fromhex(digest)).decode(),
            "SigningCertURL": f"https://sns.{REGION}.amazonaws.com/SimpleNotificationService-0000.pem",
            "UnsubscribeURL": f"https://sns.{REGION}.amazonaws.com/?Action=Unsubscribe&SubscriptionArn={topic_arn}:0",
        }
    )


def ses_event(
    kind: str,
    message_id: str | None,
    to: str,
    at: datetime,
    *,
    type: str = "",
    subtype: str = "",
    provider_id: str | None = None,
) -> dict[str, Any]:
    """Return an event of SES about one mail.

    Args:
        kind: one of SES_EVENTS.
        message_id: our id of the try (`str(MessageId)`); None: a mail without our tag.
        at: time of the event; the mail was sent a minute earlier.
        type, subtype: of a bounce (Permanent, Transient, Undetermined; General …) or of a complaint (abuse …).
        provider_id: SES's id; None derives one from ours.
    """
    sent_at = at - timedelta(minutes=1)
    tags = {
        "ses:source-tls-version": ["TLSv1.3"],
        "ses:operation": ["SendEmail"],
        "ses:configuration-set": ["tocsin"],
        "ses:from-domain": ["alerts.example"],
        "ses:caller-identity": ["tocsin-DispatchEmailRole"],
        **({"message": [message_id.replace(".", "_")]} if message_id else {}),
    }
    event: dict[str, Any] = {
        "eventType": kind,
        "mail": {
            "timestamp": _iso(sent_at),
            "source": "alerts@alerts.example",
            "sourceArn": f"arn:aws:ses:{REGION}:{ACCOUNT}:identity/alerts.example",
            "sendingAccountId": ACCOUNT,
            "messageId": provider_id or _ses_id(message_id or to),
            "destination": [to],
            "headersTruncated": False,
            "headers": [
                {"name": "From", "value": "alerts@alerts.example"},
                {"name": "To", "value": to},
                {"name": "Subject", "value": "Trunk 7"},
            ],
            "commonHeaders": {"from": ["alerts@alerts.example"], "to": [to], "subject": "Trunk 7"},
            "tags": tags,
        },
    }
    match kind:
        case "Send":
            event["send"] = {}
        case "Delivery":
            event["delivery"] = {
                "timestamp": _iso(at),
                "processingTimeMillis": 11893,
                "recipients": [to],
                "smtpResponse": "250 2.6.0 Message received",
                "reportingMTA": "mta.example.com",
            }
        case "DeliveryDelay":
            event["deliveryDelay"] = {
                "timestamp": _iso(at),
                "delayType": type or "TransientCommunicationFailure",
                "expirationTime": _iso(at + timedelta(hours=14)),
                "delayedRecipients": [{"emailAddress": to, "status": "4.4.1", "diagnosticCode": "smtp; 421 4.4.1"}],
            }
        case "Bounce":
            status, code = ("5.1.1", "550 5.1.1 user unknown") if type == "Permanent" else ("4.2.2", "452 4.2.2 full")
            event["bounce"] = {
                "feedbackId": _ses_id(f"bounce {message_id}"),
                "bounceType": type or "Permanent",
                "bounceSubType": subtype or "General",
                "bouncedRecipients": [
                    {"emailAddress": to, "action": "failed", "status": status, "diagnosticCode": f"smtp; {code}"}
                ],
                "timestamp": _iso(at),
                "reportingMTA": "dsn; mta.example.com",
            }
        case "Complaint":
            event["complaint"] = {
                "feedbackId": _ses_id(f"complaint {message_id}"),
                "complaintSubType": subtype or None,
                "complainedRecipients": [{"emailAddress": to}],
                "timestamp": _iso(at),
                "userAgent": "Provider/1.0",
                **({"complaintFeedbackType": type} if type else {}),
                "arrivalDate": _iso(at),
            }
        case "Reject":
            event["reject"] = {"reason": "Bad content"}
        case "Open" | "Click":
            event[kind.lower()] = {"ipAddress": "192.0.2.1", "timestamp": _iso(at), "userAgent": "Mozilla/5.0"}
    return event


def text_event(
    kind: str, message_id: str | None, to: str, at: datetime, *, provider_id: str | None = None, sender: str = "Tocsin"
) -> dict[str, Any]:
    """Return an event of End User Messaging about one text message.

    Args:
        kind: TEXT_QUEUED, TEXT_SUCCESSFUL, TEXT_DELIVERED …
        message_id: our id of the try (`str(MessageId)`); None: a message without our context.
    """
    return {
        "eventType": kind,
        "eventVersion": "1.0",
        "eventTimestamp": _milliseconds(at),
        "isFinal": kind not in _NOT_FINAL,
        "originationPhoneNumber": sender,
        "destinationPhoneNumber": to,
        "isoCountryCode": "GB",
        "isInternationalSend": False,
        "mcc": "234",
        "mnc": "010",
        "carrierName": "Example Mobile",
        "messageId": provider_id or _uuid(hashlib.sha256((message_id or to).encode()).hexdigest()),
        "messageRequestTimestamp": _milliseconds(at) - 800,
        "messageEncoding": "GSM",
        "messageType": "TRANSACTIONAL",
        "messageStatus": kind.removeprefix("TEXT_"),
        "messageStatusDescription": _TEXT_STATUS.get(kind, "Message has a status of its own"),
        **({"context": {"message": message_id}} if message_id else {}),
        "totalMessageParts": 1,
        "totalMessagePrice": 0.03851,
        "totalCarrierFee": 0.0,
    }


def inbound_text(
    sender: str, to: str, text: str, id: str, keyword: str = "KEYWORD", previous: str | None = None
) -> dict[str, Any]:
    """Return an event of End User Messaging about a text to one of our numbers.

    Args:
        keyword: the recognised keyword (STOP, HELP …), else the number's own keyword.
        previous: the provider's id of our last message to that person, None if the provider names none.
    """
    return {
        "originationNumber": sender,
        "destinationNumber": to,
        "messageKeyword": keyword,
        "messageBody": text,
        "inboundMessageId": id,
        **({"previousPublishedMessageId": previous} if previous else {}),
    }


def stored_object(bucket: str, key: str, size: int, at: datetime) -> str:
    """Return the body of an SQS message with an S3 event about a new object (an inbound mail)."""
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": REGION,
        "eventTime": _iso(at),
        "eventName": "ObjectCreated:Put",
        "userIdentity": {"principalId": "AWS:AROAEXAMPLE:ses"},
        "requestParameters": {"sourceIPAddress": "192.0.2.1"},
        "responseElements": {"x-amz-request-id": "C3D13FE58DE4C810", "x-amz-id-2": "FMyUVURIY8"},
        "s3": {
            "s3SchemaVersion": "1.0",
            "configurationId": "inbound-mail",
            "bucket": {
                "name": bucket,
                "ownerIdentity": {"principalId": "A3NL1KOZZKExample"},
                "arn": f"arn:aws:s3:::{bucket}",
            },
            "object": {
                "key": quote_plus(key, safe="/"),
                "size": size,
                "eTag": hashlib.md5(key.encode(), usedforsecurity=False).hexdigest(),
                "sequencer": f"{_milliseconds(at):016X}",
            },
        },
    }
    return json.dumps({"Records": [record]})


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _uuid(digest: str) -> str:
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}"


def _ses_id(seed: str) -> str:
    digest = hashlib.sha256(seed.encode()).hexdigest()
    return f"0107{digest[:12]}-{_uuid(digest)}-000000"


def contact_event(
    contact: str,
    began: datetime,
    connected: datetime | None,
    ended: datetime,
    reason: str | None = None,
    initiation: str = "API",
) -> dict[str, Any]:
    """Return Connect's event of EventBridge about the end of a call.

    Args:
        contact: Connect's id of the call.
        began: when it was dialled.
        connected: when it was answered, None if it was not.
        reason: Connect's DisconnectReason. None omits it, as Connect may.
        initiation: `API` or `INBOUND`.
    """
    detail = {
        "eventType": "DISCONNECTED",
        "contactId": contact,
        "channel": "VOICE",
        "instanceArn": CONNECT_INSTANCE_ARN,
        "initiationMethod": initiation,
        "initiationTimestamp": _iso(began),
        "disconnectTimestamp": _iso(ended),
    }
    detail |= {"connectedToSystemTimestamp": _iso(connected)} if connected else {}
    detail |= {"disconnectReason": reason} if reason else {}
    return {
        "version": "0",
        "id": _uuid(hashlib.sha256(f"{contact}|{ended.isoformat()}".encode()).hexdigest()),
        "detail-type": "Amazon Connect Contact Event",
        "source": "aws.connect",
        "account": ACCOUNT,
        "time": _iso(ended),
        "region": REGION,
        "resources": [f"{CONNECT_INSTANCE_ARN}/contact/{contact}", CONNECT_INSTANCE_ARN],
        "detail": detail,
    }
