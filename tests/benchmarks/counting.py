"""Budget 4: AWS calls, request units and dollars per recipient, from recorded traffic.

    python -m tests.benchmarks.counting ours     one alert through accept, dispatch, collect and receipts, recorded
    python -m tests.benchmarks.counting naive    the same of the baseline: accept and dispatch

Both print JSON: per phase calls by name, write and read units. What Lambda's own pollers call (SQS receive and delete)
is billed to the account and counted too.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from random import Random
from typing import Any

from infra.local.provider_events import notification, text_event
from tests.benchmarks import ours, processes
from tests.benchmarks.findings import Finding
from tests.benchmarks.peers import make_naive
from tests.benchmarks.prices import PRICES, PROVIDER_CALL, STORE_CALL, Phase, price_of, queue_calls, rounds_of
from tests.benchmarks.stage import EVENTS_BATCH, REGION, SMS_TOPIC, TENANT, Stage, client, numbers, only_set, request
from tocsin.delivery.domain.message_id import MessageId
from tocsin.entrypoint.process.clock import utc_now
from tocsin.kernel.domain.ids import AlertRef, TenantId

SIZE = 1_000
SMALL = {1: (9, 9, 9), 10: (13.5, 13.5, 13.5)}
"""Calls without the provider's and the queue's own, write units and dollars a million that an alert may cost, by size."""

ORDERS = {"in order": EVENTS_BATCH, "shuffled": EVENTS_BATCH, "shuffled, few at a time": 10}
"""In what order receipts of an alert to SIZE receivers come, and how many in a batch: full ones under load, few else."""


def measure(stage: Stage) -> list[Finding]:
    """Count both in children of their own, and price them."""
    told = _child(stage, "ours")
    base = _child(stage, "naive")
    naive_size = base["size"]
    with_poll = _joined({name: told["poll"][name] for name in ("accept", "dispatch")})
    collected = _joined(told["poll"])
    quiet = _joined(told["none"])
    paid = _dollars(told["poll"], SIZE)
    base_all = _joined(base["phases"])
    naive_calls = _calls(base_all) / naive_size
    naive_dollars = _dollars_naive(base_all, naive_size)

    found = []
    for name, joined, phases in (
        ("notification poll", with_poll, told["poll"]),
        ("notification none", quiet, told["none"]),
    ):
        calls, own = _calls(joined) / SIZE, (_calls(joined) - joined["calls"]["SNS.Publish"]) / SIZE
        dollars = _dollars(phases, SIZE)
        made_of = ", ".join(f"{call} {count}" for call, count in sorted(joined["calls"].items()))
        found += [
            Finding(4, f"AWS calls per recipient, {name}", [calls], must=1.2, steady=True, note=f"R=1,000: {made_of}"),
            Finding(
                4,
                "  without the provider's own call",
                [own],
                aim=0.10,
                steady=True,
                note=f"naive {naive_calls:.2f} (its provider is no AWS call)",
            ),
            Finding(
                4,
                "  write request units",
                [joined["writes"] / SIZE],
                must=3.6,
                aim=2.1,
                steady=True,
                note=_units(joined),
            ),
            Finding(4, "  read request units", [joined["reads"] / SIZE], steady=True),
            Finding(
                4,
                "  dollars per million recipients",
                [dollars],
                must=3.5,
                aim=1.5,
                steady=True,
                note=f"naive {naive_dollars:.2f}; provider left out",
            ),
        ]
    found += [
        Finding(
            4,
            "poll, and the client collects all events, 100 a call",
            [_calls(collected) / SIZE],
            steady=True,
            note=f"{told['collects']} calls of the API; read units {collected['reads'] / SIZE:.3g}, write units {collected['writes'] / SIZE:.3g}",
        ),
        Finding(
            4,
            "  dollars per million recipients",
            [_dollars(told["poll"], SIZE, told["collects"])],
            must=3.5,
            steady=True,
        ),
    ]
    for order in ORDERS:
        found += _with_receipts(with_poll, paid, told[order], order)
    for size, most in SMALL.items():
        found += _of_small(size, told[f"small {size}"], most)
    return found


def _of_small(size: int, phases: Mapping[str, Phase], most: tuple[float, float, float]) -> list[Finding]:
    calls, writes, dollars = most
    joined = _joined({name: phases[name] for name in ("accept", "dispatch")})
    receipt = phases["receipt"]
    made_of = ", ".join(f"{call} {count}" for call, count in sorted(joined["calls"].items()))
    told = ", ".join(f"{call} {count}" for call, count in sorted(receipt["calls"].items()))
    return [
        Finding(4, f"one alert to {size}, polled: calls without the provider's and the queue's", [_own_calls(joined)], must=calls, aim=6 if size == 1 else None, steady=True, note=made_of),
        Finding(4, "  write request units", [joined["writes"]], must=writes, aim=5 if size == 1 else None, steady=True, note=_units(joined)),
        Finding(4, "  dollars per million alerts", [_dollars(phases, size) * size], must=dollars, aim=5 if size == 1 else None, steady=True, note=f"read units {joined['reads']:g}"),
        Finding(4, "  and a receipt each, in one batch: calls more; write units more", [_own_calls(receipt)], steady=True, note=f"write units {receipt['writes']:g}; {told}"),
    ]  # fmt: skip


def _own_calls(phase: Phase) -> int:
    providers: int = phase["calls"].get("SNS.Publish", 0)
    return _calls(phase) - providers - queue_calls(phase)


def _with_receipts(sent: Phase, paid: float, receipts: Phase, order: str) -> list[Finding]:
    calls, stores = _calls(receipts) / SIZE, _calls(receipts) - queue_calls(receipts)
    extra = price_of(receipts, "track_events", invocations=receipts["batches"]) / SIZE
    made_of = ", ".join(f"{call} {count}" for call, count in sorted(receipts["calls"].items()))
    full = ORDERS[order] == EVENTS_BATCH
    # Both lines hold the provider's own call (1), and two of Lambda's pollers for ten receipts (0.2).
    return [
        Finding(
            4, f"and a receipt each, {order}: AWS calls per recipient", [_calls(sent) / SIZE + calls], must=1.2 if full else None, steady=True,
            note=f"{receipts['batches']} batches of {ORDERS[order]} at most: {made_of}",
        ),
        Finding(
            4, "  without the provider's own call and the queue's", [(_calls(sent) - sent["calls"]["SNS.Publish"] - queue_calls(sent) + stores) / SIZE],
            steady=True,
        ),
        Finding(4, "  write request units", [(sent["writes"] + receipts["writes"]) / SIZE], must=3.6 if full else None, steady=True, note=_units(receipts)),
        Finding(4, "  dollars per million recipients", [paid + extra], must=3.5 if full else None, steady=True),
    ]  # fmt: skip


def _child(stage: Stage, what: str) -> dict[str, Any]:
    naive = {
        "NAIVE_DYNAMODB": stage.dynamodb_url,
        "NAIVE_SQS": stage.engine_url,
        "NAIVE_PROVIDER": stage.stub,
        "NAIVE_QUEUE": make_naive(stage),
        "BENCH_TOKEN": stage.token,
        "AWS_DEFAULT_REGION": REGION,
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.counting", what],
        env=only_set({**os.environ, **stage.environment, **naive}),
        cwd=processes.ROOT,
        stdout=subprocess.PIPE,
        timeout=120,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


def _joined(phases: Mapping[str, Phase]) -> dict[str, Any]:
    calls: Counter[str] = Counter()
    by_call: Counter[str] = Counter()
    for phase in phases.values():
        calls.update(phase["calls"])
        by_call.update(phase["by_call"])
    writes = sum(phase["writes"] for phase in phases.values())
    reads = sum(phase["reads"] for phase in phases.values())
    return {"calls": calls, "writes": writes, "reads": reads, "by_call": by_call}


def _calls(phase: Phase) -> int:
    return sum(phase["calls"].values())


def _units(phase: Phase) -> str:
    return "units: " + ", ".join(f"{call} {units:g}" for call, units in sorted(phase["by_call"].items()))


def _dollars(phases: Mapping[str, Phase], size: int, collects: int = 0) -> float:
    """Return dollars per million recipients of one alert, with `collects` calls that collect its events."""
    dispatch = phases["dispatch"]
    batches = dispatch["calls"]["AmazonSQS.ReceiveMessage"]
    spent = price_of(phases["accept"], "alerts_api", requests=1, invocations=1)
    spent += price_of(dispatch, "dispatch_sms", invocations=batches, rounds=rounds_of(size))
    if collects:
        spent += price_of(phases["collect"], "alerts_api", requests=collects, invocations=collects)
    return spent / size


def _dollars_naive(joined: Phase, size: int) -> float:
    """Return the same of the baseline, whose function of 1 GB waits for one call after the other."""
    queue = sum(count for call, count in joined["calls"].items() if call.startswith("sqs"))
    seconds = _calls(joined) * STORE_CALL + size * PROVIDER_CALL
    return (
        float(
            joined["writes"] * PRICES["WRU"]
            + joined["reads"] * PRICES["RRU"]
            + queue * PRICES["SQS"]
            + PRICES["API"]
            + (1 + size * 0.1) * PRICES["Lambda"]
            + seconds * PRICES["GB-s"]
        )
        / size
    )


# --- the children -------------------------------------------------------------------------------------------------


def _ours() -> dict[str, Any]:
    from tests.benchmarks.recording import Record, recording

    api = importlib.import_module("alerts_api.app").app
    worker = importlib.import_module("dispatch_sms.app")
    token = os.environ["BENCH_TOKEN"]
    sqs = worker.clients.sqs

    def phase(record: Record) -> dict[str, Any]:
        told = {
            "calls": dict(record.calls),
            "writes": record.writes,
            "reads": record.reads,
            "by_call": dict(record.by_call),
            "tries": record.tries,
        }
        record.__init__(rows=record.rows)  # type: ignore[misc]
        return told

    def send(size: int, mode: str) -> str:
        told = ours.call(api, "POST", "/sendalert", json.dumps(request(numbers(size), token, mode)), token)
        assert told["status"] == 200, told["body"]
        ref: str = json.loads(told["body"])["alertRef"]
        return ref

    def dispatch() -> None:
        for queue, batch in (("SMS_URGENT_QUEUE_URL", 4), ("SMS_BULK_QUEUE_URL", 10)):
            while ours.poll_once(worker, sqs, os.environ[queue], batch):
                pass

    def collect(ref: str) -> int:
        times = 0
        body = {"version": "latest", "apiKey": token, "alertRef": ref, "options": {"maximumItemsToReturn": 100}}
        while True:
            told = ours.call(api, "POST", "/collectevents", json.dumps(body), token)
            assert told["status"] == 200, told["body"]
            times += 1
            if not json.loads(told["body"])["events"]:
                return times

    send(25, "poll")
    dispatch()  # keys, connections and caches are warm now; what was in the queues is gone
    result: dict[str, Any] = {}
    with recording() as record:
        for mode in ("poll", "none"):
            phases = {}
            ref = send(SIZE, mode)
            phases["accept"] = phase(record)
            dispatch()
            # The last look into an empty queue is idleness: Lambda's pollers make such calls at any rate.
            record.calls["AmazonSQS.ReceiveMessage"] -= 2
            phases["dispatch"] = phase(record)
            if mode == "poll":
                result["collects"] = collect(ref)
                phases["collect"] = phase(record)
            result[mode] = phases
        for size in SMALL:
            ref = send(size, "poll")
            phases = {"accept": phase(record)}
            dispatch()
            record.calls["AmazonSQS.ReceiveMessage"] -= 2
            phases["dispatch"] = phase(record)
            _receipts(sqs, ref, "in order")
            record.calls["AmazonSQS.ReceiveMessage"] -= 1
            phases["receipt"] = phase(record)
            result[f"small {size}"] = phases
        for order in ORDERS:
            ref = send(SIZE, "poll")
            dispatch()
            phase(record)
            batches = _receipts(sqs, ref, order)
            record.calls["AmazonSQS.ReceiveMessage"] -= 1  # the last look into an empty queue
            result[order] = phase(record) | {"batches": batches}
    return result


def _receipts(sqs: Any, ref: str, order: str) -> int:
    """Let the provider report every text of an alert delivered; returns how many batches took it in."""
    app = importlib.import_module("track_events.app")
    alert = app.storage.alerts.get(TenantId(TENANT), AlertRef(ref))
    assert alert is not None
    now = utc_now()
    ids = [MessageId(batch.key, position, 1) for batch in alert.batches() for position in batch.positions]
    if order != "in order":
        Random(1).shuffle(ids)
    bodies = [notification(SMS_TOPIC, text_event("TEXT_DELIVERED", str(id), "+447700900001", now), now) for id in ids]
    queue = client("sqs", os.environ["AWS_ENDPOINT_URL"])  # the topic's, which nobody counts
    url = os.environ["EVENTS_QUEUE_URL"]
    for first in range(0, len(bodies), 10):
        entries = [{"Id": str(n), "MessageBody": body} for n, body in enumerate(bodies[first : first + 10])]
        queue.send_message_batch(QueueUrl=url, Entries=entries)
    batches = 0
    while told := ours.poll_once(app, sqs, url, ORDERS[order]):
        assert not told["failed"]
        batches += 1
    return batches


def _naive() -> dict[str, Any]:
    from tests.benchmarks import naive

    size = 60
    sqs, url = naive.queue(), os.environ["NAIVE_QUEUE"]
    calls: Counter[str] = Counter()
    units = {"writes": 0.0, "reads": 0.0}

    def ask(params: dict[str, Any], model: Any, **_: Any) -> None:
        calls[f"{model.service_model.service_name}.{model.name}"] += 1

    def want(params: dict[str, Any], **_: Any) -> None:
        params["ReturnConsumedCapacity"] = "TOTAL"

    def told(parsed: dict[str, Any], model: Any, **_: Any) -> None:
        consumed = parsed.get("ConsumedCapacity", {}).get("CapacityUnits", 0.0)
        units["reads" if model.name == "GetItem" else "writes"] += consumed

    connection = naive.NaiveRow._get_connection().connection
    connection.client.meta.events.register("before-call.dynamodb", ask)
    connection.client.meta.events.register("provide-client-params.dynamodb", want)
    connection.client.meta.events.register("after-call.dynamodb", told)
    sqs.meta.events.register("before-call.sqs", ask)
    naive.accept(json.dumps(request(numbers(size), "")), url, sqs)
    left = size
    while left:
        left -= naive.work_once(url, os.environ["NAIVE_PROVIDER"], sqs)
    phase = {"calls": dict(calls), **units, "by_call": {}}
    return {"size": size, "phases": {"all": phase}}


if __name__ == "__main__":
    said = _ours() if sys.argv[1] == "ours" else _naive()
    print("\n" + json.dumps(said))
