"""What a receiver of a plan would read, shortened to a sample."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.contacts.domain.recipient import Recipient
from tocsin.content.domain.content import Content, SmsContent
from tocsin.content.domain.mail_header import UnsafeMail
from tocsin.content.domain.rendering import CallRendering, MailRendering, SmsRendering
from tocsin.voice.domain.call_content import CallContent

LARGEST_SAMPLE = 4096
"""Bytes of a sample's text, in UTF-8."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What one receiver would read.

    Attributes:
        text: the text, or the body of the email; None if it must not be shown.
        subject: of an email, else None.
        truncated: whether `text` is longer than shown.
    """

    text: str | None
    subject: str | None = None
    truncated: bool = False


Read = Callable[[Recipient, datetime], Sample | None]
"""Returns what a receiver would read at an instant; None if nothing can be said."""


def reader_of(alert: Alert, item: AlertItem, link: str, *, values: bool, content: bool) -> Read:
    """Return the function that renders the item for a receiver, as the sender would.

    Args:
        link: a sample short link.
        values: whether the values of contacts are shown; otherwise the names of their lookups stand in braces.
        content: whether the content is shown.
    """
    if item.content is None:
        return lambda who, at: None
    if not content:
        return lambda who, at: Sample(None)
    named = {name: f"{{{name}}}" for name in item.lookups.custom} if item.lookups else {}
    render = _render(alert, item, item.content, link)

    def read(who: Recipient, at: datetime) -> Sample | None:
        # A plain receiver is named by the call itself, and has no lookups.
        shown = who if values or who.contact_id is None else Recipient("{recipient}", who.contact_id, named)
        try:
            return render(shown, at)
        except UnsafeMail:
            return None

    return read


def _render(alert: Alert, item: AlertItem, content: Content, link: str) -> Callable[[Recipient, datetime], Sample]:
    if isinstance(content, CallContent):
        call = CallRendering.of(content, item.lookups, alert.ref, item.channel)
        return lambda who, at: _shortened(call.to(who, at, lambda: link).words or "")
    if isinstance(content, SmsContent):
        text = SmsRendering.of(content, item.lookups, alert.ref)
        return lambda who, at: _shortened(text.to(who, at, lambda: link))
    if item.lookups is None:
        return lambda who, at: _shortened(content.body, content.subject)
    mail = MailRendering.of(content, item.lookups, alert.ref, content.sender or "")

    def render(who: Recipient, at: datetime) -> Sample:
        mine = mail.to(who, at, lambda: link)
        return _shortened(mine.body, mine.subject)

    return render


def _shortened(text: str, subject: str | None = None) -> Sample:
    written = text.encode("utf-8", "replace")
    if len(written) <= LARGEST_SAMPLE:
        return Sample(text, subject)
    return Sample(written[:LARGEST_SAMPLE].decode("utf-8", "ignore"), subject, truncated=True)
