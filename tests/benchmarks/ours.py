"""One process of ours as it is shipped, driven from outside over its standard input and output, a line of JSON each way.

    python -m tests.benchmarks.ours accept          {"method", "path", "body"} -> {"status", "body", "started", "wall", "cpu"}
    python -m tests.benchmarks.ours work dispatch_sms:URL=4 dispatch_email:URL=10
                                                polls these queues, in batches of so many, for these functions; a line
                                                per batch
    python -m tests.benchmarks.ours sweep 1.0       sweeps every so many seconds

The processes take their settings from the environment as the template sets it. With AWS_LAMBDA_FUNCTION_NAME among it
they use the thin clients, as they do on AWS. BENCH_HASTE shortens every time of dispatch by a factor.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import threading
import time
import uuid
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TextIO
from urllib.parse import parse_qs

import tests.benchmarks  # noqa: F401 - puts our code onto the path

if TYPE_CHECKING:
    from tocsin.timers.domain.timer import TimerKind

LONG_POLL = 2
"""Seconds a poll waits for a message. SQS waits up to 20, but our clients give up after three."""


@dataclass
class Context:
    """A Lambda context with time left."""

    aws_request_id: str = "bench"
    function_name: str = "bench"
    memory_limit_in_mb: int = 1024
    invoked_function_arn: str = "arn:aws:lambda:eu-west-2:000000000000:function:bench"

    def get_remaining_time_in_millis(self) -> int:
        return 60_000


def timers_ahead(app: Any, kind: TimerKind, ahead: timedelta) -> Any:
    """Return what `run_timers` does with timers of a kind, so much later than now."""
    from tocsin.bootstrap.timers import TimerActions  # not in processes that are measured as they start

    def soon() -> datetime:
        return datetime.now(UTC) + ahead

    send = replace(app.send(), clock=soon)
    actions = TimerActions(app.storage, app.queues, lambda: send, service="bench").by_kind
    return replace(app.run, actions={kind: actions[kind]}, clock=soon)


def rest_event(
    method: str, resource: str, body: str | None, token: str | None, path: dict[str, str], query: str = ""
) -> dict[str, Any]:
    """Return what API Gateway sends for a REST call."""
    given = parse_qs(query)
    headers = {"Content-Type": "application/json"}
    if token:
        headers["X-API-Key"] = token
    return {
        "resource": resource,
        "path": resource.format(**path),
        "httpMethod": method,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
        "queryStringParameters": {name: values[-1] for name, values in given.items()} or None,
        "multiValueQueryStringParameters": given or None,
        "pathParameters": path or None,
        "stageVariables": None,
        "requestContext": {
            "resourcePath": resource,
            "httpMethod": method,
            "path": resource.format(**path),
            "requestId": str(uuid.uuid4()),
            "identity": {"sourceIp": "198.51.100.7"},
        },
        "body": body,
        "isBase64Encoded": False,
    }


def call(app: Any, method: str, path: str, body: str | None = None, token: str | None = None) -> dict[str, Any]:
    """Make one HTTP call to the app; returns status, body, when it began, and what it took."""
    path, _, query = path.partition("?")
    ref, _, rest = path.removeprefix("/alerts/").partition("/")
    by_ref = path.startswith("/alerts/")
    resource = f"/alerts/{{alert_ref}}{'/' + rest if rest else ''}" if by_ref else path
    event = rest_event(method, resource, body, token, {"alert_ref": ref} if by_ref else {}, query)
    started, wall, cpu = time.monotonic(), time.perf_counter(), time.process_time()
    response = app(event, None)
    return {
        "status": response["statusCode"],
        "body": response["body"],
        "started": started,
        "cpu": time.process_time() - cpu,
        "wall": time.perf_counter() - wall,
    }


def sqs_event(messages: list[dict[str, Any]]) -> dict[str, Any]:
    """Return what the SQS trigger makes of received messages."""
    return {
        "Records": [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": {"ApproximateReceiveCount": "1", "SentTimestamp": "1763730000000"},
                "messageAttributes": {},
                "md5OfBody": message["MD5OfBody"],
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:eu-west-2:000000000000:bench",
                "awsRegion": "eu-west-2",
            }
            for message in messages
        ]
    }


def receive(sqs: Any, url: str, batch: int, wait: int = 0) -> list[dict[str, Any]]:
    """Return what Lambda's pollers gather for one invocation; empty if no message came within `wait` seconds."""
    got: list[dict[str, Any]] = []
    while len(got) < batch:  # SQS gives ten at a time
        asked, seconds = min(10, batch - len(got)), 0 if got else wait
        more = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=asked, WaitTimeSeconds=seconds).get("Messages", [])
        got += more
        if len(more) < asked:
            break
    return got


