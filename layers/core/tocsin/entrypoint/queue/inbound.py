"""What comes in from outside: provider events, text messages and mails, by SNS and S3 through one SQS queue.

    SNS topic ──┐                        ┌─ handler of sms_events
    SNS topic ──┼─► queue events ─► here ┼─ handler of sms_inbound
    S3 bucket ──┘                        └─ …

Nothing comes over public HTTP: only our topics and our bucket may write to the queue, and the wrapping they put
around a message is compared with their names once more, so that a policy that is opened by mistake opens nothing here.
(Topics deliver with their wrapping on, therefore; raw delivery would drop TopicArn.)

To take in something new, give `Inbound` a handler for its `Source`: one that takes notices one by one, or together.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from time import perf_counter
from typing import Any
from urllib.parse import unquote_plus

from tocsin.entrypoint.process.observability import logger
from tocsin.entrypoint.queue.batch import BatchAnswer
from tocsin.entrypoint.queue.batch_worker import LambdaContext
from tocsin.entrypoint.queue.metrics import emit


class Source(StrEnum):
    """Where a notice came from; each member has at most one handler."""

    SMS_EVENTS = "sms_events"  # what End User Messaging tells about texts that were sent
    SMS_INBOUND = "sms_inbound"  # texts that people sent
    EMAIL_EVENTS = "email_events"  # what SES tells about mails that were sent
    EMAIL_INBOUND = "email_inbound"  # mails that people sent, as objects in the bucket


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing that came in, its wrapping taken off and its origin checked.

    Attributes:
        id: the transport's own name for it (SNS MessageId; S3 bucket, key and sequencer). The same thing may come
            again under it.
        at: when the transport took it in; later than the thing itself by seconds.
        content: by SNS the vendor's JSON object as it was published; by S3 `{"bucket", "key", "size"}`.
    """

    source: Source
    id: str
    at: datetime
    content: Mapping[str, Any]


Handle = Callable[[Notice], str]
"""Takes one notice in and returns a stable snake_case word for what became of it, for metrics.

What it does not know or cannot read, it names by a word of UNREADABLE and drops; a notice for which it raises comes
again, and after five times lies among the dead letters. It must stand a notice that comes twice.
"""

UNREADABLE = frozenset({"foreign", "malformed", "unknown_event"})
"""Words for what was dropped without being understood: alarmed as `EventsUnreadable`."""


HandleTogether = Callable[[Sequence[Notice], Callable[[], timedelta]], Sequence[str | Exception]]
"""Takes in all notices of its source in one batch, so that what is about the same thing costs calls once.

Given how long the function may still run. Returns in order what `Handle` returns, or why a notice must come again.
"""

RESERVE = timedelta(seconds=10)
"""Nothing is begun with less time left; it comes again."""


