"""What every budget stands on: engines, a table as in the template, queues, a tenant with a key, the provider stub."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import boto3

from tests.benchmarks import processes
from tests.contract.core_table import create_core_table
from tocsin.bootstrap.storage import Storage, StoreClients
from tocsin.identity.application.create_api_key import CreateApiKey
from tocsin.identity.application.create_tenant import CreateTenant
from tocsin.identity.domain.api_key import KeyKind, Right
from tocsin.limits.domain.sending_limits import SendingLimits

REGION = "eu-west-2"
TABLE = "core"
TENANT = "bench"

URGENT_BATCH = 4
BULK_BATCH = 10
"""Orders per invocation of each lane, as the template has it."""

CALLBACK_BATCH = 1
"""Orders per invocation of the quick lane of webhooks, as the template has it."""

EVENTS_BATCH = 200
"""What came in per invocation of track_events, as the template has it."""

PERSONAL_CAP = 1_000
"""Most receivers of one call whose messages differ: 500 of texts and the same of mails."""

QUEUES = (
    "SMS_URGENT",
    "SMS_BULK",
    "EMAIL_URGENT",
    "EMAIL_BULK",
    "VOICE_URGENT",
    "VOICE_BULK",
    "WEBHOOK_URGENT",
    "WEBHOOK",
    "WEBHOOK_SLOW",
    "EVENTS",
    "TEXTS",
    "TIMERS",
    "EVENTS_OWED",
)

FUNCTIONS = {
    "SMS": "dispatch_sms",
    "EMAIL": "dispatch_email",
    "WEBHOOK": "deliver_webhook",
    "EVENTS": "track_events",
    "TEXTS": "receive_texts",
}
"""The function that works off a queue, by the first word of its name."""

SMS_TOPIC = f"arn:aws:sns:{REGION}:000000000000:sms-events"

ENGINE_PYTHON = Path(os.environ.get("TOCSIN_ENGINE_PYTHON", processes.ROOT / ".venv-engine" / "bin" / "python"))
_PYTHONPATH = os.pathsep.join(str(processes.ROOT / folder) for folder in ("layers/core", "functions", "."))


class Wrong(Exception):
    """Something was lost or an answer was not what it must be: there is no number to print."""


@dataclass
class Stage:
    """One table in one engine, and the rest."""

    dynamodb_url: str
    engine_url: str
    stub: str
    redis_url: str | None
    pids: Mapping[str, int]
    key_id: str
    queues: Mapping[str, str]
    token: str
    environment: Mapping[str, str]

    def client(self, service: str) -> Any:
        """Return a botocore client of an engine."""
        return client(service, self.dynamodb_url if service == "dynamodb" else self.engine_url)

    def engine_cpu(self) -> float:
        """Return the CPU seconds of both engines so far."""
        return sum(processes.cpu_seconds(self.pids[name]) for name in ("dynamodb", "ministack"))

    def counts(self) -> dict[str, Any]:
        """Return what the provider stub has taken since the last reset."""
        counts: dict[str, Any] = self._stub("/counts")
        return counts

    def when(self, number: str) -> float | None:
        """Return when the stub first heard of a receiver, in monotonic seconds."""
        at: float | None = self._stub(f"/when/{quote(number)}")["at"]
        return at

    def last(self, kind: str) -> str:
        """Return the body of the request of a kind that the stub took last."""
        with urllib.request.urlopen(f"{self.stub}/last/{kind}", timeout=10) as answer:
            text: str = answer.read().decode()
            return text

    def twice(self) -> list[str]:
        """Return the receivers that got more than one message."""
        found: list[str] = self._stub("/twice")
        return found

    def clear(self) -> None:
        """Remove what another budget has left in queues and table: a sweeper sends what is due. The tenant gets a new key."""
        for url in self.queues.values():
            self.client("sqs").purge_queue(QueueUrl=url)
        dynamodb = self.client("dynamodb")
        dynamodb.delete_table(TableName=TABLE)
        create_core_table(dynamodb, TABLE)
        self.token = make_key(dynamodb, self.client("kms"), TABLE, self.key_id)

    def reset(self, **settings: float) -> None:
        """Make the provider stub forget."""
        request = urllib.request.Request(f"{self.stub}/reset", json.dumps(settings).encode(), method="POST")
        urllib.request.urlopen(request, timeout=10).read()

    def _stub(self, path: str) -> Any:
        with urllib.request.urlopen(f"{self.stub}{path}", timeout=10) as answer:
            return json.load(answer)

    def await_distinct(self, count: int, seconds: float, pause: float = 0.02) -> dict[str, Any]:
        """Wait until the stub has heard of `count` receivers.

        Raises:
            Wrong: it has not within `seconds`.
        """
        end = time.monotonic() + seconds
        while (counts := self.counts())["distinct"] < count:
            if time.monotonic() > end:
                raise Wrong(f"{counts['distinct']} of {count} receivers got a message within {seconds:.0f} s")
            time.sleep(pause)
        return counts


def client(service: str, url: str) -> Any:
    """Return a botocore client of a local engine."""
    session = boto3.Session("test", "test", region_name=REGION)
    return session.client(service, endpoint_url=url)  # type: ignore[call-overload]


def environment_of(
    dynamodb_url: str, engine_url: str, stub: str, key_id: str, queues: Mapping[str, str]
) -> dict[str, str]:
    """Return what the template gives to every function that is measured."""
    return {
        "PYTHONPATH": _PYTHONPATH,
        "AWS_LAMBDA_FUNCTION_NAME": "bench",
        "AWS_REGION": REGION,
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_SESSION_TOKEN": "t" * 400,  # Lambda's credentials come with one; it is signed and sent on every call
        "AWS_ENDPOINT_URL": engine_url,
        "AWS_ENDPOINT_URL_DYNAMODB": dynamodb_url,
        "AWS_ENDPOINT_URL_SNS": stub,
        "AWS_ENDPOINT_URL_SESV2": stub,
        "TABLE_NAME": TABLE,
        "BUCKET_NAME": "bench",
        "KEY_ID": key_id,
        "OPEN_EGRESS": "false",
        "LINK_BASE_URL": "https://l.invalid",
        "SMS_EVENTS_TOPIC_ARN": SMS_TOPIC,
        "SMS_INBOUND_TOPIC_ARN": f"arn:aws:sns:{REGION}:000000000000:sms-inbound",
        "EMAIL_EVENTS_TOPIC_ARN": f"arn:aws:sns:{REGION}:000000000000:ses-events",
        "MAIL_BUCKET_NAME": "bench-mail",
        "MAIL_RECEIVED_TOPIC_ARN": f"arn:aws:sns:{REGION}:000000000000:mail-received",
        "EMAIL_DOMAIN": "alerts.example",
        "VOICE_LINES": "10",
        "RESULTS_BUS_NAME": "results",
        "STAGE": "bench",
        **{f"{name}_QUEUE_URL": url for name, url in queues.items()},
    }


@contextlib.contextmanager
def stage(*, with_redis: bool) -> Iterator[Stage]:
    """Start everything; all of it ends with the block.

    Raises:
        NotHere: this machine lacks an engine.
    """
    with contextlib.ExitStack() as stack:
        dynamodb_url, dynamodb_pid = stack.enter_context(processes.dynamodb_local())
        engine_url, engine_pid = stack.enter_context(processes.ministack(ENGINE_PYTHON))
        stub = stack.enter_context(processes.provider_stub())
        redis_url, redis_pid = stack.enter_context(processes.redis()) if with_redis else (None, 0)
        create_core_table(client("dynamodb", dynamodb_url), TABLE)
        sqs, kms = client("sqs", engine_url), client("kms", engine_url)
        queues = {name: sqs.create_queue(QueueName=name.lower())["QueueUrl"] for name in QUEUES}
        key_id = kms.create_key()["KeyMetadata"]["KeyId"]
        client("s3", engine_url).create_bucket(Bucket="bench", CreateBucketConfiguration={"LocationConstraint": REGION})
        environment = environment_of(dynamodb_url, engine_url, stub, key_id, queues)
        token = make_key(client("dynamodb", dynamodb_url), kms, TABLE, key_id)
        pids = {"dynamodb": dynamodb_pid, "ministack": engine_pid, "redis": redis_pid}
        yield Stage(dynamodb_url, engine_url, stub, redis_url, pids, key_id, queues, token, environment)


def make_key(dynamodb: Any, kms: Any, table: str, key_id: str) -> str:
    """Make a tenant and a live API key; returns its token."""
    storage = Storage(StoreClients(dynamodb, kms), table_name=table, key_id=key_id)
    tenant = CreateTenant(storage.tenants, storage.clock)(TENANT, "Bench")
    # Every round sends to the same numbers: the brakes that count what one receiver gets, and what is spent, are off.
    storage.limit_settings.set(tenant.id, SendingLimits(number_rate=None, daily_spend=None))
    rights = frozenset({Right.READ_ALERTS})
    create = CreateApiKey(storage.api_keys, storage.sealer, storage.randomness)
    return create(tenant.id, KeyKind.LIVE, "bench", rights=rights, personal_cap=PERSONAL_CAP).token


@dataclass
class Worker:
    """A child that prints a line for each batch it has worked off."""

    process: subprocess.Popen[bytes]
    batches: queue.SimpleQueue[dict[str, Any]] = field(default_factory=queue.SimpleQueue)

    def read(self) -> None:
        """Take in its lines until it ends."""
        assert self.process.stdout is not None
        with contextlib.suppress(ValueError, OSError):
            for line in self.process.stdout:
                self.batches.put(json.loads(line))

    def drain(self) -> list[dict[str, Any]]:
        """Return the batches since the last call."""
        found = []
        with contextlib.suppress(queue.Empty):
            while True:
                found.append(self.batches.get_nowait())
        return found


@contextlib.contextmanager
def worker(words: Sequence[str], environment: Mapping[str, str]) -> Iterator[Worker]:
    """Run a child that works until it is ended; the block begins when it is ready."""
    command = [sys.executable, "-m", *words]
    with processes.child(command, only_set(environment), processes.ROOT, piped=True) as process:
        started = Worker(process)
        threading.Thread(target=started.read, daemon=True).start()
        try:
            started.batches.get(timeout=30)
        except queue.Empty:
            raise processes.NotHere(f"{words[0]} does not start") from None
        yield started


def workers(stage: Stage, queues: Mapping[str, int], **environment: str) -> contextlib.AbstractContextManager[Worker]:
    """Run one worker that polls these queues for their functions, with the batch size of each."""
    words = [f"{FUNCTIONS[name.partition('_')[0]]}:{stage.queues[name]}={batch}" for name, batch in queues.items()]
    return worker(["tests.benchmarks.ours", "work", *words], {**stage.environment, **environment})


def only_set(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that are not empty: an empty one takes a default of the stage away."""
    return {name: value for name, value in environment.items() if value}


