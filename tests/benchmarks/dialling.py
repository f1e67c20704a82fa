"""Budget 20: how fast the calls of a broadcast are placed on the local engine.

The simulated provider has Amazon Connect's quotas: two dials a second with a burst of five, and ten lines. The numbers
are of no subscriber, so that every call is over at once, and a line is always free.
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

from infra.local.outside.contact import Contact
from infra.local.outside.phones import PhoneState
from tests.benchmarks.findings import Finding
from tests.benchmarks.local_engine import TENANT, Caller, deployed
from tests.benchmarks.stage import Wrong, numbers

SENDER = "+447700900060"
BURST = 5
"""Calls at the beginning that are not counted: the quota allows them at once."""

LONGEST = 180.0
"""Seconds after which calls that were not placed are lost."""


def measure(calls: int) -> list[Finding]:
    """Place the calls of one alert.

    Raises:
        Wrong: a call was not placed, or the alert refused.
        NotHere: the engine is not installed or does not start.
    """
    with deployed(calls=True) as caller:
        placed, ended = _placed(caller, numbers(calls))
    span = placed[-1] - placed[BURST]
    reorder = sum(each["endedBy"] == "no free line" for each in ended)
    return [
        Finding(
            20, "calls placed a second, full bulk queue", [(len(placed) - 1 - BURST) / span], "/s", must=1.9,
            at_least=True, note=f"{len(placed)} calls in {placed[-1] - placed[0]:.0f} s; two workers, each once a second",
        ),
        Finding(20, "  without a free line", [reorder], must=0, steady=True),
    ]  # fmt: skip


def _placed(caller: Caller, phones: list[str]) -> tuple[list[float], list[dict[str, Any]]]:
    """Return when each call was dialled, in seconds, and the line of each call that is over."""
    caller.operator.give_number(TENANT, caller.api.key, SENDER)
    for phone in phones:
        caller.outside.phones.set(phone, PhoneState.UNASSIGNED)
    placed: list[float] = []
    exchange = caller.outside.exchange
    dial = exchange.dial

    def noted(ours: str, theirs: str, attributes: Mapping[str, str], ring_seconds: float) -> Contact:
        placed.append(time.monotonic())
        return dial(ours, theirs, attributes, ring_seconds)

    exchange.dial = noted  # type: ignore[method-assign]
    spoken = {"content": "Check the pumps.", "contentEncoding": "utf8", "voiceFormat": "tts"}
    element = {"alertType": "call", "tag": "t", "sender": SENDER, "recipients": phones, **spoken}
    body = {"version": "latest", "clientRef": "bench", "alert": [element | {"ivrControl": {"ivrType": "simple"}}]}
    answer = caller.api.post("/sendalert", body)
    if answer.status != 200 or not answer.body["alerts"][0]["success"]:
        raise Wrong(f"/sendalert answered {answer.status}: {str(answer.body)[:300]}")
    end = time.monotonic() + LONGEST
    ended: list[dict[str, Any]] = []
    log = caller.places.calls
    while len(ended) < len(phones):
        if time.monotonic() > end:
            raise Wrong(f"{len(ended)} of {len(phones)} calls were over within {LONGEST:.0f} s")
        time.sleep(0.2)
        ended = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    return placed, ended
