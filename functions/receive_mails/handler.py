"""The handler of mails that people send."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tocsin.entrypoint.queue.inbound import Handle, Notice
from tocsin.inbound.application.receive_mail import MailResult
from tocsin.inbound.domain.mail import InboundMail

ReceiveMail = Callable[[str, InboundMail, datetime], MailResult]


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
