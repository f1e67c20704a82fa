"""Report the progress of a batch: publish its new result events, then replace its progress counts.

The dispatcher, the recorder of receipts and the sweeper report after they have changed messages. Reports may be
repeated, late or concurrent; each event is still published exactly once:

    read the progress counts ─► read rows of the same age or newer ─► publish the steps between ─► replace the counts
             ▲                                                                                         │
             └──────── another reporter was first, or had published fewer steps: begin again ──────────┘

A worker that has just written all rows of a batch need not read its progress counts. They are blank, or else the
replacement fails.

The store of events refuses a second publication that begins at the same progress counts. So two reporters cannot both
publish. An empty publication is written too, for the same reason. Rows are read after the progress counts: the counts
come from committed rows, so rows that are read later cannot be older.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tocsin.alerts.domain.alert import Alert, Batch, Lane
from tocsin.delivery.application.recent_alerts import RecentAlerts
from tocsin.delivery.domain.message import Message
from tocsin.delivery.domain.message_events import events_since
from tocsin.delivery.domain.progress import BatchProgress, WorkKey
from tocsin.delivery.ports.messages import DispatchProgress, MessageRows
from tocsin.delivery.ports.results import Publication, ResultEvents
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.errors import StaleWrite
from tocsin.results.domain.result_event import ResultEvent

_ROUNDS = 10  # a further round means that another reporter was first


@dataclass(frozen=True, slots=True)
class BatchReport:
    """The result of one report.

    Attributes:
        progress: the progress counts that are stored now.
        events: number of events that this report published.
        rounds: how often this report replaced the progress counts; 0 if they were up to date.
    """

    progress: BatchProgress
    events: int
    rounds: int


class ReportBatch:
    """Publishes the new events of a batch and replaces its progress counts."""

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
        """Bring the events and progress counts of a batch up to date with its message rows.

        Args:
            known: rows of the batch that the caller saved or read, by position; a position that is absent has no
                row. None = read the rows.
            fresh: the caller wrote all rows of `known` first, a moment ago. The progress counts are blank then, and
                are not read.

        Raises:
            StaleWrite: other reporters were first ten times; report again.
            StorageUnavailable: report again.
        """
        key = WorkKey.of(batch)
        event_count = replaced = 0
        for round_ in range(_ROUNDS):
            stored_progress = None if fresh and round_ == 0 else self._dispatch_progress.load(key).get(batch.number)
            previous = stored_progress or BatchProgress.blank(batch.count)
            if known is None or not BatchProgress.of(batch, known).covers(previous):
                known = self._rows.load(batch.key, batch.positions)
            progress = BatchProgress.of(batch, known)
            if progress.versions == previous.versions:
                return BatchReport(previous, event_count, replaced)
            events, published = self._publish(alert, batch, known, previous, progress)
            by_number = self._dispatch_progress.record(batch, published, previous)
            if by_number is None:
                continue
            event_count += events
            replaced += 1
            if published.terminal and not previous.terminal:
                self._close(key, by_number)
            if published.covers(progress):
                return BatchReport(published, event_count, replaced)
        raise StaleWrite("the progress counts of a batch were changed ten times by others during one report")

    def of_work_row(
        self, alert: Alert, known: Mapping[Batch, Mapping[int, Message]], fresh: Collection[Batch] = ()
    ) -> None:
        """Report several batches of one work row: one call reads, one publishes, one replaces the counts of all.

        A batch that other reporters change meanwhile is reported again by itself.

        Args:
            known: for each batch, the rows that the caller saved or read.
            fresh: batches of which the caller wrote all rows first, a moment ago.

        Raises:
            StaleWrite, StorageUnavailable: report them again.
        """
        stored_progress = (
            {}
            if all(batch in fresh for batch in known)
            else self._dispatch_progress.load(WorkKey.of(next(iter(known))))
        )
        found = (self._publication(alert, batch, rows, stored_progress) for batch, rows in known.items())
        publications = [publication for publication in found if publication]
        if not publications:
            return
        pairs = list(zip(publications, self._publish_all(alert, publications), strict=True))
        by_number = self._dispatch_progress.record_all({p.batch: (upto, p.previous) for p, upto in pairs})
        if by_number and any(upto.terminal and not p.previous.terminal for p, upto in pairs):
            self._close(WorkKey.of(publications[0].batch), by_number)
        for publication, upto in pairs:
            if by_number is None or not upto.covers(publication.progress):
                self(alert, publication.batch)

    def _publication(
        self, alert: Alert, batch: Batch, known: Mapping[int, Message], stored_progress: Mapping[int, BatchProgress]
    ) -> Publication | None:
        previous = stored_progress.get(batch.number) or BatchProgress.blank(batch.count)
        up_to_date = BatchProgress.of(batch, known).covers(previous)
        rows = known if up_to_date else self._rows.load(batch.key, batch.positions)
        progress = BatchProgress.of(batch, rows)
        if progress.versions == previous.versions:
            return None
        silent = alert.notification is NotificationMode.NONE
        events = () if silent else self._events_between(alert, batch, rows, previous)
        return Publication(batch, previous, progress, events)

    def _publish_all(self, alert: Alert, publications: Sequence[Publication]) -> Sequence[BatchProgress]:
        if alert.notification is NotificationMode.NONE:
            return [publication.progress for publication in publications]
        return self._events.publish_all(publications, alert.key_id, alert.expires_at, callback=_callback_lane(alert))

    def _publish(
        self, alert: Alert, batch: Batch, rows: Mapping[int, Message], previous: BatchProgress, progress: BatchProgress
    ) -> tuple[int, BatchProgress]:
        if alert.notification is NotificationMode.NONE:
            return 0, progress
        events = self._events_between(alert, batch, rows, previous)
        published = self._events.publish(
            batch, alert.key_id, previous, progress, events, alert.expires_at, callback=_callback_lane(alert)
        )
        return len(events) if published.versions == progress.versions else 0, published

    def _events_between(
        self, alert: Alert, batch: Batch, rows: Mapping[int, Message], previous: BatchProgress
    ) -> list[ResultEvent]:
        item = alert.item(batch.key.item)
        assert item is not None
        recipients = self._alerts.recipients(batch.key)
        found = [
            event
            for position, version in zip(batch.positions, previous.versions, strict=True)
            if (row := rows.get(position)) and row.version > version
            for event in events_since(alert, item, batch.key.chunk, recipients[position], row, version)
        ]
        return sorted(found, key=lambda event: event.whence)

    def _close(self, key: WorkKey, by_number: Mapping[int, BatchProgress]) -> None:
        # If the last two batches end at the same time, the later replacement finds both in terminal states.
        if all(progress.terminal for progress in by_number.values()):
            self._dispatch_progress.check_again(key, None)


def _callback_lane(alert: Alert) -> Lane | None:
    return alert.lane if alert.notification.delivered else None


class DeferredReports:
    """Collects batches whose progress is reported later, together. Called in place of a `ReportBatch`."""

    def __init__(self) -> None:
        self._batches: dict[WorkKey, dict[Batch, dict[int, Message]]] = {}
        self._alerts: dict[WorkKey, Alert] = {}
        self._fresh: dict[Batch, bool] = {}

    def __call__(self, alert: Alert, batch: Batch, known: Mapping[int, Message], *, fresh: bool = False) -> None:
        """Note that the batch must be reported. `known` and `fresh` mean the same as for `ReportBatch`."""
        key = WorkKey.of(batch)
        rows = self._batches.setdefault(key, {}).setdefault(batch, {})
        for position, row in known.items():
            if position not in rows or rows[position].version < row.version:
                rows[position] = row
        self._alerts[key] = alert
        self._fresh[batch] = fresh and batch not in self._fresh  # a second job for a batch finds the first one's rows

    def flush(self, report: ReportBatch) -> dict[Batch, Exception]:
        """Report all noted batches, by work row. Return those that must be reported again, and why."""
        failed: dict[Batch, Exception] = {}
        for key, known in self._batches.items():
            try:
                report.of_work_row(self._alerts[key], known, [batch for batch in known if self._fresh[batch]])
            except Exception as error:
                failed |= dict.fromkeys(known, error)
        return failed
