"""The handler of the sweeper: run the four sweeps, log the results, emit metrics."""

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
"""Sweeps messages; `Sweep` is one."""

SweepingCallbacks = Callable[[Callable[[], timedelta]], CallbackSweepReport]
"""Sweeps webhooks; `SweepCallbacks` is one."""

SweepingTimers = Callable[[Callable[[], timedelta]], TimerSweepReport]
"""Sweeps timers; `SweepTimers` is one."""

SweepingEvents = Callable[[], int]
"""Orders owed events again, and returns how many; `SweepEvents` is one."""


def sweeper(
    service: str,
    sweep: Sweeping,
    sweep_callbacks: SweepingCallbacks | None = None,
    sweep_timers: SweepingTimers | None = None,
    sweep_events: SweepingEvents | None = None,
) -> Callable[[Mapping[str, Any], LambdaContext], dict[str, int]]:
    """Return the handler of the EventBridge event. The handler ignores the content of the event.

    Timers and events come first, because they are few and may be urgent alerts. Then come messages, then webhooks. A
    failed sweep of timers, events or webhooks is logged, and the next run repeats it.

    If the list of due messages cannot be read, the handler raises, and the next run tries again. Alarms watch the
    metric `SweepRuns` and the errors of the function.

    Args:
        service: the function's name, as a metric dimension.
    """

    def handler(event: Mapping[str, Any], context: LambdaContext) -> dict[str, int]:
        started = perf_counter()

        def time_left() -> timedelta:
            return timedelta(milliseconds=context.get_remaining_time_in_millis())

        timers = None if sweep_timers is None else _enqueued(sweep_timers, time_left, service)
        events = None if sweep_events is None else _ordered(sweep_events, service)
        report = sweep(time_left)
        for key, code in report.failed:
            logger().warning(
                "a work row could not be checked", extra={"tenant": key.tenant, "alert": key.alert, "code": code}
            )
        facts = {
            "checked": report.checked,
            "closed": report.closed,
            "requeued": report.requeued,
            "in_doubt": report.in_doubt,
            "repaired": report.repaired,
            "failed": len(report.failed),
        }
        if timers is not None:
            facts["timers"] = timers
        if events is not None:
            facts["events"] = events
        if sweep_callbacks is not None:
            facts["callbacks"] = _swept(sweep_callbacks, time_left, service)
        milliseconds = round((perf_counter() - started) * 1000)
        extra = {**facts, "more": report.more, "milliseconds": milliseconds, "request_id": context.aws_request_id}
        logger().info("sweep", extra=extra)
        counts = {
            "SweepRuns": 1,
            "BatchesRepaired": report.repaired
            + report.requeued
            - report.in_doubt,  # more than 0: work had been interrupted
            "WorkRowsFailed": len(report.failed),
        }
        emit(service, counts)
        return facts

    return handler


def _enqueued(sweep: SweepingTimers, time_left: Callable[[], timedelta], service: str) -> int:
    """Queue the overdue timers and return their number."""
    try:
        report = sweep(time_left)
    except Exception:
        logger().warning("timers could not be swept", exc_info=True)
        emit(service, {"TimerSweepsFailed": 1})
        return 0
    emit(service, {"TimersEnqueued": report.enqueued})
    return report.enqueued


def _ordered(sweep: SweepingEvents, service: str) -> int:
    """Order the owed events again and return their number."""
    try:
        ordered = sweep()
    except Exception:
        logger().warning("events could not be swept", exc_info=True)
        emit(service, {"EventSweepsFailed": 1})
        return 0
    emit(service, {"EventsOrderedAgain": ordered})
    return ordered


def _swept(sweep: SweepingCallbacks, time_left: Callable[[], timedelta], service: str) -> int:
    """Queue the due webhook deliveries and return their number."""
    try:
        report = sweep(time_left)
    except StorageUnavailable:
        logger().warning("webhooks could not be swept", exc_info=True)
        emit(service, {"CallbackSweepsFailed": 1})
        return 0
    # A pack that must be queued again is a repair. Deliveries become due by their retry schedule.
    emit(service, {"CallbackPacksRepaired": report.packs, "CallbacksEnqueued": report.deliveries})
    return report.packs + report.deliveries
