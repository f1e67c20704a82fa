"""`make scale`: what a million recipients in an hour would ask of AWS, counted from real runs; writes docs/scale.md.

    python -m tests.benchmarks.scale            runs everything anew (two minutes), then draws
    python -m tests.benchmarks.scale --draw     draws from the counts of the last run

Nothing here was measured at that size. Units, calls and partition keys are counted at the size of the runs, and
multiplied. What takes time is taken to last as long as `prices` says: 5 ms a call of a store, 60 ms one of a provider.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from infra.cloudformation import parsed
from infra.operator.doctor import RESERVED
from infra.template.make import HERE
from tests.benchmarks import processes
from tests.benchmarks.prices import POLLERS, PROVIDER_CALL, STORE_CALL, price_of

COUNTS = Path(__file__).parent / "scale_counts.json"
PAGE = processes.ROOT / "docs" / "scale.md"

PARTITION_WRITES, PARTITION_READS = 1_000, 3_000
"""Units a second of one partition. Source: DynamoDB developer guide, "Best practices for designing partition keys"."""

TABLE_WRITES, TABLE_READS = 40_000, 40_000
"""Units a second of an on-demand table by default; adjustable. Source: DynamoDB developer guide, "Service quotas"."""

SCHEDULER_INVOCATIONS = 1_000
"""Invocations a second of EventBridge Scheduler; adjustable. Source: its user guide, "Quotas"."""

SEND_REQUESTS = 100
"""Requests of `/sendalert` a second that our own gateway lets through (infra/template/main.yaml)."""

LARGEST_SHARE = 0.5
"""Of a partition's writes: more is cut finer."""

SIDE_BY_SIDE = 13
"""Provider calls of a batch at the same time: a wave."""

MILLION, HOUR = 1_000_000, 3_600
PER_SECOND = MILLION / HOUR

Counts = Mapping[str, Mapping[str, Any]]

FUNCTIONS = {
    "accepted": "alerts_api",
    "sent": "dispatch_sms",
    "receipts": "track_events",
    "collected": "alerts_api",
    "answer": "receive_texts",
    "schedule made": "alerts_api",
    "schedule run": "run_timers",
    "taken": "ingest_events",
    "nothing": "ingest_events",
    "acted on": "act_on_events",
}
"""The function that does a phase, by the last words of its name."""


@dataclass(frozen=True)
class Load:
    """So much a second of each phase.

    Attributes:
        rates: how often a second each phase is done; of a broadcast's phases, how many recipients.
        accounts: over how many accounts it is spread evenly.
        alerts: how many alerts are sent or answered at the same time.
        rules: how many rules match, one an event.
    """

    name: str
    says: str
    rates: Mapping[str, float]
    accounts: int = 1
    alerts: float = 1
    rules: int = 1
    requests: float = 0
    notes: Sequence[str] = field(default_factory=tuple)


def function_of(phase: str) -> str:
    """Return the function that does a phase."""
    return next(function for words, function in FUNCTIONS.items() if phase.endswith(words))


def seconds_of(phase: str, counts: Counts) -> float:
    """Return how long one invocation of a phase lasts: its calls of stores one after the other, and its waves."""
    one = counts[phase]
    own = sum(n for call, n in one["calls"].items() if call not in POLLERS and call != "SNS.Publish")
    waves = one["calls"].get("SNS.Publish", 0) / SIDE_BY_SIDE
    invocations = float(max(1, one["invocations"]))
    seconds = float(own * STORE_CALL + max(waves, min(1, waves * SIDE_BY_SIDE)) * PROVIDER_CALL)
    return seconds / invocations


@functools.cache
def _functions() -> Mapping[str, Any]:
    return dict(parsed((HERE / "functions.yaml").read_text()))


def speed(phase: str, counts: Counts, *, concurrency: int | None = None) -> float:
    """Return how many times a second a function does a phase if all its concurrency works on it."""
    one = counts[phase]
    at_once = concurrency or _functions()[function_of(phase)]["concurrency"]
    return float(at_once * one["times"] / max(1, one["invocations"]) / seconds_of(phase, counts))


