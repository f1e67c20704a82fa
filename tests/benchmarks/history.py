"""Budget 6: does it get slower with what was sent before? One table for each amount of history, measured in turn.

    python -m tests.benchmarks.history 1000,10000,100000 ROUNDS     (run by `measure` in a child; prints JSON)

The rows of the history are clones of real ones: an alert to 25 receivers with its chunk, tallies, messages and collected
results, 29 rows, of the same tenant, older than what is measured. Everything runs in one process on one engine, and the
tables take turns within each round, so whatever the machine does, it does to all of them.
"""

from __future__ import annotations

import copy
import importlib
import json
import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from statistics import median
from typing import Any, Protocol

from tests.benchmarks import ours, processes
from tests.benchmarks.findings import Finding
from tests.benchmarks.stage import Stage, client, make_key, numbers, only_set, request
from tests.contract.core_table import create_core_table

RECEIVERS = 10
_BATCH = 25  # rows BatchWriteItem takes
ACTIONS = ("accept", "dispatch", "status", "newest page")


def measure(stage: Stage, sizes: Sequence[int], rounds: int) -> list[Finding]:
    """Load the histories and measure the four actions on each."""
    environment = {**os.environ, **stage.environment}
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.history", ",".join(map(str, sizes)), str(rounds)],
        env=only_set(environment),
        cwd=processes.ROOT,
        stdout=subprocess.PIPE,
        timeout=900 if max(sizes) > 100_000 else 200,
        check=True,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    for name in ("SMS_URGENT", "SMS_BULK"):
        stage.client("sqs").purge_queue(QueueUrl=stage.queues[name])
    first, last = str(min(sizes)), str(max(sizes))
    found = []
    for action in ACTIONS:
        blocks = list(zip(told["times"][first][action], told["times"][last][action], strict=True))
        shown = ", ".join(f"{int(size):,}: {median(told['times'][size][action]) * 1e3:.2f}" for size in map(str, sizes))
        found.append(
            Finding(
                6, f"{action} at {int(last):,} rows over {int(first):,}", [late / early for early, late in blocks], "x",
                must=1.15, aim=1.05, note=f"ms by rows: {shown}; loaded in {told['loading']:.0f} s",
            )
        )  # fmt: skip
    capacity = [told["capacity"][last][action] / told["capacity"][first][action] for action in ACTIONS]
    units = ", ".join(f"{action} {told['capacity'][last][action]:g}" for action in ACTIONS)
    worst = max(max(ratio, 1 / ratio) for ratio in capacity)  # more or less: both are not the same
    found.append(
        Finding(
            6,
            "consumed capacity, the same (worst of four)",
            [worst],
            "x",
            must=1,
            aim=1,
            steady=True,
            note=f"units: {units}",
        )
    )
    return found


# --- the child ----------------------------------------------------------------------------------------------------


