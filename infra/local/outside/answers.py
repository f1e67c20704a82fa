"""Builds replies of people as they arrive: the event of a text, and a mail as SES stores and records it.

Sources: AWS End User Messaging SMS, "Two-way SMS message payload"; Amazon SES, "Receiving email" and
"Contents of notifications for Amazon SES email receiving".
"""

from __future__ import annotations

import email.policy
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import format_datetime, make_msgid
from typing import Any

from infra.local.captured import Text
from infra.local.engine import REGION
from infra.local.provider_events import ACCOUNT, inbound_text

INBOUND = "inbound/"
"""Prefix of mails in the bucket, as in the receipt rule."""

_RESULTS = {"PASS": "pass", "FAIL": "fail"}

_KEYWORDS = ("STOP", "HELP")


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the mail service finds about a mail.

    Attributes:
        source: envelope sender (MAIL FROM).
        spf, dkim, dmarc: PASS, FAIL, GRAY and so on; SPF and DKIM are about the domain of `source`.
    """

    source: str
    spf: str = "PASS"
    dkim: str = "PASS"
    dmarc: str = "PASS"


def text_answer(answered: Text, words: str) -> dict[str, Any]:
    """Return the event when the receiver of `answered` replies `words`."""
    word = words.strip().upper()
    keyword = word if word in _KEYWORDS else "KEYWORD"
    return inbound_text(answered.to, answered.sender, words, secrets.token_hex(16), keyword, answered.id)


def mail_answer(
    answered: bytes,
    sender: str,
    words: str,
    at: datetime,
    *,
    automatic: bool = False,
    by_subject: bool = False,
    envelope: Envelope | None = None,
) -> bytes:
    """Return the mail by which `sender` replies to the mail `answered`, with the headers that SES adds.

    Args:
        automatic: an auto-responder replies.
        by_subject: the mail goes to the sender of `answered`, not to its reply address. Only its subject refers to it.
        envelope: None: everything passed.
    """
    original = BytesParser(policy=email.policy.default).parsebytes(answered)
    reply_to = None if by_subject else original.get("Reply-To")
    to = str(reply_to or original.get("From") or "")
    subject = str(original.get("Subject") or "")
    mail = EmailMessage(email.policy.SMTP)
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = subject if subject.lower().startswith("re:") else f"Re: {subject}"
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = make_msgid(domain="mail.example.org")
    if named := original.get("Message-ID"):
        mail["In-Reply-To"] = mail["References"] = str(named)
    if automatic:
        mail["Auto-Submitted"] = "auto-replied"
    mail.set_content(f"{words}\n\n{_quoted(original, at)}")
    return _received(envelope or Envelope(sender), sender, to, at).encode() + mail.as_bytes()


def first_mail(to: str, sender: str, subject: str, at: datetime, envelope: Envelope | None = None) -> bytes:
    """Return a mail of `sender` to an address of ours that is no reply."""
    mail = EmailMessage(email.policy.SMTP)
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = make_msgid(domain="mail.example.org")
    mail.set_content(f"{subject}\n")
    return _received(envelope or Envelope(sender), sender, to, at).encode() + mail.as_bytes()


def received_mail(
    bucket: str, key: str, at: datetime, envelope: Envelope, recipients: Sequence[str] = ()
) -> dict[str, Any]:
    """Return SES's record of a mail that its S3 action stored (the action has a topic)."""
    when = at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    policy = {"dmarcPolicy": "reject"} if envelope.dmarc == "FAIL" else {}
    return {
        "notificationType": "Received",
        "mail": {
            "timestamp": when,
            "source": envelope.source,
            "messageId": key.rpartition("/")[2],
            "destination": list(recipients),
            "headersTruncated": False,
            "headers": [],
            "commonHeaders": {"returnPath": envelope.source, "to": list(recipients)},
        },
        "receipt": {
            "timestamp": when,
            "processingTimeMillis": 574,
            "recipients": list(recipients),
            "spamVerdict": {"status": "PASS"},
            "virusVerdict": {"status": "PASS"},
            "spfVerdict": {"status": envelope.spf},
            "dkimVerdict": {"status": envelope.dkim},
            "dmarcVerdict": {"status": envelope.dmarc},
            **policy,
            "action": {
                "type": "S3",
                "topicArn": f"arn:aws:sns:{REGION}:{ACCOUNT}:tocsin-mail-received",
                "bucketName": bucket,
                "objectKeyPrefix": "inbound/",
                "objectKey": key,
            },
        },
    }


def mail_id() -> str:
    """Return a random id in the form that SES gives an inbound mail."""
    return secrets.token_hex(20)


def _quoted(original: EmailMessage, at: datetime) -> str:
    part = original.get_body(("plain", "html"))
    lines = part.get_content().splitlines() if part is not None else []
    return "\n".join([f"On {at:%a, %d %b %Y at %H:%M} {original.get('From')} wrote:", *(f"> {line}" for line in lines)])


def _received(envelope: Envelope, sender: str, to: str, at: datetime) -> str:
    domain = envelope.source.rpartition("@")[2]
    spf, dkim, dmarc = (_RESULTS.get(one, "none") for one in (envelope.spf, envelope.dkim, envelope.dmarc))
    address = to.rpartition("<")[2].rstrip(">")
    lines = (
        f"Return-Path: <{envelope.source}>",
        f"Received: from mail.{domain} (mail.{domain} [192.0.2.25])",
        f" by inbound-smtp.{REGION}.amazonaws.com with SMTP id {mail_id()}",
        f" for {address};",
        f" {format_datetime(at)}",
        "X-SES-Spam-Verdict: PASS",
        "X-SES-Virus-Verdict: PASS",
        "Authentication-Results: amazonses.com;",
        f" spf={spf} (spfCheck: domain of {domain}) client-ip=192.0.2.25;",
        f" dkim={dkim} header.i=@{domain};",
        f" dmarc={dmarc} header.from={sender.rpartition('@')[2]};",
    )
    return "".join(f"{line}\r\n" for line in lines)
