"""Handlers of the sources that send receipts, and of calls that have ended."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from tocsin.calls.domain.ended_call import EndedCall
from tocsin.delivery.application.record_receipts import ReceiptOutcome, ReceiptResult
from tocsin.delivery.ports.receipts import ProviderReport, Reader, UnreadReason
from tocsin.entrypoint.queue.inbound import Handle, HandleTogether, Notice, Source
from tocsin.entrypoint.queue.metrics import emit

ProcessReceipts = Callable[[Sequence[ProviderReport], Callable[[], timedelta]], Sequence[ReceiptOutcome]]


def receipts(service: str, source: Source, read: Reader, process_receipts: ProcessReceipts) -> HandleTogether:
    """Return the handler of a provider's events.

    Args:
        service: the function's name, as a metric dimension; `source` is one too.
        read: the provider's table.
        process_receipts: the use case; `ProcessReceipts` is one.
    """

    def handle(notices: Sequence[Notice], time_left: Callable[[], timedelta]) -> list[str | Exception]:
        read_ = [read(notice.content) for notice in notices]
        reports = [report for report in read_ if isinstance(report, ProviderReport)]
        results = process_receipts(reports, time_left)
        _count(service, source, list(zip(reports, results, strict=True)))
        outcomes = iter(results)
        return [_word(report if isinstance(report, UnreadReason) else next(outcomes)) for report in read_]

    return handle


def ended_calls(
    read: Callable[[Mapping[str, Any]], EndedCall | UnreadReason], end_call: Callable[[EndedCall], ReceiptResult]
) -> Handle:
    """Return the handler of a provider's events about calls.

    Args:
        read: the provider's table.
        end_call: the use case; `EndCall` is one.
    """

    def handle(notice: Notice) -> str:
        ended = read(notice.content)
        return (ended if isinstance(ended, UnreadReason) else end_call(ended)).value

    return handle


def _count(service: str, source: Source, done: Sequence[tuple[ProviderReport, ReceiptOutcome]]) -> None:
    """Count messages by their new state, and complaints."""
    states = Counter(report.receipt.state for report, result in done if result is ReceiptResult.RECORDED)
    for state, number in states.items():
        emit(service, {"ReceiptsRecorded": number}, source=source.value, state=state.value)
    of_messages = (ReceiptResult.RECORDED, ReceiptResult.NOTHING_NEW)
    complaints = [report for report, result in done if report.complaint is not None and result in of_messages]
    emit(service, {"ComplaintsReceived": len(complaints)})


def _word(outcome: UnreadReason | ReceiptOutcome) -> str | Exception:
    return outcome if isinstance(outcome, Exception) else outcome.value
