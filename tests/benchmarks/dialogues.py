"""Budget 19: what a call costs while it goes on: CPU of a decision and of `ivr`, invocations, calls of stores.

    python -m tests.benchmarks.dialogues     calls by the deployed flow to scripted phones, on DynamoDB Local

The function is the one that is shipped, invoked in-process as Amazon Connect does. CPU is taken in runs without
recording, calls of stores in one with it. No time of the call passes: a scripted phone has a clock of its own.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from statistics import median
from types import SimpleNamespace
from typing import Any

from infra.local.outside.contact_flow import Answer, FlowRun
from infra.local.outside.phone_people import PhonePerson
from infra.local.outside.scripted_phone import ScriptedPhone
from infra.local.outside.telephone import Spoken
from tests.benchmarks import processes
from tests.benchmarks.findings import Finding
from tests.benchmarks.recording import Record, recording
from tests.benchmarks.stage import TENANT, Stage, numbers, only_set
from tests.builders import a_call, an_acceptance
from tests.unit.voice.calls import FLOW, SECONDS
from tests.unit.voice.calls import call as decided
from tocsin.bootstrap.storage import Storage
from tocsin.calls.domain.outgoing_call import ANSWER_WITHIN
from tocsin.delivery.domain.message import Message, SendingTerms, claim_message, dialled
from tocsin.delivery.domain.message_id import MessageId
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.voice.domain.script import PromptName, Replay, Script, Simple

TIMED, COUNTED = 60, 10
"""Calls of each dialogue that are timed, and those whose calls of stores are counted."""
WARM = 5
"""Calls before any counts."""
DECIDED = 400
"""Calls whose decisions alone are timed."""

DIALOGUES: Mapping[str, tuple[Script, PhonePerson, int]] = {
    "simple, no key": (Simple(), PhonePerson(), 3),
    "replay, ok": (Replay(), PhonePerson(listening="2"), 4),
    "replay, said again, ok": (Replay(), PhonePerson(listening="12"), 6),
}
"""Who is called with what, and how often `ivr` may be invoked."""


def measure(stage: Stage, rounds: int) -> list[Finding]:
    """Time decisions here, and `ivr` in a child of its own."""
    found = [
        Finding(
            19, "step of a dialogue, with codec: CPU", [_decision() for _ in range(rounds)], "ms", must=0.2, aim=0.06
        )
    ]
    told = [_child(stage) for _ in range(rounds)]
    for name, (_, _, invocations) in DIALOGUES.items():
        runs = [run[name] for run in told]
        made_of = ", ".join(f"{call} {count:g}" for call, count in sorted(runs[0]["by_call"].items()))
        found += [
            Finding(19, f"{name}: invocations", [run["invocations"] for run in runs], must=invocations, steady=True),
            Finding(
                19, "  calls of stores, first step", [run["first"] for run in runs], must=2, steady=True,
                note=f"a whole call: {made_of}",
            ),
            Finding(19, "  the same, a later step", [run["later"] for run in runs], must=2, steady=True),
            Finding(19, "  CPU of `ivr`, warm", [run["cpu"] * 1e3 for run in runs], "ms", must=10),
        ]  # fmt: skip
        if all(run["of_key"] for run in runs):
            found.append(Finding(19, "  calls of stores, key", [run["of_key"] for run in runs], must=4, steady=True))
    return found


def _decision() -> float:
    """Return the milliseconds of CPU of one decision, the flow and the phone that ask for it included."""
    script, person, _ = DIALOGUES["replay, said again, ok"]
    began = time.process_time()
    steps = sum(len(decided(script, person).asked) for _ in range(DECIDED))
    return (time.process_time() - began) / steps * 1e3


def _child(stage: Stage) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.dialogues"],
        env=only_set({**os.environ, **stage.environment, "RECORDINGS_BUCKET_NAME": "bench"}),
        cwd=processes.ROOT,
        stdout=subprocess.PIPE,
        timeout=120,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return told


# --- the child ----------------------------------------------------------------------------------------------------


def _ringing(storage: Storage, script: Script) -> MessageId:
    """Accept an alert to one phone, and dial."""
    (phone,) = numbers(1)
    now = storage.clock()
    ref = AlertRef(f"a{storage.randomness.token(10).hex()}")
    acceptance = an_acceptance(a_call(phone, script=script), at=now, tenant=TenantId(TENANT), ref=ref)
    storage.alerts.accept(acceptance)
    (key,) = acceptance.alert.chunks()
    claim = claim_message(None, 0, now, SendingTerms(now + timedelta(hours=1), False, timedelta(minutes=1)))
    assert isinstance(claim, Message)
    id = MessageId(key, 0, 1)
    assert all(storage.message_rows.save(key, [claim]))
    assert all(storage.message_rows.save(key, [dialled(claim, str(id), now, ANSWER_WITHIN)]))
    storage.placed_calls.remember(str(id), id, now + timedelta(days=1))
    return id


@dataclass
class Talk:
    """What the invocations of one call took. `keys`: whether each told a key."""

    keys: list[bool] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    calls: list[int] = field(default_factory=list)
    by_call: Counter[str] = field(default_factory=Counter)


def _talk(app: Any, script: Script, person: PhonePerson, record: Record | None = None) -> Talk:
    """Call somebody."""
    id = _ringing(app.storage, script)
    phone = ScriptedPhone(person, lambda said: Spoken(said["what"], "", "", SECONDS[PromptName(said["prompt"])]))
    context = SimpleNamespace(aws_request_id="r")
    talk = Talk()

    def invoke(payload: dict[str, Any]) -> Answer:
        before = Counter(record.calls) if record else Counter[str]()
        began = time.process_time()
        said: Answer = app.handler(payload, context)
        talk.cpu.append(time.process_time() - began)
        talk.keys.append(payload["Details"]["Parameters"]["event"] == "key")
        made = record.calls - before if record else Counter[str]()
        talk.calls.append(made.total())
        talk.by_call += made
        return said

    contact = {"ContactId": str(id), "Attributes": {"message": str(id)}, "InitiationMethod": "API"}
    FlowRun(FLOW, phone, invoke, contact).run()
    return talk


def _costs(app: Any, script: Script, person: PhonePerson) -> dict[str, Any]:
    timed = [_talk(app, script, person) for _ in range(WARM + TIMED)][WARM:]
    with recording() as record:
        counted = [_talk(app, script, person, record) for _ in range(COUNTED)]
    steps = [each for talk in counted for each in zip(talk.keys[1:], talk.calls[1:], strict=True)]
    return {
        "invocations": max(len(talk.keys) for talk in timed),
        "cpu": median(cpu for talk in timed for cpu in talk.cpu),
        "first": max(talk.calls[0] for talk in counted),
        "later": max(calls for of_key, calls in steps if not of_key),
        "of_key": max((calls for of_key, calls in steps if of_key), default=0),
        "by_call": {
            call: count / COUNTED for call, count in sum((talk.by_call for talk in counted), Counter()).items()
        },
    }


def main() -> dict[str, Any]:
    """Make all calls."""
    # What Lambda would take as the log is formatted and written all the same, only nobody reads it.
    out = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    app = importlib.import_module("ivr.app")
    told = {name: _costs(app, script, person) for name, (script, person, _) in DIALOGUES.items()}
    os.dup2(out, 1)
    return told


if __name__ == "__main__":
    print("\n" + json.dumps(main()))
