"""Handlers of the sources that send receipts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

from tocsin.delivery.application.record_receipts import ReceiptOutcome
from tocsin.delivery.ports.receipts import ProviderReport, Reader, UnreadReason
from tocsin.entrypoint.queue.inbound import HandleTogether, Notice

ProcessReceipts = Callable[[Sequence[ProviderReport], Callable[[], timedelta]], Sequence[ReceiptOutcome]]


def receipts(read: Reader, process_receipts: ProcessReceipts) -> HandleTogether:
    """Return the handler of a provider's events.

    Args:
        read: the provider's table.
        process_receipts: the use case; `ProcessReceipts` is one.
    """

    def handle(notices: Sequence[Notice], time_left: Callable[[], timedelta]) -> list[str | Exception]:
        read_ = [read(notice.content) for notice in notices]
        outcomes = iter(process_receipts([report for report in read_ if isinstance(report, ProviderReport)], time_left))
        return [_word(report if isinstance(report, UnreadReason) else next(outcomes)) for report in read_]

    return handle


def _word(outcome: UnreadReason | ReceiptOutcome) -> str | Exception:
    return outcome if isinstance(outcome, Exception) else outcome.value
