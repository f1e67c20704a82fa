"""How a message of each channel is made ready and handed over; the rest of dispatch knows no channel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.recipient import Recipient
from tocsin.content.domain.content import EmailContent, SmsContent
from tocsin.content.domain.mail_header import UnsafeMail
from tocsin.content.domain.rendering import MailRendering, SmsRendering
from tocsin.delivery.domain.delivery_terms import delivery_terms
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.domain.submission import Rejected, Submission
from tocsin.delivery.ports.senders import EmailSender, OutgoingEmail, OutgoingSms, SmsSender
from tocsin.kernel.domain.errors import StorageUnavailable

Submit = Callable[[Recipient, MessageId, datetime], Submission]
"""Hands one message to the provider, now. Called from several threads at once."""


_NO_LINK = Rejected("shortlinks_unavailable", permanent=False)
"""The key that short links are made with cannot be had now; nobody has been called yet."""


class ShortLinkMaker(Protocol):
    """Makes the short links of messages; every try of a message has the same one."""

    def url(self, id: MessageId) -> str:
        """Return the short URL of a message. Raises StorageUnavailable."""
        ...

    def keep(self, alert: Alert, messages: Sequence[MessageId], now: datetime) -> None:
        """Make the links of these messages work, before anybody can see them. Raises StorageUnavailable."""
        ...


class MessageChannel(Protocol):
    """One channel."""

    channel: Channel

    def load(self, alert: Alert, item: AlertItem) -> Submit:
        """Do once what is the same for every receiver of the item.

        Raises:
            ValueError: the item is not one of this channel.
        """
        ...

    def prepare(self, alert: Alert, item: AlertItem, claimed: Sequence[MessageId], now: datetime) -> None:
        """Do in one go what must be done before any of these messages is handed over.

        Raises:
            StorageUnavailable: none of them may be handed over now.
        """
        ...


class _Linking:
    """What the channels share: the short links of their messages.

    Args:
        links: None = a place where nobody sends short links.
    """

    def __init__(self, links: ShortLinkMaker | None) -> None:
        self._links = links

    def prepare(self, alert: Alert, item: AlertItem, claimed: Sequence[MessageId], now: datetime) -> None:
        """Make the short links of these messages work. Raises StorageUnavailable."""
        if self._links is not None and claimed and item.lookups is not None and item.lookups.shortlink:
            self._links.keep(alert, claimed, now)

    def _link(self, id: MessageId) -> Callable[[], str] | None:
        links = self._links
        return None if links is None else lambda: links.url(id)


class SmsChannel(_Linking):
    """Text messages; those of a sandbox alert go to the sandbox sender."""

    channel = Channel.SMS

    def __init__(self, live: SmsSender, sandbox: SmsSender, links: ShortLinkMaker | None = None) -> None:
        super().__init__(links)
        self._live = live
        self._sandbox = sandbox

    def load(self, alert: Alert, item: AlertItem) -> Submit:
        """Return the function that texts an item to one receiver. Raises ValueError for an item of another channel."""
        content = item.content
        if not isinstance(content, SmsContent):
            raise ValueError("an item of another channel in the sms queue")
        sender = self._sandbox if alert.sandbox else self._live
        rendered = SmsRendering.of(content, item.lookups, alert.ref)

        def submit(recipient: Recipient, id: MessageId, now: datetime) -> Submission:
            try:
                text = rendered.to(recipient, now, self._link(id))
            except StorageUnavailable:
                return _NO_LINK
            lives = delivery_terms(alert, recipient, now).send_before - now
            return sender.send(OutgoingSms(id, content.sender, recipient.address, text, lives))

        return submit


class Mail(Protocol):
    """An email whose common parts are made: `content/domain/mime.py` has the real one."""

    @property
    def sender(self) -> str:
        """The From address."""
        ...

    def addressed(self, to: str, message_id: str, at: datetime, reply_to: str | None = None) -> bytes:
        """Return the whole message for one receiver in SMTP wire form."""
        ...


class EmailChannel(_Linking):
    """Emails; those of a sandbox alert go to the sandbox sender.

    Args:
        compile_mail: makes what all receivers share; `MailTemplate.compile` with the platform's domain.
        reply_address: where the answer to one message goes; None leaves Reply-To to the content.
    """

    channel = Channel.EMAIL

    def __init__(
        self,
        live: EmailSender,
        sandbox: EmailSender,
        compile_mail: Callable[[EmailContent], Mail],
        reply_address: Callable[[MessageId], str] | None = None,
        links: ShortLinkMaker | None = None,
    ) -> None:
        super().__init__(links)
        self._live = live
        self._sandbox = sandbox
        self._compile = compile_mail
        self._reply_address = reply_address

    def load(self, alert: Alert, item: AlertItem) -> Submit:
        """Return the function that mails an item to one receiver. Raises ValueError for an item of another channel."""
        if not isinstance(item.content, EmailContent):
            raise ValueError("an item of another channel in the email queue")
        try:
            mail = self._compile(item.content)
        except UnsafeMail as error:
            # Acceptance asked the same question, so only a release in between brings us here. The messages must come
            # to rest all the same.
            refusal = _unsafe(error)
            return lambda recipient, id, now: refusal
        sender = self._sandbox if alert.sandbox else self._live
        mail_to = self._personal(alert, item, item.content, mail.sender) if item.lookups else lambda *_: mail

        def submit(recipient: Recipient, id: MessageId, now: datetime) -> Submission:
            try:
                mail = mail_to(recipient, id, now)
                mime = mail.addressed(recipient.address, str(id), now, None if alert.system else self._reply_to(id))
            except UnsafeMail as error:
                return _unsafe(error)
            except StorageUnavailable:
                return _NO_LINK
            return sender.send(OutgoingEmail(id, mail.sender, recipient.address, mime))

        return submit

    def _personal(
        self, alert: Alert, item: AlertItem, content: EmailContent, sender: str
    ) -> Callable[[Recipient, MessageId, datetime], Mail]:
        """Return what makes each receiver's own mail; every one passes the same checks as a common one."""
        assert item.lookups is not None
        rendered = MailRendering.of(content, item.lookups, alert.ref, sender)
        latest: list[tuple[EmailContent, Mail]] = []  # where only the time is filled in, many read the same

        def mail_to(recipient: Recipient, id: MessageId, now: datetime) -> Mail:
            said = rendered.to(recipient, now, self._link(id))
            for known, mail in latest:
                if known == said:
                    return mail
            mail = self._compile(said)
            latest[:] = [(said, mail)]
            return mail

        return mail_to

    def _reply_to(self, id: MessageId) -> str | None:
        try:
            return self._reply_address(id) if self._reply_address else None
        except StorageUnavailable:
            return None  # the reference in the subject finds the alert as well; the mail must not wait for its address


def _unsafe(error: UnsafeMail) -> Rejected:
    return Rejected(f"unsafe_mail_{error.code.lower()}", permanent=True)
