"""Budget 25: events and runs of rules, and whether they get slower with what is stored of both.

    python -m tests.benchmarks.event_growth 1000,10000,100000 ROUNDS     (run by `measure` in a child; prints JSON)

One table for each amount of rows, measured in turn as budget 6 does. Half of the rows are events, of which each second
one came in this hour; half are runs, all of the one rule that fires. They are clones, older than what is measured.
"""

from __future__ import annotations

import hashlib
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.benchmarks import ours
from tests.benchmarks.findings import Finding
from tests.benchmarks.growth import growth_findings, load_rows, started, tell, told_by_child
from tests.benchmarks.scale_runs import a_call, make_rule
from tests.benchmarks.stage import TENANT, Stage, client, make_key
from tests.contract.core_table import create_core_table
from tocsin.alert_rules.domain.run import run_id
from tocsin.alert_rules.ports.runs import HISTORY
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.domain.stored_event import EventOrder

ACTIONS = ("events taken", "event acted on", "newest events", "newest runs", "run by id")
AT_ONCE, PAGE = 25, 50


def measure(stage: Stage, sizes: Sequence[int], rounds: int) -> list[Finding]:
    """Load the tables and measure every action on each."""
    told = told_by_child(stage, "event_growth", sizes, rounds)
    return growth_findings(25, ACTIONS, told)


# --- the child ----------------------------------------------------------------------------------------------------


class _Table:
    """One table with its events and runs, and the functions that work on it."""

    def __init__(self, rows: int) -> None:
        self.name = f"events{rows:08}"  # as long for each, so that rows of one kind are as large
        dynamodb = client("dynamodb", os.environ["AWS_ENDPOINT_URL_DYNAMODB"])
        create_core_table(dynamodb, self.name)
        make_key(dynamodb, client("kms", os.environ["AWS_ENDPOINT_URL"]), self.name, os.environ["KEY_ID"])
        self.start()
        self.rule = make_rule(self.storage.alert_rules, "missed")
        self.number = 0
        self.newest = ""  # id of the latest matching event
        self.hour = datetime.now(UTC)

    def start(self) -> None:
        self.acts, ingest = started(self.name, "act_on_events.app", "ingest_events.app")
        self.storage = self.acts.storage
        self.take = ingest.use.take_events

    def take_events(self) -> None:
        answer = self.take(TenantId(TENANT), {}, [self._event("answered") for _ in range(AT_ONCE)])
        assert answer.body()["accepted"] == AT_ONCE

    def take_match(self) -> None:
        """Take an event that the rule matches, and make the queue event of its order, which is nobody's time."""
        event = self._event("missed")
        self.hour = datetime.now(UTC)
        assert self.take(TenantId(TENANT), {}, [event]).body()["accepted"] == 1
        self.newest = name_of(event["id"])
        body = EventOrder(TenantId(TENANT), (self.newest,)).encode()
        self.order = ours.sqs_event([{"MessageId": "m", "ReceiptHandle": "", "Body": body, "MD5OfBody": ""}])

    def act(self) -> None:
        assert not self.acts.handler(self.order, ours.Context())["batchItemFailures"]

    def newest_events(self) -> None:
        now = datetime.now(UTC)
        found = self.storage.event_rows.of_hour(TenantId(TENANT), self.hour, PAGE, now)
        assert found[0].name == self.newest
        assert len(found) > AT_ONCE  # a new hour may have begun

    def newest_runs(self) -> None:
        page = self.storage.rule_runs.page(TenantId(TENANT), self.rule, HISTORY, PAGE, None, datetime.now(UTC))
        assert (len(page.runs), page.runs[0].event) == (PAGE, self.newest)
        self.run_id = page.runs[0].id

    def one_run(self) -> None:
        assert self.storage.rule_runs.get(TenantId(TENANT), self.rule, self.run_id, datetime.now(UTC))

    def actions(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """Yield them in order, ready to be measured."""
        yield "events taken", self.take_events
        self.take_match()
        yield "event acted on", self.act
        yield "newest events", self.newest_events
        yield "newest runs", self.newest_runs
        yield "run by id", self.one_run

    def warm(self) -> None:
        """Fill the newest pages: what is cloned does not open in its clone's row."""
        for _ in range(PAGE):
            self.take_match()
            self.act()

    def _event(self, status: str) -> dict[str, Any]:
        self.number += 1
        return a_call(f"{self.name}-{self.number:08}", status=status)


def name_of(id: str) -> str:
    """Return the name of the event that `a_call` makes with this id."""
    return hashlib.sha256(f"pbx\0{id}".encode()).hexdigest()[:32]


def _load(table: _Table, rows: int) -> None:
    """Fill the table with clones of an event and of a run."""
    table.take_match()
    table.act()
    dynamodb = client("dynamodb", os.environ["AWS_ENDPOINT_URL_DYNAMODB"])
    stored = {row["sk"]["S"]: row for row in dynamodb.scan(TableName=table.name)["Items"]}
    event, old = stored[table.newest], table.newest
    run = next(row for sk, row in stored.items() if sk.startswith("F#"))
    assert "due" not in event
    now = datetime.now(UTC) - timedelta(seconds=5)
    in_this_hour = now - now.replace(minute=0, second=0, microsecond=0)

    def clones() -> Iterator[dict[str, Any]]:
        for number in range(rows // 2):
            # each second one in this hour, and the others in the six days before
            back = in_this_hour * (number / rows) if number % 2 else timedelta(hours=1 + number % 143)
            at, name = now - back, name_of(f"clone {number}")
            place = f"{int(at.timestamp() * 1000):014}#{name}"
            hour = f"T#{TENANT}#EVT#{at:%Y%m%d%H}#{int(name[-1], 16) % 4}"
            pk = event["pk"]["S"].replace(f"#{old[:2]}", f"#{name[:2]}")
            yield {**event, "pk": {"S": pk}, "sk": {"S": name}, "gsi1pk": {"S": hour}, "gsi1sk": {"S": place}}
            yield {**run, "sk": {"S": f"F#{run_id(table.rule, name, at)}"}, "ev": {"S": name}}

    load_rows(table.name, clones())


def main(words: Sequence[str]) -> None:
    """Load, warm up, measure, print."""
    started = time.monotonic()
    tables: Mapping[int, _Table] = {rows: _Table(rows) for rows in map(int, words[0].split(","))}
    for rows, table in tables.items():
        _load(table, rows)
    loading = time.monotonic() - started
    for table in tables.values():
        table.warm()
    tell(tables, ACTIONS, warm_up=40, rounds=int(words[1]), loading=loading)


if __name__ == "__main__":
    main(sys.argv[1:])