class _Tenancy:
    """One table with its history, and the functions that work on it."""

    def __init__(self, rows: int) -> None:
        self.name = f"history{rows}"
        url, engine = os.environ["AWS_ENDPOINT_URL_DYNAMODB"], os.environ["AWS_ENDPOINT_URL"]
        dynamodb = client("dynamodb", url)
        create_core_table(dynamodb, self.name)
        self.token = make_key(dynamodb, client("kms", engine), self.name, os.environ["KEY_ID"])
        os.environ["TABLE_NAME"] = self.name
        for module in ("alerts_api.app", "dispatch_sms.app"):
            sys.modules.pop(module, None)
        self.api = importlib.import_module("alerts_api.app")
        self.worker = importlib.import_module("dispatch_sms.app")
        self.ref = ""

    def accept(self) -> None:
        body = json.dumps(request(numbers(RECEIVERS), self.token))
        told = ours.call(self.api.app, "POST", "/sendalert", body, self.token)
        assert told["status"] == 200, told["body"]
        self.ref = json.loads(told["body"])["alertRef"]

    def dispatch(self) -> None:
        self.worker.handler(self.event, ours.Context())

    def prepare(self) -> None:
        """Make the queue event of the latest alert, which is nobody's time."""
        from tocsin.alerts.domain.dispatch_job import DispatchJob
        from tocsin.contacts.domain.channel import Channel
        from tocsin.kernel.domain.ids import AlertRef, TenantId

        alert = self.api.storage.alerts.get(TenantId("bench"), AlertRef(self.ref))
        orders = [DispatchJob(batch, Channel.SMS, alert.lane).encode() for batch in alert.batches()]
        messages = [
            {"MessageId": str(n), "ReceiptHandle": "", "Body": o, "MD5OfBody": ""} for n, o in enumerate(orders)
        ]
        self.event = ours.sqs_event(messages)

    def status(self) -> None:
        told = ours.call(self.api.app, "GET", f"/alerts/{self.ref}", None, self.token)
        assert json.loads(told["body"])["counts"]["sent"] == RECEIVERS, told["body"]

    def newest(self) -> None:
        told = ours.call(self.api.app, "GET", "/alerts", None, self.token)
        page = json.loads(told["body"])["items"]
        assert len(page) == 20, told["body"]
        assert page[0]["alert_ref"] == self.ref

    def actions(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """Yield the four in order, ready to be timed."""
        yield "accept", self.accept
        self.prepare()
        yield "dispatch", self.dispatch
        yield "status", self.status
        yield "newest page", self.newest


def _load(tenancy: _Tenancy, rows: int) -> None:
    """Fill the table with clones of one alert, as old as need be to lie before everything measured."""
    from tocsin.entrypoint.process.clock import utc_now
    from tocsin.kernel.domain.ids import time_ordered_uuid

    dynamodb = tenancy.api.clients.dynamodb
    body = json.dumps(request(numbers(25), tenancy.token))
    told = ours.call(tenancy.api.app, "POST", "/sendalert", body, tenancy.token)
    tenancy.ref = json.loads(told["body"])["alertRef"]
    tenancy.prepare()
    tenancy.dispatch()
    own, messages = f"T#bench#A#{tenancy.ref}", f"T#bench#A#{tenancy.ref}#M#00#000"
    template = [row for pk in (own, messages) for row in _partition(dynamodb, tenancy.name, pk)]
    for row in template:
        if row["sk"]["S"].startswith("EV#"):  # its events are collected
            row.pop("gsi1pk"), row.pop("gsi1sk")
    now = utc_now()

    def clones() -> Iterator[dict[str, Any]]:
        for number in range(rows // len(template)):
            at = now - timedelta(days=1) + timedelta(seconds=86_000 * number * len(template) / rows)
            ref = time_ordered_uuid(at, number.to_bytes(10, "big"))
            for row in template:
                clone = copy.copy(row)
                clone["pk"] = {"S": row["pk"]["S"].replace(tenancy.ref, ref)}
                if "gsi1sk" in row:
                    clone["gsi1sk"] = {"S": row["gsi1sk"]["S"].replace(tenancy.ref, ref)}
                yield clone

    load_rows(tenancy.name, clones())


def load_rows(table: str, rows: Iterable[dict[str, Any]]) -> None:
    """Write rows as fast as the engine takes them, by a thin client: botocore's takes as long as the engine itself."""
    from tocsin.adapters.aws.clients import AwsClients

    dynamodb: Any = AwsClients(thin=True).dynamodb

    def write(batch: list[dict[str, Any]]) -> None:
        puts = [{"PutRequest": {"Item": item}} for item in batch]
        while puts:
            puts = dynamodb.batch_write_item(RequestItems={table: puts}).get("UnprocessedItems", {}).get(table, [])

    with ThreadPoolExecutor(3) as executor:
        waiting: deque[Future[None]] = deque()
        batch: list[dict[str, Any]] = []
        for row in rows:
            batch.append(row)
            if len(batch) == _BATCH:
                waiting.append(executor.submit(write, batch))
                batch = []
            if len(waiting) > 50:
                waiting.popleft().result()
        if batch:
            write(batch)
        for future in waiting:
            future.result()


def _partition(dynamodb: Any, table: str, pk: str) -> list[dict[str, Any]]:
    answer = dynamodb.query(
        TableName=table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": pk}},
        ConsistentRead=True,
    )
    rows: list[dict[str, Any]] = answer["Items"]
    return rows


class Measured(Protocol):
    """One table, and what is done on it."""

    def actions(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """Yield each action by name, in order, ready to be measured."""
        ...


def times_in_turn(
    tables: Mapping[int, Measured], names: Sequence[str], rounds: int, blocks: int
) -> dict[int, dict[str, list[float]]]:
    """Return the seconds of each action on each table: a median for each block of rounds, by rows and name."""
    found: dict[int, dict[str, list[float]]] = {rows: {name: [] for name in names} for rows in tables}
    for _ in range(blocks):
        block: dict[int, dict[str, list[float]]] = {rows: {name: [] for name in names} for rows in tables}
        order = list(tables)
        for _ in range(max(1, rounds // blocks)):
            order.append(order.pop(0))
            for rows in order:
                for action, do in tables[rows].actions():
                    started = time.perf_counter()
                    do()
                    block[rows][action].append(time.perf_counter() - started)
        for rows in tables:
            for name in names:
                found[rows][name].append(median(block[rows][name]))
    return found


def units_of(tables: Mapping[int, Measured], names: Sequence[str], times: int = 5) -> dict[int, dict[str, float]]:
    """Return the request units of each action on each table, of so many times together, by rows and name."""
    from tests.benchmarks.recording import recording

    found = {}
    for rows, table in tables.items():
        units = dict.fromkeys(names, 0.0)
        for _ in range(times):
            for action, do in table.actions():
                with recording() as record:
                    do()
                    units[action] += record.writes + record.reads
        found[rows] = units
    return found


def main(words: Sequence[str]) -> None:
    """Load, warm up, measure, print."""
    sizes = [int(word) for word in words[0].split(",")]
    started = time.monotonic()
    tenancies = {}
    for rows in sizes:
        tenancies[rows] = _Tenancy(rows)
        _load(tenancies[rows], rows)
    loading = time.monotonic() - started
    for tenancy in tenancies.values():
        for _ in range(25):  # fill the newest page: what is cloned does not open in its clone's row
            tenancy.accept()
    times_in_turn(tenancies, ACTIONS, 60, 1)
    times = times_in_turn(tenancies, ACTIONS, int(words[1]), 5)
    told = {"times": times, "capacity": units_of(tenancies, ACTIONS), "loading": loading}
    print("\n" + json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1:])
