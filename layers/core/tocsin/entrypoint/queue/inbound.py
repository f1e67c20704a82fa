"""Inbound: provider events, text messages and mails, by SNS, S3 and EventBridge through SQS queues.

    SNS topics ──► queue events ─► track_events  ─► handlers of sms_events, email_events
    EventBridge ─► queue events ─► track_events  ─► handler of call_events
    SNS topic  ──► queue texts ──► receive_texts ─► handler of sms_inbound
    S3 bucket  ──► queue mails ─┬► receive_mails ─► handlers of email_inbound, email_records
    SNS topic  ─────────────────┘

Nothing comes over public HTTP: only our topics, our bucket and our rule may write to the queues. The envelope of each
message is compared with their names again, so that a queue policy that is too open does no harm. Topics deliver with
the SNS envelope for this reason: raw delivery would drop TopicArn.

To process something new, give `Inbound` a handler for its `Source`: for single notices, or for all of a batch.
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
    """The source of a notice; each has at most one handler."""

    SMS_EVENTS = "sms_events"  # events of End User Messaging about texts that were sent
    SMS_INBOUND = "sms_inbound"  # texts that people sent
    EMAIL_EVENTS = "email_events"  # events of SES about mails that were sent
    EMAIL_INBOUND = "email_inbound"  # mails that people sent, as objects in the bucket
    EMAIL_RECORDS = "email_records"  # the mail service's records of these mails
    CALL_EVENTS = "call_events"  # events of Amazon Connect about calls


@dataclass(frozen=True, slots=True)
class Notice:
    """One inbound event, without its envelope and with a checked origin.

    Attributes:
        id: the id from SNS (MessageId), S3 (bucket, key and sequencer) or EventBridge. A notice may be delivered again
            under it.
        at: when SNS or S3 received it, seconds after the event itself; by EventBridge the time of the event.
        content: by SNS the vendor's JSON object as it was published; by S3 `{"bucket", "key", "size"}`; by EventBridge
            the whole event.
    """

    source: Source
    id: str
    at: datetime
    content: Mapping[str, Any]


class NotYet(Exception):
    """What the notice needs may still come: it is delivered again after the queue's visibility timeout."""


Handle = Callable[[Notice], str]
"""Processes one notice and returns its outcome, a stable snake_case word for metrics.

It returns a word of UNREADABLE for a notice that it drops because it cannot read it. If it raises, the notice is
delivered again, and after five times is in the dead-letter queue. `NotYet` is no failure in logs and metrics, but
one of the five times. It must be idempotent.
"""

UNREADABLE = frozenset({"foreign", "malformed", "unknown_event"})
"""Outcomes of notices that were dropped because they could not be read; the metric `EventsUnreadable` counts them."""


HandleTogether = Callable[[Sequence[Notice], Callable[[], timedelta]], Sequence[str | Exception]]
"""Processes all notices of its source in a batch, so that notices about the same alert share calls.

The second argument returns the time left in the invocation. Returns, in order, an outcome as `Handle` does, or the
exception for which a notice must be delivered again.
"""

RESERVE = timedelta(seconds=10)
"""Least time left in the invocation to begin a notice; with less, the notice is delivered again."""

SHORT_RESERVE = timedelta(seconds=2)
"""The same in a function with a time-out of few seconds, whose notices take a fraction of a second."""


