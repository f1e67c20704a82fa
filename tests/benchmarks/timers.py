"""Budget 11: timers armed and fired a second by one process, and what one costs, near and far.

    python -m tests.benchmarks.timers COUNT ROUNDS     (run by `measure` in a child; prints JSON)

The handler of run_timers works off real SQS messages in batches of ten, as Lambda gives them to it, on DynamoDB Local and
MiniStack; the action does nothing, so what is measured is the timer itself. Two kinds of life: *once* (armed, fired,
gone) and *again* (fired and moved on to its next time). A far timer also has its alarm set, and comes early once.
"""

from __future__ import annotations

import contextlib
import importlib
import json
import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.benchmarks import ours, processes
from tests.benchmarks.findings import Finding
from tests.benchmarks.prices import PRICES, STORE_CALL
from tests.benchmarks.stage import Stage, client, only_set

BATCH = 10
GROUP = "bench-timers"
EXECUTOR = 8
ALARM = 1.00
"""US dollars per million schedules that ring, us-east-1; the first 14 million of a month are free."""

_NOTHING = timedelta(0)


def measure(stage: Stage, count: int, rounds: int) -> list[Finding]:
    """Measure in a child of its own."""
    environment = {**os.environ, **stage.environment, **alarm_environment(stage)}
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.timers", str(count), str(rounds)],
        env=only_set(environment),
        cwd=processes.ROOT,
        stdout=subprocess.PIPE,
        timeout=120,
        check=True,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    found = [
        Finding(11, "timers armed a second, row and ring, one by one", told["armed"], "1/s", at_least=True),
        Finding(11, f"  {EXECUTOR} at once in one process", told["armed side by side"], "1/s", at_least=True),
        Finding(11, "timers fired a second, once each", told["fired"], "1/s", at_least=True, note="batches of ten"),
        Finding(11, "  and moved on to their next time", told["moved"], "1/s", at_least=True),
        Finding(11, "CPU of one firing", told["cpu"], "ms", note="one process, handler only"),
    ]
    for life in ("near, once", "near, again", "far, once"):
        one = told["cost"][life]
        made_of = ", ".join(f"{call} {number / BATCH:g}" for call, number in sorted(one["calls"].items()))
        found += [
            Finding(
                11, f"AWS calls of a timer, {life}", [sum(one["calls"].values()) / BATCH], steady=True, note=made_of
            ),
            Finding(11, "  write request units", [one["writes"] / BATCH], steady=True),
            Finding(11, "  read request units", [one["reads"] / BATCH], steady=True),
            Finding(11, "  dollars per million", [_dollars(one)], steady=True, note="logs and free quotas left out"),
        ]
    return found


def alarm_environment(stage: Stage) -> dict[str, str]:
    """Return what run_timers needs besides what every function gets; its schedule group is there."""
    scheduler = stage.client("scheduler")
    with contextlib.suppress(scheduler.exceptions.ConflictException):
        scheduler.create_schedule_group(Name=GROUP)
    return {
        "TIMERS_QUEUE_ARN": "arn:aws:sqs:eu-west-2:000000000000:timers",
        "TIMERS_DEAD_LETTERS_ARN": "arn:aws:sqs:eu-west-2:000000000000:timers-dead",
        "TIMER_WAKE_UP_GROUP": GROUP,
        "TIMER_WAKE_UP_ROLE_ARN": "arn:aws:iam::000000000000:role/alarm",
    }


def _dollars(one: dict[str, Any]) -> float:
    queue = sum(number for call, number in one["calls"].items() if call.startswith("AmazonSQS"))
    invocations = one["calls"].get("AmazonSQS.ReceiveMessage", 0)
    alarms = one["calls"].get("Scheduler.CreateSchedule", 0)
    seconds = sum(one["calls"].values()) * STORE_CALL
    return float(
        one["writes"] * PRICES["WRU"]
        + one["reads"] * PRICES["RRU"]
        + (queue + alarms) * PRICES["SQS"]  # an alarm that rings sends a message
        + invocations * PRICES["Lambda"]
        + seconds * PRICES["GB-s"]
        + alarms * ALARM
    ) / float(BATCH)


# --- the child ----------------------------------------------------------------------------------------------------


