"""Budget 8: one provider answer in ten is a fault; a worker is killed. What is lost, what comes twice, how fast it goes.

Times of dispatch run faster by HASTE (first back-off 15 s, evidence 10 min, sweep 2 min; claims of a minute stand for 3 s),
or nobody would wait for the end. Goodput is the rate at which the first eight tenths of the receivers get theirs: a tenth has to wait out
a back-off, which measures patience, not capacity; when the last one got theirs is printed beside.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from urllib.parse import quote

from tests.benchmarks.findings import Finding
from tests.benchmarks.stage import BULK_BATCH, Api, Stage, Worker, Wrong, api, numbers, worker, workers

HASTE = 100.0
VISIBILITY = "4"
"""Seconds until the messages of a dead worker come again; 360 in the template."""


@dataclass(frozen=True)
class _Run:
    """One alert under trouble."""

    goodput: float
    seconds: float
    lost: int
    twice: int
    unflagged: int
    unsettled: int


def measure(stage: Stage, rounds: int, size: int) -> list[Finding]:
    """Send alerts clean, over a faulty provider, and with one worker killed, in turn."""
    sqs = stage.client("sqs")
    attributes = {"VisibilityTimeout": VISIBILITY}
    sqs.set_queue_attributes(QueueUrl=stage.queues["SMS_BULK"], Attributes=attributes)
    haste = {"BENCH_HASTE": str(HASTE)}
    clean, faulty, killed = [], [], []
    try:
        with (
            api(stage, **haste) as accepting,
            worker(["tests.benchmarks.ours", "sweep", "1.0"], {**stage.environment, **haste}),
        ):
            with _crew(stage, haste) as crew:
                _one(stage, accepting, crew, 500)
                for _ in range(rounds):
                    clean.append(_one(stage, accepting, crew, size))
                    faulty.append(_one(stage, accepting, crew, size, share=0.1))
            for _ in range(rounds):
                with _crew(stage, haste) as crew:
                    killed.append(_one(stage, accepting, crew, size, kill=True))
    finally:
        sqs.set_queue_attributes(QueueUrl=stage.queues["SMS_BULK"], Attributes={"VisibilityTimeout": "30"})
    rate = median(run.goodput for run in clean)
    hurried = f"times of dispatch 1/{HASTE:.0f}; R={size:,}"
    return [
        Finding(8, "10 % faults: lost", [run.lost + run.unsettled for run in faulty], must=0, aim=0, steady=True, note=hurried),
        Finding(8, "10 % faults: got it twice", [run.twice for run in faulty], must=0, aim=0, steady=True),
        Finding(
            8, "10 % faults: goodput over clean", [run.goodput / rate for run in faulty], "x", must=0.7, aim=0.9,
            at_least=True,
            note=f"clean {rate:.0f} recipients/s; the last one after {max(run.seconds for run in faulty):.1f} s, clean {max(run.seconds for run in clean):.1f} s",
        ),
        Finding(8, "one worker of two killed: lost", [run.lost + run.unsettled for run in killed], must=0, aim=0, steady=True),
        Finding(
            8, "one worker killed: duplicates not flagged", [run.unflagged for run in killed], must=0, aim=0, steady=True,
        ),
        Finding(
            8, "one worker killed: got it twice", [run.twice for run in killed], aim=1, steady=True,
            note=f"all flagged; the last one after {max(run.seconds for run in killed):.1f} s; a batch is sent and recorded in two waves",
        ),
    ]  # fmt: skip


@contextlib.contextmanager
def _crew(stage: Stage, haste: dict[str, str]) -> Iterator[Sequence[Worker]]:
    with (
        workers(stage, {"SMS_BULK": BULK_BATCH}, **haste) as one,
        workers(stage, {"SMS_BULK": BULK_BATCH}, **haste) as two,
    ):
        yield [one, two]


def _one(
    stage: Stage, accepting: Api, crew: Sequence[Worker], size: int, *, share: float = 0.0, kill: bool = False
) -> _Run:
    stage.reset(faults=share)
    sent = accepting.send(numbers(size))
    started = float(sent["started"])
    if kill:
        stage.await_distinct(size // 4, 60, 0.005)
        os.kill(crew[0].process.pid, signal.SIGKILL)
    counts = stage.await_distinct(size * 8 // 10, 120, 0.005)
    goodput = counts["distinct"] / (counts["last"] - started)
    end = time.monotonic() + 40
    while not _settled(stored := accepting.counts(sent["ref"])) and time.monotonic() < end:
        time.sleep(0.1)
    counts = stage.counts()
    if counts["distinct"] > size:
        raise Wrong(f"{counts['distinct']} receivers were reached, and {size} were sent to")
    twice = counts["total"] - counts["distinct"]
    unsettled = sum(stored.get(state, 0) for state in ("queued", "sending", "retry_wait", "unknown"))
    unflagged = set(stage.twice()) - _flagged(accepting, sent["ref"]) if twice else set()
    return _Run(
        goodput,
        counts["last"] - started,
        size - counts["distinct"],
        twice,
        len(unflagged),
        unsettled,
    )


def _settled(counts: dict[str, int]) -> bool:
    return not counts.keys() & {"queued", "sending", "retry_wait", "unknown"}


def _flagged(accepting: Api, ref: str) -> set[str]:
    """Return the receivers of whom the API says that they may have got their message twice."""
    flagged: set[str] = set()
    cursor = ""
    while True:
        told = accepting.call("GET", f"/alerts/{ref}/recipients?limit=100{cursor}")
        if told["status"] != 200:
            raise Wrong(f"/recipients answered {told['status']}: {told['body'][:300]}")
        page = json.loads(told["body"])
        flagged |= {row["address"] for row in page["items"] if row["possible_duplicate"]}
        if not page["next_cursor"]:
            return flagged
        cursor = f"&cursor={quote(page['next_cursor'])}"
