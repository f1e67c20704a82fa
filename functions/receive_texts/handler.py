"""The handler of texts that people send."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from tocsin.delivery.ports.receipts import UnreadReason
from tocsin.entrypoint.process.clock import by_our_clock
from tocsin.entrypoint.queue.inbound import SHORT_RESERVE, HandleTogether, Notice
from tocsin.inbound.application.receive_texts import ReceiveTexts
from tocsin.inbound.domain.text import IncomingText

ReadText = Callable[..., IncomingText | UnreadReason]


def texts(read: ReadText, receive: ReceiveTexts) -> HandleTogether:
    """Return the handler of the text messages of a batch.

    Args:
        read: parser of the provider's event; its second argument is the time when SNS received the event.
        receive: the use case.
    """

    def handle(notices: Sequence[Notice], time_left: Callable[[], timedelta]) -> Sequence[str | Exception]:
        outcomes: dict[int, str | Exception] = {}
        found: dict[int, IncomingText] = {}
        for place, notice in enumerate(notices):
            try:
                text = read(notice.content, by_our_clock(notice.at))
            except Exception as error:
                outcomes[place] = error
                continue
            if isinstance(text, UnreadReason):
                outcomes[place] = text.value
            else:
                found[place] = text
        for place, result in receive(found, lambda: time_left() >= SHORT_RESERVE).items():
            outcomes[place] = result if isinstance(result, Exception) else result.value
        return [outcomes[place] for place in range(len(notices))]

    return handle
