"""Budget 13: a schedule made, run and cancelled, and whether that gets slower with what else is stored and waits.

    python -m tests.benchmarks.schedules 1000,10000,100000 ROUNDS     (run by `measure` in a child; prints JSON)

One table for each amount of rows, measured in turn as budget 6 does. A third of the rows are stored alerts, a third
their schedules and a third the timers of those: clones of what a call writes, all of one key, all waiting. The time of
a look at what that key has scheduled, the newest thousand, is shown beside it.
"""

from __future__ import annotations

import copy
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from tests.benchmarks import ours
from tests.benchmarks.findings import Finding
from tests.benchmarks.growth import BLOCKS, load_rows, started, told_by_child
from tests.benchmarks.stage import Stage, client, make_key, numbers, request
from tests.benchmarks.timers import alarm_environment
from tests.contract.core_table import create_core_table

ACTIONS = ("plain", "schedule", "run", "cancel", "store", "sweep")
SHOWN = {"run": "run of a schedule", "sweep": "sweeper's look at the timers", "store": "alert stored"}
SOON = timedelta(minutes=10)
LATER = timedelta(days=1)
"""How much later the clones are due: a million rows are loaded in more than `SOON`, and none may be due by then."""


def measure(stage: Stage, sizes: Sequence[int], rounds: int) -> list[Finding]:
    """Load the tables and measure every action on each."""
    told = told_by_child(stage, "schedules", sizes, rounds, environment=alarm_environment(stage))
    few, many = told[str(min(sizes))], told[str(max(sizes))]

    def by_rows(action: str, scale: float = 1e3) -> str:
        return ", ".join(f"{size:,}: {median(told[str(size)]['times'][action]) * scale:.2f}" for size in sizes)

    def units(side: Mapping[str, Any], action: str) -> float:
        return float(side["counts"][action]["writes"] + side["counts"][action]["reads"])

    def made_of(action: str) -> str:
        return ", ".join(f"{call} {number:g}" for call, number in sorted(many["counts"][action]["calls"].items()))

    found = [
        Finding(
            13, "run of a schedule to one receiver, CPU over the same call made by a client",
            [run / plain for run, plain in zip(many["cpu"]["run"], many["cpu"]["plain"], strict=True)], "x", must=2.5, aim=1.5,
            note=f"{median(many['cpu']['run']) * 1e3:.2f} ms against {median(many['cpu']['plain']) * 1e3:.2f}",
        )
    ]  # fmt: skip
    for action, calls, writes in (("schedule", 5, 14), ("run", 12, 16), ("cancel", 4, 8)):
        one = many["counts"][action]
        found += [
            Finding(
                13, f"AWS calls: {SHOWN.get(action, action)}", [sum(one["calls"].values())], must=calls, steady=True,
                note=made_of(action),
            ),
            Finding(13, "  write request units", [one["writes"]], must=writes, steady=True, note=f"read {one['reads']:g}; a plain call writes {many['counts']['plain']['writes']:g}"),
        ]  # fmt: skip
    for action in ACTIONS:
        pairs = zip(few["times"][action], many["times"][action], strict=True)
        found.append(
            Finding(
                13, f"{SHOWN.get(action, action)} at {max(sizes):,} rows over {min(sizes):,}", [late / early for early, late in pairs],
                "x", must=1.15, aim=1.05, note=f"ms by rows: {by_rows(action)}",
            )
        )  # fmt: skip
    ratios = {action: units(many, action) / units(few, action) for action in ACTIONS if units(few, action)}
    worst = max(ratios, key=lambda action: max(ratios[action], 1 / ratios[action]))
    found += [
        Finding(
            13, "  consumed capacity, the same (worst of all)", [max(ratios[worst], 1 / ratios[worst])], "x", must=1, aim=1,
            steady=True, note=worst,
        ),
        Finding(13, f"list of the newest {many['listed']:,} schedules of a key that has many", [many["list"] * 1e3], "ms", note=f"{many['list bytes'] / 1e6:.1f} MB"),
    ]  # fmt: skip
    return found


