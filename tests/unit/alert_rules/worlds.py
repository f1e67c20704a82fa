"""Random accounts: rules and events that meet often enough to be worth comparing."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.fakes.time import NOON
from tocsin.alert_rules.domain.facts import AccountNames
from tocsin.alert_rules.domain.rule import AlertRule
from tocsin.alert_rules.domain.triggers import (
    CHOICES,
    DAY_MINUTES,
    VALUE_FILTERS,
    DailyHours,
    FilterName,
    RuleTrigger,
    RuleType,
    SecondsRange,
    TriggerFilters,
)
from tocsin.kernel.domain.ids import TenantId, UserId
from tocsin.telephony.domain.event import TelephonyEvent

LINES = [f"l{n}" for n in range(12)]
GROUPS = [f"g{n}" for n in range(4)]
USERS = [f"u{n}" for n in range(5)]
NUMBERS = [f"+4477009001{n:02}" for n in range(20)]
TAGS = ["sales", "vip", "spam"]
TEXTS = ["Fire at gate 4", "pump off", "Fire drill", ""]
NAMES = AccountNames(
    lines={**{line: line for line in LINES}, **{f"20{n:02}": line for n, line in enumerate(LINES)}},
    groups={group: group for group in GROUPS},
    owners={line: USERS[n % 5] for n, line in enumerate(LINES) if n % 3},
    targets={number: LINES[n % 12] for n, number in enumerate(NUMBERS[:6])},
    own_numbers=frozenset(NUMBERS[:6]),
)
VALUES: Mapping[FilterName, list[str]] = {
    FilterName.LINES: LINES,
    FilterName.GROUPS: GROUPS,
    FilterName.USERS: USERS,
    FilterName.NUMBERS: NUMBERS,
    FilterName.TAGS: TAGS,
}


def a_rule(type: RuleType, *triggers: RuleTrigger, id: str = "r1", **given: Any) -> AlertRule:
    """Return a rule with good defaults; it counts since the day before NOON."""
    began = NOON - timedelta(days=1)
    fixed: dict[str, Any] = {"name": "Missed", "owner": UserId("u1"), "created_at": began, "counts_from": began}
    return AlertRule(tenant=TenantId("acme"), id=id, type=type, triggers=triggers, **fixed | given)


def a_trigger(id: str = "t1", **filters: Any) -> RuleTrigger:
    """Return a trigger with filters by name; lists of values as any iterable."""
    others = {name: filters.pop(name) for name in ("duration", "time_of_day", "contains") if name in filters}
    values = {FilterName(name): frozenset(wanted) for name, wanted in filters.items()}
    return RuleTrigger(id, TriggerFilters(values, **others))


def an_event(type: str = "call.ended", at: datetime = NOON, id: str = "e1", **data: Any) -> TelephonyEvent:
    """Return an event; by default a missed call to line 2003."""
    party = {"from": {"number": NUMBERS[10], "name": "Ana"}, "to": {"number": NUMBERS[0]}}
    fixed: Mapping[str, dict[str, Any]] = {
        "call.ended": party
        | {"callId": "c1", "direction": "incoming", "status": "missed", "durationSeconds": 18, "line": "2003"},
        "sip.registration": {"line": "2003", "event": "unregistered"},
        "sms.received": party | {"messageId": "m1", "text": "Fire"},
        "sms.sent": party | {"messageId": "m1", "text": "Fire"},
    }
    return TelephonyEvent("pbx", id, type, at, at, fixed.get(type, {}) | data)


def some(dice: random.Random, values: list[str]) -> frozenset[str]:
    return frozenset(dice.sample(values, dice.randint(1, min(4, len(values)))))


def random_rules(dice: random.Random, count: int) -> list[AlertRule]:
    return [random_rule(dice, f"r{n}") for n in range(count)]


def random_rule(dice: random.Random, id: str) -> AlertRule:
    type = dice.choice([RuleType.CALL, RuleType.CALL, RuleType.SIP, RuleType.SMS])
    triggers = [random_trigger(dice, type, f"t{n}") for n in range(dice.choice([0, 1, 1, 1, 2, 3]))]
    things = [f"line:{id}" for id in LINES] + [f"group:{id}" for id in GROUPS] + [f"number:{n}" for n in NUMBERS[:6]]
    sight = frozenset(dice.sample(things, 6)) if dice.random() < 0.3 else None
    return a_rule(type, *triggers, id=id, enabled=dice.random() < 0.9, sight=sight)


def random_trigger(dice: random.Random, type: RuleType, id: str) -> RuleTrigger:
    values = {}
    for name in VALUE_FILTERS[type]:
        if dice.random() < 0.4:
            values[name] = some(dice, list(CHOICES[type].get(name, VALUES.get(name, []))))
    duration, contains = None, None
    hours: tuple[DailyHours, ...] = ()
    if type is RuleType.CALL:
        if dice.random() < 0.3:
            duration = SecondsRange(dice.choice([None, 0, 10, 30]), dice.choice([None, 30, 31, 60]))
        if dice.random() < 0.4:
            hours = tuple(random_hours(dice) for _ in range(dice.randint(1, 3)))
    if type is RuleType.SMS and dice.random() < 0.4:
        contains = dice.choice(["fire", "gate", "pump", "x"])
    filters = TriggerFilters(values, duration, hours, contains)
    return RuleTrigger(id, filters, out_of_scope=dice.random() < 0.15)


def random_hours(dice: random.Random) -> DailyHours:
    begin, end = dice.sample(range(0, DAY_MINUTES + 1, 30), 2)
    days = frozenset(dice.sample(range(1, 8), dice.randint(1, 7)))
    return DailyHours(begin % DAY_MINUTES, end if end != begin % DAY_MINUTES else DAY_MINUTES, days)


def random_event(dice: random.Random, around: datetime, id: str = "e") -> TelephonyEvent:
    at = around + timedelta(seconds=dice.randint(-2 * 86_400, 2 * 86_400))
    if dice.random() < 0.5:  # at the very minute at which hours of rules begin and end
        at = around + timedelta(minutes=30 * dice.randint(-96, 96))
    type = dice.choice(["call.ended", "call.ended", "sip.registration", "sms.received", "sms.sent", "call.offered"])
    data: dict[str, Any] = {}
    if dice.random() < 0.7:
        data["line"] = dice.choice([*LINES, "2001", "2002", "9999"])
    if type == "sip.registration":
        data |= {"line": dice.choice(LINES), "event": dice.choice(CHOICES[RuleType.SIP][FilterName.EVENTS])}
        return an_event(type, at, id, **data)
    data |= {"from": {"number": dice.choice(NUMBERS)}, "to": {"number": dice.choice(NUMBERS)}}
    if dice.random() < 0.3:
        ours = {} if type.startswith("sms.") else {"phoneNumber": dice.choice(NUMBERS)}
        data |= {**ours, "group": {"id": dice.choice(GROUPS)}}
    if type.startswith("sms."):
        data["text"] = dice.choice(TEXTS)
        if dice.random() < 0.2:
            data["userId"] = dice.choice(USERS)
        return an_event(type, at, id, **data)
    started = at - timedelta(minutes=15 * dice.randint(0, 6))
    data |= {"startedAt": started.astimezone(UTC).isoformat().replace("+00:00", "Z")} if dice.random() < 0.5 else {}
    if dice.random() < 0.3:
        data |= {"tags": dice.sample(["VIP", " sales ", "new"], 2), "lines": dice.sample(LINES, 2)}
    data |= {"direction": dice.choice(["incoming", "outgoing", "internal"]), "transferred": dice.random() < 0.2}
    status = dice.choice(["answered", "missed", "voicemail", "abandoned"])
    return an_event(type, at, id, status=status, durationSeconds=dice.choice([0, 10, 30, 31, 60, 61]), **data)
