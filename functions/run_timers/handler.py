"""A batch of timers' orders in, the ones that must come again out."""

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

    def __call__(self, order: Timer, *, again: bool = False) -> TimerReport:
        """Work off one order."""
        ...


def timer_worker(service: str, run: Run) -> Callable[[Mapping[str, Any], LambdaContext], BatchAnswer]:
    """Return the handler of the timer queue.

    A body that is no order, one of a kind that this version does not know, and a timer whose action failed fail alone:
    they come again, and those that always fail end among the dead letters.
    """

    def handler(event: Mapping[str, Any], context: LambdaContext) -> BatchAnswer:
        started = perf_counter()
        outcomes: Counter[str] = Counter()
        late: list[float] = []

        def work_off(body: str, receives: int) -> None:
            report = run(decode(body), again=receives > 1)
            outcomes[report.outcome.value] += 1
            if report.outcome is TimerOutcome.FIRED:
                late.append(report.late.total_seconds() * 1000)

        answer = each_receipt(event, work_off)
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
