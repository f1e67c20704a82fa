"""Handler of the queue of owed events: processes a batch of orders and returns the ones to retry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import perf_counter
from typing import Any

from tocsin.entrypoint.process.observability import logger
from tocsin.entrypoint.queue.batch import BatchAnswer, each_record
from tocsin.entrypoint.queue.batch_worker import LambdaContext
from tocsin.entrypoint.queue.metrics import emit
from tocsin.telephony.domain.stored_event import EventOrder

Act = Callable[[EventOrder], None]
"""The use case; `ActOnEvents` is one."""


def event_worker(service: str, act: Act) -> Callable[[Mapping[str, Any], LambdaContext], BatchAnswer]:
    """Return the handler of the queue.

    An order that cannot be read, or fails, does not affect the others. SQS delivers it again, and after the last
    delivery moves it to the dead-letter queue; the sweeper orders its events again.
    """

    def handler(event: Mapping[str, Any], context: LambdaContext) -> BatchAnswer:
        started = perf_counter()
        answer = each_record(event, lambda body: act(EventOrder.decode(body)))
        failed = len(answer["batchItemFailures"])
        milliseconds = round((perf_counter() - started) * 1000)
        facts = {"orders": len(event["Records"]), "orders_failed": failed}
        logger().info("events", extra={**facts, "milliseconds": milliseconds, "request_id": context.aws_request_id})
        emit(service, {"OrdersFailed": failed})
        return answer

    return handler
