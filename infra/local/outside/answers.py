"""Builds replies of people as they arrive: the event of a text, and a mail as SES stores it in a bucket.

Sources: AWS End User Messaging SMS, "Two-way SMS message payload"; Amazon SES, "Receiving email", for what SES adds.
"""

from __future__ import annotations

import email.policy
import secrets
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import format_datetime, make_msgid
from typing import Any

from infra.local.captured import Text
from infra.local.engine import REGION
from infra.local.provider_events import inbound_text

INBOUND = "inbound/"
"""Prefix of mails in the bucket, as in the receipt rule."""

_KEYWORDS = ("STOP", "HELP")


def text_answer(answered: Text, words: str) -> dict[str, Any]:
    """Return the event when the receiver of `answered` replies `words`."""
    word = words.strip().upper()
    keyword = word if word in _KEYWORDS else "KEYWORD"
    return inbound_text(answered.to, answered.sender, words, secrets.token_hex(16), keyword, answered.id)


def mail_answer(answered: bytes, sender: str, words: str, at: datetime, *, automatic: bool = False) -> bytes:
    """Return the mail by which `sender` replies to the mail `answered`, with the headers that SES adds.

    Args:
        automatic: an auto-responder replies.
    """
    original = BytesParser(policy=email.policy.default).parsebytes(answered)
    to = str(original.get("Reply-To") or original.get("From") or "")
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
    return _received(sender, to, at).encode() + mail.as_bytes()


def first_mail(to: str, sender: str, subject: str, at: datetime) -> bytes:
    """Return a mail of `sender` to an address of ours that is no reply."""
    mail = EmailMessage(email.policy.SMTP)
    mail["From"] = sender
    mail["To"] = to
    mail["Subject"] = subject
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = make_msgid(domain="mail.example.org")
    mail.set_content(f"{subject}\n")
    return _received(sender, to, at).encode() + mail.as_bytes()


def mail_id() -> str:
    """Return a random id in the form that SES gives an inbound mail."""
    return secrets.token_hex(20)


def _quoted(original: EmailMessage, at: datetime) -> str:
    part = original.get_body(("plain", "html"))
    lines = part.get_content().splitlines() if part is not None else []
    return "\n".join([f"On {at:%a, %d %b %Y at %H:%M} {original.get('From')} wrote:", *(f"> {line}" for line in lines)])


def _received(sender: str, to: str, at: datetime) -> str:
    domain = sender.rpartition("@")[2]
    address = to.rpartition("<")[2].rstrip(">")
    lines = (
        f"Return-Path: <{sender}>",
        f"Received: from mail.{domain} (mail.{domain} [192.0.2.25])",
        f" by inbound-smtp.{REGION}.amazonaws.com with SMTP id {mail_id()}",
        f" for {address};",
        f" {format_datetime(at)}",
        "X-SES-Spam-Verdict: PASS",
        "X-SES-Virus-Verdict: PASS",
        "Authentication-Results: amazonses.com;",
        f" spf=pass (spfCheck: domain of {domain} designates 192.0.2.25 as permitted sender) client-ip=192.0.2.25;",
        f" dkim=pass header.i=@{domain};",
        f" dmarc=pass header.from={domain};",
    )
    return "".join(f"{line}\r\n" for line in lines)