def loads(counts: Counts) -> list[Load]:
    """Return the loads that the page is about."""
    top = speed("broadcast, sent", counts, concurrency=25)
    runs = min(SCHEDULER_INVOCATIONS, speed("schedule run", counts))
    urgent = 15 * 4 / (4 * seconds_of("one, sent", counts))
    return [
        Load(
            "A broadcast as fast as the workers go",
            "One alert of 10,000 texts. All 25 workers of the bulk lane send it, the provider takes and reports everything at"
            " once, and results are collected afterwards.",
            {phase: rate for phase, rate in _broadcast(top).items() if phase != "broadcast, collected"},
        ),
        Load(
            "A million in an hour, by broadcasts",
            "One account sends 100 alerts of 10,000 texts, one after the other, with a receipt each, and polls.",
            _broadcast(PER_SECOND),
        ),
        Load(
            "A million in an hour, one text each",
            "10,000 accounts send a hundred alerts of one text each; each with a receipt, polled.",
            dict.fromkeys((f"one, {part}" for part in ("accepted", "sent", "receipts", "collected")), PER_SECOND),
            accounts=10_000,
            alerts=10_000,
            requests=PER_SECOND,
        ),
        Load(
            "One key as fast as the gateway lets it",
            f"One key sends {SEND_REQUESTS} alerts of one text a second, with receipts, polled.",
            dict.fromkeys((f"one, {part}" for part in ("accepted", "sent", "receipts", "collected")), SEND_REQUESTS),
            alerts=1_000,
            requests=SEND_REQUESTS,
        ),
        Load(
            "100,000 schedules at 08:00",
            "10,000 accounts have ten schedules of one text each, all due at the same second.",
            {"schedule run": runs, "one, sent": min(runs, urgent), "one, receipts": min(runs, urgent)},
            accounts=10_000,
            alerts=10_000,
        ),
        Load(
            "A storm of answers",
            "Half of the receivers of the million answer, each within five minutes: answers to 17 of the 100 alerts come"
            " at the same time.",
            {"answer": PER_SECOND / 2},
            alerts=100 * 300 / HOUR * 2,
        ),
        Load(
            "Everybody of one alert answers in two minutes",
            "An alert of 10,000 with an escalation: 83 answers a second, all of them to it.",
            {"answer": 10_000 / 120},
        ),
        Load(
            "1,000 events a second, 1,000 rules",
            "One account. A quarter of the events match one rule each, which sends a text.",
            {
                "event that matches nothing": 750,
                "event that matches, taken": 250,
                "event that matches, acted on": 250,
                "one, sent": 250,
            },
            alerts=1_000,
            rules=1_000,
        ),
    ]


def _broadcast(rate: float) -> dict[str, float]:
    return {f"broadcast, {part}": rate for part in ("accepted", "sent", "receipts", "collected")}


def hottest(load: Load, counts: Counts, kind: str) -> list[tuple[float, str]]:
    """Return units a second of the busiest partition of each pattern of keys, most first.

    Args:
        kind: `written` or `read`.
    """
    found: dict[str, float] = {}
    for phase, rate in load.rates.items():
        one = counts[phase]
        for name, units in one[kind].items():
            each = units / (10_000 if phase == "broadcast, accepted" else one["times"])
            found[name] = found.get(name, 0.0) + rate * each / _spread(name, phase, load, counts)
    return sorted(((units, name) for name, units in found.items()), reverse=True)


def _spread(name: str, phase: str, load: Load, counts: Counts) -> float:
    """Return over how many partitions the load spreads what goes to keys of a pattern."""
    parts = re.search(r"<1 of (\d+)>", name)
    if parts is not None:
        return int(parts[1]) * (load.accounts if "<account>" in name else 1)
    if "#M#" in name and phase.startswith("broadcast"):
        return max(1.0, load.rates[phase] / one_worker(counts))  # a worker has a chunk to itself
    if "#A#" in name or "#LS#" in name or "#M#" in name:
        return load.alerts
    if "#R#" in name:
        return load.rules
    if "<hash>" in name:  # of a conversation: one for each receiver
        return 10_000.0
    return load.accounts


def one_worker(counts: Counts) -> float:
    """Return how many recipients of a broadcast one invocation sends to in a second."""
    one = counts["broadcast, sent"]
    return float(one["times"] / one["invocations"] / seconds_of("broadcast, sent", counts))


