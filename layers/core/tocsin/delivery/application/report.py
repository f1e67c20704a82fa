"""Tell the world how far a slice has come: publish what happened, then replace the slice's tally.

Whoever moved messages of a slice calls this: the dispatcher, the recorder of receipts, the sweeper. It may run twice,
late, and in several places at once; each event is published once all the same:

    load the tally that stands ─► take rows that are no older ─► publish what lies between ─► replace the tally
             ▲                                                                                     │
             └────────── another was first, or published less than we know: once more ─────────────┘

Whoever has just made all rows of a slice need not load: the blank tally stands, or the replacement fails.

The publication is keyed by the tally it starts from, so two reporters that start from the same one cannot both
publish; that holds for an empty publication too, which is therefore made like any other. Rows are read after the
tally: a tally is made from committed rows, so rows read later can only be newer.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tocsin.alerts.domain.alert import Alert, Batch
from tocsin.delivery.application.recent_alerts import RecentAlerts
from tocsin.delivery.domain.message import Message
from tocsin.delivery.domain.message_events import events_since
from tocsin.delivery.domain.progress import BatchProgress, WorkKey
from tocsin.delivery.ports.messages import DispatchProgress, MessageRows
from tocsin.delivery.ports.results import Publication, ResultEvents
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.errors import StaleWrite
from tocsin.results.domain.result_event import ResultEvent

_ROUNDS = 10  # each lost round means that another reporter got further


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What a report came to.

    Attributes:
        tally: the one that stands now.
        events: events published by this report.
        rounds: tallies replaced by this report; 0 if the standing one knew everything already.
    """

    progress: BatchProgress
    events: int
    rounds: int