def poll_once(app: Any, sqs: Any, url: str, batch: int) -> dict[str, Any] | None:
    """Do for one queue what Lambda does: receive a batch, call the handler, delete what did not fail."""
    got = receive(sqs, url, batch)
    return work_off(app, sqs, url, got) if got else None


def work_off(app: Any, sqs: Any, url: str, got: list[dict[str, Any]]) -> dict[str, Any]:
    """Call the handler with received messages, and delete those that did not fail."""
    cpu = time.process_time()
    answer = app.handler(sqs_event(got), Context())
    cpu = time.process_time() - cpu
    failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
    done = [m for m in got if m["MessageId"] not in failed]
    for first in range(0, len(done), 10):
        ten = done[first : first + 10]
        entries = [{"Id": str(n), "ReceiptHandle": m["ReceiptHandle"]} for n, m in enumerate(ten)]
        sqs.delete_message_batch(QueueUrl=url, Entries=entries)
    return {"orders": len(got), "failed": len(failed), "cpu": cpu, "ended": time.monotonic()}


def _hasten(app: Any, factor: float) -> None:
    """Shorten back-off, claims and the sweeper's patience, so that minutes pass in seconds."""
    from tocsin.adapters.dynamodb.delivery import dispatch_progress
    from tocsin.delivery.application import resend, sweep, try_now
    from tocsin.delivery.application.batch_run import TimeBudget
    from tocsin.delivery.domain import message
    from tocsin.delivery.domain.progress import BACKLOG_PATIENCE, SWEEP_AFTER

    message.RETRY_BASE /= factor
    message.RETRY_CAP /= factor
    message.RECEIPT_GRACE /= factor
    message.LEAST_GRACE /= factor
    for module in (resend, sweep, try_now, dispatch_progress):
        setattr(module, "SWEEP_AFTER", SWEEP_AFTER / factor)  # noqa: B010 - they import the name
    setattr(sweep, "BACKLOG_PATIENCE", BACKLOG_PATIENCE / factor)  # noqa: B010
    if hasattr(app, "dispatch"):
        time_budget = TimeBudget(timedelta(seconds=3), timedelta(seconds=0.5), timedelta(seconds=1))
        app.dispatch._claim._time_budget = app.dispatch._submit._time_budget = time_budget


def main(words: list[str]) -> None:
    """Serve until the input ends or somebody kills us."""
    role, *rest = words
    out = os.fdopen(os.dup(1), "w", buffering=1)
    # What Lambda would take as the log is formatted and written all the same, only nobody reads it.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    factor = float(os.environ.get("BENCH_HASTE", "1"))
    match role:
        case "accept":
            app = importlib.import_module("alerts_api.app")
            if factor != 1:
                _hasten(app, factor)  # acceptance writes down when the sweeper looks first
            _serve(app.app, out)
        case "work":
            queues = [_queue(word) for word in rest]
            if factor != 1:
                _hasten(queues[0][0], factor)
            _work(queues, out)
        case "sweep":
            app = importlib.import_module("sweep.app")
            if factor != 1:
                _hasten(app, factor)
            print("{}", file=out)
            while True:
                print(json.dumps(app.handler({}, Context())), file=out)
                time.sleep(float(rest[0]))


def _serve(app: Any, out: TextIO) -> None:
    print("{}", file=out)
    for line in sys.stdin:
        asked = json.loads(line)
        told = call(app, asked["method"], asked["path"], asked.get("body"), asked.get("token"))
        print(json.dumps(told), file=out)


def _queue(word: str) -> tuple[Any, str, int]:
    """Return the function, the URL and the batch size of a queue."""
    function, _, rest = word.partition(":")
    url, _, batch = rest.rpartition("=")
    return importlib.import_module(f"{function}.app"), url, int(batch)


def _work(queues: list[tuple[Any, str, int]], out: TextIO) -> None:
    """Poll each queue in a thread of its own, as Lambda does. The handlers work off one batch at a time."""
    turn = threading.Lock()

    def poll(app: Any, url: str, batch: int) -> None:
        while True:
            if got := receive(app.clients.sqs, url, batch, LONG_POLL):
                with turn:
                    print(json.dumps(work_off(app, app.clients.sqs, url, got)), file=out)

    print("{}", file=out)
    parent = os.getppid()
    pollers = [threading.Thread(target=poll, args=queue, daemon=True) for queue in queues]
    for poller in pollers:
        poller.start()
    while os.getppid() == parent and all(poller.is_alive() for poller in pollers):  # who measured may have been killed
        time.sleep(0.5)


if __name__ == "__main__":
    main(sys.argv[1:])
