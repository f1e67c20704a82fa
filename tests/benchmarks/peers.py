"""The denominators, run side by side with ours: the Celery stack and the naive baseline."""

from __future__ import annotations

import contextlib
import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tests.benchmarks import processes
from tests.benchmarks.stage import REGION, Stage, Wrong, ask, client, request

TEXTS, CHANNELS = "tests.benchmarks.celery_stack", "tests.benchmarks.celery_channels"
"""The two programs of the Celery stack: plain texts, and texts with mails, links and callbacks."""

NAIVE_QUEUE = "naive"


@dataclass
class CeleryStack:
    """Flask, Celery with two processes, Redis."""

    stage: Stage
    port: int
    pids: Sequence[int]

    def send(self, numbers: Sequence[str]) -> float:
        """Post one request of a text; returns when it began, in monotonic seconds."""
        return self.post(request(numbers, ""))

    def post(self, body: Any) -> float:
        """Post one request; returns when it began, in monotonic seconds."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        started = time.monotonic()
        connection.request("POST", "/sendalert", json.dumps(body), {"Content-Type": "application/json"})
        answer = connection.getresponse()
        answer.read()
        connection.close()
        if answer.status != 200:
            raise Wrong(f"the Celery stack answered {answer.status}")
        return started

    def cpu(self) -> float:
        """Return the CPU seconds of its processes so far, Redis left out: it is its engine."""
        return sum(processes.cpu_seconds(pid) for pid in self.pids)

    def engine_cpu(self) -> float:
        """Return the CPU seconds of Redis so far."""
        return processes.cpu_seconds(self.stage.pids["redis"])

    def check(self, final: bytes = b"sent") -> None:
        """Raise Wrong unless every status it keeps is the final one, then forget all that it keeps of messages."""
        import redis

        store = redis.Redis.from_url(str(self.stage.redis_url))
        end = time.monotonic() + 10
        while waiting := sum(store.hget(key, "status") != final for key in store.scan_iter("message:*", 1000)):
            if time.monotonic() > end:
                raise Wrong(f"Celery left {waiting} messages without a final status")
            time.sleep(0.05)
        for kept in ("message:*", "link:*"):
            for key in list(store.scan_iter(kept, 1000)):
                store.delete(key)


@contextlib.contextmanager
def celery_stack(stage: Stage, module: str = TEXTS) -> Iterator[CeleryStack]:
    """Run the Celery stack, of one of the two programs."""
    if stage.redis_url is None:
        raise processes.NotHere("no redis-server (Debian package redis-server)")
    environment = {"BENCH_REDIS": stage.redis_url, "BENCH_PROVIDER": stage.stub}
    port = processes.free_port()
    web = [sys.executable, "-m", module, str(port)]
    work = [sys.executable, "-m", "celery", "-A", module, "worker", "-c", "2", "--loglevel", "CRITICAL"]
    work += ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    with (
        processes.child(web, environment, processes.ROOT) as front,
        processes.child(work, environment, processes.ROOT) as back,
    ):
        processes.wait_for(port, 20, front)
        yield CeleryStack(stage, port, [front.pid, back.pid])


@dataclass
class Naive:
    """One row and one queue message per recipient, PynamoDB, a template compiled each time; two workers."""

    stage: Stage
    front: subprocess.Popen[bytes]
    pids: Sequence[int]

    def send(self, numbers: Sequence[str]) -> float:
        """Take one request; returns when it began, in monotonic seconds."""
        started = time.monotonic()
        ask(self.front, json.dumps(request(numbers, "")))
        return started

    def cpu(self) -> float:
        """Return the CPU seconds of its processes so far."""
        return sum(processes.cpu_seconds(pid) for pid in self.pids)


@contextlib.contextmanager
def naive(stage: Stage) -> Iterator[Naive]:
    """Run the naive baseline with two workers."""
    url = make_naive(stage)
    environment = {
        "NAIVE_DYNAMODB": stage.dynamodb_url,
        "NAIVE_SQS": stage.engine_url,
        "NAIVE_PROVIDER": stage.stub,
        "AWS_DEFAULT_REGION": REGION,
    }
    module = [sys.executable, "-m", "tests.benchmarks.naive"]
    with (
        processes.child([*module, "accept", url], environment, processes.ROOT, piped=True) as front,
        processes.child([*module, "worker", url], environment, processes.ROOT) as one,
        processes.child([*module, "worker", url], environment, processes.ROOT) as two,
    ):
        yield Naive(stage, front, [front.pid, one.pid, two.pid])


def make_naive(stage: Stage) -> str:
    """Make the baseline's table and queue if they are not there; returns the queue's URL."""
    dynamodb = client("dynamodb", stage.dynamodb_url)
    if "naive" not in dynamodb.list_tables()["TableNames"]:
        dynamodb.create_table(
            TableName="naive",
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk")],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        )
    url: str = stage.client("sqs").create_queue(QueueName=NAIVE_QUEUE)["QueueUrl"]
    return url