class ReportBatch:
    """Publishes what happened in a slice and replaces its tally."""

    def __init__(
        self, alerts: RecentAlerts, rows: MessageRows, dispatch_progress: DispatchProgress, events: ResultEvents
    ) -> None:
        self._alerts = alerts
        self._rows = rows
        self._dispatch_progress = dispatch_progress
        self._events = events

    def __call__(
        self, alert: Alert, batch: Batch, known: Mapping[int, Message] | None = None, *, fresh: bool = False
    ) -> BatchReport:
        """Bring the slice's events and tally up to its rows.

        Args:
            known: rows of the slice that the caller saved or loaded; saves reading them again. A position that is
                not in it has no row.
            fresh: the caller made all rows of `known` itself, a moment ago; saves loading the tally, which is blank.

        Raises:
            StaleWrite: others were faster ten times over; report again.
            StorageUnavailable: report again.
        """
        key = WorkKey.of(batch)
        published = replaced = 0
        for round_ in range(_ROUNDS):
            standing = None if fresh and round_ == 0 else self._dispatch_progress.load(key).get(batch.number)
            over = standing or BatchProgress.blank(batch.count)
            if known is None or not BatchProgress.of(batch, known).covers(over):
                known = self._rows.load(batch.key, batch.positions)
            progress = BatchProgress.of(batch, known)
            if progress.versions == over.versions:
                return BatchReport(over, published, replaced)
            events, stands = self._published(alert, batch, known, over, progress)
            all_progress = self._dispatch_progress.record(batch, stands, over)
            if all_progress is None:
                continue
            published += events
            replaced += 1
            if stands.settled and not over.settled:
                self._close(key, all_progress)
            if stands.covers(progress):
                return BatchReport(stands, published, replaced)
        raise StaleWrite("a slice's tally moved on ten times during one report")

    def together(
        self, alert: Alert, known: Mapping[Batch, Mapping[int, Message]], fresh: Collection[Batch] = ()
    ) -> None:
        """Bring several slices of one work row up to their rows, with one call each way for all of them.

        What others move meanwhile, or have published before, is reported slice by slice.

        Args:
            known: rows that the caller saved or loaded, of each slice.
            fresh: slices of which the caller made all rows itself, a moment ago.

        Raises:
            StaleWrite, StorageUnavailable: report them again.
        """
        standing = (
            {}
            if all(batch in fresh for batch in known)
            else self._dispatch_progress.load(WorkKey.of(next(iter(known))))
        )
        owed = [publication for batch in known if (publication := self._owed(alert, batch, known[batch], standing))]
        if not owed:
            return
        stands = self._all_published(alert, owed)
        all_progress = self._dispatch_progress.record_all(
            {p.batch: (upto, p.over) for p, upto in zip(owed, stands, strict=True)}
        )
        if all_progress and any(upto.settled and not p.over.settled for p, upto in zip(owed, stands, strict=True)):
            self._close(WorkKey.of(owed[0].batch), all_progress)
        for publication, upto in zip(owed, stands, strict=True):
            if all_progress is None or not upto.covers(publication.progress):
                self(alert, publication.batch)

    def _owed(
        self, alert: Alert, batch: Batch, known: Mapping[int, Message], standing: Mapping[int, BatchProgress]
    ) -> Publication | None:
        over = standing.get(batch.number) or BatchProgress.blank(batch.count)
        new_enough = BatchProgress.of(batch, known).covers(over)
        rows = known if new_enough else self._rows.load(batch.key, batch.positions)
        progress = BatchProgress.of(batch, rows)
        if progress.versions == over.versions:
            return None
        silent = alert.notification is NotificationMode.NONE
        return Publication(batch, over, progress, () if silent else self._events_between(alert, batch, rows, over))

    def _all_published(self, alert: Alert, owed: Sequence[Publication]) -> Sequence[BatchProgress]:
        if alert.notification is NotificationMode.NONE:
            return [publication.progress for publication in owed]
        callback = alert.notification is NotificationMode.CALLBACK
        return self._events.publish_all(owed, alert.key_id, alert.expires_at, callback=callback)

    def _published(
        self, alert: Alert, batch: Batch, rows: Mapping[int, Message], over: BatchProgress, progress: BatchProgress
    ) -> tuple[int, BatchProgress]:
        if alert.notification is NotificationMode.NONE:
            return 0, progress
        events = self._events_between(alert, batch, rows, over)
        callback = alert.notification is NotificationMode.CALLBACK
        stands = self._events.publish(batch, alert.key_id, over, progress, events, alert.expires_at, callback=callback)
        return len(events) if stands.versions == progress.versions else 0, stands

    def _events_between(
        self, alert: Alert, batch: Batch, rows: Mapping[int, Message], over: BatchProgress
    ) -> list[ResultEvent]:
        item = alert.item(batch.key.item)
        assert item is not None
        recipients = self._alerts.recipients(batch.key)
        found = [
            event
            for position, version in zip(batch.positions, over.versions, strict=True)
            if (row := rows.get(position)) and row.version > version
            for event in events_since(alert, item, batch.key.chunk, recipients[position], row, version)
        ]
        return sorted(found, key=lambda event: event.whence)

    def _close(self, key: WorkKey, all_progress: Mapping[int, BatchProgress]) -> None:
        # Of two last slices that end together the later replacement sees both settled.
        if all(progress.settled for progress in all_progress.values()):
            self._dispatch_progress.check_again(key, None)


class ReportsDeferred:
    """Slices that one worker has moved and not reported yet; stands in for `ReportBatch` while it works off a batch."""

    def __init__(self) -> None:
        self._batches: dict[WorkKey, dict[Batch, dict[int, Message]]] = {}
        self._alerts: dict[WorkKey, Alert] = {}
        self._fresh: dict[Batch, bool] = {}

    def __call__(self, alert: Alert, batch: Batch, known: Mapping[int, Message], *, fresh: bool = False) -> None:
        """Note that the slice is to be reported; `known` and `fresh` as of `ReportBatch`."""
        key = WorkKey.of(batch)
        rows = self._batches.setdefault(key, {}).setdefault(batch, {})
        for position, row in known.items():
            if position not in rows or rows[position].version < row.version:
                rows[position] = row
        self._alerts[key] = alert
        self._fresh[batch] = fresh and batch not in self._fresh  # a second order for a slice finds the first one's rows

    def make(self, report: ReportBatch) -> dict[Batch, Exception]:
        """Report everything, by work row; return the slices that must be reported again, and why."""
        failed: dict[Batch, Exception] = {}
        for key, known in self._batches.items():
            try:
                report.together(self._alerts[key], known, [batch for batch in known if self._fresh[batch]])
            except Exception as error:
                failed |= dict.fromkeys(known, error)
        return failed