class Inbound:
    """The handler of the function. Made once per process; `handler = Inbound(…)`.

    Args:
        service: the function's name, as a metric dimension.
        topics: ARN of each topic that may speak, and what it speaks of.
        handlers: who takes it in, one by one. A source without a handler is dropped and counted (`unhandled`).
        bucket: name of the bucket whose new objects are mails; None if there is none.
        together: who takes in what is better taken in together; these go last, the others wait for a person.
    """

    def __init__(
        self,
        service: str,
        topics: Mapping[str, Source],
        handlers: Mapping[Source, Handle],
        bucket: str | None = None,
        together: Mapping[Source, HandleTogether] | None = None,
    ) -> None:
        self._service = service
        self._topics = topics
        self._handlers = handlers
        self._bucket = bucket
        self._together = together or {}

    def __call__(self, event: Mapping[str, Any], context: LambdaContext) -> BatchAnswer:
        """Serve one batch of the queue. A record fails with any notice in it; it comes again whole."""
        started = perf_counter()
        words: Counter[tuple[str, str]] = Counter()
        grouped: defaultdict[Source, list[tuple[str, Notice]]] = defaultdict(list)

        def time_left() -> timedelta:
            return timedelta(milliseconds=context.get_remaining_time_in_millis())

        def process_receipts(record: Mapping[str, Any]) -> None:
            notices = unwrapped(record["body"], self._topics, self._bucket)
            if notices is None:
                words["nobody", "foreign"] += 1
            for notice in notices or ():
                if notice.source in self._together:
                    grouped[notice.source].append((record["messageId"], notice))
                    continue
                if time_left() < RESERVE:
                    raise TimeoutError("no time was left")
                handle = self._handlers.get(notice.source)
                words[notice.source.value, handle(notice) if handle else "unhandled"] += 1

        failed: dict[str, Exception] = {}
        for record in event["Records"]:
            try:
                process_receipts(record)
            except Exception as error:
                failed[record["messageId"]] = error
        for source, entries in grouped.items():
            for (id, _), outcome in zip(entries, self._all_processed(source, entries, time_left), strict=True):
                if isinstance(outcome, Exception):
                    failed[id] = outcome
                else:
                    words[source.value, outcome] += 1
        _log_failures(failed)
        answer: BatchAnswer = {"batchItemFailures": [{"itemIdentifier": id} for id in failed]}
        facts = {"events": len(event["Records"]), "failed": len(failed)}
        milliseconds = round((perf_counter() - started) * 1000)
        logger().info("batch", extra={**facts, "milliseconds": milliseconds, "request_id": context.aws_request_id})
        self._count(words, facts["failed"])
        return answer

    def _all_processed(
        self, source: Source, entries: Sequence[tuple[str, Notice]], time_left: Callable[[], timedelta]
    ) -> Sequence[str | Exception]:
        try:
            return self._together[source]([notice for _, notice in entries], time_left)
        except Exception as error:
            return [error] * len(entries)

    def _count(self, words: Counter[tuple[str, str]], failed: int) -> None:
        unreadable = sum(count for (_, word), count in words.items() if word in UNREADABLE)
        emit(self._service, {"EventsFailed": failed, "EventsUnreadable": unreadable})
        for (source, word), count in sorted(words.items()):
            emit(self._service, {"InboundEventsProcessed": count}, source=source, outcome=word)


def _log_failures(failed: Mapping[str, Exception]) -> None:
    """Write a line for each error; one call of a store that fails may fail many records."""
    ids: defaultdict[int, list[str]] = defaultdict(list)
    for id, error in failed.items():
        ids[hash(error)].append(id)
    for of_one in ids.values():
        extra = {"request_id": of_one[0], "count": len(of_one)}
        logger().warning("queue records failed", extra=extra, exc_info=failed[of_one[0]])


_GREETING = "Successfully validated SNS topic"
"""SES says it once, in words, when an event destination is set up."""


def unwrapped(body: str, topics: Mapping[str, Source], bucket: str | None) -> list[Notice] | None:
    """Return what a queue message holds; None if it is from nobody we know or cannot be read.

    Formats: Amazon SNS, "Amazon SNS message and JSON formats" (a Notification); Amazon S3, "Event message structure".
    """
    wrapping = _object(body)
    if wrapping is None:
        return None
    if wrapping.get("Event") == "s3:TestEvent":
        return []  # S3 says it once when the notification is set up
    if isinstance(records := wrapping.get("Records"), list):
        notices = [_stored(record, bucket) for record in records]
        return [notice for notice in notices if notice] if all(notices) else None
    topic = wrapping.get("TopicArn")
    source = topics.get(topic) if isinstance(topic, str) else None
    id, message = wrapping.get("MessageId"), wrapping.get("Message")
    at = _instant(wrapping.get("Timestamp"))
    if source is None or wrapping.get("Type") != "Notification" or not isinstance(id, str) or at is None:
        return None
    if not isinstance(message, str):
        return None
    if message.startswith(_GREETING):
        return []
    return [Notice(source, id, at, _object(message) or {})]  # what is no object is for the handler to refuse


def _object(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _instant(text: Any) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _stored(record: Any, bucket: str | None) -> Notice | None:
    try:
        s3 = record["s3"]
        if record["eventSource"] != "aws:s3" or bucket is None or s3["bucket"]["name"] != bucket:
            return None
        key = unquote_plus(s3["object"]["key"])
        id = f"{bucket}/{key}#{s3['object'].get('sequencer', '')}"
        content = {"bucket": bucket, "key": key, "size": int(s3["object"]["size"])}
        at = _instant(record["eventTime"])
        return Notice(Source.EMAIL_INBOUND, id, at, content) if at else None
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
