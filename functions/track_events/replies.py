"""Handlers of inbound text messages and mails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tocsin.delivery.ports.receipts import UnreadReason
from tocsin.entrypoint.queue.inbound import Handle, Notice
from tocsin.inbound.application.receive_mail import MailResult
from tocsin.inbound.application.receive_text import TextResult
from tocsin.inbound.domain.mail import InboundMail
from tocsin.inbound.domain.text import IncomingText

ReadText = Callable[..., IncomingText | UnreadReason]
ReceiveText = Callable[[IncomingText], TextResult]
ReceiveMail = Callable[[str, InboundMail, datetime], MailResult]


def texts(read: ReadText, receive: ReceiveText) -> Handle:
    """Return the handler of text messages.

    Args:
        read: parser of the provider's event; its second argument is the time when SNS received the event.
        receive: the use case.
    """

    def handle(notice: Notice) -> str:
        text = read(notice.content, notice.at)
        return text.value if isinstance(text, UnreadReason) else receive(text).value

    return handle


def mails(
    fetch: Callable[[str, str], bytes | None], parse: Callable[[bytes], InboundMail | None], receive: ReceiveMail
) -> Handle:
    """Return the handler of mails.

    Args:
        fetch: bucket and key to bytes, None if the object has expired.
        receive: the use case. Its first argument, the object's key, identifies the mail.
    """

    def handle(notice: Notice) -> str:
        key = notice.content["key"]
        raw = fetch(notice.content["bucket"], key)
        if raw is None:
            return "gone"
        mail = parse(raw)
        # A stranger can send anything, so a mail that cannot be parsed raises no alarm, unlike a provider's event.
        return "no_mail" if mail is None else receive(key, mail, notice.at).value

    return handle
