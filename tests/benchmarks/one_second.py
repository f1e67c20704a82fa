"""Budget 16: schedules that are due in the same second, on the local engine: how late their texts are with the provider.

The engine is a new one, deployed as `make run` deploys it, with the simulated carrier and its receipts. The first
schedules are due before any worker of theirs has started; the lines after them find the workers that these have left.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.benchmarks.findings import Finding
from tests.benchmarks.local_engine import Caller, deployed
from tests.benchmarks.stage import Wrong, numbers

MUST = 20.0
"""Seconds after which the last of 300 texts must be out, whether workers run or not."""

HELD_TO_IT = 300
IN_A_CALL = 10
"""Alerts in one call, the most that it takes."""

AHEAD, A_SECOND = 20.0, 20
"""The schedules of a round are due so many seconds, and a second for so many schedules, after the first call."""


def measure(counts: Sequence[int]) -> list[Finding]:
    """Measure 300 schedules on an engine without workers, and then each of `counts`.

    Raises:
        Wrong: a text was lost.
        NotHere: the engine is not installed or does not start.
    """
    with deployed() as caller:
        cold = _lateness(caller, HELD_TO_IT)
        found = [
            Finding(16, f"schedules of one second, {HELD_TO_IT}, workers not started: last text", cold[-1:], "s", MUST),
            Finding(16, "  p50", [_quantile(cold, 0.5)], "s"),
        ]
        for count in counts:
            late = _lateness(caller, count)
            must = MUST if count == HELD_TO_IT else None
            found += [
                Finding(16, f"schedules of one second, {count:,}: p50", [_quantile(late, 0.5)], "s"),
                Finding(16, "  p99", [_quantile(late, 0.99)], "s"),
                Finding(16, "  last text", late[-1:], "s", must, note=f"{count / late[-1]:.0f} texts a second"),
            ]
    return found


def _lateness(caller: Caller, count: int) -> list[float]:
    """Make schedules of one second; return how late each text was, in seconds, in order."""
    due = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=AHEAD + count // A_SECOND)
    phones = numbers(count)
    for first in range(0, count, IN_A_CALL):
        alerts = [_scheduled(phone, due) for phone in phones[first : first + IN_A_CALL]]
        answer = caller.api.post("/sendalerts", {"version": "latest", "alerts": alerts})
        if answer.status != 200:
            raise Wrong(f"/sendalerts answered {answer.status}: {str(answer.body)[:300]}")
    if datetime.now(UTC) >= due:
        raise Wrong(f"{count} schedules were not stored before they were due")
    return sorted(at - due.timestamp() for at in caller.arrivals(set(phones)).values())


def _scheduled(phone: str, due: datetime) -> dict[str, Any]:
    element = {"alertType": "sms", "tag": "t", "sender": "Tocsin", "recipients": [phone], "content": "Check the pumps."}
    schedule = {"start": due.strftime("%Y-%m-%dT%H:%M:%SZ"), "delay": "0m"}
    return {"clientRef": "bench", "alert": [element], "options": {"schedule": schedule}}


def _quantile(late: Sequence[float], share: float) -> float:
    return late[min(len(late) - 1, int(len(late) * share))]
