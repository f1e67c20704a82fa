"""Budget 16: schedules that are due in the same second, on the local engine: how late their texts are with the provider.

The engine is a new one, deployed as `make run` deploys it, with the simulated carrier and its receipts. The first
schedules are due before any worker of theirs has started; the lines after them find the workers that these have left.
"""

from __future__ import annotations

import contextlib
import json
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from infra.local.api import Api
from infra.local.aws import Aws
from infra.local.commands.keys import NewKey, Operator
from infra.local.complaint import Complaint
from infra.local.engine import Engine
from infra.local.outside.world import Outside
from infra.local.places import Places, free_port
from infra.local.stack import stand_up
from tests.benchmarks import processes
from tests.benchmarks.findings import Finding
from tests.benchmarks.stage import ENGINE_PYTHON, Wrong, numbers

MUST = 20.0
"""Seconds after which the last of 300 texts must be out, whether workers run or not."""

HELD_TO_IT = 300
IN_A_CALL = 10
"""Alerts in one call, the most that it takes."""

AHEAD, A_SECOND = 20.0, 20
"""The schedules of a round are due so many seconds, and a second for so many schedules, after the first call."""

LONGEST = 600.0
"""Seconds after which texts that are still missing are lost."""


def measure(counts: Sequence[int]) -> list[Finding]:
    """Measure 300 schedules on an engine without workers, and then each of `counts`.

    Raises:
        Wrong: a text was lost.
        NotHere: the engine is not installed or does not start.
    """
    if not ENGINE_PYTHON.exists():
        raise processes.NotHere("the engine environment is not there (make run builds it)")
    with tempfile.TemporaryDirectory(prefix="tocsin-bench-") as home, _engine(Places(Path(home))) as bench:
        cold = bench.lateness(HELD_TO_IT)
        found = [
            Finding(16, f"schedules of one second, {HELD_TO_IT}, workers not started: last text", cold[-1:], "s", MUST),
            Finding(16, "  p50", [_quantile(cold, 0.5)], "s"),
        ]
        for count in counts:
            late = bench.lateness(count)
            must = MUST if count == HELD_TO_IT else None
            found += [
                Finding(16, f"schedules of one second, {count:,}: p50", [_quantile(late, 0.5)], "s"),
                Finding(16, "  p99", [_quantile(late, 0.99)], "s"),
                Finding(16, "  last text", late[-1:], "s", must, note=f"{count / late[-1]:.0f} texts a second"),
            ]
    return found


class _Bench:
    """One caller of one deployed engine."""

    def __init__(self, places: Places, api: Api) -> None:
        self._texts = places.texts
        self._api = api

    def lateness(self, count: int) -> list[float]:
        """Make schedules of one second; return how late each text was, in seconds, in order."""
        due = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=AHEAD + count // A_SECOND)
        phones = numbers(count)
        for first in range(0, count, IN_A_CALL):
            alerts = [_scheduled(phone, due) for phone in phones[first : first + IN_A_CALL]]
            answer = self._api.post("/sendalerts", {"version": "latest", "alerts": alerts})
            if answer.status != 200:
                raise Wrong(f"/sendalerts answered {answer.status}: {str(answer.body)[:300]}")
        if datetime.now(UTC) >= due:
            raise Wrong(f"{count} schedules were not stored before they were due")
        return sorted(at - due.timestamp() for at in self._arrivals(set(phones)).values())

    def _arrivals(self, wanted: set[str]) -> Mapping[str, float]:
        """Return when the provider got the text to each number, in seconds of the epoch."""
        found: dict[str, float] = {}
        end = time.monotonic() + LONGEST
        with self._texts.open("rb") as file:
            rest = b""
            while len(found) < len(wanted):
                if time.monotonic() > end:
                    raise Wrong(f"{len(found)} of {len(wanted)} texts went out within {LONGEST:.0f} s")
                time.sleep(0.05)
                *lines, rest = (rest + file.read()).split(b"\n")
                for text in map(json.loads, lines):
                    if text["PhoneNumber"] in wanted:
                        found.setdefault(text["PhoneNumber"], time.time())
        return found


def _scheduled(phone: str, due: datetime) -> dict[str, Any]:
    element = {"alertType": "sms", "tag": "t", "sender": "Tocsin", "recipients": [phone], "content": "Check the pumps."}
    schedule = {"start": due.strftime("%Y-%m-%dT%H:%M:%SZ"), "delay": "0m"}
    return {"clientRef": "bench", "alert": [element], "options": {"schedule": schedule}}


def _quantile(late: Sequence[float], share: float) -> float:
    return late[min(len(late) - 1, int(len(late) * share))]


@contextlib.contextmanager
def _engine(places: Places) -> Iterator[_Bench]:
    outside = Outside(places, lambda line: None)
    outside.open()
    engine = Engine(places, free_port(), ENGINE_PYTHON, outside.mail_server)
    try:
        engine.start()
        stack = stand_up(engine, lambda line: None)
        operator = Operator(engine, stack.artefacts.dependencies_layer_zip)
        operator.create_tenant("bench", "Bench", "anywhere")
        api = Api(stack.api, operator.create_key(NewKey("bench", "live", "bench")))
        with outside.playing_along(lambda: Aws(engine.url), stack.outputs):
            yield _Bench(places, api)
    except Complaint as complaint:
        raise processes.NotHere(str(complaint)) from complaint
    finally:
        engine.stop()
        outside.close()
