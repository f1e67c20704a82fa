"""Work off one order from a dispatch queue: claim, ask the guards, submit, record, report.

Durable first: a message is handed over only by the worker whose claim of this very try was saved, only once per claim,
and only if its receiver stands on no suppression list that is read after the claim. The order may come twice, late, to
two workers at once, or be cut short anywhere; what a worker that dies leaves behind is in the rows, and the sweeper
finds it by the clock:

    died before the claim    no row: the order comes again, or the sweeper queues another
    died between claim and record   sending: from its deadline on `unknown`, settled by the provider's own event
    died after the record    the order comes again, finds nothing to send, and reports

Orders of one batch are reported together when all are done: a slice may be told a few seconds later, and twenty slices
cost what one did. A worker that dies before has recorded its slices, and their orders come again.

An order that comes upon a message that is not due (back-off, in flight, awaiting evidence) is done with it: the work
row stays due as long as anything in it is unsettled, so the sweeper queues the message when its time has come. To put
the order back instead would let every duplicate of it live on until then.

Whether a receiver has quiet hours is decided with the claim, and looked at once more before the call. A message that
waits for their end is held: a row and no claim; the sweeper queues it when they end, and an order of its own brings it
back if that is so soon that a queue can keep it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import timedelta

from tocsin.alerts.domain.alert import Alert, AlertItem, ChunkKey
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.alerts.ports.dispatch_queue import DispatchQueue
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.application.batch_run import BatchRun, TimeBudget
from tocsin.delivery.application.channels import MessageChannel, Submit
from tocsin.delivery.application.claim import ClaimMessages
from tocsin.delivery.application.guards import Claimed, Guard, ask
from tocsin.delivery.application.recent_alerts import RecentAlerts
from tocsin.delivery.application.record import RecordOutcomes
from tocsin.delivery.application.report import ReportBatch, ReportsDeferred
from tocsin.delivery.application.submit import SubmitMessages
from tocsin.delivery.domain.retry_jobs import retry_jobs
from tocsin.delivery.ports.messages import DispatchProgress, MessageRows
from tocsin.delivery.ports.results import ResultEvents
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.kernel.ports import Clock, Randomness

REST_DELAY = timedelta(seconds=1)
"""Before what was left undone comes again: a worker that is about to end must not get it back."""

BeforeSubmit = Callable[[Alert, AlertItem, ChunkKey, Sequence[tuple[int, Recipient]]], None]
"""Notes what is about to be handed over: positions and receivers of one slice. Must not raise for a store."""

_LOADED = 16  # items kept ready


@dataclass(frozen=True, slots=True)
class DispatchReport:
    """What one order came to, for metrics. Holds nothing about people.

    Attributes:
        moved: messages this worker moved, by the state they went into after their claim.
        not_claimed: messages that were not moved, by reason (see NotClaimedReason).
        calls: provider calls made.
        requeued: messages queued again, for a later try or for a worker with more time.
        unqueued: messages that wait for a later try and could not be queued; the sweeper finds them.
        unfinished: positions there was no time for, or that others kept moving, and that could not be queued either:
            the order must come again.
        barred: claimed messages that a guard objected to, by its reason.
    """

    moved: Mapping[str, int] = field(default_factory=dict)
    not_claimed: Mapping[str, int] = field(default_factory=dict)
    calls: int = 0
    requeued: int = 0
    unqueued: int = 0
    unfinished: tuple[int, ...] = ()
    barred: Mapping[str, int] = field(default_factory=dict)


class DispatchBatch:
    """See the module. One instance per process; belongs to one thread.

    Args:
        guards: why a claimed message must not be sent after all, in the order they are asked in.
        hands: runs provider calls side by side (ten threads); shared by all orders of the process.
        note: is told of each slice's messages between claim and hand-over.
    """

    def __init__(
        self,
        alerts: AlertRepository,
        rows: MessageRows,
        dispatch_progress: DispatchProgress,
        events: ResultEvents,
        queue: DispatchQueue,
        carrier: MessageChannel,
        guards: Sequence[Guard],
        clock: Clock,
        randomness: Randomness,
        executor: Executor,
        time_budget: TimeBudget | None = None,
        note: BeforeSubmit | None = None,
    ) -> None:
        time_budget = time_budget or TimeBudget()
        self._alerts = RecentAlerts(alerts, clock)
        self._rows = rows
        self._claim = ClaimMessages(clock, time_budget)
        self.guards = guards
        self._submit = SubmitMessages(carrier, clock, executor, time_budget)
        self._record = RecordOutcomes(clock, randomness)
        self._report = ReportBatch(self._alerts, rows, dispatch_progress, events)
        self._queue = queue
        self._channel = carrier
        self._clock = clock
        self._note = note
        self._loaded: dict[tuple[TenantId, AlertRef, int], Submit] = {}

    def all(
        self, orders: Sequence[DispatchJob], time_left: Callable[[], timedelta]
    ) -> Sequence[DispatchReport | Exception]:
        """Work off the orders of one batch, and report their slices together when all are done.

        Returns:
            In order what each came to, or why it must come again; an order whose slice could not be reported finds
            nothing to send then, and reports.
        """
        defer = ReportsDeferred()
        came_to: list[DispatchReport | Exception] = []
        for order in orders:
            try:
                came_to.append(self(order, time_left, defer))
            except Exception as error:
                came_to.append(error)
        failed = defer.make(self._report)
        return [failed.get(order.batch, result) for order, result in zip(orders, came_to, strict=True)]

    def __call__(
        self, order: DispatchJob, time_left: Callable[[], timedelta], report: ReportsDeferred | None = None
    ) -> DispatchReport:
        """Do what the order asks for, as far as the time goes.

        Args:
            time_left: how long this worker may still run.
            report: takes note of what is to be reported; None reports at once.

        Raises:
            ValueError: the order does not fit its alert; it never will.
            StorageUnavailable, StaleWrite: the order must come again; nothing was lost and nothing will be sent twice.
            Exception: whatever a guard or a sender broke with; all is recorded.
        """
        key = order.batch.key
        alert = self._alerts.get(key.tenant, key.alert)
        if alert is None:
            return DispatchReport()  # its lifetime is over and the store has forgotten it
        item, submit, recipients = self._ready(alert, order)
        batch = BatchRun(order, alert, item, recipients, self._rows, time_left)

        claimed = self._claim(batch, order.batch.positions if order.positions is None else order.positions)
        free, objections, batch.errors = ask(self.guards, alert, item, claimed)
        batch.barred.update(objection.reason for objection in objections.values())
        self._note_down(batch, free)
        outcomes = self._submit(batch, free, submit) | objections
        self._record(batch, claimed, outcomes)
        unqueued = self._queue_retries(batch)
        if batch.known:
            (report or self._report)(alert, order.batch, batch.known, fresh=not batch.looked)
        if batch.errors:
            raise batch.errors[0]
        unfinished = tuple(batch.unfinished)
        put_back = self._queue_the_rest(batch)
        return DispatchReport(
            dict(batch.moved),
            dict(batch.not_claimed),
            batch.calls,
            len(batch.later) - unqueued + put_back,
            unqueued,
            unfinished[put_back:],
            dict(batch.barred),
        )

    def _ready(self, alert: Alert, order: DispatchJob) -> tuple[AlertItem, Submit, Sequence[Recipient]]:
        key, batch = order.batch.key, order.batch
        item = alert.item(key.item)
        recipients = self._alerts.recipients(key)
        if item is None or batch.positions.stop > len(recipients):
            raise ValueError("an order for recipients that the alert does not have")
        if any(position not in batch.positions for position in order.positions or ()):
            raise ValueError("an order for positions outside its slice")
        place = (alert.tenant, alert.ref, item.index)
        submit = self._loaded.pop(place, None) or self._channel.load(alert, item)
        self._loaded[place] = submit  # what is said never changes after acceptance
        if len(self._loaded) > _LOADED:
            del self._loaded[next(iter(self._loaded))]
        return item, submit, recipients

    def _note_down(self, batch: BatchRun, claimed: Sequence[Claimed]) -> None:
        if self._note is not None and claimed:
            receivers = [(message.position, recipient) for message, recipient in claimed]
            self._note(batch.alert, batch.item, batch.order.batch.key, receivers)

    def _queue_retries(self, batch: BatchRun) -> int:
        """Queue what waits for a time that is near; return how many messages could not be queued."""
        unqueued = 0
        for order, delay, messages in retry_jobs(batch.order, batch.later, self._clock()):
            try:
                self._queue.put([order], delay)
            except StorageUnavailable:
                unqueued += messages
        return unqueued

    def _queue_the_rest(self, batch: BatchRun) -> int:
        """Queue what this worker did not get to, and return how many messages that are.

        The order itself would come again too, but only when its visibility time-out is over, minutes from now, and
        after five times not at all.
        """
        if not batch.unfinished:
            return 0
        try:
            self._queue.put([replace(batch.order, positions=tuple(sorted(batch.unfinished)))], REST_DELAY)
        except StorageUnavailable:
            return 0
        return len(batch.unfinished)
