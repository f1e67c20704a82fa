"""The handler of the queue of the event bus, and of the whole function."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from time import perf_counter
from typing import Any

from tocsin.entrypoint.http.late_routes import LateChalice
from tocsin.entrypoint.http.strict_json import parse_object
from tocsin.entrypoint.process.observability import logger
from tocsin.entrypoint.queue.batch import BatchAnswer
from tocsin.entrypoint.queue.batch_worker import LambdaContext
from tocsin.entrypoint.queue.metrics import emit
from tocsin.telephony.application.take_bus_events import Entry

TakeEntries = Callable[[Sequence[Mapping[str, Any]]], Sequence[Entry | Exception]]
"""The use case; `TakeBusEvents` is one."""

Worker = Callable[[Mapping[str, Any], LambdaContext], BatchAnswer]


class EventsFunction:
    """Answers calls of the gateway and batches of the queue: Lambda knows one handler for both.

    Attributes:
        routes: those of the API.
    """

    def __init__(self, http: LateChalice, queue: Worker) -> None:
        self._http, self._queue = http, queue
        self.routes = http.routes

    def __call__(self, event: Mapping[str, Any], context: Any) -> Any:
        """Serve one invocation."""
        return self._queue(event, context) if "Records" in event else self._http(event, context)


def bus_worker(service: str, take: TakeEntries) -> Worker:
    """Return the handler of the queue.

    An entry that cannot be read, or fails, fails alone. SQS delivers it again, and after the last delivery moves it to
    the dead-letter queue.
    """

    def handler(event: Mapping[str, Any], context: LambdaContext) -> BatchAnswer:
        started = perf_counter()
        failed: dict[str, Exception] = {}
        entries: dict[str, Mapping[str, Any]] = {}
        for record in event["Records"]:
            try:
                entries[record["messageId"]] = parse_object(record["body"].encode())
            except Exception as error:
                failed[record["messageId"]] = error
        counts: Counter[str] = Counter()
        for id, outcome in zip(entries, take(list(entries.values())), strict=True):
            if isinstance(outcome, Exception):
                failed[id] = outcome
            else:
                counts[outcome.value] += 1
        for id, why in failed.items():
            logger().warning("an entry of the event bus failed", extra={"request_id": id}, exc_info=why)
        facts = {"events": len(event["Records"]), "failed": len(failed)}
        milliseconds = round((perf_counter() - started) * 1000)
        logger().info("batch", extra={**facts, "milliseconds": milliseconds, "request_id": context.aws_request_id})
        emit(service, {"EntriesFailed": len(failed), "EntriesRefused": counts[Entry.REFUSED]})
        return {"batchItemFailures": [{"itemIdentifier": id} for id in failed]}

    return handler
