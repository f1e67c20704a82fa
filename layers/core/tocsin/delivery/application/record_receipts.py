"""Record receipts: what providers report about a try. A receipt may come before the try's own worker has recorded it.

Receipts that arrive together are processed together, with few DynamoDB calls:

    per alert      read the alert, at most every two seconds
    per chunk      read the rows of the batches: one Query for neighbouring batches; then 25 conditional updates a call
    per work row   read progress counts, write the result packs of 25 batches, write progress counts: one call each

The order and number of receipts do not matter. A message changes only on top of the version that was read, and a batch
is reported up to its rows, no matter which worker changed them. A repeated receipt reports its batch again, because the
first worker may have stopped before the report. An error affects only the receipts of its chunk or work row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from tocsin.alerts.domain.alert import BATCH_SIZE, Alert, Batch, ChunkKey
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.delivery.application.recent_alerts import RecentAlerts
from tocsin.delivery.application.report import DeferredReports, ReportBatch
from tocsin.delivery.domain.message import Message, Receipt, apply_receipt
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.ports.messages import DispatchProgress, MessageRows
from tocsin.delivery.ports.results import ResultEvents
from tocsin.kernel.domain.errors import StaleWrite, TocsinError
from tocsin.kernel.ports import Clock

_ROUNDS = 10

_RESERVE = timedelta(seconds=10)
"""Worker's time that an alert's receipts need. If Lambda ends the worker meanwhile, all are processed again."""


class ReceiptResult(StrEnum):
    """The result of one receipt."""

    RECORDED = "recorded"  # the message has a new state
    NOTHING_NEW = "nothing_new"  # a repeat, or a later state is known
    NOT_OURS = "not_ours"  # the alert has no such recipient or try
    FORGOTTEN = "forgotten"  # no such alert, or its lifetime is over: no event can be published


Change = Callable[[Message, datetime], Message | None]
"""Returns a message after what was reported at the given time; None if that changes nothing. It may be called again."""

MessageReceipt = tuple[MessageId, Receipt | Change]
"""A receipt, or a change by any other report, and the id of its message, from the provider's event."""

ReceiptOutcome = ReceiptResult | Exception
"""The result of a receipt, or the error because of which it must be processed again."""

_Waiting = Mapping[int, MessageReceipt]
"""Receipts by their place in the call."""


