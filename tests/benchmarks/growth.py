"""Whether actions get slower with what is stored: one table for each amount of rows, measured in turn in one process.

A budget of this kind runs its tables in a child (`told_by_child`), which loads them (`load_rows`), measures, and prints
what it found (`tell`).
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from statistics import median
from typing import Any, Protocol

from tests.benchmarks import processes
from tests.benchmarks.findings import Finding
from tests.benchmarks.stage import Stage, only_set

BLOCKS = 5
"""Blocks of rounds; each gives one median for each action and table."""

_AT_ONCE = 25  # rows BatchWriteItem takes


def told_by_child(
    stage: Stage,
    module: str,
    sizes: Sequence[int],
    rounds: int,
    environment: Mapping[str, str] | None = None,
) -> Any:
    """Return what a module of this folder prints as JSON when it is run with sizes and rounds.

    Args:
        environment: variables beside those of the stage.
    """
    done = subprocess.run(
        [sys.executable, "-m", f"tests.benchmarks.{module}", ",".join(map(str, sizes)), str(rounds)],
        env=only_set({**os.environ, **stage.environment, **(environment or {})}),
        cwd=processes.ROOT,
        stdout=subprocess.PIPE,
        timeout=1_800 if max(sizes) > 100_000 else 240,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def growth_findings(budget: int, actions: Sequence[str], told: Mapping[str, Any]) -> list[Finding]:
    """Return a finding for each action, the most rows over the fewest, and one for the capacity that they consume.

    Args:
        told: what the child told by `tell`.
    """
    times, units = told["times"], told["units"]
    sizes = sorted(map(int, times))
    few, many = str(sizes[0]), str(sizes[-1])
    found = []
    for action in actions:
        pairs = zip(times[few][action], times[many][action], strict=True)
        shown = ", ".join(f"{size:,}: {median(times[str(size)][action]) * 1e3:.2f}" for size in sizes)
        found.append(
            Finding(
                budget, f"{action} at {int(many):,} rows over {int(few):,}", [late / early for early, late in pairs], "x",
                must=1.15, aim=1.05, in_turn=True, note=f"ms by rows: {shown}; loaded in {told['loading']:.0f} s",
            )
        )  # fmt: skip
    ratios = [units[many][action] / units[few][action] for action in actions]
    found.append(
        Finding(
            budget, f"consumed capacity, the same (worst of {len(actions)})",
            [max(max(ratio, 1 / ratio) for ratio in ratios)],  # more or less: both are not the same
            "x", must=1, aim=1, steady=True,
            note="units: " + ", ".join(_shown(action, units[few][action], units[many][action]) for action in actions),
        )
    )  # fmt: skip
    return found


def _shown(action: str, few: float, many: float) -> str:
    return f"{action} {many:g}" + (f" (with few rows {few:g})" if few != many else "")


# --- the child ----------------------------------------------------------------------------------------------------


def started(table: str, *functions: str) -> list[Any]:
    """Import the modules of functions for a table anew, as new processes do: nothing is cached."""
    os.environ["TABLE_NAME"] = table
    for module in functions:
        sys.modules.pop(module, None)
    return [importlib.import_module(module) for module in functions]


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
            if len(batch) == _AT_ONCE:
                waiting.append(executor.submit(write, batch))
                batch = []
            if len(waiting) > 50:
                waiting.popleft().result()
        if batch:
            write(batch)
        for future in waiting:
            future.result()


class Measured(Protocol):
    """One table, and what is done on it."""

    def start(self) -> None:
        """Start the functions for this table anew; see `started`."""
        ...

    def actions(self) -> Iterator[tuple[str, Callable[[], None]]]:
        """Yield each action by name, in order, ready to be measured."""
        ...


def _times_in_turn(
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


def _units_of(tables: Mapping[int, Measured], names: Sequence[str], times: int = 5) -> dict[int, dict[str, float]]:
    """Return the request units of each action on each table, of so many times together, by rows and name.

    Each action is done once before, uncounted, by functions that have just started: they read then what they cache
    for some seconds, and it does not get too old while the actions are counted.
    """
    from tests.benchmarks.recording import recording

    found = {}
    for rows, table in tables.items():
        table.start()
        for _, do in table.actions():
            do()
        units = dict.fromkeys(names, 0.0)
        for _ in range(times):
            for action, do in table.actions():
                with recording() as record:
                    do()
                    units[action] += record.writes + record.reads
        found[rows] = units
    return found


def tell(tables: Mapping[int, Measured], names: Sequence[str], *, warm_up: int, rounds: int, loading: float) -> None:
    """Warm up, measure each action on each table, and print what `growth_findings` reads."""
    _times_in_turn(tables, names, warm_up, 1)
    times = _times_in_turn(tables, names, rounds, BLOCKS)
    print("\n" + json.dumps({"times": times, "units": _units_of(tables, names), "loading": loading}))
