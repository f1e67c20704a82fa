"""The minute's run: sweep, say what was found, count it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from time import perf_counter
from typing import Any

from tocsin.delivery.application.sweep import SweepReport
from tocsin.entrypoint.process.observability import logger
from tocsin.entrypoint.queue.batch_worker import LambdaContext
from tocsin.entrypoint.queue.metrics import emit
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.timers.application.sweep import TimerSweepReport
from tocsin.webhooks.application.sweep import CallbackSweepReport

Sweeping = Callable[[Callable[[], timedelta]], SweepReport]
"""The use case; `Sweep` is one."""

SweepingCallbacks = Callable[[Callable[[], timedelta]], CallbackSweepReport]
"""The other one; `SweepCallbacks` is one."""

SweepingTimers = Callable[[Callable[[], timedelta]], TimerSweepReport]
"""The third; `SweepTimers` is one."""


def sweeper(
    service: str,
    sweep: Sweeping,
    sweep_callbacks: SweepingCallbacks | None = None,
    sweep_timers: SweepingTimers | None = None,
) -> Callable[[Mapping[str, Any], LambdaContext], dict[str, int]]:
    """Return the handler of the schedule's event. What the event says does not matter: the rows decide.

    Timers come first: they are few, and each may be an alarm that nobody has heard yet. Then messages. Timers and
    callbacks that could not be swept are logged and left to the next run: they must not make the sweeper look dead.

    A run that could not even list what is due raises; the next minute's run tries again, and the missing heartbeat
    (`SweepRuns`) and the function's errors are alarmed.
    """

    def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, int]:
        started = perf_counter()

        def time_left() -> timedelta:
            return timedelta(milliseconds=context.get_remaining_time_in_millis())

        timers = None if sweep_timers is None else _enqueued(sweep_timers, time_left, service)
        report = sweep(time_left)
        for key, code in report.failed:
            logger().warning(
                "a work row could not be checked", extra={"tenant": key.tenant, "alert": key.alert, "code": code}
            )
        facts = {
            "checked": report.checked,
            "closed": report.closed,
            "requeued": report.requeued,
            "repaired": report.repaired,
            "failed": len(report.failed),
        }
        if timers is not None:
            facts["timers"] = timers
        if sweep_callbacks is not None:
            facts["callbacks"] = _swept(sweep_callbacks, time_left, service)
        milliseconds = round((perf_counter() - started) * 1000)
        extra = {**facts, "more": report.more, "milliseconds": milliseconds, "request_id": context.aws_request_id}
        logger().info("sweep", extra=extra)
        counts = {
            "SweepRuns": 1,
            "BatchesRepaired": report.repaired + report.requeued,  # more than none: something had fallen
            "WorkRowsFailed": len(report.failed),
        }
        emit(service, counts)
        return facts

    return handler


def _enqueued(sweep: SweepingTimers, time_left: Callable[[], timedelta], service: str) -> int:
    """Ring for the timers that are overdue and return how many."""
    try:
        report = sweep(time_left)
    except Exception:
        logger().warning("timers could not be swept", exc_info=True)
        emit(service, {"TimerSweepsFailed": 1})
        return 0
    emit(service, {"TimersEnqueued": report.enqueued})
    return report.enqueued


def _swept(sweep: SweepingCallbacks, time_left: Callable[[], timedelta], service: str) -> int:
    """Queue the callbacks that are due and return how many."""
    try:
        report = sweep(time_left)
    except StorageUnavailable:
        logger().warning("callbacks could not be swept", exc_info=True)
        emit(service, {"CallbackSweepsFailed": 1})
        return 0
    # A pack that has to be queued again is a repair; deliveries come up by themselves on the upper rungs.
    emit(service, {"CallbackPacksRepaired": report.packs, "CallbacksEnqueued": report.deliveries})
    return report.packs + report.deliveries