class RecordReceipts:
    """Records receipts on their messages. Used by one thread."""

    def __init__(
        self,
        alerts: AlertRepository,
        rows: MessageRows,
        dispatch_progress: DispatchProgress,
        events: ResultEvents,
        clock: Clock,
    ) -> None:
        self._alerts = RecentAlerts(alerts, clock)
        self._rows = rows
        self._clock = clock
        self._report = ReportBatch(self._alerts, rows, dispatch_progress, events)

    def __call__(
        self, receipts: Sequence[MessageReceipt], time_left: Callable[[], timedelta] = lambda: timedelta.max
    ) -> list[ReceiptOutcome]:
        """Record receipts and return the result of each, in order.

        Args:
            time_left: how long this worker may still run. Receipts for which no time is left result in a TimeoutError.
        """
        outcomes: dict[int, ReceiptOutcome] = {}
        for waiting in _grouped(dict(enumerate(receipts)), lambda id: (id.key.tenant, id.key.alert)):
            if time_left() < _RESERVE:
                outcomes |= dict.fromkeys(waiting, TimeoutError("no time was left"))
                continue
            outcomes |= self._of_alert(waiting)
            for number in [n for n in waiting if len(waiting) > 1 and _unexpected(outcomes[n])]:
                # One receipt may cause an unexpected error. It must not take the others to the dead-letter queue.
                outcomes |= self._of_alert({number: waiting[number]})
        return [outcomes[number] for number in range(len(receipts))]

    def _of_alert(self, waiting: _Waiting) -> dict[int, ReceiptOutcome]:
        key = next(iter(waiting.values()))[0].key
        try:
            alert = self._alerts.get(key.tenant, key.alert)
        except Exception as error:
            return dict.fromkeys(waiting, error)
        if alert is None or alert.expired(self._clock()):
            # DynamoDB deletes its rows one by one from now on.
            return dict.fromkeys(waiting, ReceiptResult.FORGOTTEN)
        outcomes: dict[int, ReceiptOutcome] = {}
        known: dict[Batch, Mapping[int, Message]] = {}
        batches = _batches(alert, waiting)
        outcomes |= {number: ReceiptResult.NOT_OURS for number in waiting if number not in batches}
        ours = {number: waiting[number] for number in batches}
        for of_chunk in _grouped(ours, lambda id: id.key):
            try:
                results, rows = self._apply(alert, of_chunk, {batches[number] for number in of_chunk})
            except Exception as error:
                outcomes |= dict.fromkeys(of_chunk, error)
                continue
            outcomes |= results
            for batch in {batches[n] for n, result in results.items() if result is not ReceiptResult.NOT_OURS}:
                known[batch] = {p: rows[p] for p in batch.positions if p in rows}
        for batch, failure in self._report_progress(alert, known).items():
            outcomes |= {n: failure for n in ours if batches[n] == batch and isinstance(outcomes[n], ReceiptResult)}
        return outcomes

    def _apply(
        self, alert: Alert, of_chunk: _Waiting, batches: Iterable[Batch]
    ) -> tuple[dict[int, ReceiptOutcome], Mapping[int, Message]]:
        """Apply the receipts of one chunk. Return the result of each, and the rows of their batches."""
        key = next(iter(of_chunk.values()))[0].key
        ranges = _ranges(batches)
        rows = self._load(key, ranges)
        results: dict[int, ReceiptOutcome] = {}
        open_ = dict(of_chunk)
        for _ in range(_ROUNDS):
            moves: dict[int, tuple[int, Message]] = {}
            now = self._clock()
            for number, (id, receipt) in list(open_.items()):
                if id.position in moves:
                    continue  # another receipt of the same message is applied first
                row = rows.get(id.position)
                moved = _moved(row, receipt, now) if row else None
                if moved is not None:
                    moves[id.position] = number, moved
                else:
                    results[number] = ReceiptResult.NOTHING_NEW if row else ReceiptResult.NOT_OURS
                    del open_[number]
            if not moves:
                return results, rows
            written = self._rows.save(key, [moved for _, moved in moves.values()], alert.expires_at)
            for (number, moved), won in zip(moves.values(), written, strict=True):
                if won:
                    rows[moved.position] = moved
                    results[number] = ReceiptResult.RECORDED
                    del open_[number]
            if not all(written):
                rows = self._load(key, ranges)
        too_often = StaleWrite("a message was changed ten times by others while its receipts were recorded")
        return results | dict.fromkeys(open_, too_often), rows

    def _load(self, key: ChunkKey, ranges: Iterable[range]) -> dict[int, Message]:
        rows: dict[int, Message] = {}
        for positions in ranges:
            rows |= self._rows.load(key, positions)
        return rows

    def _report_progress(self, alert: Alert, known: Mapping[Batch, Mapping[int, Message]]) -> dict[Batch, Exception]:
        """Report the progress of the batches. Return those that must be reported again, and why."""
        deferred = DeferredReports()
        for batch in sorted(known, key=lambda batch: batch.number):
            deferred(alert, batch, known[batch])
        return deferred.flush(self._report)


def _moved(row: Message, receipt: Receipt | Change, now: datetime) -> Message | None:
    return apply_receipt(row, receipt, now) if isinstance(receipt, Receipt) else receipt(row, now)


def _grouped(waiting: _Waiting, by: Callable[[MessageId], object]) -> list[dict[int, MessageReceipt]]:
    groups: defaultdict[object, dict[int, MessageReceipt]] = defaultdict(dict)
    for number, receipt in waiting.items():
        groups[by(receipt[0])][number] = receipt
    return list(groups.values())


def _batches(alert: Alert, waiting: _Waiting) -> dict[int, Batch]:
    """Return the batch of each receipt whose recipient the alert has."""
    chunks: defaultdict[ChunkKey, list[Batch]] = defaultdict(list)
    for batch in alert.batches():
        chunks[batch.key].append(batch)
    return {
        number: batch
        for number, (id, _) in waiting.items()
        for batch in chunks.get(id.key, ())
        if id.position in batch.positions
    }


def _ranges(batches: Iterable[Batch]) -> list[range]:
    """Return the ranges to read. Reading up to 25 rows without a receipt is cheaper than a second Query."""
    found: list[range] = []
    for batch in sorted(batches, key=lambda batch: batch.first):
        if found and batch.first - found[-1].stop <= BATCH_SIZE:
            found[-1] = range(found[-1].start, batch.positions.stop)
        else:
            found.append(batch.positions)
    return found


def _unexpected(outcome: ReceiptOutcome) -> bool:
    return isinstance(outcome, Exception) and not isinstance(outcome, TocsinError)