class _Bench:
    """The function, and timers for it; `ahead` of the real time."""

    def __init__(self) -> None:
        from run_timers.handler import timer_worker
        from tocsin.timers.domain.timer import TimerKind

        self.app: Any = importlib.import_module("run_timers.app")
        self.sqs, self.url = self.app.clients.sqs, self.app.settings.timers_queue_url
        self.ahead = _NOTHING
        self.run = replace(self.app.run, actions={TimerKind.SCHEDULE: self._act}, clock=self.now)
        vars(self.app)["handler"] = timer_worker("bench", self.run)
        self.again: timedelta | None = None
        self._made = 0

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def _act(self, timer: Any, now: datetime) -> datetime | None:
        return None if self.again is None else now + self.again

    def make(self, count: int, due_in: timedelta = _NOTHING) -> list[Any]:
        from tocsin.kernel.domain.ids import TenantId
        from tocsin.timers.domain.timer import Timer, TimerKey, TimerKind

        first, self._made = self._made, self._made + count
        keys = [TimerKey(TenantId("bench"), TimerKind.SCHEDULE, f"{n:08}") for n in range(first, self._made)]
        return [Timer(key, 1, self.now() + due_in) for key in keys]

    def arm(self, timer: Any) -> None:
        assert self.run.timers.arm(timer)
        self.run.queue.enqueue([timer], self.now())

    def work_off(self, orders: int) -> float:
        """Work off what is in the queue; return the CPU seconds it took."""
        done, cpu = 0, 0.0
        while done < orders:
            told = ours.poll_once(self.app, self.sqs, self.url, BATCH)
            if told is None:
                continue
            assert told["failed"] == 0
            done, cpu = done + told["orders"], cpu + told["cpu"]
        return cpu


def _rates(bench: _Bench, count: int, rounds: int) -> dict[str, list[float]]:
    told: dict[str, list[float]] = {"armed": [], "armed side by side": [], "fired": [], "moved": [], "cpu": []}
    with ThreadPoolExecutor(EXECUTOR) as executor:
        for _ in range(rounds):
            timers = bench.make(count)
            began = time.perf_counter()
            for timer in timers:
                bench.arm(timer)
            told["armed"].append(count / (time.perf_counter() - began))
            bench.again = None
            began = time.perf_counter()
            told["cpu"].append(bench.work_off(count) / count * 1e3)
            told["fired"].append(count / (time.perf_counter() - began))
            assert all(bench.run.timers.get(timer.key) is None for timer in timers[::50])

            timers = bench.make(count)
            began = time.perf_counter()
            list(executor.map(bench.arm, timers))
            told["armed side by side"].append(count / (time.perf_counter() - began))
            bench.again = timedelta(minutes=10)
            began = time.perf_counter()
            bench.work_off(count)
            told["moved"].append(count / (time.perf_counter() - began))
            assert all(bench.run.timers.get(timer.key).generation == 2 for timer in timers[::50])
    return told


def _costs(bench: _Bench) -> dict[str, Any]:
    """Count ten timers of each life, from arming to what is left after their occurrence."""
    from tests.benchmarks.recording import recording

    told: dict[str, Any] = {}
    hour = timedelta(hours=1)
    for life, due_in, again in (
        ("near, once", _NOTHING, None),
        ("near, again", _NOTHING, hour / 6),
        ("far, once", hour, None),
    ):
        bench.again = again
        timers = bench.make(BATCH, due_in)
        with recording() as record:
            for timer in timers:
                bench.arm(timer)
            bench.work_off(BATCH)
            if due_in:
                for bench.ahead in (due_in - timedelta(seconds=70), due_in + timedelta(seconds=1)):
                    # First the alarm rings and the order goes back for 70 s; then it is due. Nobody waits for that here.
                    _deliver(bench, timers)
                    bench.work_off(BATCH)
            told[life] = {"calls": dict(record.calls), "writes": record.writes, "reads": record.reads}
        left = [bench.run.timers.get(timer.key) is not None for timer in timers]
        assert left == [again is not None] * BATCH
    return told


def _deliver(bench: _Bench, timers: list[Any]) -> None:
    """Put orders into the queue as the alarm clock and SQS's delay do: with no call of ours."""
    from tocsin.timers.domain.timer import encode

    entries = [{"Id": str(n), "MessageBody": encode(timer)} for n, timer in enumerate(timers)]
    client("sqs", os.environ["AWS_ENDPOINT_URL"]).send_message_batch(QueueUrl=bench.url, Entries=entries)


if __name__ == "__main__":
    _bench = _Bench()
    _rates(_bench, 50, 1)  # connections and caches are warm now
    _told = {**_rates(_bench, int(sys.argv[1]), int(sys.argv[2])), "cost": _costs(_bench)}
    print("\n" + json.dumps(_told))
