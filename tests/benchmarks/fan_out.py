"""Budgets 1 and 2: how fast and at what CPU a thousand receivers get theirs, beside Celery and the naive baseline.

One round is: Celery, ours, naive, ours, Celery. A rate counts from the POST to the last arrival at the provider, and
only if every receiver was reached exactly once and the final status of each is stored.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from statistics import median

from tests.benchmarks import processes
from tests.benchmarks.findings import Finding
from tests.benchmarks.peers import CeleryStack, Naive, celery_stack, naive
from tests.benchmarks.stage import BULK_BATCH, URGENT_BATCH, Api, Stage, Worker, Wrong, api, numbers, workers

LANES = {"SMS_URGENT": URGENT_BATCH, "SMS_BULK": BULK_BATCH}
FULL_SIZE = 1_000


@dataclass
class _Runs:
    """Rates in recipients per second, and CPU seconds per recipient.

    Attributes:
        cpu: of the processes that are measured; polling of the queue included.
        engines: of the servers beside them: table and queues, or Redis.
        table: of the engine of the table alone; empty where there is none.
    """

    rates: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    engines: list[float] = field(default_factory=list)
    table: list[float] = field(default_factory=list)
    handlers: list[float] = field(default_factory=list)
    accepted: list[float] = field(default_factory=list)

    def add(self, rate: float, cpu: float, engines: float) -> None:
        self.rates.append(rate)
        self.cpu.append(cpu)
        self.engines.append(engines)

    def spent(self) -> str:
        """Return the medians of CPU as words: own, and the engines' apart."""
        table = f", of it the table {median(self.table) * 1e6:,.0f}" if self.table else ""
        return f"own CPU {median(self.cpu) * 1e6:,.0f} µs/recipient; engines {median(self.engines) * 1e6:,.0f}{table}"


@dataclass
class Ours:
    """Our accepting process and our workers."""

    stage: Stage
    api: Api
    crew: Sequence[Worker]

    def cpu(self) -> float:
        """Return the CPU seconds of our processes so far."""
        pids = [self.api.process.pid, *(worker.process.pid for worker in self.crew)]
        return sum(processes.cpu_seconds(pid) for pid in pids)

    def run(self, size: int, runs: _Runs | None = None) -> None:
        """Send one alert to `size` receivers and check everything about it."""
        self.stage.reset()
        for worker in self.crew:
            worker.drain()
        cpu, engines, table = self.cpu(), self.stage.engine_cpu(), self._table_cpu()
        sent = self.api.send(numbers(size))
        counts = self.stage.await_distinct(size, 60)
        self.api.await_counts(sent["ref"], {"sent": size})
        cpu, engines = self.cpu() - cpu, self.stage.engine_cpu() - engines
        once(self.stage, size)
        if runs is not None:
            runs.add(size / (counts["last"] - sent["started"]), cpu / size, engines / size)
            runs.table.append((self._table_cpu() - table) / size)
            batches = [batch for worker in self.crew for batch in worker.drain()]
            runs.handlers.append((sum(batch["cpu"] for batch in batches) + sent["cpu"]) / size)
            runs.accepted.append(sent["wall"])

    def _table_cpu(self) -> float:
        return processes.cpu_seconds(self.stage.pids["dynamodb"])

    def one_by_one(self, count: int) -> float:
        """Send `count` alerts to one receiver each, one after the other; return the rate."""
        self.stage.reset()
        sent = [self.api.send(numbers(1)) for _ in range(count)]
        counts = self.stage.await_distinct(count, 60)
        self.api.await_counts(sent[-1]["ref"], {"sent": 1})
        return float(count / (counts["last"] - sent[0]["started"]))


def once(stage: Stage, size: int) -> None:
    """Raise Wrong unless each of `size` receivers got exactly one message."""
    counts = stage.counts()
    if (counts["distinct"], counts["total"]) != (size, size):
        raise Wrong(f"{size} receivers, but {counts['distinct']} were reached with {counts['total']} messages")


def measure(stage: Stage, rounds: int, naive_size: int) -> list[Finding]:
    """Run the rounds and return what they came to."""
    ours, peer, base, botocore = _Runs(), _Runs(), _Runs(), _Runs()
    singles: dict[str, list[float]] = {"ours": [], "celery": []}
    with contextlib.ExitStack() as stack:
        us = Ours(stage, stack.enter_context(api(stage)), [stack.enter_context(workers(stage, LANES)) for _ in "12"])
        they = stack.enter_context(celery_stack(stage))
        simple = stack.enter_context(naive(stage))
        for size in (10, 500, 500):
            us.run(size)
            _celery(they, size)
        _naive(simple, 30)
        for _ in range(rounds):
            _celery(they, FULL_SIZE, peer)
            us.run(FULL_SIZE, ours)
            _naive(simple, naive_size, base)
            us.run(FULL_SIZE, ours)
            _celery(they, FULL_SIZE, peer)
            singles["celery"].append(_one_by_one(they, 100))
            singles["ours"].append(us.one_by_one(100))
    with contextlib.ExitStack() as stack:  # the same with botocore's clients in place of the thin ones
        plain = {"AWS_LAMBDA_FUNCTION_NAME": ""}
        crew = [stack.enter_context(workers(stage, LANES, **plain)) for _ in "12"]
        us = Ours(stage, stack.enter_context(api(stage, **plain)), crew)
        us.run(100)
        for _ in range(rounds):
            us.run(FULL_SIZE, botocore)
    return _findings(ours, peer, base, botocore, singles)


