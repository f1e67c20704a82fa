"""Process dispatch jobs from the SQS queues: claim, ask the guards, submit, record, report.

    job ─► claim ─► guards ─► submit ─► record ─► report progress and events
            │          │          └─ outcome: accepted, dialled, rejected or unknown
            │          └─ objections: suppressed, skipped, over a sending limit …
            └─ not due or not claimable: held, expired, cancelled, in flight …

A worker submits a message only after its claim of that try was saved, and once per claim. Guards read suppressions
after the claim. SQS delivers at least once, so a job may come twice, late, or to two workers at once. A worker may stop
anywhere; the message rows tell what it did, and the sweeper finds the rest when its time has come:

    stopped before the claim            no row: SQS delivers the job again, or the sweeper queues another job
    stopped between claim and record    `sending`; after the claim's deadline `unknown`, until a receipt comes, or
                                        `retry_wait` if an earlier wave was not recorded (waves.py)
    stopped after the record            SQS delivers the job again; nothing is left to send, and progress is reported

The jobs of one SQS event are reported together after the last one. The report comes a few seconds later, and twenty
batches cost as many calls as one.

A job does nothing about a message that is not due (back-off, in flight, awaiting a receipt). The batch's work row stays
due until all its messages are in a terminal state, so the sweeper queues the message at its time. If the worker
returned the job to the queue instead, each duplicate of the job would stay in the queue until then.

Calls need a line of their provider before they are claimed (ADR 0116). Those that get none are not claimed, and come
again in some seconds. After the outcomes are recorded, calls whose end was not told in time are asked about, phones
that ring for nothing are silenced, and lines are given back.

The claim checks quiet hours, and so does the last step before the provider call. A message that must wait is `held`: a
row without a claim. The sweeper queues the message when quiet hours end. If they end within the longest SQS delay, the
worker queues a job for that time itself, as it does for a message that awaits a receipt.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import timedelta

from tocsin.alerts.domain.alert import Alert, AlertItem, ChunkKey
from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.alerts.ports.alerts import AlertRepository
from tocsin.alerts.ports.dispatch_queue import DispatchQueue
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.application.batch_run import BatchRun, TimeBudget
from tocsin.delivery.application.channels import MessageChannel, Submit
from tocsin.delivery.application.claim import ClaimMessages
from tocsin.delivery.application.follow_calls import FollowCalls
from tocsin.delivery.application.guards import Claimed, Guard, ask
from tocsin.delivery.application.queue_next_jobs import QueueNextJobs
from tocsin.delivery.application.recent_alerts import RecentAlerts
from tocsin.delivery.application.record import RecordOutcomes
from tocsin.delivery.application.report import DeferredReports, ReportBatch
from tocsin.delivery.application.submit import SubmitMessages
from tocsin.delivery.domain.outcome import Outcome, WithheldReason
from tocsin.delivery.domain.submission import Rejected, Waits
from tocsin.delivery.ports.lines import CallLines
from tocsin.delivery.ports.messages import DispatchProgress, MessageRows
from tocsin.delivery.ports.results import ResultEvents
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.kernel.ports import Clock, Randomness

BeforeSubmit = Callable[[Alert, AlertItem, ChunkKey, Sequence[tuple[int, Recipient]]], None]
"""Called before submission with positions and receivers of one batch. Must not raise StorageUnavailable."""

NotSubmitted = Callable[[Alert, AlertItem, Sequence[Claimed]], None]
"""Called with messages of one batch that passed all guards and are certainly not with the provider. Never raises."""

_PREPARED = 16  # items whose compiled content is kept in memory


@dataclass(frozen=True, slots=True)
class DispatchReport:
    """The result of one dispatch job, for metrics. Holds no personal data.

    Attributes:
        moved: messages whose state this worker changed, by their new state; claims are not counted.
        not_claimed: messages that were left as they are, by NotClaimedReason.
        calls: number of provider calls.
        requeued: messages that were queued again, for a later try or for a worker with more time.
        unqueued: messages that are due later and could not be queued. The sweeper finds them.
        unfinished: positions that were not processed and could not be queued either. SQS must deliver the job again.
        blocked: claimed messages that a guard objected to, by the guard's reason.
    """

    moved: Mapping[str, int] = field(default_factory=dict)
    not_claimed: Mapping[str, int] = field(default_factory=dict)
    calls: int = 0
    requeued: int = 0
    unqueued: int = 0
    unfinished: tuple[int, ...] = ()
    blocked: Mapping[str, int] = field(default_factory=dict)


class DispatchBatch:
    """Processes dispatch jobs of one channel. One instance per process, used by one thread.

    Args:
        guards: asked about each claimed message, in this order.
        executor: runs provider calls in parallel, a wave at once; shared by all jobs of the process.
        before_submit: called between claim and submission with the messages of each batch.
        lines: None = messages of this channel need no line.
        follow_calls: None = messages of this channel are no calls.
        not_submitted: None = the guards have counted nothing that must be given back.
    """

    def __init__(
        self,
        alerts: AlertRepository,
        rows: MessageRows,
        dispatch_progress: DispatchProgress,
        events: ResultEvents,
        queue: DispatchQueue,
        channel: MessageChannel,
        guards: Sequence[Guard],
        clock: Clock,
        randomness: Randomness,
        executor: Executor,
        time_budget: TimeBudget | None = None,
        before_submit: BeforeSubmit | None = None,
        lines: CallLines | None = None,
        follow_calls: FollowCalls | None = None,
        not_submitted: NotSubmitted | None = None,
    ) -> None:
        time_budget = time_budget or TimeBudget()
        self._alerts = RecentAlerts(alerts, clock)
        self._rows = rows
        self._claim = ClaimMessages(clock, time_budget, lines, idempotent=channel.idempotent)
        self.guards = guards
        self._submit = SubmitMessages(channel, clock, executor, time_budget)
        self._record = RecordOutcomes(clock, randomness)
        self._randomness = randomness
        self._report = ReportBatch(self._alerts, rows, dispatch_progress, events)
        self._queue = QueueNextJobs(queue, clock)
        self._channel = channel
        self._clock = clock
        self._before_submit = before_submit
        self._follow_calls = follow_calls
        self._not_submitted = not_submitted
        self._prepared: dict[tuple[TenantId, AlertRef, int], Submit] = {}

    def dispatch_all(
        self, jobs: Sequence[DispatchJob], time_left: Callable[[], timedelta]
    ) -> Sequence[DispatchReport | Exception]:
        """Process the jobs of one SQS event, then report the progress of their batches together.

        Returns:
            For each job, in order: its report, or the error because of which SQS must deliver it again. A job whose
            progress could not be reported sends nothing then, and reports.
        """
        deferred = DeferredReports()
        results: list[DispatchReport | Exception] = []
        for job in jobs:
            try:
                results.append(self(job, time_left, deferred))
            except Exception as error:
                results.append(error)
        failed = deferred.flush(self._report)
        return [failed.get(job.batch, result) for job, result in zip(jobs, results, strict=True)]

    def __call__(
        self, job: DispatchJob, time_left: Callable[[], timedelta], report: DeferredReports | None = None
    ) -> DispatchReport:
        """Process one job as far as the time allows.

        Args:
            time_left: how long this worker may still run.
            report: collects the progress that is reported later; None = report at once.

        Raises:
            ValueError: the job names recipients that its alert does not have. A retry cannot help.
            StorageUnavailable, StaleWrite: SQS must deliver the job again. Nothing is lost, and nothing is sent twice.
            Exception: a guard or a sender raised it. All outcomes are recorded.
        """
        key = job.batch.key
        alert = self._alerts.get(key.tenant, key.alert)
        if alert is None:
            return DispatchReport()  # the alert's lifetime is over, and DynamoDB has deleted it
        item, submit, recipients = self._load(alert, job)
        run = BatchRun(
            job,
            alert,
            item,
            recipients,
            self._rows,
            time_left,
            lambda: self._alerts.again(key.tenant, key.alert),
            f"{int(self._randomness.fraction() * 2**40):x}",
        )

        claimed = self._claim(run, job.batch.positions if job.positions is None else job.positions)
        free, objections, run.errors = ask(self.guards, alert, item, claimed)
        run.blocked.update(objection.reason for objection in objections.values())
        self._notify_before_submit(run, free)
        unprepared = self._submit.prepare(run, free)
        self._notify_not_submitted(run, [one for one in free if one.position in unprepared], unprepared)
        self._submit_in_waves(run, claimed, objections | unprepared, submit)
        if self._follow_calls is not None:
            self._follow_calls(run)
        unqueued = self._queue.retries(run)
        if run.in_call:
            self._queue.looks(run)
        if run.known:
            (report or self._report)(alert, job.batch, run.known, fresh=not run.reloaded)
        if run.errors:
            raise run.errors[0]
        requeued, unfinished = self._queue.rest(run)
        return DispatchReport(
            dict(run.moved),
            dict(run.not_claimed),
            run.calls,
            len(run.waiting) - unqueued + requeued,
            unqueued,
            tuple(unfinished),
            dict(run.blocked),
        )

    def _load(self, alert: Alert, job: DispatchJob) -> tuple[AlertItem, Submit, Sequence[Recipient]]:
        key, batch = job.batch.key, job.batch
        item = alert.item(key.item)
        recipients = self._alerts.recipients(key)
        if item is None or batch.positions.stop > len(recipients):
            raise ValueError("a dispatch job for recipients that the alert does not have")
        if any(position not in batch.positions for position in job.positions or ()):
            raise ValueError("a dispatch job for positions outside its batch")
        place = (alert.tenant, alert.ref, item.index)
        submit = self._prepared.pop(place, None) or self._channel.load(alert, item)
        self._prepared[place] = submit  # the content of an item never changes after acceptance
        if len(self._prepared) > _PREPARED:
            del self._prepared[next(iter(self._prepared))]
        return item, submit, recipients

    def _submit_in_waves(
        self, run: BatchRun, claimed: Sequence[Claimed], known: Mapping[int, Outcome], submit: Submit
    ) -> None:
        """Submit the messages without a known outcome, wave after wave, and record the outcomes of each wave.

        The known outcomes are recorded first. If other writers keep an outcome from being recorded, no further wave is
        submitted: a later worker would take it for one that was left behind.
        """
        waves: dict[int, list[Claimed]] = {}
        for one in claimed:
            number = 0 if one.position in known or one.message.wave is None else one.message.wave.number
            waves.setdefault(number, []).append(one)
        recorded = True
        for _, wave in sorted(waves.items()):
            free = [one for one in wave if one.position not in known]
            withheld = {one.position: WithheldReason.OUT_OF_TIME for one in free}
            outcomes = self._submit(run, free, submit) if recorded else withheld
            self._notify_not_submitted(run, free, outcomes)
            recorded = self._record(run, wave, {**known, **outcomes}) and recorded

    def _notify_before_submit(self, run: BatchRun, claimed: Sequence[Claimed]) -> None:
        if self._before_submit is not None and claimed:
            receivers = [(message.position, recipient) for message, recipient in claimed]
            self._before_submit(run.alert, run.item, run.job.batch.key, receivers)

    def _notify_not_submitted(self, run: BatchRun, free: Sequence[Claimed], outcomes: Mapping[int, Outcome]) -> None:
        if self._not_submitted is None:
            return
        kept = [one for one in free if isinstance(outcomes[one.position], (Rejected, Waits, WithheldReason))]
        # A try that was repeated may be with the provider since before.
        self._not_submitted(run.alert, run.item, [one for one in kept if not one.message.repeated])