# --- the child ----------------------------------------------------------------------------------------------------


class _Table:
    """One table with what waits in it, and the functions that work on it."""

    def __init__(self, rows: int) -> None:
        self.name = f"schedules{rows}"
        dynamodb = client("dynamodb", os.environ["AWS_ENDPOINT_URL_DYNAMODB"])
        kms = client("kms", os.environ["AWS_ENDPOINT_URL"])
        create_core_table(dynamodb, self.name)
        self.token = make_key(dynamodb, kms, self.name, os.environ["KEY_ID"])
        self.made = ""
        self.start()

    def start(self) -> None:
        from tocsin.timers.domain.timer import TimerKind

        self.api, app = started(self.name, "alerts_api.app", "run_timers.app")
        self.storage = app.storage
        self.run = ours.timers_ahead(app, TimerKind.SCHEDULE, SOON + timedelta(seconds=1))

    def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        told = ours.call(self.api.app, "POST", path, json.dumps(body), self.token)
        assert told["status"] == 200, told["body"]
        answer: dict[str, Any] = json.loads(told["body"])
        return answer

    def plain(self) -> None:
        self.post("/sendalert", request(numbers(1), self.token))

    def schedule(self) -> None:
        body = request(numbers(1), self.token)
        schedule = {
            "start": "now",
            "delay": f"{SOON // timedelta(minutes=1)}m",
            "repeat": "1d",
            "end": "2099-01-01T00:00:00Z",
        }
        body["options"]["schedule"] = schedule
        self.made = self.post("/sendalert", body)["scheduleId"]

    def fire(self) -> None:
        """Hand its timer to the worker as the queue does."""
        answer = self.worker(ours.sqs_event([self.order]), ours.Context())
        assert not answer["batchItemFailures"]

    def cancel(self) -> None:
        self.post("/cancelscheduledalert", {"version": "latest", "apiKey": self.token, "scheduledAlertId": self.made})

    def store(self) -> None:
        alert = {
            name: value for name, value in request(numbers(1), self.token).items() if name in ("clientRef", "alert")
        }
        content = [{"tag": "t", "contentType": "alert", "contentEncoding": "json", "content": alert}]
        self.post("/storecontent", {"version": "latest", "apiKey": self.token, "content": content})

    def sweep(self) -> None:
        assert self.run.timers.due(datetime.now(UTC), 1_000) == []

    def listed(self) -> dict[str, Any]:
        return self.post("/getinfo", {"version": "latest", "apiKey": self.token, "getScheduledAlertInfo": True})

    def actions(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """Yield them in order, ready to be measured."""
        yield "plain", self.plain
        yield "schedule", self.schedule
        self._prepare()
        yield "run", self.fire
        assert self._standing().runs == 1
        yield "cancel", self.cancel
        yield "store", self.store
        yield "sweep", self.sweep

    def rows(self) -> list[dict[str, Any]]:
        """Return what a schedule leaves in the table: a stored alert, the schedule and its timer."""
        self.schedule()  # the first one also makes the key that everything is sealed with
        self.cancel()
        before = {(row["pk"]["S"], row["sk"]["S"]) for row in self._scan()}
        self.schedule()
        found = [row for row in self._scan() if (row["pk"]["S"], row["sk"]["S"]) not in before]
        self.cancel()
        return found

    def _scan(self) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = client("dynamodb", os.environ["AWS_ENDPOINT_URL_DYNAMODB"]).scan(
            TableName=self.name
        )["Items"]
        return items

    def _standing(self) -> Any:
        from tocsin.kernel.domain.ids import ApiKeyId, TenantId
        from tocsin.schedules.domain.schedule import ScheduleId

        return self.storage.schedules.get(TenantId("bench"), ApiKeyId(self.token.split("_")[3]), ScheduleId(self.made))

    def _prepare(self) -> None:
        from run_timers.handler import timer_worker
        from tocsin.timers.domain.timer import encode

        timer = self._standing().timer
        self.order = {"MessageId": "m", "ReceiptHandle": "", "Body": encode(timer), "MD5OfBody": ""}
        self.worker = timer_worker("bench", self.run)


def _load(table: _Table, rows: int) -> None:
    """Fill the table with clones of a schedule, its store and its timer."""
    from tocsin.kernel.domain.ids import time_ordered_uuid

    template = table.rows()
    assert len(template) == 3
    ids = {row["sk"]["S"].rpartition("#")[2].rpartition(".")[2] for row in template}
    now = datetime.now(UTC)

    def clones() -> Iterator[dict[str, Any]]:
        for number in range(rows // len(template)):
            at = now - timedelta(seconds=number % 86_400)
            new = {
                id: time_ordered_uuid(at, number.to_bytes(8, "big") + bytes([0, n])) for n, id in enumerate(sorted(ids))
            }
            for row in template:
                clone = copy.copy(row)
                for name in ("pk", "sk", "store"):
                    if name in clone:
                        clone[name] = {"S": _renamed(clone[name]["S"], new)}
                if "due" in clone:
                    for name in ("at", "duesk"):
                        clone[name] = {"N": str(int(row[name]["N"]) + LATER // timedelta(milliseconds=1))}
                    clone["due"] = {"S": f"{row['due']['S'][:-1]}{number % 4}"}
                    clone["pk"] = {"S": f"{row['pk']['S'][:-2]}{number % 256:02x}"}
                yield clone

    load_rows(table.name, clones())


def _renamed(text: str, new: Mapping[str, str]) -> str:
    for old, name in new.items():
        text = text.replace(old, name)
    return text


def _times(tables: Mapping[int, _Table], rounds: int) -> tuple[dict[int, Any], dict[int, Any]]:
    """Return a median for each table, action and block of rounds: of the time, and of the CPU."""

    def empty() -> dict[int, dict[str, list[float]]]:
        return {rows: {action: [] for action in ACTIONS} for rows in tables}

    times, cpus = empty(), empty()
    order = list(tables)
    for _ in range(BLOCKS):
        time_block, cpu_block = empty(), empty()
        for _ in range(max(1, rounds // BLOCKS)):
            order.append(order.pop(0))
            for rows in order:
                for action, do in tables[rows].actions():
                    wall, cpu = time.perf_counter(), time.process_time()
                    do()
                    cpu_block[rows][action].append(time.process_time() - cpu)
                    time_block[rows][action].append(time.perf_counter() - wall)
        for rows in tables:
            for action in ACTIONS:
                times[rows][action].append(median(time_block[rows][action]))
                cpus[rows][action].append(median(cpu_block[rows][action]))
    return times, cpus


def _counts(table: _Table, times: int = 5) -> dict[str, Any]:
    from tests.benchmarks.recording import recording

    found: dict[str, Any] = {action: {"calls": Counter(), "writes": 0.0, "reads": 0.0} for action in ACTIONS}
    table.start()
    for _, do in table.actions():
        do()  # what they cache for some seconds is read now
    for _ in range(times):
        for action, do in table.actions():
            with recording() as record:
                do()
            one = found[action]
            one["writes"] += record.writes / times
            one["reads"] += record.reads / times
            for call, number in record.calls.items():
                one["calls"][call] += number / times
    return found


def main(words: Sequence[str]) -> None:
    """Load, warm up, measure, print."""
    tables = {}
    for rows in map(int, words[0].split(",")):
        tables[rows] = _Table(rows)
        _load(tables[rows], rows)
    _times(tables, 20)  # connections and caches are warm now
    times, cpus = _times(tables, int(words[1]))
    told: dict[int, dict[str, Any]] = {}
    for rows, table in tables.items():
        told[rows] = {"times": times[rows], "cpu": cpus[rows], "counts": _counts(table)}
        began = time.perf_counter()
        listed = table.listed()
        told[rows] |= {
            "list": time.perf_counter() - began,
            "listed": len(listed["info"]["scheduled"]),
            "list bytes": len(json.dumps(listed)),
        }
    print("\n" + json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1:])