class Inbound:
    """The handler of such a function. Made once per process; `handler = Inbound(…)`.

    Args:
        service: the function's name, as a metric dimension.
        topics: source by ARN of each topic that is accepted.
        handlers: handler by source, for single notices. A notice without a handler is dropped (`unhandled`).
        bucket: name of the bucket whose new objects are mails; None if there is none.
        together: handler by source, for all notices of a batch.
        resources: source by ARN of each resource whose events of EventBridge are accepted.
        reserve: least time left in the invocation to begin a single notice.
    """

    def __init__(
        self,
        service: str,
        topics: Mapping[str, Source],
        handlers: Mapping[Source, Handle] | None = None,
        bucket: str | None = None,
        together: Mapping[Source, HandleTogether] | None = None,
        reserve: timedelta = RESERVE,
        resources: Mapping[str, Source] | None = None,
    ) -> None:
        self._service = service
        self._topics = topics
        self._handlers = handlers or {}
        self._bucket = bucket
        self._together = together or {}
        self._reserve = reserve
        self._resources = resources or {}

    def __call__(self, event: Mapping[str, Any], context: LambdaContext) -> BatchAnswer:
        """Serve one batch of the queue. A record fails if any notice in it fails, and is delivered again."""
        started = perf_counter()
        words: Counter[tuple[str, str]] = Counter()
        grouped: defaultdict[Source, list[tuple[str, Notice]]] = defaultdict(list)

        def time_left() -> timedelta:
            return timedelta(milliseconds=context.get_remaining_time_in_millis())

        def process(record: Mapping[str, Any]) -> None:
            notices = unwrapped(record["body"], self._topics, self._bucket, self._resources)
            if notices is None:
                words["unknown", "foreign"] += 1
            for notice in notices or ():
                if notice.source in self._together:
                    grouped[notice.source].append((record["messageId"], notice))
                    continue
                if time_left() < self._reserve:
                    raise TimeoutError("no time is left")
                handle = self._handlers.get(notice.source)
                words[notice.source.value, handle(notice) if handle else "unhandled"] += 1

        failed: dict[str, Exception] = {}
        waiting: list[str] = []
        for record in event["Records"]:
            try:
                process(record)
            except NotYet:
                waiting.append(record["messageId"])
            except Exception as error:
                failed[record["messageId"]] = error
        for source, entries in grouped.items():
            for (id, _), outcome in zip(entries, self._all_processed(source, entries, time_left), strict=True):
                if isinstance(outcome, Exception):
                    failed[id] = outcome
                else:
                    words[source.value, outcome] += 1
        _log_failures(failed)
        answer: BatchAnswer = {"batchItemFailures": [{"itemIdentifier": id} for id in (*failed, *waiting)]}
        facts = {"events": len(event["Records"]), "failed": len(failed), "waiting": len(waiting)}
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
    """Write a line per error; one failed call may fail many records."""
    ids: defaultdict[int, list[str]] = defaultdict(list)
    for id, error in failed.items():
        ids[hash(error)].append(id)
    for of_one in ids.values():
        extra = {"request_id": of_one[0], "count": len(of_one)}
        logger().warning("queue records failed", extra=extra, exc_info=failed[of_one[0]])


_GREETING = "Successfully validated SNS topic"
"""Text that SES publishes once, when an event destination is created."""


def unwrapped(
    body: str, topics: Mapping[str, Source], bucket: str | None, resources: Mapping[str, Source]
) -> list[Notice] | None:
    """Return the notices in a queue message; None if its origin is unknown or it cannot be read.

    Formats: Amazon SNS, "Amazon SNS message and JSON formats" (a Notification); Amazon S3, "Event message structure";
    Amazon EventBridge, "Event structure".
    """
    wrapping = _object(body)
    if wrapping is None:
        return None
    if wrapping.get("Event") == "s3:TestEvent":
        return []  # S3 sends it once, when the notification is configured
    if isinstance(records := wrapping.get("Records"), list):
        notices = [_stored(record, bucket) for record in records]
        return [notice for notice in notices if notice] if all(notices) else None
    if "detail-type" in wrapping:
        return _told_by_event_bridge(wrapping, resources)
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
    return [Notice(source, id, at, _object(message) or {})]  # the handler rejects content that is no object


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


def _told_by_event_bridge(event: dict[str, Any], resources: Mapping[str, Source]) -> list[Notice] | None:
    id, at, about = event.get("id"), _instant(event.get("time")), event.get("resources")
    if not isinstance(id, str) or at is None or not isinstance(about, list):
        return None
    sources = (resources[arn] for arn in about if isinstance(arn, str) and arn in resources)
    source = next(sources, None)
    return [Notice(source, id, at, event)] if source else None


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
