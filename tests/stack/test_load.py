"""A real send, with everything that follows from it: the engine holds it on a small machine."""

from __future__ import annotations

import os
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from infra.local.ministack.turns import PROCESSES
from tests.architecture.deployment import deployment, read_sources
from tests.stack.system import System, email, sms


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_thousand_messages_arrive_by_a_few_processes_and_the_api_answers_meanwhile(lively: System) -> None:
    # given a call to five hundred phones and five hundred mailboxes, results to be called back
    functions = len(deployment(read_sources()).of("Lambda::Function"))
    before = _called_back(lively)
    options = {"notification": "callback", "callbackURL": lively.outside.callbacks.url}
    ref = lively.sent("live", sms(lively.phones(500)), email(lively.mailboxes(500)), options=options)

    # when clients look meanwhile
    statuses: Counter[int] = Counter()
    most = 0

    def look() -> tuple[int, int]:
        nonlocal most
        answers = [
            lively.callers["live"].get(path)
            for path in ("/alerts?limit=5", f"/alerts/{ref}", f"/alerts/{ref}/recipients")
        ]
        statuses.update(answer.status for answer in answers)
        most = max(most, len(_processes_of(lively)))
        delivered: int = answers[1].body["counts"]["delivered"] if answers[1].status == 200 else 0
        return delivered, _called_back(lively) - before

    # then everybody gets it, every event is called back, and no look fails
    lively.awaited(look, lambda done: done == (1_000, 2_000), 240)
    assert set(statuses) == {200}
    assert functions < most <= 1 + functions * PROCESSES


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_fifty_calls_at_once_are_all_accepted_by_the_few_processes_there_are(system: System) -> None:
    # Whoever came first is served first (test_turns), so none of them waits for a call that came later.
    functions = len(deployment(read_sources()).of("Lambda::Function"))
    phones = [system.phones(20) for _ in range(50)]

    with ThreadPoolExecutor(50) as callers:
        answers = list(callers.map(lambda to: system.send("sandbox", sms(to)), phones))

    assert Counter(answer.status for answer in answers) == {200: 50}
    assert len({answer.body["alertRef"] for answer in answers}) == 50
    assert len(_processes_of(system)) <= 1 + functions * PROCESSES


def _called_back(system: System) -> int:
    file = system.outside.callbacks.file
    return file.read_bytes().count(b"\n") if file.exists() else 0


def _processes_of(system: System) -> list[int]:
    """Return the engine's processes: it has a process group of its own."""
    engine = int(system.engine.places.pid.read_text().split('"pid": ')[1].split(",")[0])
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                if os.getpgid(int(entry.name)) == engine:
                    found.append(int(entry.name))
            except OSError:
                continue
    return found
