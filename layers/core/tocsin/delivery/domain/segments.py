"""How many segments a receiver's text has."""

from __future__ import annotations

from collections.abc import Callable

from tocsin.alerts.domain.alert import Alert, AlertItem
from tocsin.contacts.domain.recipient import Recipient
from tocsin.content.domain.content import SmsContent
from tocsin.content.domain.rendering import SmsRendering
from tocsin.content.domain.sms_text import measure


def segments_of(alert: Alert, item: AlertItem, link: str) -> Callable[[Recipient], int | None]:
    """Return the function that counts the segments of a receiver's text; it returns None for other channels.

    Args:
        link: a sample short link, as long as the real ones. Times in the text have the same length at any instant.
    """
    if not isinstance(item.content, SmsContent):
        return lambda recipient: None
    rendered = SmsRendering.of(item.content, item.lookups, alert.ref)
    if not rendered.unique:
        common = measure(rendered.to(Recipient(""), alert.accepted_at)).segments
        return lambda recipient: common
    return lambda recipient: measure(rendered.to(recipient, alert.accepted_at, lambda: link)).segments
