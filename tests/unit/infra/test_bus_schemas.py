"""Schemas of what the event bus is told beside results of alerts: they stand in docs/bus, and what is told is valid."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import jsonschema_rs
import pytest

from infra.event_schemas import BUS, bus_files, bus_schemas
from tests.fakes.time import NOON
from tests.scenarios.event_world import HOOK, MAIL, EventWorld, calls_rule, line_rule, missed_call, registration
from tests.scenarios.integration_world import IntegrationWorld
from tests.unit.integrations.people import ACTIVE, DAY, PENDING
from tocsin.alert_rules.domain.rule import RuleOptions
from tocsin.identity.domain.tenant import BusTopic

MINUTE = timedelta(minutes=1)


def judge(kind: str, details: Iterable[dict[str, Any]]) -> None:
    schema = jsonschema_rs.validator_for(bus_schemas()[kind])
    told = list(details)
    assert told
    for detail in told:
        assert [error.message for error in schema.iter_errors(detail)] == []


def test_events_2_8_the_schemas_are_those_of_docs() -> None:
    assert {path.name: path.read_text() for path in BUS.glob("*.json")} == bus_files()


@pytest.mark.parametrize("options", [RuleOptions(), RuleOptions(digest=30 * MINUTE)], ids=["at once", "with a digest"])
def test_events_2_8_what_the_bus_is_told_of_calls_and_their_rules_is_valid(options: RuleOptions) -> None:
    world = EventWorld(calls_rule(MAIL, HOOK, options=options))
    world.account = replace(world.account, bus=frozenset(BusTopic))
    leg = replace(missed_call("c2", legId="leg1", final=True), id="leg1", type="call.leg")
    world.take(leg, missed_call("c1"))
    world.work()
    world.until(NOON + 60 * MINUTE)
    judge("event", [each for each in world.on_bus if each["kind"].startswith("tocsin.event.")])
    judge("rule", [each for each in world.on_bus if each["kind"].startswith("tocsin.rule.")])


def test_events_2_8_what_the_bus_is_told_of_a_line_is_valid() -> None:
    world = EventWorld(line_rule())
    world.account = replace(world.account, bus=frozenset(BusTopic))
    world.take(registration("registered", NOON - MINUTE), registration("unregistered", NOON))
    world.work()
    judge("rule", world.on_bus)
    assert "registration" in world.on_bus[0]


def test_events_2_8_what_the_bus_is_told_of_an_incident_is_valid() -> None:
    world = IntegrationWorld()
    world.wants_bus = True
    world.report(PENDING)
    world.pass_time(8 * DAY)
    world.report(ACTIVE)
    judge("incident", [json.loads(each.body) for each in world.integrations.owed])
