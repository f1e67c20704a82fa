"""Processes a batch of orders of timers, and returns those that must be delivered again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any, Protocol

from tocsin.entrypoint.process.observability import logger
from tocsin.entrypoint.queue.batch import BatchAnswer, each_receipt
from tocsin.entrypoint.queue.batch_worker import LambdaContext
from tocsin.entrypoint.queue.metrics import emit
from tocsin.timers.application.run import TimerOutcome, TimerReport
from tocsin.timers.domain.timer import Timer, decode


class Run(Protocol):
    """The use case; `RunTimer` is one."""

    def __call__(self, order: Timer, *, redelivered: bool = False) -> TimerReport:
        """Process one order."""
        ...


def timer_worker(service: str, run: Run) -> Callable[[Mapping[str, Any], LambdaContext], BatchAnswer]:
    """Return the handler of the timer queue.

    An order that cannot be read, has an unknown kind or whose action fails does not affect the others. SQS delivers the
    order again, and after the last delivery moves it to the dead-letter queue.
    """

    def handler(event: Mapping[str, Any], context: LambdaContext) -> BatchAnswer:
        started = perf_counter()
        outcomes: Counter[str] = Counter()
        late: list[float] = []

        def process(body: str, receives: int) -> None:
            report = run(decode(body), redelivered=receives > 1)
            outcomes[report.outcome.value] += 1
            if report.outcome is TimerOutcome.FIRED:
                late.append(report.late.total_seconds() * 1000)

        answer = each_receipt(event, process)
        facts = {
            "orders": len(event["Records"]),
            "orders_failed": len(answer["batchItemFailures"]),
            **{outcome.value: outcomes[outcome.value] for outcome in TimerOutcome},
        }
        milliseconds = round((perf_counter() - started) * 1000)
        logger().info("timers", extra={**facts, "milliseconds": milliseconds, "request_id": context.aws_request_id})
        counts = {
            "TimersFired": facts["fired"],
            "TimersEarly": facts["early"],
            "TimersStale": facts["stale"],
            "OrdersFailed": facts["orders_failed"],
        }
        emit(service, counts, {"TimerLateness": late})
        return answer

    return handler
