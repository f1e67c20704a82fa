"""Budget 6: does it get slower with what was sent before? One table for each amount of history, measured in turn.

    python -m tests.benchmarks.history 1000,10000,100000 ROUNDS     (run by `measure` in a child; prints JSON)

The rows of the history are clones of real ones: an alert to 25 receivers with its chunk, tallies, messages and collected
results, 29 rows, of the same tenant, older than what is measured. Everything runs in one process on one engine, and the
tables take turns within each round, so whatever the machine does, it does to all of them.
"""

from __future__ import annotations

import copy
import json
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from tests.benchmarks import ours
from tests.benchmarks.findings import Finding
from tests.benchmarks.growth import growth_findings, load_rows, started, tell, told_by_child
from tests.benchmarks.stage import Stage, client, make_key, numbers, request
from tests.contract.core_table import create_core_table

RECEIVERS = 10
ACTIONS = ("accept", "dispatch", "status", "newest page")


def measure(stage: Stage, sizes: Sequence[int], rounds: int) -> list[Finding]:
    """Load the histories and measure the four actions on each."""
    told = told_by_child(stage, "history", sizes, rounds)
    return growth_findings(6, ACTIONS, told)


# --- the child ----------------------------------------------------------------------------------------------------


class _Tenancy:
    """One table with its history, and the functions that work on it."""

    def __init__(self, rows: int) -> None:
        self.name = f"history{rows}"
        url, engine = os.environ["AWS_ENDPOINT_URL_DYNAMODB"], os.environ["AWS_ENDPOINT_URL"]
        dynamodb = client("dynamodb", url)
        create_core_table(dynamodb, self.name)
        self.token = make_key(dynamodb, client("kms", engine), self.name, os.environ["KEY_ID"])
        self.ref = ""
        self.start()

    def start(self) -> None:
        self.api, self.worker = started(self.name, "alerts_api.app", "dispatch_sms.app")

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


def _partition(dynamodb: Any, table: str, pk: str) -> list[dict[str, Any]]:
    answer = dynamodb.query(
        TableName=table,
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": pk}},
        ConsistentRead=True,
    )
    rows: list[dict[str, Any]] = answer["Items"]
    return rows


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
    tell(tenancies, ACTIONS, warm_up=60, rounds=int(words[1]), loading=loading)


if __name__ == "__main__":
    main(sys.argv[1:])
