"""`make bench`: every budget of docs/measurements.md, one table, and reports/bench.json. See `--help`.

A whole run draws a picture of each budget to docs/benchmarks; `--draw` draws them from the last report.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import importlib.metadata
import json
import os
import platform
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from infra.local.dynamodb import PACKAGE
from tests.benchmarks import (
    accept_curve,
    answers,
    calibration,
    callbacks,
    clicks,
    cold_start,
    counting,
    dear_calls,
    dialling,
    dialogues,
    escalating,
    event_growth,
    fan_out,
    faults,
    history,
    load,
    multi_channel,
    one_second,
    own_servers,
    processes,
    report_day,
    rule_latency,
    schedules,
    small_alerts,
    telephony_events,
    timers,
    urgent,
)
from tests.benchmarks.findings import NO_VERDICT, READING, Finding, number, table
from tests.benchmarks.pictures import draw
from tests.benchmarks.stage import REGION, TABLE, Stage, Wrong, stage
from tocsin.adapters.aws.signed.clients import SignedClients
from tocsin.adapters.aws.signed.signature import Credentials
from tocsin.alerts.domain.alert import BATCH_SIZE, ChunkKey
from tocsin.bootstrap.storage import Storage, StoreClients
from tocsin.delivery.domain.message import Message, SendingTerms, accepted, claim_message
from tocsin.kernel.domain.ids import AlertRef, TenantId

PACKAGES = (
    "boto3", "botocore", "chalice", "pynamodb", "pydantic", "aws-lambda-powertools", "cryptography", "celery", "flask",
    "redis", "requests", "jinja2",
)  # fmt: skip

WARM_UP_ROWS = 10_000
"""DynamoDB Local takes five times the CPU for its first thousand rows of what it takes for its ten thousandth."""

REPORT = processes.ROOT / "reports" / "bench.json"

TOOLS = {
    "java": ("java", "Debian: apt-get install default-jre-headless", None),
    "npm": ("npm", "Debian: apt-get install npm", None),
    "redis-server": ("redis-server", "Debian: apt-get install redis-server", (1, 2, 5, 26)),
}
"""Programs that are no Python packages: how to get them, and which budgets need them (None = all)."""

TITLES = {
    1: "Fan-out",
    2: "CPU for each recipient",
    3: "Acceptance of a call",
    4: "Calls, units and dollars",
    5: "Urgent behind a broadcast",
    6: "History",
    7: "Cold start",
    8: "Faults and killed workers",
    9: "Webhooks",
    10: "Short links",
    11: "Timers",
    12: "Escalation",
    13: "Schedules",
    14: "Answers behind receipts",
    15: "The dearest call",
    16: "Schedules of one second",
    17: "Events and rules",
    18: "From an event to the provider",
    19: "Steps of a phone call",
    20: "Calls placed",
    21: "Mails by an own server",
    22: "Sixty-four clients at once",
    23: "Reports of a day",
    24: "One small alert",
    25: "Events and runs of rules by what is stored",
    26: "Text and mail to everybody, with callbacks",
}
"""What each budget is about."""

Measure = Callable[[Stage], list[Finding]]


def budgets(quick: bool, full: bool) -> dict[int, Measure]:
    """Return how each budget is measured, the two longest last; 2 comes with 1."""
    rounds = 1 if quick else 3
    sizes = [1_000, 10_000] if quick else [1_000, 10_000, 100_000, *([1_000_000] if full else [])]
    return {
        1: lambda s: fan_out.measure(s, rounds, 150 if quick else 1_000),
        3: lambda s: accept_curve.measure(s, rounds),
        4: counting.measure,
        5: lambda s: urgent.measure(s, 2 if quick else 5, with_celery=not quick),
        6: lambda s: history.measure(s, sizes, 15 if quick else 100),
        7: lambda _: cold_start.measure(1 if quick else 5),
        8: lambda s: faults.measure(s, 1 if quick else 3, 1_000 if quick else 2_000),
        9: lambda s: callbacks.measure(s, 1 if quick else 3),
        10: lambda s: clicks.measure(s, 1 if quick else 3),
        11: lambda s: timers.measure(s, 200 if quick else 1_000, rounds),
        12: lambda s: escalating.measure(s, [100, 500, 1_000] if quick else [100, 1_000, 10_000], rounds),
        13: lambda s: schedules.measure(s, sizes, 10 if quick else 50),
        14: lambda s: answers.measure(s, 1 if quick else 3),
        15: lambda _: dear_calls.measure(),
        17: lambda _: telephony_events.measure(20_000 if quick else 100_000),
        18: lambda _: rule_latency.measure(10 if quick else 30),
        19: lambda s: dialogues.measure(s, rounds),
        20: lambda _: dialling.measure(50 if quick else 100),
        21: lambda _: own_servers.measure(100 if quick else 400, rounds),
        23: lambda _: report_day.measure(24_000 if quick else 240_000),
        24: lambda s: small_alerts.measure(s, 30 if quick else 300),
        25: lambda s: event_growth.measure(s, sizes, 10 if quick else 50),
        26: lambda s: multi_channel.measure(s, rounds),
        22: lambda _: load.measure(1 if quick else 10),
        16: lambda _: one_second.measure([1, 40] if quick else [1, 40, 300, 3_000]),
    }


def main(words: Sequence[str] | None = None) -> int:
    """Measure as the command line says. Returns the exit code: 1 if a `must` was missed or something was lost."""
    arguments = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    arguments.add_argument("--only", default="", help="numbers of budgets, e.g. 1,4")
    arguments.add_argument(
        "--quick", action="store_true", help="one round of each: under three minutes, good for a first look"
    )
    arguments.add_argument(
        "--full", action="store_true", help="budgets 6, 13 and 25 up to a million rows: 40 minutes more"
    )
    arguments.add_argument(
        "--patience",
        type=float,
        default=0,
        metavar="S",
        help="wait up to S seconds for a quiet machine before each budget",
    )
    arguments.add_argument("--draw", action="store_true", help="draw docs/benchmarks from the last report, and end")
    chosen = arguments.parse_args(words)
    if chosen.draw:
        draw(json.loads(REPORT.read_text()), TITLES)
        return 0
    known = budgets(chosen.quick, chosen.full)
    wanted = {int(word) for word in chosen.only.split(",") if word} or set(known)
    todo = {n: do for n, do in known.items() if n in wanted or (n == 1 and 2 in wanted)}
    if missing := missing_tools(todo):
        print(f"bench: missing: {'; '.join(missing.values())}", file=sys.stderr)
        lost = {n for tool in missing for n in (TOOLS[tool][2] or todo)}
        todo = {n: do for n, do in todo.items() if n not in lost}
        if not todo:
            return 1
    for ending in (signal.SIGTERM, signal.SIGHUP):  # so that whatever was started ends with us
        signal.signal(ending, lambda number, _: sys.exit(128 + number))
    began = time.monotonic()
    found: list[Finding] = []
    excluded: list[tuple[int, str]] = []
    loads = [calibration.load()]
    ceiling: dict[str, float] = {}
    try:
        with stage(with_redis=bool({1, 5, 26} & todo.keys())) as s:
            ceiling = _ceiling(s)
            _warm_up(s, WARM_UP_ROWS // (2 if chosen.quick else 1))
            for number, measure in todo.items():
                calibration.await_quiet(chosen.patience)
                found += _one(number, measure, s, excluded)
                loads.append(calibration.load())
                _report(began, found, excluded, loads, ceiling)
    except processes.NotHere as missing:
        print(f"bench: {missing}", file=sys.stderr)
        return 1
    report = _report(began, found, excluded, loads, ceiling)
    _print(report, found)
    if not chosen.quick and not chosen.only:
        draw(report, TITLES)
    return 1 if any(finding.verdict == "MISSED" for finding in found) or excluded else 0


def _report(
    began: float,
    found: Sequence[Finding],
    excluded: Sequence[tuple[int, str]],
    loads: Sequence[float],
    ceiling: dict[str, float],
) -> dict[str, Any]:
    """Write what was found so far to reports/bench.json, so that a run that is cut short has a report; return it."""
    report = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(time.monotonic() - began),
        "machine": _machine(),
        "versions": _versions(),
        "load": {"before": loads[0], "highest": max(loads)},
        "ceiling": ceiling,
        "findings": [finding.as_json() for finding in found],
        "excluded": [{"budget": number, "reason": why} for number, why in excluded],
    }
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps(report, indent=2) + "\n")
    return report


def missing_tools(todo: Iterable[int], which: Callable[[str], str | None] = shutil.which) -> dict[str, str]:
    """Return what this machine lacks of what these budgets need, each with how to get it."""
    return {
        tool: f"{tool} ({how})"
        for tool, (program, how, needed_by) in TOOLS.items()
        if (needed_by is None or set(needed_by) & set(todo)) and which(program) is None
    }


def _one(budget: int, measure: Measure, s: Stage, excluded: list[tuple[int, str]]) -> list[Finding]:
    """Measure one budget between two runs of the calibration kernel."""
    print(f"budget {budget} …", file=sys.stderr, flush=True)
    before = min(calibration.kernel() for _ in range(3))
    started = time.monotonic()
    try:
        s.clear()
        found = measure(s)
    except (Wrong, processes.NotHere, subprocess.SubprocessError) as problem:
        print(f"  left out: {problem}", file=sys.stderr, flush=True)
        excluded.append((budget, str(problem)))
        return []
    took = time.monotonic() - started
    after = min(calibration.kernel() for _ in range(3))
    drift = max(before, after) / min(before, after)
    print(
        f"  {took:.0f} s, kernel {before * 1e3:.0f} → {after * 1e3:.0f} ms, load {calibration.load():.1f}",
        file=sys.stderr,
    )
    lines = [replace(finding, drift=drift) for finding in found]
    for line in lines:
        print(f"  {line.metric.strip()}: {number(line.median)} {line.unit} {line.verdict}".rstrip(), file=sys.stderr)
    return lines


def _warm_up(s: Stage, rows: int) -> None:
    """Bring DynamoDB Local to speed with what both sides ask of it: PartiQL batches, and single rows."""
    os.environ["AWS_ENDPOINT_URL_DYNAMODB"] = s.dynamodb_url
    clients = SignedClients(Credentials("test", "test"), REGION, 3.0, 3)
    dynamodb = clients.dynamodb()
    del os.environ["AWS_ENDPOINT_URL_DYNAMODB"]
    storage = Storage(StoreClients(dynamodb), table_name=TABLE, key_id="")
    store, now = storage.message_rows, storage.clock()
    terms = SendingTerms(now + timedelta(hours=1), False, timedelta(minutes=1))
    for batch in range(rows // BATCH_SIZE):
        chunk = ChunkKey(TenantId("warm"), AlertRef(f"a{batch}"), 0, 0)
        claimed = [claim_message(None, position, now, terms) for position in range(BATCH_SIZE)]
        messages = [message for message in claimed if isinstance(message, Message)]
        store.save(chunk, messages)
        store.save(chunk, [accepted(message, "stub-1", now) for message in messages])
        for position in range(4):
            key = {"pk": {"S": f"T#warm#{batch}"}, "sk": {"S": f"{position}"}}
            dynamodb.put_item(TableName=TABLE, Item={**key, "v": {"N": "1"}})
            dynamodb.get_item(TableName=TABLE, Key=key, ConsistentRead=True)
            dynamodb.update_item(
                TableName=TABLE, Key=key, UpdateExpression="SET v = :v", ExpressionAttributeValues={":v": {"N": "2"}}
            )
    clients.close()


def _ceiling(s: Stage) -> dict[str, float]:
    """Return how many requests a second the provider stub takes from this harness, over 1 and over 8 connections."""

    def load(seconds: float, taken: list[int]) -> None:
        connection = http.client.HTTPConnection("127.0.0.1", urlsplit(s.stub).port or 80)
        end, count = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            connection.request("POST", "/sms", b'{"to":"+440"}', {"Content-Type": "application/json"})
            connection.getresponse().read()
            count += 1
        connection.close()
        taken.append(count)

    found = {}
    for connections in (1, 8):
        taken: list[int] = []
        threads = [threading.Thread(target=load, args=(0.7, taken)) for _ in range(connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        found[str(connections)] = sum(taken) / 0.7
    return found


def _machine() -> dict[str, Any]:
    with contextlib.suppress(OSError), open("/proc/cpuinfo") as lines:
        model = next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")
        return {"cpus": os.cpu_count(), "model": model, "system": platform.platform()}
    return {"cpus": os.cpu_count(), "model": platform.processor(), "system": platform.platform()}


def _versions() -> dict[str, str]:
    def said(*command: str) -> str:
        with contextlib.suppress(OSError):
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            return (done.stdout or done.stderr).splitlines()[0]
        return "not there"

    versions = {"python": platform.python_version(), "dynamodb local": PACKAGE}
    for package in PACKAGES:
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            versions[package] = importlib.metadata.version(package)
    locked = (processes.ROOT / "requirements" / "engine.txt").read_text()
    versions["ministack"] = locked.partition("ministack")[2].partition("==")[2].split()[0]
    versions["java"] = said("java", "-version")
    versions["redis-server"] = said("redis-server", "--version")
    return versions


def _print(report: dict[str, Any], found: Sequence[Finding]) -> None:
    print()
    print(table(found, TITLES))
    print()
    print(READING)
    print()
    for entry in report["excluded"]:
        print(f"left out: budget {entry['budget']}: {entry['reason']}")
    highest = max(report["ceiling"].values(), default=0)
    rates = [finding.median for finding in found if finding.unit == "recipients/s"]
    if rates and max(rates) > highest / 3:
        print("a rate is above a third of the harness ceiling: the harness may be what was measured")
    if any(finding.verdict == NO_VERDICT for finding in found):
        print("the calibration kernel moved by more than 1.3 within a budget: measure again on a quiet machine")
    ceiling = ", ".join(f"{rate:,.0f}/s over {connections}" for connections, rate in report["ceiling"].items())
    machine, load = report["machine"], report["load"]
    print(f"harness ceiling (driver and provider stub): {ceiling} connection(s)")
    print(
        f"load average {load['before']:.1f} before, {load['highest']:.1f} at most; {machine['cpus']} × {machine['model']}, {machine['system']}"
    )
    print("; ".join(f"{name} {version}" for name, version in report["versions"].items()))
    print(f"took {report['seconds']} s; all of it in reports/bench.json")


if __name__ == "__main__":
    sys.exit(main())