def totals(load: Load, counts: Counts) -> Iterator[tuple[str, float, float]]:
    """Yield what a load asks for in a second, and the quota: name, asked, quota."""
    writes = reads = 0.0
    for phase, rate in load.rates.items():
        one = counts[phase]
        each = 10_000 if phase == "broadcast, accepted" else one["times"]
        writes += rate * one["writes"] / each
        reads += rate * one["reads"] / each
    yield "write units of the table and its indexes", writes, TABLE_WRITES
    yield "read units", reads, TABLE_READS
    busy: dict[str, float] = {}
    for phase, rate in load.rates.items():
        one = counts[phase]
        each = 10_000 if phase == "broadcast, accepted" else one["times"]
        name = function_of(phase)
        busy[name] = busy.get(name, 0.0) + rate * max(1, one["invocations"]) / each * seconds_of(phase, counts)
    for name, at_once in sorted(busy.items()):
        yield f"`{name}` at work at the same time", at_once, _functions()[name]["concurrency"]
    if load.requests:
        yield "requests of `/sendalert`", load.requests, SEND_REQUESTS
    if "schedule run" in load.rates:
        yield "wake-ups of EventBridge Scheduler", load.rates["schedule run"], SCHEDULER_INVOCATIONS


def dollars(load: Load, counts: Counts) -> float:
    """Return US dollars for a million of the load's own unit, without the provider."""
    spent = 0.0
    unit = max(load.rates.values())
    for phase, rate in load.rates.items():
        one = counts[phase]
        each = 10_000 if phase == "broadcast, accepted" else one["times"]
        api = one["invocations"] if function_of(phase) == "alerts_api" else 0
        rounds = -(-one["calls"].get("SNS.Publish", 0) // SIDE_BY_SIDE)
        cost = price_of(one, function_of(phase), requests=api, invocations=max(1, one["invocations"]), rounds=rounds)
        spent += cost / each * rate / unit
    return spent


# --- the page -----------------------------------------------------------------------------------------------------


def page(counts: Counts) -> str:
    """Return docs/scale.md."""
    all_loads = loads(counts)
    parts = [
        _HEAD.format(share=f"{LARGEST_SHARE:.0%}", workers=_count(one_worker(counts))),
        _summary(all_loads, counts),
    ]
    for load in all_loads:
        parts.append(_section(load, counts))
    parts.append(_TAIL.format(reserved=RESERVED))
    return "\n".join(parts)


def _summary(all_loads: Sequence[Load], counts: Counts) -> str:
    rows = ["| load | first to give way | used | its limit is reached at |", "|---|---|---|---|"]
    for load in all_loads:
        share, name = first_to_give_way(load, counts)
        rate = max(load.rates.values())
        rows.append(f"| {load.name} | {name} | {share:.0%} | {_count(rate / share)} a second |")
    return "\n".join([*rows, ""])


def first_to_give_way(load: Load, counts: Counts) -> tuple[float, str]:
    """Return the largest share of a quota that the load uses, and of which."""
    shares = [(asked / quota, name) for name, asked, quota in totals(load, counts)]
    shares += [
        (units / PARTITION_WRITES, f"writes of {_key(name)}") for units, name in hottest(load, counts, "written")
    ]
    shares += [(units / PARTITION_READS, f"reads of {_key(name)}") for units, name in hottest(load, counts, "read")]
    return max(shares)


def _section(load: Load, counts: Counts) -> str:
    lines = [f"## {load.name}", "", load.says, "", "| a second | asked | limit | |", "|---|---|---|---|"]
    lines += [
        f"| {name} | {_count(asked)} | {quota:,} | {_bar(asked / quota)} |"
        for name, asked, quota in totals(load, counts)
    ]
    lines += ["", "| busiest partition | units a second | of a partition | |", "|---|---|---|---|"]
    for kind, word, most in (("written", "writes", PARTITION_WRITES), ("read", "reads", PARTITION_READS)):
        for units, name in hottest(load, counts, kind)[: 4 if kind == "written" else 2]:
            lines.append(f"| {word} of {_key(name)} | {_count(units)} | {most:,} | {_bar(units / most)} |")
    lines += ["", f"A million of these cost ${dollars(load, counts):.2f}, without the provider.", *load.notes, ""]
    return "\n".join(lines)


def _key(name: str) -> str:
    place, _, key = name.partition(" ")
    return f"`{key}`" + ("" if place == "table" else f" in `{place}`")


def _bar(share: float) -> str:
    return "█" * min(20, round(share * 20)) + f" {share:.0%}"


def _count(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 else f"{value:.1f}"


_HEAD = """# At a million recipients in an hour

`make scale` wrote this page. Nothing on it was measured at that size: real runs on DynamoDB Local were recorded, each
statement with the partition key that it writes or reads, and the counts are multiplied
(`tests/benchmarks/scale_runs.py`, `scale.py`). A call of a store is taken to last 5 ms, one of the provider 60 ms; so one
worker of the bulk lane sends to {workers} recipients a second. Default sending limits are on, but for the daily spend.

A partition of DynamoDB takes 1,000 write units and 3,000 read units a second. A test fails if a load below would write
more than {share} of that to one key (`tests/benchmarks/test_scale.py`).
"""

_TAIL = """## What to ask AWS for beforehand

| quota | default | ask for | why |
|---|---|---|---|
| SMS messages a second of the sending numbers (End User Messaging, SNS) | 1 to 20 by country and kind of number | 300 | a million in an hour are 278 a second; short codes and pools of numbers, weeks ahead |
| SMS spend of a month | $1 | the price of the messages | nothing goes out above it |
| SES messages a second, and a day | 1 and 200 in the sandbox | 300; 2,000,000 | as for texts |
| Lambda, concurrent executions | 10 to 1,000 | 1,000 | the functions reserve {reserved}, and AWS keeps 100 free |
| EventBridge Scheduler, invocations a second | 500 or 1,000 by region | 2,000 | 100,000 schedules of one second wake up within 50 s then |
| DynamoDB, write units a second of an on-demand table | 40,000 | as it is | a table that was quiet takes twice its last peak at once: send a small broadcast some minutes before |

## What the next step of the design would be

1. More requests: raise `ThrottlingRateLimit` of `/sendalert`, `/sendalerts` and the concurrency of `alerts_api` together.
   Above 125 polled alerts a second of one key, cut its list of waiting results (`T#<account>#K#<key>#EV`) into four parts.
2. An alert to which more than a hundred people a second answer: cut the responses of an alert into four parts, and count
   those of an escalation in four rows.
3. An account whose rules fire more than 250 times a second: the row that the transaction of a run checks moves from
   `T#<account>#RULES` to the partition of its rule.
4. An account with more than 10,000 schedules of the same minute: its schedules and stored alerts lie in one partition
   each, which take 250 runs a second; a part of the schedule's id would cut both.
"""


def run() -> Counts:
    """Do the runs in a child, and keep their counts."""
    from tests.benchmarks.stage import only_set, stage
    from tests.benchmarks.timers import alarm_environment

    with stage(with_redis=False) as s:
        environment = {**os.environ, **s.environment, **alarm_environment(s), "BENCH_TOKEN": s.token}
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.scale_runs"],
            env=only_set(environment),
            cwd=processes.ROOT,
            stdout=subprocess.PIPE,
            timeout=600,
            check=True,
        )
    counts: Counts = json.loads(done.stdout.splitlines()[-1])
    COUNTS.write_text(json.dumps(counts, indent=1) + "\n")
    return counts


def stored() -> Counts:
    """Return the counts of the last run."""
    counts: Counts = json.loads(COUNTS.read_text())
    return counts


def main(words: Sequence[str] | None = None) -> int:
    """Run and draw, or draw."""
    arguments = argparse.ArgumentParser(prog="python -m tests.benchmarks.scale", description=__doc__)
    arguments.add_argument("--draw", action="store_true", help="draw from the counts of the last run")
    try:
        counts = stored() if arguments.parse_args(words).draw else run()
    except processes.NotHere as missing:
        print(f"scale: {missing}", file=sys.stderr)
        return 1
    PAGE.write_text(page(counts))
    for load in loads(counts):
        share, name = first_to_give_way(load, counts)
        print(f"{load.name}: {share:.0%} of {name}")
    print(f"written: {PAGE.relative_to(processes.ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
