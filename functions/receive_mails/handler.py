"""The handler of mails that people send."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from tocsin.entrypoint.process.observability import logger
from tocsin.entrypoint.queue.inbound import Handle, Notice
from tocsin.inbound.application.receive_mail import MailResult
from tocsin.inbound.domain.mail import InboundMail, UnreadableMail


class Mailbox(Protocol):
    """Raw mails, by bucket and key."""

    def read(self, bucket: str, key: str) -> bytes | None:
        """Return the mail, None if it is gone."""
        ...

    def delete(self, bucket: str, key: str) -> None:
        """Delete all versions of the mail."""
        ...

    def set_aside(self, bucket: str, key: str, why: str) -> str:
        """Move the mail to the unreadable ones; returns its new key."""
        ...


class ReceiveMail(Protocol):
    """The use case. `id`, the object's key, identifies the mail."""

    def __call__(self, id: str, mail: InboundMail, at: datetime) -> MailResult:
        """Act on a mail."""
        ...

    def unreadable(self, id: str, addressed_to: Sequence[str], at: datetime) -> MailResult:
        """Act on a mail that cannot be read."""
        ...


def mails(mailbox: Mailbox, read: Callable[[bytes], InboundMail | UnreadableMail], receive: ReceiveMail) -> Handle:
    """Return the handler of mails. A raw mail is deleted once it is processed; an unreadable one is set aside.

    A stranger can send anything, so a mail that cannot be read raises no alarm, unlike a provider's event.
    """

    def handle(notice: Notice) -> str:
        bucket, key = notice.content["bucket"], notice.content["key"]
        raw = mailbox.read(bucket, key)
        if raw is None:
            return "gone"
        mail = read(raw)
        if isinstance(mail, UnreadableMail):
            result = receive.unreadable(key, mail.addressed_to, notice.at)
            aside = mailbox.set_aside(bucket, key, mail.why)
            facts = {"reason": mail.why.value, "bytes": notice.content["size"], "object": aside}
            logger().warning("mail unreadable", extra=facts)
        else:
            result = receive(key, mail, notice.at)
            mailbox.delete(bucket, key)
        return result.value

    return handle
