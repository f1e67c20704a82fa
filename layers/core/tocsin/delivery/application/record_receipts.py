"""Take in what providers report about tries, long after the hand-over or before its worker could record it.

Receipts that come together are taken in together, with as few calls as their messages allow:

    by alert      the alert, at most every two seconds
    by chunk      rows of the slices they are about: a Query for each run of slices; 25 conditional UPDATEs a call
    by work row   its tallies, the packs of 25 slices, the tallies again: a call each

Nothing here depends on their order or number: a message is moved on top of the version that was read, and a slice is
reported up to its rows, whoever moved them. A repeat reports the slice again, since the worker before may have died
between its two steps. What fails, fails alone: the receipts of one chunk, or of one work row's slices.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from enum import StrEnum

from tocsin.alerts.domain.alert import BATCH_SIZE, Alert, Batch, ChunkKey
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.delivery.application.recent_alerts import RecentAlerts
from tocsin.delivery.application.report import ReportBatch, ReportsDeferred
from tocsin.delivery.domain.message import Message, Receipt, apply_receipt
from tocsin.delivery.domain.message_id import MessageId
from tocsin.delivery.ports.messages import DispatchProgress, MessageRows
from tocsin.delivery.ports.results import ResultEvents
from tocsin.kernel.domain.errors import StaleWrite, TocsinError
from tocsin.kernel.ports import Clock

_ROUNDS = 10

_RESERVE = timedelta(seconds=10)
"""No alert is begun with less time left: a worker that is ended in the middle does everything again."""


class ReceiptResult(StrEnum):
    """What became of a receipt."""

    RECORDED = "recorded"  # the message moved
    NOTHING_NEW = "nothing_new"  # a repeat, or something better is known
    NOT_OURS = "not_ours"  # no such recipient or try
    FORGOTTEN = "forgotten"  # no such alert, or its lifetime is over: nobody can be told any more


Told = tuple[MessageId, Receipt]
"""A receipt and the message it is about (`MessageId.parse` of what came back with the provider's event)."""

Outcome = ReceiptResult | Exception
"""What became of a receipt, or why it must be taken in again."""

_Waiting = Mapping[int, Told]
"""Receipts by their number in the call."""


class RecordReceipts:
    """Records a batch of receipts on the messages they are about. Belongs to one thread."""

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
        self, told: Sequence[Told], time_left: Callable[[], timedelta] = lambda: timedelta.max
    ) -> list[Outcome]:
        """Record receipts; return what became of each, in order.

        Args:
            time_left: how long this worker may still run; what there is no time for comes to a TimeoutError.
        """
        outcomes: dict[int, Outcome] = {}
        for waiting in _grouped(dict(enumerate(told)), lambda id: (id.key.tenant, id.key.alert)):
            if time_left() < _RESERVE:
                outcomes |= dict.fromkeys(waiting, TimeoutError("no time was left"))
                continue
            outcomes |= self._of_alert(waiting)
            for number in [n for n in waiting if len(waiting) > 1 and _unheard_of(outcomes[n])]:
                # Something about one of them is beyond us; it must not drag the others to the dead letters.
                outcomes |= self._of_alert({number: waiting[number]})
        return [outcomes[number] for number in range(len(told))]

    def _of_alert(self, waiting: _Waiting) -> dict[int, Outcome]:
        key = next(iter(waiting.values()))[0].key
        try:
            alert = self._alerts.get(key.tenant, key.alert)
        except Exception as error:
            return dict.fromkeys(waiting, error)
        if alert is None or alert.expired(self._clock()):
            # Its rows vanish one by one from now on.
            return dict.fromkeys(waiting, ReceiptResult.FORGOTTEN)
        outcomes: dict[int, Outcome] = {}
        known: dict[Batch, Mapping[int, Message]] = {}
        batches = _batches(alert, waiting)
        outcomes |= {number: ReceiptResult.NOT_OURS for number in waiting if number not in batches}
        ours = {number: waiting[number] for number in batches}
        for of_chunk in _grouped(ours, lambda id: id.key):
            try:
                results, rows = self._move(alert, of_chunk, {batches[number] for number in of_chunk})
            except Exception as error:
                outcomes |= dict.fromkeys(of_chunk, error)
                continue
            outcomes |= results
            for batch in {batches[n] for n, result in results.items() if result is not ReceiptResult.NOT_OURS}:
                known[batch] = {p: rows[p] for p in batch.positions if p in rows}
        for batch, failure in self._tell(alert, known).items():
            outcomes |= {n: failure for n in ours if batches[n] == batch and isinstance(outcomes[n], ReceiptResult)}
        return outcomes

    def _move(
        self, alert: Alert, of_chunk: _Waiting, batches: Iterable[Batch]
    ) -> tuple[dict[int, Outcome], Mapping[int, Message]]:
        """Move the messages of one chunk; return what became of each receipt, and the rows of its slices."""
        key = next(iter(of_chunk.values()))[0].key
        ranges = _ranges(batches)
        rows = self._load(key, ranges)
        results: dict[int, Outcome] = {}
        open_ = dict(of_chunk)
        for _ in range(_ROUNDS):
            moves: dict[int, tuple[int, Message]] = {}
            now = self._clock()
            for number, (id, receipt) in list(open_.items()):
                if id.position in moves:
                    continue  # what this one comes to depends on that one
                row = rows.get(id.position)
                moved = apply_receipt(row, receipt, now) if row else None
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
        beaten = StaleWrite("a message moved on ten times while its receipts were recorded")
        return results | dict.fromkeys(open_, beaten), rows

    def _load(self, key: ChunkKey, ranges: Iterable[range]) -> dict[int, Message]:
        rows: dict[int, Message] = {}
        for positions in ranges:
            rows |= self._rows.load(key, positions)
        return rows

    def _tell(self, alert: Alert, known: Mapping[Batch, Mapping[int, Message]]) -> dict[Batch, Exception]:
        """Report the slices; return those that must be reported again, and why."""
        defer = ReportsDeferred()
        for batch in sorted(known, key=lambda batch: batch.number):
            defer(alert, batch, known[batch])
        return defer.make(self._report)


def _grouped(waiting: _Waiting, by: Callable[[MessageId], object]) -> list[dict[int, Told]]:
    groups: defaultdict[object, dict[int, Told]] = defaultdict(dict)
    for number, told in waiting.items():
        groups[by(told[0])][number] = told
    return list(groups.values())


def _batches(alert: Alert, waiting: _Waiting) -> dict[int, Batch]:
    """Return the slice of each receipt; one about nobody the alert knows is left out."""
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
    """Return the positions to read: 25 rows of a slice that nobody asked about are cheaper than another call."""
    found: list[range] = []
    for batch in sorted(batches, key=lambda batch: batch.first):
        if found and batch.first - found[-1].stop <= BATCH_SIZE:
            found[-1] = range(found[-1].start, batch.positions.stop)
        else:
            found.append(batch.positions)
    return found


def _unheard_of(outcome: Outcome) -> bool:
    return isinstance(outcome, Exception) and not isinstance(outcome, TocsinError)