def _celery(they: CeleryStack, size: int, runs: _Runs | None = None) -> None:
    cpu, engine = they.cpu(), processes.cpu_seconds(they.stage.pids["redis"])
    _peer(
        they.stage,
        they.send,
        size,
        runs,
        lambda: they.cpu() - cpu,
        lambda: processes.cpu_seconds(they.stage.pids["redis"]) - engine,
    )
    they.check()


def _naive(simple: Naive, size: int, runs: _Runs | None = None) -> None:
    cpu, engine = simple.cpu(), simple.stage.engine_cpu()
    _peer(simple.stage, simple.send, size, runs, lambda: simple.cpu() - cpu, lambda: simple.stage.engine_cpu() - engine)


def _peer(
    stage: Stage,
    send: Callable[[Sequence[str]], float],
    size: int,
    runs: _Runs | None,
    cpu: Callable[[], float],
    engine: Callable[[], float],
) -> None:
    stage.reset()
    started = send(numbers(size))
    counts = stage.await_distinct(size, 120, 0.05)
    time.sleep(0.05)  # the last status is written after the last arrival
    once(stage, size)
    if runs is not None:
        runs.add(size / (counts["last"] - started), cpu() / size, engine() / size)


def _one_by_one(they: CeleryStack, count: int) -> float:
    they.stage.reset()
    started = they.send(numbers(1))
    for _ in range(count - 1):
        they.send(numbers(1))
    counts = they.stage.await_distinct(count, 60)
    they.check()
    return float(count / (counts["last"] - started))


def _over(ours: Sequence[float], theirs: Sequence[float], each: int = 1) -> list[float]:
    """Return our values over those of the runs beside them; `each` of ours stand beside one of theirs."""
    return [value / theirs[at // each] for at, value in enumerate(ours)]


def _findings(ours: _Runs, peer: _Runs, base: _Runs, botocore: _Runs, singles: dict[str, list[float]]) -> list[Finding]:
    naive_rate = median(base.rates)
    naive_cpu = median(base.cpu)
    per_second, micro = "recipients/s", "µs"
    rates = f"{ours.spent()}; Celery+Redis: {peer.spent()}"
    one = median(singles["celery"])
    pairs = zip(singles["ours"], singles["celery"], strict=True)
    return [
        Finding(
            1, "1,000 recipients, POST to provider, over Celery+Redis", _over(ours.rates, peer.rates), "x",
            must=5, at_least=True, in_turn=True, note=rates,
            ours=f"{median(ours.rates):,.0f} recipients/s", peer=f"Celery+Redis {median(peer.rates):,.0f}",
        ),
        Finding(1, "rate of 1,000 recipients", ours.rates, per_second, note=ours.spent()),
        Finding(1, "  with botocore's clients", botocore.rates, per_second, note=botocore.spent()),
        Finding(1, "  Celery+Redis", peer.rates, per_second, note=peer.spent()),
        Finding(1, "  naive baseline", base.rates, per_second, note=f"{base.spent()}; {naive_rate:.0f}/s"),
        Finding(1, "one recipient a request, one client", singles["ours"], per_second, note=f"Celery+Redis {one:.0f}/s"),
        Finding(
            1, "  over Celery+Redis", [us / they for us, they in pairs], "x", must=0.6, aim=1, at_least=True,
            in_turn=True, ours=f"{median(singles['ours']):,.0f}/s", peer=f"Celery+Redis {one:,.0f}/s",
        ),
        Finding(
            2, "CPU per recipient of 1,000, over naive", _over(ours.cpu, base.cpu, each=2), "x", in_turn=True,
            must=1 / 4, aim=1 / 70, note="polling of the queue included",
            ours=f"{median(ours.cpu) * 1e6:,.0f} µs", peer=f"naive {naive_cpu * 1e6:,.0f} µs",
        ),
        Finding(
            2, "  over Celery's workers", _over(ours.cpu, peer.cpu), "x", in_turn=True,
            ours=f"{median(ours.cpu) * 1e6:,.0f} µs", peer=f"Celery {median(peer.cpu) * 1e6:,.0f} µs",
        ),
        Finding(
            2, "  engines beside it, over Celery's Redis", _over(ours.engines, peer.engines), "x", in_turn=True,
            ours=f"{median(ours.engines) * 1e6:,.0f} µs", peer=f"Redis {median(peer.engines) * 1e6:,.0f} µs",
        ),
        Finding(2, "CPU per recipient of 1,000", [cpu * 1e6 for cpu in ours.cpu], micro, aim=150),
        Finding(2, "  in the handlers (what Lambda bills)", [cpu * 1e6 for cpu in ours.handlers], micro),
        Finding(2, "  with botocore's clients", [cpu * 1e6 for cpu in botocore.cpu], micro),
        Finding(2, "  engines, beside it", [cpu * 1e6 for cpu in ours.engines], micro),
        Finding(2, "  of it the table's (DynamoDB Local)", [cpu * 1e6 for cpu in ours.table], micro),
    ]  # fmt: skip
