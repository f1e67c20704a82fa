"""A mail in SMTP wire form: compiled once per alert item, addressed once per receiver."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from tocsin.domain.alert import EmailContent
from tocsin.domain.mail_body import encoded_body
from tocsin.domain.mail_header import UnsafeMail, checked_head, mailbox, single_address, unstructured

DEFAULT_SENDER = "alerts"
"""Local part of the From address when the client names none, and of any name that has no ASCII letter in it."""

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_ID = re.compile(r"[A-Za-z0-9.-]{1,120}")


@dataclass(frozen=True, slots=True)
class MailTemplate:
    """One item's mail, finished but for its receiver, its id and its date.

    Attributes:
        sender: the From address, bare, for the envelope.
    """

    sender: str
    _domain: str
    _shared_to: str | None
    _rest: bytes
    _names: tuple[bytes, ...]

    @staticmethod
    def compile(content: EmailContent, domain: str) -> MailTemplate:
        """Render everything that is the same for every receiver.

        Args:
            domain: the platform's mail domain; From, Reply-To and a given To are addresses of it.

        Raises:
            UnsafeMail: the content must not become a mail; see `mail_header` and `mail_body` for the codes. Two
                calls with the same content agree, so acceptance can ask before it commits.
        """
        single_address("domain", f"{DEFAULT_SENDER}@{domain}")
        sender, address = mailbox("From", content.sender or DEFAULT_SENDER, domain, DEFAULT_SENDER)
        shared_to = None if content.to is None else mailbox("To", content.to, domain, DEFAULT_SENDER)[0]
        subject = unstructured("Subject", content.subject)
        body = encoded_body(content.body, content.content_type)
        fields = [("From", sender), ("Subject", subject)]
        if content.reply_to is not None:
            fields.append(("Reply-To", mailbox("Reply-To", content.reply_to, domain, DEFAULT_SENDER)[0]))
        fields += [
            ("Auto-Submitted", "auto-generated"),  # RFC 3834: keeps holiday replies and mail loops away
            ("MIME-Version", "1.0"),
            ("Content-Type", body.content_type),
            ("Content-Transfer-Encoding", body.transfer_encoding),
        ]
        head = "".join(f"{name}: {value}\r\n" for name, value in fields)
        names = (b"To", b"Message-ID", b"Date", *(name.encode() for name, _ in fields))
        return MailTemplate(address, domain, shared_to, head.encode() + b"\r\n" + body.octets, names)

    def addressed(self, to: str, message_id: str, at: datetime) -> bytes:
        """Return the whole mail for one receiver.

        Args:
            to: the receiver. It is shown in To unless the content names one for everybody; the envelope is the
                caller's, and never taken from a header.
            message_id: letters, digits, "-" and "."; the same id always gives the same Message-ID, which some
                receivers use to drop a second copy.
            at: aware time, for Date.

        Raises:
            UnsafeMail: `ADDRESS_MALFORMED`, `MESSAGE_ID_MALFORMED` or `HEADER_MISMATCH`.
        """
        single_address("To", to)
        if not _ID.fullmatch(message_id):
            raise UnsafeMail("MESSAGE_ID_MALFORMED", "Message-ID")
        head = f"To: {self._shared_to or to}\r\nMessage-ID: <{message_id}@{self._domain}>\r\nDate: {_date(at)}\r\n"
        return checked_head(head.encode() + self._rest, self._names)


def _date(at: datetime) -> str:
    """RFC 5322 date; `strftime("%a")` would speak the process's language."""
    zone = at.strftime("%z")[:5]
    return f"{_DAYS[at.weekday()]}, {at.day} {_MONTHS[at.month - 1]} {at.year} {at:%H:%M:%S} {zone}"
