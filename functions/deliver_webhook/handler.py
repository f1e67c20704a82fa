"""Handler of the webhook queues: processes a batch of orders and returns the ones to retry."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from datetime import timedelta
from time import perf_counter
from typing import Any

from tocsin.entrypoint.process.observability import logger
from tocsin.entrypoint.queue.batch import BatchAnswer
from tocsin.entrypoint.queue.batch_worker import LambdaContext
from tocsin.entrypoint.queue.metrics import emit
from tocsin.webhooks.application.callback_report import CallbackReport
from tocsin.webhooks.domain.callback_order import CallbackOrder, decode
from tocsin.webhooks.domain.standard_webhooks import AttemptVerdict

Deliver = Callable[[CallbackOrder, Callable[[], timedelta]], CallbackReport]
"""The use case; `DeliverCallbacks` is one."""


def callback_worker(
    service: str, deliver: Deliver, executor: Executor
) -> Callable[[Mapping[str, Any], LambdaContext], BatchAnswer]:
    """Return the handler of the webhook queues.

    The orders of a batch are processed at the same time, so a slow receiver delays its own order only. An order that
    cannot be parsed, or fails, does not fail the others.
    """

    def handler(event: Mapping[str, Any], context: LambdaContext) -> BatchAnswer:
        started = perf_counter()
        milliseconds_left = context.get_remaining_time_in_millis()

        def time_left() -> timedelta:
            return timedelta(milliseconds=milliseconds_left, seconds=started - perf_counter())

        def work_off(body: str) -> CallbackReport:
            return deliver(decode(body), time_left)

        running = [(record["messageId"], executor.submit(work_off, record["body"])) for record in event["Records"]]
        failed: list[dict[str, str]] = []
        counts: Counter[str] = Counter()
        for message_id, future in running:
            try:
                report = future.result()
            except Exception:
                logger().warning("a queue record failed", extra={"request_id": message_id}, exc_info=True)
                failed.append({"itemIdentifier": message_id})
            else:
                counts.update(report.outcomes)
                if report.bus is not None:
                    counts.update(bus_put=report.bus.put, bus_refused=len(report.bus.reasons))
                    for code, count in Counter(report.bus.reasons.values()).items():
                        logger().warning("events are not on the bus", extra={"code": code, "count": count})
                counts.update(paused=report.paused, requeued=report.requeued)
                counts.update({f"notification_{name}": number for name, number in report.notifications.items()})
        facts = {
            "orders": len(running),
            "orders_failed": len(failed),
            "sent": counts[AttemptVerdict.DELIVERED],
            "retried": counts[AttemptVerdict.TRY_AGAIN],
            "failed": counts[AttemptVerdict.EXHAUSTED] + counts[AttemptVerdict.GONE],
            "requeued": counts["requeued"],
            "held": counts["paused"],
        }
        milliseconds = round((perf_counter() - started) * 1000)
        logger().info("callbacks", extra={**facts, "milliseconds": milliseconds, "request_id": context.aws_request_id})
        emit(
            service,
            {
                "CallbacksDelivered": facts["sent"],
                "CallbacksRetried": facts["retried"],
                "CallbacksFailed": facts["failed"],
                "CallbacksPaused": facts["held"],
                "CallbacksRequeued": facts["requeued"],
                "EndpointsDisabled": counts["notification_disabled"],
                "BusEventsPut": counts["bus_put"],
                "BusEventsRefused": counts["bus_refused"],
                "OrdersFailed": facts["orders_failed"],
            },
        )
        return {"batchItemFailures": failed}

    return handler
