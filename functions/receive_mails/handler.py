"""The handlers of mails that people send: of a new object, and of the mail service's record of it.

record ─► the mail is processed with its verdicts and deleted
object ─┬ younger than RECORD_GRACE ─► not yet
        ├ deleted ─► its record came first
        └ else ─► the mail is processed without verdicts; it stays a day for a late record that would change its result
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from tocsin.delivery.ports.receipts import UnreadReason
from tocsin.entrypoint.process.clock import by_our_clock
from tocsin.entrypoint.process.observability import logger
from tocsin.entrypoint.queue.inbound import Notice, NotYet
from tocsin.inbound.application.receive_mail import MailResult
from tocsin.inbound.domain.mail import InboundMail, UnreadableMail
from tocsin.inbound.domain.mail_receipt import RECORD_ACCEPTED, RECORD_GRACE, MailReceipt
from tocsin.kernel.ports import Clock


class Mailbox(Protocol):
    """Raw mails, by bucket and key."""

    def read(self, bucket: str, key: str) -> bytes | None:
        """Return the mail, None if it is gone."""
        ...

    def delete(self, bucket: str, key: str) -> None:
        """Delete all versions of the mail."""
        ...

    def keep_for_record(self, bucket: str, key: str) -> None:
        """Keep the mail for a day."""
        ...

    def set_aside(self, bucket: str, key: str, why: str) -> str:
        """Move the mail to the unreadable ones; returns its new key."""
        ...


class ReceiveMail(Protocol):
    """The use case. `id`, the object's key, identifies the mail."""

    def __call__(self, id: str, mail: InboundMail, at: datetime, receipt: MailReceipt | None = None) -> MailResult:
        """Act on a mail."""
        ...

    def unreadable(self, id: str, addressed_to: Sequence[str], at: datetime) -> MailResult:
        """Act on a mail that cannot be read."""
        ...


@dataclass(frozen=True, slots=True)
class Mails:
    """The two handlers. A stranger can send anything, so a mail that cannot be read raises no alarm.

    Attributes:
        bucket: the only bucket that is accepted.
        read_record: the mail service's table.
        clock: the system's, as AWS has it.
    """

    mailbox: Mailbox
    read: Callable[[bytes], InboundMail | UnreadableMail]
    read_record: Callable[[Mapping[str, Any]], MailReceipt | UnreadReason]
    receive: ReceiveMail
    bucket: str
    clock: Clock

    def of_object(self, notice: Notice) -> str:
        """Process a mail without a record, once the record had time to come.

        Raises:
            NotYet: its record may still come.
        """
        if self.clock() - notice.at < RECORD_GRACE:
            raise NotYet
        return self._process(notice.content["key"], by_our_clock(notice.at), None)

    def of_record(self, notice: Notice) -> str:
        """Process a mail with the mail service's record of it."""
        receipt = self.read_record(notice.content)
        if isinstance(receipt, UnreadReason):
            return receipt.value
        if receipt.bucket != self.bucket:
            return "foreign"
        if notice.at - receipt.received_at > RECORD_ACCEPTED:
            return "too_late"
        return self._process(receipt.key, by_our_clock(receipt.received_at), receipt)

    def _process(self, key: str, at: datetime, receipt: MailReceipt | None) -> str:
        raw = self.mailbox.read(self.bucket, key)
        if raw is None:
            return "gone"
        mail = self.read(raw)
        if isinstance(mail, UnreadableMail):
            result = self.receive.unreadable(key, mail.addressed_to, at)
            aside = self.mailbox.set_aside(self.bucket, key, mail.why)
            logger().warning("mail unreadable", extra={"reason": mail.why.value, "bytes": len(raw), "object": aside})
            return result.value
        result = self.receive(key, mail, at, receipt)
        if receipt is None and result is MailResult.SENDER_NOT_BELIEVED:
            self.mailbox.keep_for_record(self.bucket, key)
        else:
            self.mailbox.delete(self.bucket, key)
        return result.value
