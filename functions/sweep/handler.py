"""The minute's run: sweep, say what was found, count it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from time import perf_counter
from typing import Any

from tocsin.application.sweep import SweepReport
from tocsin.entrypoint.batch_metrics import emit
from tocsin.entrypoint.observability import logger
from tocsin.entrypoint.slice_worker import LambdaContext

Sweeping = Callable[[Callable[[], timedelta]], SweepReport]
"""The use case; `Sweep` is one."""


def sweeper(service: str, sweep: Sweeping) -> Callable[[Mapping[str, Any], LambdaContext], dict[str, int]]:
    """Return the handler of the schedule's event. What the event says does not matter: the rows decide.

    A run that could not even list what is due raises; the next minute's run tries again, and the missing heartbeat
    (`SweepRuns`) and the function's errors are alarmed.
    """

    def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, int]:
        started = perf_counter()
        report = sweep(lambda: timedelta(milliseconds=context.get_remaining_time_in_millis()))
        for key, code in report.failed:
            logger().warning(
                "a work row could not be looked at", extra={"tenant": key.tenant, "alert": key.alert, "code": code}
            )
        facts = {
            "looked": report.looked,
            "closed": report.closed,
            "requeued": report.requeued,
            "mended": report.mended,
            "failed": len(report.failed),
        }
        milliseconds = round((perf_counter() - started) * 1000)
        extra = {**facts, "more": report.more, "milliseconds": milliseconds, "request_id": context.aws_request_id}
        logger().info("sweep", extra=extra)
        counts = {
            "SweepRuns": 1,
            "SlicesRepaired": report.mended + report.requeued,  # more than none: something had fallen
            "WorkRowsFailed": len(report.failed),
        }
        emit(service, counts)
        return facts

    return handler
