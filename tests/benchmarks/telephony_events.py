"""Budget 17: telephony events, from a vendor's payload to the rules that match, to packs, and back in a backtest.

Everything is CPU of one core and needs no stores. `python -m tests.benchmarks.telephony_events` measures it alone.
"""

from __future__ import annotations

import json
import random
import time
import zlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tests.benchmarks.findings import Finding
from tests.benchmarks.test_rule_book_cpu import busy_rule, seconds
from tests.fakes.sealer import FakeSealer
from tests.fakes.time import NOON
from tests.unit.alert_rules.worlds import NAMES, NUMBERS, a_rule, a_trigger
from tests.unit.telephony.test_shipped_mappings import payloads, told
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.adapters.dynamodb.telephony.event_rows import DynamoDbEventRows
from tocsin.alert_rules.application.decide_event import DecideEvent
from tocsin.alert_rules.domain.backtest import BacktestSums, RuleWalk
from tocsin.alert_rules.domain.book import RuleBook
from tocsin.alert_rules.domain.facts import AccountNames
from tocsin.alert_rules.domain.triggers import RuleType
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.domain.cloud_events import EVENTS_A_CALL, EventReader
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.event_pack import PackedEvent, packed, unpacked
from tocsin.telephony.domain.stored_event import StoredEvent
from tocsin.telephony.ports.event_rows import EVENTS_AT_ONCE

ACME = TenantId("acme")
ZONE = ZoneInfo("Europe/London")
LINES = [f"l{n}" for n in range(1_000)]
A_MILLION = 1_000_000
PART = 16_000
"""Events of one part of a pack, as PART_BYTES makes it."""


class _NoStore:
    """A client that takes statements and keeps nothing."""

    def batch_execute_statement(self, *args: Any, **request: Any) -> Any:
        return {"Responses": [{} for _ in request["Statements"]]}


def measure(events: int) -> list[Finding]:
    """Return the lines of budget 17; `events`: how many are walked over, scaled to a million."""
    size, walking = _pack_and_walk(events)
    _, matching, _ = seconds(1_000, 10_000)
    kind, mapping = _mapping()
    few, many = _decide_by_users(10), _decide_by_users(1_000)
    return [
        Finding(17, "10,000 events × 1,000 rules, decide only", [matching], "s", 1.0, 0.1),
        Finding(17, "the same, bytes to statement, without encryption", [_bytes_to_statement()], "s", 2.0, 0.6),
        Finding(17, "backtest of 1,000,000 events", [walking], "s", 60, 5, note=f"{events:,} events, scaled"),
        Finding(17, "bytes an event kept", [size], "B", 150, 60, steady=True, note="random calls, deflated"),
        Finding(17, "mapping of the dearest payload", [mapping * 1e6], "µs", 200, 60, note=kind),
        Finding(17, "decide with 1,000 users over 10", [many / few], "", 1.15, 1.05),
    ]


def _a_call(dice: random.Random, n: int, lines: list[str]) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": f"call-{dice.getrandbits(64):x}",
        "source": "pbx",
        "type": "call.ended",
        "time": (NOON - timedelta(seconds=n % 3_000)).isoformat(),
        "data": {
            "callId": f"{dice.getrandbits(64):x}",
            "direction": dice.choice(["incoming", "outgoing", "internal"]),
            "status": dice.choice(["answered", "missed", "missed", "voicemail"]),
            "durationSeconds": dice.randint(0, 600),
            "line": dice.choice(lines),
            "from": {"number": f"+4477009{dice.randint(0, 99_999):05}"},
            "to": {"number": dice.choice(NUMBERS)},
        },
    }


def _cpu(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


def _bytes_to_statement() -> float:
    dice = random.Random(17)
    bodies = [json.dumps([_a_call(dice, n, LINES) for n in range(500)]) for _ in range(20)]
    book = RuleBook([busy_rule(dice, f"r{n}") for n in range(1_000)], NAMES, ZONE)
    decide = DecideEvent(lambda tenant: book)
    client: Any = _NoStore()
    rows = DynamoDbEventRows(Table(client, "t"), FakeSealer())

    def work() -> None:
        for body in bodies:
            found = _read(json.loads(body))
            stored = [StoredEvent.new(event, decide(ACME, event).acts, {}) for event in found]
            for first in range(0, 500, EVENTS_AT_ONCE):
                rows.insert(ACME, stored[first : first + EVENTS_AT_ONCE])

    return _cpu(work)


def _pack_and_walk(events: int) -> tuple[float, float]:
    """Return the bytes of an event in a pack, and the seconds of a walk over a million."""
    dice = random.Random(19)
    parts = []
    for first in range(0, events, PART):
        found = _read([_a_call(dice, n, LINES) for n in range(min(PART, events - first))])
        value = [packed(PackedEvent(event.name, event)) for event in found]
        parts.append(zlib.compress(json.dumps(value, separators=(",", ":")).encode()))
    rule = a_rule(RuleType.CALL, a_trigger(statuses=["missed"], lines=LINES[:10]))

    def work() -> None:
        walk = RuleWalk(rule, NAMES, ZONE, BacktestSums())
        for part in parts:
            for value in json.loads(zlib.decompress(part)):
                walk.take(unpacked(value))
        assert walk.sums.matches

    return sum(map(len, parts)) / events, _cpu(work) * A_MILLION / events


def _mapping() -> tuple[str, float]:
    """Return the payload that takes longest to map, and its seconds."""

    def one(kind: str, payload: Any) -> float:
        return min(_cpu(lambda: [told(kind, payload) for _ in range(200)]) for _ in range(3)) / 200

    taken = {f"{kind}, {name}": one(kind, payload) for kind, name, payload in payloads()}
    dearest = max(taken, key=lambda name: taken[name])
    return dearest, taken[dearest]


def _decide_by_users(users: int) -> float:
    """Return the seconds of deciding on 10,000 events of ten lines in an account with so many lines and users."""
    dice = random.Random(23)
    lines = {f"l{n}": f"l{n}" for n in range(users)}
    names = AccountNames(lines=lines, owners={line: f"u{line}" for line in lines})
    few = LINES[:10]
    rules = [a_rule(RuleType.CALL, a_trigger(lines=dice.sample(few, 3)), id=f"r{n}") for n in range(100)]
    book = RuleBook(rules, names, ZONE)
    found = _read([_a_call(dice, n, few) for n in range(10_000)])
    return min(_cpu(lambda: [book.match(event) for event in found]) for _ in range(3))


def _read(asked: list[dict[str, Any]]) -> list[TelephonyEvent]:
    calls = [asked[first : first + EVENTS_A_CALL] for first in range(0, len(asked), EVENTS_A_CALL)]
    received = [each for call in calls for each in EventReader(NOON).from_http({}, call)]
    found = [each.event for each in received if each.event is not None]
    assert len(found) == len(asked)
    return found


if __name__ == "__main__":
    for finding in measure(100_000):
        print(f"{finding.metric}: {finding.median:.4g} {finding.unit} ({finding.verdict}) {finding.note}")
