"""The channels: each renders a message and submits it to its provider. The rest of dispatch is equal for all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.recipient import Recipient
from tocsin.content.domain.content import EmailContent, SmsContent
from tocsin.content.domain.mail_header import UnsafeMail
from tocsin.content.domain.rendering import MailRendering, SmsRendering
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.domain.submission import Rejected, Submission
from tocsin.delivery.ports.senders import EmailSender, OutgoingEmail, OutgoingSms, SmsSender, Wait
from tocsin.kernel.domain.errors import StorageUnavailable


@dataclass(frozen=True, slots=True)
class Submit:
    """How the messages of one item are submitted.

    Attributes:
        send: submits one message to the provider at the first instant; it may not be delivered after the second.
            Several threads may call it at once.
        begin: submits one likewise, and returns what waits for the outcome, or None as `SmsSender.begin` does.
            None = messages of the channel cannot be begun.
    """

    send: Callable[[Recipient, MessageId, datetime, datetime], Submission]
    begin: Callable[[Recipient, MessageId, datetime, datetime], Wait | None] | None = None


NO_LINK = Rejected("shortlinks_unavailable", permanent=False, by_us=True)
"""KMS did not give the key of the short links. The message was not submitted and is tried again."""


class ShortLinkMaker(Protocol):
    """Makes the short links of messages. All tries of a message have the same link."""

    def url(self, id: MessageId) -> str:
        """Return the short URL of a message. Raises StorageUnavailable."""
        ...

    def keep(self, alert: Alert, messages: Sequence[MessageId], now: datetime) -> None:
        """Store the links of these messages before the messages are submitted. Raises StorageUnavailable."""
        ...


class MessageChannel(Protocol):
    """A channel. The worker calls `load` once per item, `prepare` once per batch, and `Submit` once per message."""

    channel: Channel
    idempotent: bool
    """Whether the provider takes the same try twice for one."""

    def load(self, alert: Alert, item: AlertItem) -> Submit:
        """Compile what all receivers of the item share, and return what submits one message.

        Raises:
            ValueError: the item belongs to another channel.
        """
        ...

    def prepare(self, alert: Alert, item: AlertItem, claimed: Sequence[MessageId], now: datetime) -> Rejected | None:
        """Write what must be stored before any of these messages is submitted.

        Returns:
            Why none of them may be submitted now; None = they may be.
        """
        ...


class WithShortLinks:
    """The short links of messages, the same for every channel.

    Args:
        links: None = messages have no short links.
    """

    def __init__(self, links: ShortLinkMaker | None) -> None:
        self._links = links

    def prepare(self, alert: Alert, item: AlertItem, claimed: Sequence[MessageId], now: datetime) -> Rejected | None:
        """Store the short links of these messages, if the item uses any. Return why they cannot be stored, if so."""
        if self._links is None or not claimed or item.lookups is None or not item.lookups.shortlink:
            return None
        try:
            self._links.keep(alert, claimed, now)
        except StorageUnavailable:
            return NO_LINK
        return None

    def link(self, id: MessageId) -> Callable[[], str] | None:
        """Return the function that makes the short URL of a message; None without short links."""
        links = self._links
        return None if links is None else lambda: links.url(id)


class SmsChannel(WithShortLinks):
    """Text messages. Messages of a sandbox alert go to the sandbox sender."""

    channel = Channel.SMS
    idempotent = False

    def __init__(self, live: SmsSender, sandbox: SmsSender, links: ShortLinkMaker | None = None) -> None:
        super().__init__(links)
        self._live = live
        self._sandbox = sandbox

    def load(self, alert: Alert, item: AlertItem) -> Submit:
        """Return what texts the item to one receiver. Raises ValueError for an item of another channel."""
        content = item.content
        if not isinstance(content, SmsContent):
            raise ValueError("an item of another channel in the sms queue")
        sender = self._sandbox if alert.sandbox else self._live
        rendered = SmsRendering.of(content, item.lookups, alert.ref)

        def written(recipient: Recipient, id: MessageId, now: datetime, before: datetime) -> OutgoingSms | Rejected:
            try:
                text = rendered.to(recipient, now, self.link(id))
            except StorageUnavailable:
                return NO_LINK
            return OutgoingSms(id, content.sender, recipient.address, text, before - now)

        def send(recipient: Recipient, id: MessageId, now: datetime, before: datetime) -> Submission:
            text = written(recipient, id, now, before)
            return text if isinstance(text, Rejected) else sender.send(text)

        def begin(recipient: Recipient, id: MessageId, now: datetime, before: datetime) -> Wait | None:
            text = written(recipient, id, now, before)
            return (lambda: text) if isinstance(text, Rejected) else sender.begin(text)

        return Submit(send, begin)


class Mail(Protocol):
    """An email with everything that its receivers share; `MailTemplate` in `content/domain/mime.py` is one."""

    @property
    def sender(self) -> str:
        """The From address."""
        ...

    def addressed(self, to: str, message_id: str, at: datetime, reply_to: str | None = None) -> bytes:
        """Return the whole message for one receiver in SMTP wire form."""
        ...


@dataclass(frozen=True, slots=True)
class MailRoute:
    """How the mails of an account go that Tocsin makes for it.

    Attributes:
        compile: builds what all receivers share; None = as for every mail of the platform.
        reply_to: address that answers go to; None = the content's own Reply-To.
    """

    sender: EmailSender
    compile: Callable[[EmailContent], Mail] | None = None
    reply_to: str | None = None


MailRoutes = Callable[[Alert, AlertItem], MailRoute | Rejected]
"""Chooses the route of one mail of the inside, or says why there is none. Asked for each mail: settings change."""


class EmailChannel(WithShortLinks):
    """Emails. Messages of a sandbox alert go to the sandbox sender.

    Args:
        routes: for alerts of the inside that are not of the sandbox; None = they go as all others.
        compile_mail: builds what all receivers share; `MailTemplate.compile` with the platform's domain.
        reply_address: returns the Reply-To address of one message; None = the content's own Reply-To.
    """

    channel = Channel.EMAIL
    idempotent = False

    def __init__(
        self,
        live: EmailSender,
        sandbox: EmailSender,
        compile_mail: Callable[[EmailContent], Mail],
        reply_address: Callable[[MessageId], str] | None = None,
        links: ShortLinkMaker | None = None,
        routes: MailRoutes | None = None,
    ) -> None:
        super().__init__(links)
        self._live = live
        self._sandbox = sandbox
        self._routes = routes
        self._compile = compile_mail
        self._reply_address = reply_address

    def load(self, alert: Alert, item: AlertItem) -> Submit:
        """Return what mails the item to one receiver. Raises ValueError for an item of another channel."""
        if not isinstance(item.content, EmailContent):
            raise ValueError("an item of another channel in the email queue")
        try:
            mail = self._compile(item.content)
        except UnsafeMail as error:
            # Acceptance made the same check. A mail that fails it here was accepted by an older release, and each of
            # its messages must still reach a terminal state.
            rejection = _unsafe(error)
            return Submit(lambda recipient, id, now, before: rejection)
        if self._routes is not None and alert.inside and not alert.sandbox:
            return self._by_route(self._routes, alert, item, item.content, mail)
        sender = self._sandbox if alert.sandbox else self._live
        mail_to = self._personal(alert, item, item.content, mail.sender) if item.lookups else lambda *_: mail

        def submit(recipient: Recipient, id: MessageId, now: datetime, before: datetime) -> Submission:
            try:
                mail = mail_to(recipient, id, now)
                mime = mail.addressed(recipient.address, str(id), now, self._reply_to(id) if alert.answerable else None)
            except UnsafeMail as error:
                return _unsafe(error)
            except StorageUnavailable:
                return NO_LINK
            return sender.send(OutgoingEmail(id, mail.sender, recipient.address, mime))

        return Submit(submit)

    def _by_route(
        self, routes: MailRoutes, alert: Alert, item: AlertItem, content: EmailContent, platform_mail: Mail
    ) -> Submit:
        terms = item.lookups
        personal = None if terms is None else MailRendering.of(content, terms, alert.ref, platform_mail.sender)

        def submit(recipient: Recipient, id: MessageId, now: datetime, before: datetime) -> Submission:
            route = routes(alert, item)
            if isinstance(route, Rejected):
                return route
            try:
                own = content if personal is None else personal.to(recipient, now, self.link(id))
                shared = platform_mail if route.compile is None and personal is None else None
                mail = shared or (route.compile or self._compile)(own)
                message_id = str(id) if route.compile is None else id.of_message
                mime = mail.addressed(recipient.address, message_id, now, route.reply_to)
            except UnsafeMail as error:
                return _unsafe(error)
            except StorageUnavailable:
                return NO_LINK
            return route.sender.send(OutgoingEmail(id, mail.sender, recipient.address, mime))

        return Submit(submit)

    def _personal(
        self, alert: Alert, item: AlertItem, content: EmailContent, sender: str
    ) -> Callable[[Recipient, MessageId, datetime], Mail]:
        """Return the function that builds each receiver's own mail, with the same checks as for a shared one."""
        assert item.lookups is not None
        rendered = MailRendering.of(content, item.lookups, alert.ref, sender)
        latest: list[tuple[EmailContent, Mail]] = []  # if only the time is filled in, many receivers get the same mail

        def mail_to(recipient: Recipient, id: MessageId, now: datetime) -> Mail:
            content = rendered.to(recipient, now, self.link(id))
            for known, mail in latest:
                if known == content:
                    return mail
            mail = self._compile(content)
            latest[:] = [(content, mail)]
            return mail

        return mail_to

    def _reply_to(self, id: MessageId) -> str | None:
        try:
            return self._reply_address(id) if self._reply_address else None
        except StorageUnavailable:
            return None  # the subject has a reference to the alert, so the mail need not wait for a Reply-To address


def _unsafe(error: UnsafeMail) -> Rejected:
    return Rejected(f"unsafe_mail_{error.code.lower()}", permanent=True)
