"""Budget 18: from a telephony event to the provider, by a rule that texts, over a plain call of `/sendalert`.

The engine is idle and its workers run. Both take their way in turn, each to a phone of its own.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from statistics import median
from typing import Any

from infra.local.api import Answer, Api
from infra.local.commands.people import wait_until_rules_count
from tests.benchmarks.findings import Finding
from tests.benchmarks.local_engine import TENANT, Caller, deployed
from tests.benchmarks.stage import Wrong, numbers

MUST, AIM = 2.0, 1.3
WARM = 3
"""Rounds that start workers, and are not counted."""

SENDER, OWNER = "+447700900060", "olivia@bench.example"


def measure(rounds: int) -> list[Finding]:
    """Take the time of both ways, in turn.

    Raises:
        Wrong: a text was lost, or a call refused.
        NotHere: the engine is not installed or does not start.
    """
    with deployed("canSendEvents") as caller:
        phones = numbers(WARM + rounds)
        _make_rules(caller, phones)
        plain: list[float] = []
        by_rule: list[float] = []
        for phone in phones:
            (other,) = numbers(1)
            plain.append(_seconds(caller, other, partial(_plain, caller.api, other)))
            by_rule.append(_seconds(caller, phone, partial(_missed, caller.api, phone)))
    plain, by_rule = plain[WARM:], by_rule[WARM:]
    quiet = median(plain)
    made_from = f"plain {quiet * 1e3:.0f} ms ({min(plain) * 1e3:.0f} – {max(plain) * 1e3:.0f}), {rounds} rounds"
    return [
        Finding(
            18,
            "event to provider, over /sendalert",
            [t / quiet for t in by_rule],
            "x",
            MUST,
            AIM,
            note=made_from,
            ours=f"{median(by_rule) * 1e3:.0f} ms",
            peer=f"/sendalert {quiet * 1e3:.0f} ms",
        ),
        Finding(18, "event to provider", [t * 1e3 for t in by_rule], "ms"),
    ]


def _make_rules(caller: Caller, phones: list[str]) -> None:
    """Make a rule for each phone, which is told of missed calls that name its number."""
    operator = caller.operator
    operator.give_number(TENANT, caller.api.key, SENDER)
    operator.run("user", "create", "--tenant", TENANT, "--email", OWNER, "--name", "Olivia", "--role", "account_owner")
    owner = Api(caller.api.base, operator.token_of(OWNER))
    _taken(owner.post("/phone_numbers", {"e164": SENDER, "label": "Desk"}))
    for phone in phones:
        rule = {
            "name": f"Missed calls of {phone}",
            "type": "call",
            "options": {"urgent": True},
            "triggers": [{"filters": {"statuses": ["missed"], "numbers": [phone]}}],
            "notifications": [{"type": "sms", "from": SENDER, "to": [phone], "text": "%%CALLER_NUMBER%% called"}],
        }
        _taken(owner.post("/alert_rules", rule))
    wait_until_rules_count(owner)


def _seconds(caller: Caller, phone: str, send: Callable[[], None]) -> float:
    began = time.time()
    send()
    return caller.arrivals({phone}, pause=0.005)[phone] - began


def _plain(api: Api, phone: str) -> None:
    element = {"alertType": "sms", "tag": "t", "sender": SENDER, "recipients": [phone], "content": "Somebody called"}
    _taken(api.post("/sendalert", {"version": "latest", "clientRef": "bench", "alert": [element]}))


def _missed(api: Api, phone: str) -> None:
    parties: dict[str, Any] = {"from": {"number": phone}, "to": {"number": SENDER}}
    event = {
        "specversion": "1.0",
        "id": phone,
        "source": "bench",
        "type": "call.ended",
        "time": datetime.now(UTC).isoformat(),
        "data": {"callId": phone, "direction": "incoming", "status": "missed", "durationSeconds": 18, **parties},
    }
    _taken(api.post("/events", json.dumps([event]).encode()))


def _taken(answer: Answer) -> None:
    if answer.status >= 300:
        raise Wrong(f"the API answered {answer.status}: {str(answer.body)[:300]}")
