"""What the elements of an alert said."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin.alerts.domain.alert import Alert
from tocsin.contacts.domain.channel import Channel
from tocsin.content.domain.content import EmailContent, sender_of, text_of
from tocsin.voice.domain.call_content import CallContent

TEXT_CHARACTERS = 10_000
"""Most characters of one content that are shown."""


@dataclass(frozen=True, slots=True)
class SentContent:
    """What one element said.

    Attributes:
        sender: as the receiver sees it; None = the default.
        subject: None for a text message.
        text: text of the message, body of the mail, or words of the call, "" for a recording; up to TEXT_CHARACTERS.
        content_type: of the mail; None for a text message.
        personal: each receiver gets it with values of their own in place of the keywords in braces.
        call: of a call, its prompts and its dialogue; else None.
    """

    step: int
    item: int
    channel: Channel
    tag: str
    recipients: int
    sender: str | None
    subject: str | None
    text: str
    truncated: bool
    content_type: str | None
    personal: bool
    call: CallContent | None = None


def sent_contents(step: int, whole: Alert, shown: Alert) -> list[SentContent]:
    """Return what the elements say that are shown.

    Args:
        whole: with the contents.
        shown: perhaps without some elements, or with fewer receivers.
    """
    return [
        SentContent(
            step=step,
            item=item.index,
            channel=item.channel,
            tag=item.tag,
            recipients=part.accepted,
            sender=sender_of(content),
            subject=content.subject if isinstance(content, EmailContent) else None,
            text=(text := text_of(content))[:TEXT_CHARACTERS],
            truncated=len(text) > TEXT_CHARACTERS,
            content_type=content.content_type if isinstance(content, EmailContent) else None,
            personal=item.lookups is not None,
            call=content if isinstance(content, CallContent) else None,
        )
        for item in whole.items
        if (content := item.content) is not None and (part := shown.item(item.index)) is not None
    ]
