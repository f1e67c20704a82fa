"""The handler of the sender functions: takes a batch of dispatch jobs, and writes one log line and metrics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from time import perf_counter
from typing import Any, Protocol

from tocsin.alerts.domain.dispatch_job import DispatchJob
from tocsin.delivery.application.dispatch_batch import DispatchReport
from tocsin.delivery.domain.message import MessageState
from tocsin.entrypoint.process.observability import logger
from tocsin.entrypoint.queue.batch import BatchAnswer, each_record
from tocsin.entrypoint.queue.metrics import emit
from tocsin.entrypoint.queue.submission_counts import Counted, SubmissionCounts
from tocsin.limits.domain.sending_limits import SendingLimit

Dispatch = Callable[[Sequence[DispatchJob], Callable[[], timedelta]], Sequence[DispatchReport | Exception]]
"""The use case: what each order came to, or why it must come again; `DispatchBatch.dispatch_all` is one."""


class LambdaContext(Protocol):
    """The Lambda context, as far as handlers use it."""

    @property
    def aws_request_id(self) -> str:
        """Request id of this invocation."""
        ...

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the invocation may still run."""
        ...


class Unfinished(Exception):
    """A job was done in part: SQS must deliver it again for the rest. Messages that were sent are not sent again."""

    code = "UNFINISHED"


class BatchWorker:
    """Handles batches of a dispatch queue. Made once per process; `handler = BatchWorker(…)`.

    Args:
        service: the function's name, as a metric dimension.
        counts: counts the outcomes of submissions.
    """

    def __init__(self, service: str, dispatch: Dispatch, counts: SubmissionCounts) -> None:
        self._service = service
        self._dispatch = dispatch
        self._counts = counts

    def __call__(self, event: Mapping[str, Any], context: LambdaContext) -> BatchAnswer:
        """Serve one invocation.

        A job fails alone if it cannot be decoded, does not fit its alert, could not be finished, or the store did not
        answer. SQS delivers it again; after five failures it is in the dead-letter queue.
        """
        started = perf_counter()
        moved: Counter[str] = Counter()
        blocked: Counter[str] = Counter()
        lanes: set[str] = set()
        outcomes = self._dispatch_records(event, lambda: timedelta(milliseconds=context.get_remaining_time_in_millis()))

        def collect(record: str) -> None:
            order, report = outcomes[record]
            if order is not None:
                lanes.add(order.lane.value)
            if isinstance(report, Exception):
                raise report
            moved.update(report.moved)
            blocked.update(report.blocked)
            moved["requeued"] += report.requeued
            moved["unqueued"] += report.unqueued
            if report.unfinished:
                raise Unfinished

        ids = [{**record, "body": record["messageId"]} for record in event["Records"]]
        answer = each_record({"Records": ids}, collect)
        facts = {
            "queue": "+".join(sorted(lanes)) or "none",  # one queue has one lane; more only after a wrong configuration
            "orders": len(event["Records"]),
            "jobs_failed": len(answer["batchItemFailures"]),
            **{fact: moved[state.value] for fact, state in _FACTS.items()},
            "requeued": moved["requeued"],
            "unqueued": moved["unqueued"],
        }
        milliseconds = round((perf_counter() - started) * 1000)
        logger().info("batch", extra={**facts, "milliseconds": milliseconds, "request_id": context.aws_request_id})
        self._count(facts, self._counts.drain())
        for sending_limit in SendingLimit:
            if blocked[sending_limit]:
                emit(self._service, {"LimitsExceeded": blocked[sending_limit]}, reason=sending_limit.value)
        return answer

    def _dispatch_records(
        self, event: Mapping[str, Any], time_left: Callable[[], timedelta]
    ) -> dict[str, tuple[DispatchJob | None, DispatchReport | Exception]]:
        """Return the job and the report or error of each record, by message id."""
        outcomes: dict[str, tuple[DispatchJob | None, DispatchReport | Exception]] = {}
        orders: dict[str, DispatchJob] = {}
        for record in event["Records"]:
            try:
                orders[record["messageId"]] = DispatchJob.decode(record["body"])
            except Exception as error:
                outcomes[record["messageId"]] = None, error
        reports = self._dispatch(list(orders.values()), time_left)
        return outcomes | {id: (orders[id], report) for id, report in zip(orders, reports, strict=True)}

    def _count(self, facts: Mapping[str, Any], counted: Counted) -> None:
        emit(self._service, {metric: facts[fact] for metric, fact in _METRICS.items()})
        if facts["dialled"]:
            emit(self._service, {"CallsPlaced": facts["dialled"]})
        emit(self._service, {}, {"SubmissionLatency": counted.waits}, lane=facts["queue"])
        for reason, count in sorted(counted.reasons.items()):
            emit(self._service, {"SubmissionsRejected": count}, reason=reason)


_FACTS = {
    "sent": MessageState.SENT,
    "dialled": MessageState.CALLING,
    "failed": MessageState.FAILED,
    "held": MessageState.HELD,
    "retried": MessageState.RETRY_WAIT,
    "unknown": MessageState.UNKNOWN,
    "expired": MessageState.EXPIRED,
    "cancelled": MessageState.CANCELLED,
    "suppressed": MessageState.SUPPRESSED,
    "skipped": MessageState.SKIPPED,
    "unconfirmed": MessageState.UNCONFIRMED,
}

_METRICS = {
    "MessagesSent": "sent",
    "MessagesFailed": "failed",
    "MessagesHeld": "held",
    "MessagesRetried": "retried",
    "OutcomesUnknown": "unknown",
    "MessagesExpired": "expired",
    "MessagesSuppressed": "suppressed",
    "MessagesSkipped": "skipped",
    "JobsFailed": "jobs_failed",
}
