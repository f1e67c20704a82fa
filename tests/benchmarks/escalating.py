"""Budget 12: an escalation of up to 10,000 contacts: its next step, an answer to it, and a plan of all of it.

    python -m tests.benchmarks.escalating 100,1000,10000 ROUNDS     (run by `measure` in a child; prints JSON)

The denominator is a plain call to the same people, accepted by the same code in the same run: a step reads who has
answered, the group and its own text from the stores, and commits an alert; a plain call reads all but that from the
request. One contact in ten has answered when the step is due.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import Any

from tests.benchmarks import ours, processes
from tests.benchmarks.findings import Finding
from tests.benchmarks.stage import Stage, numbers, only_set
from tests.benchmarks.timers import alarm_environment

ANSWERED = 10
"""One contact in so many has answered."""

EXECUTOR = 8
FIRST_STEP_DUE = timedelta(seconds=61)
WHAT = ("plain", "begun", "plan", "answer", "step")


def measure(stage: Stage, sizes: Sequence[int], rounds: int) -> list[Finding]:
    """Measure in a child of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.escalating", ",".join(map(str, sizes)), str(rounds)],
        env=only_set({**os.environ, **stage.environment, **alarm_environment(stage), "BENCH_TOKEN": stage.token}),
        cwd=processes.ROOT,
        stdout=subprocess.PIPE,
        timeout=240,
        check=True,
    )
    told = json.loads(done.stdout.splitlines()[-1])
    first, *_, last = (told[str(size)] for size in sizes)
    many = max(sizes)

    def over(what: str, than: str = "plain") -> list[float]:
        return [one / other for one, other in zip(last["cpu"][what], last["cpu"][than], strict=True)]

    def curve(what: str) -> str:
        return ", ".join(f"{size:,}: {median(told[str(size)]['cpu'][what]) * 1e3:.3g}" for size in sizes)

    def made_of(what: str) -> str:
        return ", ".join(f"{call} {number}" for call, number in sorted(last["counts"][what]["calls"].items()))

    def counted(what: str, unit: str) -> float:
        counts = last["counts"][what]
        return float(sum(counts["calls"].values()) if unit == "calls" else counts[unit])

    return [
        Finding(
            12, f"step of an escalation to {many:,} contacts, CPU over a plain call", over("step"), "x", must=2, aim=1.2,
            note=f"ms by contacts: {curve('step')}; plain: {curve('plain')}",
        ),
        Finding(
            12, f"  CPU per contact at {many:,} over {sizes[-2]:,}", _per_contact(told, sizes, "step"), "x", must=1.15, aim=1.05,
        ),
        Finding(
            12, "  AWS calls over a plain call's", [counted("step", "calls") / counted("plain", "calls")], "x",
            must=1.5, aim=1.2, steady=True, note=made_of("step"),
        ),
        Finding(
            12, "  write request units over a plain call's", [counted("step", "writes") / counted("plain", "writes")],
            "x", must=1.1, aim=1.02, steady=True, note=f"{counted('step', 'writes'):g}",
        ),
        Finding(
            12, "  read request units per contact that has answered",
            [counted("step", "reads") / (many // ANSWERED)], must=0.5, aim=0.1, steady=True,
            note=f"{counted('step', 'reads'):g}",
        ),
        Finding(12, "an escalation begun, CPU over a plain call", over("begun"), "x", must=4, note=f"every step is tried; ms: {curve('begun')}"),
        Finding(
            12, "a plan of it, CPU over the call it plans", over("plan", "begun"), "x", must=4, aim=2,
            note=f"ms: {curve('plan')}",
        ),
        Finding(12, "  AWS calls", [counted("plan", "calls")], steady=True, note=made_of("plan")),
        Finding(12, "  write request units", [counted("plan", "writes")], must=0, aim=0, steady=True),
        Finding(12, "an answer counted: AWS calls", [counted("answer", "calls")], must=4, aim=2, steady=True, note=made_of("answer")),
        Finding(12, "  write request units", [counted("answer", "writes")], must=12, aim=8, steady=True),
        Finding(
            12, f"  write and read units at {many:,} contacts over {min(sizes):,}",
            [sum(last["counts"]["answer"][u] for u in ("writes", "reads")) / sum(first["counts"]["answer"][u] for u in ("writes", "reads"))],
            "x", must=1, aim=1, steady=True,
        ),
        Finding(12, "  answers counted a second", last["rate"], "1/s", at_least=True, note=f"{EXECUTOR} at once, all on one escalation"),
    ]  # fmt: skip


def _per_contact(told: dict[str, Any], sizes: Sequence[int], what: str) -> list[float]:
    """Return what one contact of the most costs over one of fewer, one value per round."""
    *_, fewer, most = (told[str(size)]["cpu"][what] for size in sizes)
    return [late / early * sizes[-2] / sizes[-1] for early, late in zip(fewer, most, strict=True)]


# --- the child ----------------------------------------------------------------------------------------------------


class _Bench:
    """The functions that have to do with escalations, and one of them of so many contacts at a time."""

    def __init__(self) -> None:
        from tocsin.timers.domain.timer import TimerKind

        self.api: Any = importlib.import_module("alerts_api.app")
        self.timers: Any = importlib.import_module("run_timers.app")
        from tocsin.bootstrap.answering import responses

        texts: Any = importlib.import_module("receive_texts.app")
        self.responses = responses(texts.storage, texts.queues)
        self.token = os.environ["BENCH_TOKEN"]
        self.run = ours.timers_ahead(self.timers, TimerKind.ESCALATION, FIRST_STEP_DUE)

    def body(self, size: int, *, escalated: bool, plan: bool = False) -> str:
        people = [{"id": f"c{n:05}", "sms": number} for n, number in enumerate(numbers(size))]
        text = {
            "alertType": "sms",
            "tag": "t",
            "sender": "Tocsin",
            "contactSets": ["all"],
            "content": "Pump 7 stopped.",
        }
        body = {
            "version": "latest",
            "apiKey": self.token,
            "clientRef": "bench",
            "alert": [text],
            "contactGroup": {"inlineContactGroup": {"contacts": people}},
        }
        if escalated:
            steps = [{"after": "1m", "alert": [{**text, "content": "Still nobody is at pump 7."}]}]
            body["escalation"] = {"steps": steps, "stopWhen": {"count": size}}
        if plan:
            body["mode"] = "plan"
        return json.dumps(body)

    def post(self, body: str) -> dict[str, Any]:
        told = ours.call(self.api.app, "POST", "/sendalert", body, self.token)
        assert told["status"] == 200, told["body"][:500]
        answer: dict[str, Any] = json.loads(told["body"])
        return answer

    def first(self, ref: str) -> Any:
        from tocsin.kernel.domain.ids import AlertRef, TenantId

        return self.timers.storage.alerts.get(TenantId("bench"), AlertRef(ref))

    def answers(self, alert: Any, count: int) -> list[Any]:
        """Return an answer of each of the first so many contacts."""
        from tocsin.alerts.domain.response_kind import ResponseKind
        from tocsin.responses.domain.response import Response

        found: list[Any] = []
        for batch in alert.batches():
            recipients = self.timers.storage.alerts.recipients(batch.key)
            for position in batch.positions:
                who = recipients[position]
                found.append(
                    Response(
                        batch.key, position, ResponseKind.SMS, f"in-{batch.key.chunk}-{position}", who.address, who.contact_id,
                        datetime.now(UTC), "on my way", link=alert.link, escalation=alert.escalation,
                        expires_at=alert.expires_at,
                    )
                )  # fmt: skip
                if len(found) == count:
                    return found
        return found

    def step(self, alert: Any) -> None:
        """Let the timer of its escalation be due, as the queue hands it over."""
        from run_timers.handler import timer_worker
        from tocsin.escalation.domain.escalation import escalation_of
        from tocsin.timers.domain.timer import encode

        key = escalation_of(alert)
        assert key is not None
        timer = self.run.timers.get(key.timer)
        message = {"MessageId": "m", "ReceiptHandle": "", "Body": encode(timer), "MD5OfBody": ""}
        answer = timer_worker("bench", self.run)(ours.sqs_event([message]), ours.Context())
        assert not answer["batchItemFailures"]
        assert self.run.timers.get(key.timer).generation == timer.generation + 1


def _cpu(do: Callable[[], Any]) -> float:
    began = time.process_time()
    do()
    return time.process_time() - began


def _measured(bench: _Bench, size: int, rounds: int) -> dict[str, Any]:
    """Measure one size; the last round is counted, not timed."""
    from tests.benchmarks.recording import recording

    cpu: dict[str, list[float]] = {what: [] for what in WHAT}
    counts: dict[str, dict[str, Any]] = {}
    rates: list[float] = []
    for number in range(rounds + 1):
        counting = number == rounds

        def part(what: str, do: Callable[[], Any], times: int = 1, counting: bool = counting) -> None:
            if not counting:
                cpu[what].append(_cpu(do) / times)
                return
            with recording() as record:
                do()
            calls = Counter({call: count / times for call, count in record.calls.items()})
            counts[what] = {"calls": calls, "writes": record.writes / times, "reads": record.reads / times}

        plain, escalated = bench.body(size, escalated=False), bench.body(size, escalated=True)
        plan = bench.body(size, escalated=True, plan=True)
        begun: list[str] = []
        part("plain", lambda body=plain: bench.post(body))  # type: ignore[misc]
        part("plan", lambda body=plan: bench.post(body))  # type: ignore[misc]
        part("begun", lambda body=escalated, begun=begun: begun.append(bench.post(body)["alertRef"]))  # type: ignore[misc]
        alert = bench.first(begun[0])
        answers = bench.answers(alert, size // ANSWERED)
        one_by_one, rest = answers[:5], answers[5:]
        part("answer", lambda some=one_by_one: [bench.responses.add(one) for one in some], len(one_by_one))  # type: ignore[misc]
        if not counting or rest:
            with ThreadPoolExecutor(EXECUTOR) as executor:
                began = time.perf_counter()
                assert all(executor.map(bench.responses.add, rest))
                rates += [len(rest) / (time.perf_counter() - began)] if rest else []
        part("step", lambda alert=alert: bench.step(alert))  # type: ignore[misc]
        taken = bench.timers.storage.escalations.get(_key(alert))
        assert (taken.step, taken.answered) == (1, size // ANSWERED)
        step = bench.first(taken.alerts[1])
        assert step.recipients == size - size // ANSWERED
    return {"cpu": cpu, "counts": counts, "rate": rates}


def _key(alert: Any) -> Any:
    from tocsin.escalation.domain.escalation import escalation_of

    return escalation_of(alert)


if __name__ == "__main__":
    _bench = _Bench()
    _measured(_bench, 100, 2)  # connections and caches are warm now
    _told = {size: _measured(_bench, int(size), int(sys.argv[2])) for size in sys.argv[1].split(",")}
    print("\n" + json.dumps(_told))