@dataclass
class Api:
    """The alerts API in a process of its own, called with API Gateway's events."""

    process: subprocess.Popen[bytes]
    token: str

    def call(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """Return status, body, `started`, `wall` and `cpu` of one call."""
        text = None if body is None else body if isinstance(body, str) else json.dumps(body)
        asked = {"method": method, "path": path, "body": text, "token": self.token}
        told: dict[str, Any] = json.loads(ask(self.process, json.dumps(asked)))
        return told

    def send(self, numbers: Sequence[str], **options: str) -> dict[str, Any]:
        """Send one text to these numbers; returns as `call`, with the alert's reference as `ref`.

        Raises:
            Wrong: not all were accepted.
        """
        return self.send_body(request(numbers, self.token, **options))

    def send_body(self, body: Mapping[str, Any]) -> dict[str, Any]:
        """Send this body; returns as `send`.

        Raises:
            Wrong: not all were accepted.
        """
        told = self.call("POST", "/sendalert", body)
        answer = json.loads(told["body"])
        if told["status"] != 200 or not answer["success"]:
            raise Wrong(f"/sendalert answered {told['status']}: {told['body'][:300]}")
        return {**told, "ref": answer["alertRef"]}

    def counts(self, ref: str) -> dict[str, int]:
        """Return the messages of an alert per state."""
        told = self.call("GET", f"/alerts/{ref}")
        if told["status"] != 200:
            raise Wrong(f"/alerts answered {told['status']}: {told['body'][:300]}")
        return {state: count for state, count in json.loads(told["body"])["counts"].items() if count}

    def await_counts(self, ref: str, wanted: Mapping[str, int], seconds: float = 20) -> None:
        """Wait until the stored counts of an alert are these.

        Raises:
            Wrong: they are not within `seconds`.
        """
        end = time.monotonic() + seconds
        while (counts := self.counts(ref)) != wanted:
            if time.monotonic() > end:
                raise Wrong(f"stored counts are {counts}, not {dict(wanted)}")
            time.sleep(0.02)


@contextlib.contextmanager
def api(stage: Stage, **environment: str) -> Iterator[Api]:
    """Run the alerts API; the block begins when it is ready."""
    command = [sys.executable, "-m", "tests.benchmarks.ours", "accept"]
    with processes.child(
        command, only_set({**stage.environment, **environment}), processes.ROOT, piped=True
    ) as process:
        assert process.stdout is not None
        if not process.stdout.readline():
            raise processes.NotHere("the alerts API does not start")
        yield Api(process, stage.token)


def ask(process: subprocess.Popen[bytes], line: str) -> str:
    """Write a line to a child and return the line it answers."""
    pipe_in: IO[bytes] | None = process.stdin
    pipe_out: IO[bytes] | None = process.stdout
    assert pipe_in is not None
    assert pipe_out is not None
    pipe_in.write(line.encode() + b"\n")
    pipe_in.flush()
    answer = pipe_out.readline()
    if not answer:
        raise Wrong("a process of ours ended")
    return answer.decode()


def request(numbers: Sequence[str], token: str, notification: str = "poll") -> dict[str, Any]:
    """Return the body of one `/sendalert`: one text to these numbers."""
    return {
        "version": "latest",
        "apiKey": token,
        "clientRef": "bench",
        "options": {"notification": notification},
        "alert": [
            {
                "alertType": "sms",
                "tag": "sms",
                "sender": "Tocsin",
                "content": "Line 7 in building 3 is down since 09:41. Engineers are on the way. Next news by 10:30.",
                "recipients": list(numbers),
            }
        ],
    }


_last_number = 0


def numbers(count: int) -> list[str]:
    """Return so many numbers that no run has used yet."""
    global _last_number
    first, _last_number = _last_number, _last_number + count
    return [f"+4477{n:08}" for n in range(first, first + count)]
