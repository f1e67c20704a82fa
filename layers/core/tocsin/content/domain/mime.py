"""A mail in SMTP wire form: compiled once per alert item, addressed once per receiver."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

from tocsin.content.domain.content import EmailContent
from tocsin.content.domain.mail_body import encoded_body
from tocsin.content.domain.mail_header import UnsafeMail, checked_head, mailbox, shown_as, single_address, unstructured

DEFAULT_SENDER = "alerts"
"""Local part of the From address when the client names none, and of any name that has no ASCII letter in it."""

_ID = re.compile(r"[A-Za-z0-9.-]{1,120}")


LOOP_HEADER = "X-Tocsin-Loop"
"""A mail to us that bears it, with our mail domain, comes from a machine that sends our own mails back."""


@dataclass(frozen=True, slots=True)
class MailTemplate:
    """One item's mail, finished but for its receiver, its id and its date.

    Attributes:
        sender: the From address, bare, for the envelope.
    """

    sender: str
    _domain: str
    _id_domain: str
    _shared_to: str | None
    _reply_to: str | None
    _rest: bytes
    _names: tuple[bytes, ...]

    @staticmethod
    def compile(content: EmailContent, domain: str, sender_address: str | None = None) -> MailTemplate:
        """Render everything that is the same for every receiver.

        Args:
            domain: the platform's mail domain; From, Reply-To and a given To are addresses of it.
            sender_address: an account's own address, which From shows in place of the platform's. Its domain is
                that of the Message-ID.

        Raises:
            UnsafeMail: the content must not become a mail; see `mail_header` and `mail_body` for the codes. Two
                calls with the same content agree, so acceptance can ask before it commits.
        """
        single_address("domain", f"{DEFAULT_SENDER}@{domain}")
        sender, address = mailbox("From", content.sender or DEFAULT_SENDER, domain, DEFAULT_SENDER)
        if sender_address is not None:
            address = single_address("From", sender_address)
            sender = shown_as(content.sender or "", address)
        shared_to = None if content.to is None else mailbox("To", content.to, domain, DEFAULT_SENDER)[0]
        subject = unstructured("Subject", content.subject)
        body = encoded_body(content.body, content.content_type)
        if content.reply_to is not None:
            mailbox("Reply-To", content.reply_to, domain, DEFAULT_SENDER)
        fields = [
            ("From", sender),
            ("Subject", subject),
            ("Auto-Submitted", "auto-generated"),  # RFC 3834: keeps holiday replies and mail loops away
            ("X-Auto-Response-Suppress", "OOF, AutoReply"),  # the same for Exchange, which looks at this field alone
            (LOOP_HEADER, domain),
            ("MIME-Version", "1.0"),
            ("Content-Type", body.content_type),
            ("Content-Transfer-Encoding", body.transfer_encoding),
        ]
        head = "".join(f"{name}: {value}\r\n" for name, value in fields)
        names = tuple(name.encode() for name, _ in fields)
        id_domain = domain if sender_address is None else address.rpartition("@")[2]
        rest = head.encode() + b"\r\n" + body.octets
        return MailTemplate(address, domain, id_domain, shared_to, content.reply_to, rest, names)

    def addressed(self, to: str, message_id: str, at: datetime, reply_to: str | None = None) -> bytes:
        """Return the whole mail for one receiver.

        Args:
            to: the receiver. It is shown in To unless the content names one for everybody; the envelope is the
                caller's, and never taken from a header.
            message_id: letters, digits, "-" and "."; the same id always gives the same Message-ID, which some
                receivers use to drop a second copy.
            at: aware time, for Date.
            reply_to: the address that answers of this receiver go to, shown under the name the content gives for it.
                None leaves an address of the platform that is made of that name, or no Reply-To without one.

        Raises:
            UnsafeMail: `ADDRESS_MALFORMED`, `MESSAGE_ID_MALFORMED` or `HEADER_MISMATCH`.
        """
        single_address("To", to)
        if not _ID.fullmatch(message_id):
            raise UnsafeMail("MESSAGE_ID_MALFORMED", "Message-ID")
        fields = [
            ("To", self._shared_to or to),
            ("Message-ID", f"<{message_id}@{self._id_domain}>"),
            ("Date", format_datetime(at)),
            *self._answers_to(reply_to),
        ]
        head = "".join(f"{name}: {value}\r\n" for name, value in fields)
        return checked_head(head.encode() + self._rest, (*(name.encode() for name, _ in fields), *self._names))

    def _answers_to(self, address: str | None) -> list[tuple[str, str]]:
        if address is not None:
            return [("Reply-To", shown_as(self._reply_to or "", single_address("Reply-To", address)))]
        if self._reply_to is not None:
            return [("Reply-To", mailbox("Reply-To", self._reply_to, self._domain, DEFAULT_SENDER)[0])]
        return []
