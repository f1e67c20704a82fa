"""The handler of the sender functions: a batch of slice orders, one use case, one log line, a few metrics."""

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
    """What a handler needs of the context Lambda gives it."""

    @property
    def aws_request_id(self) -> str:
        """Name of this invocation."""
        ...

    def get_remaining_time_in_millis(self) -> int:
        """Return how long the invocation may still run."""
        ...


class Unfinished(Exception):
    """An order was worked off in part: it must come again for the rest. What was done stays done."""

    code = "UNFINISHED"


class BatchWorker:
    """Works off a batch from a dispatch queue. Made once per process; `handler = BatchWorker(…)`.

    Args:
        service: the function's name, as a metric dimension.
        tally: counts what the senders behind `dispatch` hear.
    """

    def __init__(self, service: str, dispatch: Dispatch, progress: SubmissionCounts) -> None:
        self._service = service
        self._dispatch = dispatch
        self._progress = progress

    def __call__(self, event: Mapping[str, Any], context: LambdaContext) -> BatchAnswer:
        """Serve one invocation.

        A body that is no order, an order that does not fit its alert, one that could not be finished and one whose
        store did not answer fail alone: they come again, and those that always fail end among the dead letters.
        """
        started = perf_counter()
        moved: Counter[str] = Counter()
        blocked: Counter[str] = Counter()
        lanes: set[str] = set()
        came_to = self._work_off(event, lambda: timedelta(milliseconds=context.get_remaining_time_in_millis()))

        def told(record: str) -> None:
            order, report = came_to[record]
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
        answer = each_record({"Records": ids}, told)
        facts = {
            "queue": "+".join(sorted(lanes)) or "none",  # one queue, one lane; more only if somebody mixed them
            "orders": len(event["Records"]),
            "jobs_failed": len(answer["batchItemFailures"]),
            **{fact: moved[state.value] for fact, state in _FACTS.items()},
            "requeued": moved["requeued"],
            "unqueued": moved["unqueued"],
        }
        milliseconds = round((perf_counter() - started) * 1000)
        logger().info("batch", extra={**facts, "milliseconds": milliseconds, "request_id": context.aws_request_id})
        self._count(facts, self._progress.drain())
        for sending_limit in SendingLimit:
            if blocked[sending_limit]:
                emit(self._service, {"LimitsExceeded": blocked[sending_limit]}, reason=sending_limit.value)
        return answer

    def _work_off(
        self, event: Mapping[str, Any], time_left: Callable[[], timedelta]
    ) -> dict[str, tuple[DispatchJob | None, DispatchReport | Exception]]:
        """Return the order of each record and what it came to, by the record's id."""
        came_to: dict[str, tuple[DispatchJob | None, DispatchReport | Exception]] = {}
        orders: dict[str, DispatchJob] = {}
        for record in event["Records"]:
            try:
                orders[record["messageId"]] = DispatchJob.decode(record["body"])
            except Exception as error:
                came_to[record["messageId"]] = None, error
        reports = self._dispatch(list(orders.values()), time_left)
        return came_to | {id: (orders[id], report) for id, report in zip(orders, reports, strict=True)}

    def _count(self, facts: Mapping[str, Any], counted: Counted) -> None:
        emit(self._service, {metric: facts[fact] for metric, fact in _METRICS.items()})
        emit(self._service, {}, {"SubmissionLatency": counted.waits}, lane=facts["queue"])
        for reason, count in sorted(counted.reasons.items()):
            emit(self._service, {"SubmissionsRejected": count}, reason=reason)


_FACTS = {
    "sent": MessageState.SENT,
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
