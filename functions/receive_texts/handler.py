"""The handler of texts that people send."""

from __future__ import annotations

from collections.abc import Callable

from tocsin.delivery.ports.receipts import UnreadReason
from tocsin.entrypoint.process.clock import by_our_clock
from tocsin.entrypoint.queue.inbound import Handle, Notice
from tocsin.inbound.application.receive_text import TextResult
from tocsin.inbound.domain.text import IncomingText

ReadText = Callable[..., IncomingText | UnreadReason]
ReceiveText = Callable[[IncomingText], TextResult]


def texts(read: ReadText, receive: ReceiveText) -> Handle:
    """Return the handler of text messages.

    Args:
        read: parser of the provider's event; its second argument is the time when SNS received the event.
        receive: the use case.
    """

    def handle(notice: Notice) -> str:
        text = read(notice.content, by_our_clock(notice.at))
        return text.value if isinstance(text, UnreadReason) else receive(text).value

    return handle
