"""`make event` and `make pbx`: what they send is valid, and what they show says what came of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from infra.local.commands.event import TYPES, cloud_event, integration_line, lines_of
from infra.local.commands.pbx import Played, is_right, table
from infra.local.demo_tenant.directory import RULE
from infra.local.pbx.day import day
from infra.local.pbx.rules import RULES
from tocsin.alert_rules.domain.triggers import RuleType
from tocsin.entrypoint.rule_body.rule import read_rule
from tocsin.telephony.domain.cloud_events import EventReader

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
EVENT = {"event_id": "e1", "type": "call.ended", "time": "2026-11-21T10:00:00.000Z",
         "data": {"status": "missed", "line": "2010", "from": {"number": "+447700900123"}}}  # fmt: skip
RULE_SAID = {"alert_rule": "r1", "name": "Missed", "sentence": "the rule fired", "run": {"state": "sent"}}
RECORD = {"alert_rule": "r1", "channel": "EMAIL", "recipient": "a@example.org", "status": "FAILED",
          "reason": {"message": "the mailbox is full"}}  # fmt: skip


@pytest.mark.parametrize("type", TYPES)
def test_an_event_that_is_sent_is_valid(type: str) -> None:
    (read,) = EventReader(NOW, None).from_http(
        {"content-type": "application/cloudevents+json"},
        cloud_event(type, "2010", "+447700900123", "Hello", "+447700900100", NOW, "hub"),
    )
    assert (read.faults, read.warnings) == ((), ())
    assert read.event is not None


def test_what_came_of_an_event_is_told() -> None:
    miss = {"name": "Long calls", "filter": {"sentence": "duration: 18 s"}}
    channels = [{"channel": "email", "state": "sent"}, {"channel": "text", "state": "skipped", "reason": "no_number"}]
    people = [{"user": "u1", "because": "own line 2010", "channels": channels}]
    acts = [{"kind": "mail"}, {"kind": "notice", "people": people}]
    explained = {"event": EVENT, "rules": [RULE_SAID], "near_misses": [miss], "acts": acts}
    told = list(lines_of(explained, [RECORD], {"u1": "Ana"}))
    assert told == [
        "event e1: call.ended, 2026-11-21T10:00:00.000Z, missed, line 2010, from +447700900123",
        "  rule “Missed”: the rule fired",
        "    EMAIL to a@example.org: FAILED: the mailbox is full",
        "  told Ana, because own line 2010: email, no text (no_number)",
        "  rule “Long calls” does not match: duration: 18 s",
    ]
    nothing = list(lines_of({"event": EVENT, "rules": [], "near_misses": [], "acts": []}, [], {}))
    assert nothing[1:] == ["  no rule matches", "  no person was told"]


def test_what_became_of_an_integration_is_told_in_one_line() -> None:
    told = [{"stage": "told", "at": "…", "people": 1}]
    incident = {"told": told, "next": {"stage": "day_7", "at": "2026-11-28T10:00:00.000Z"}}
    failed = {"name": "HubSpot", "status": "failed", "incident": incident}
    said = "integration “HubSpot” is failed; mailed: told to 1; next: day_7, 2026-11-28T10:00:00.000Z"
    assert integration_line(failed) == said
    assert integration_line(failed | {"incident": None, "status": "active"}) == "integration “HubSpot” is active"


@pytest.mark.parametrize("body", [RULE, *(rule.body for rule in RULES)], ids=lambda body: str(body["name"]))
def test_rules_of_the_demo_are_valid(body: dict[str, Any]) -> None:
    assert RuleType(read_rule(body)["type"]) is RuleType(body["type"])


def test_a_day_is_right_if_every_rule_ran_as_often_as_it_must() -> None:
    parts = day()
    runs = {rule.name: Counter({"sent": rule.expected(parts)}) for rule in RULES}
    messages = {rule.name: Counter({"EMAIL SUCCESS": 3}) for rule in RULES}
    played = Played(parts, 10, 0, Counter(accepted=9), Counter({"call.ended": 9}), runs, messages)
    assert is_right(played)
    assert not is_right(replace(played, refused=1))
    assert not is_right(replace(played, runs={**runs, RULES[0].name: Counter({"sent": 1})}))
    told = "\n".join(table(played))
    for rule in RULES:
        assert f"{rule.name:<34}{rule.expected(parts):>6}{rule.expected(parts):>6}  {rule.expected(parts)} sent" in told
    assert told.count("3 EMAIL SUCCESS") == len(RULES)
