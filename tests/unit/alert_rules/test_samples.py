"""A sample is an event that the rule itself would match; an example request is what the webhook would send."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import jsonschema_rs
import pytest

from infra.event_schemas import WEBHOOKS, payload_schema, webhook_files
from tests.fakes.time import NOON
from tests.unit.alert_rules.worlds import NAMES, a_rule, a_trigger, random_trigger
from tocsin.alert_rules.domain.actions import MASK, HeaderPreset, WebhookAction, WebhookHeader
from tocsin.alert_rules.domain.book import RuleBook
from tocsin.alert_rules.domain.payload import payload
from tocsin.alert_rules.domain.samples import example_request, sample_event
from tocsin.alert_rules.domain.triggers import RuleType, SecondsRange
from tocsin.webhooks.domain.callback import WebhookMethod

LONDON = ZoneInfo("Europe/London")


def test_al_13_a_sample_is_an_event_that_the_rule_matches() -> None:
    dice, seen = random.Random(5), Counter[RuleType]()
    for _ in range(300):
        type = dice.choice(list(RuleType))
        trigger = replace(random_trigger(dice, type, "t1"), out_of_scope=False)
        if trigger.filters.duration == SecondsRange(None, None):
            continue
        rule = a_rule(type, trigger)
        event = sample_event(rule, NOON, LONDON)
        assert RuleBook([rule], NAMES, LONDON).match(event), (trigger.filters, event)
        assert event.data.get("status") != "transferred"  # it is something that happened beside the status
        assert datetime.fromisoformat(event.data.get("startedAt", "2026-01-01T00:00:00Z")) <= NOON
        seen[type] += 1
    assert min(seen.values()) > 50


@pytest.mark.parametrize("type", RuleType)
def test_a_rule_without_triggers_has_a_sample_of_its_type(type: RuleType) -> None:
    event = sample_event(a_rule(type), NOON, LONDON)
    assert payload(a_rule(type), [a_trigger()], event, NAMES, test=True)["alertType"] == type.value


HOOK = WebhookAction(
    id="n1",
    url="https://hooks.example.org/a",
    headers=(
        WebhookHeader(HeaderPreset.BASIC, username="ana", secret="s3cret"),
        WebhookHeader(HeaderPreset.CUSTOM, "X-Site", secret="s4cret"),
    ),
)


@pytest.mark.parametrize("method", [WebhookMethod.POST, WebhookMethod.PUT])
@pytest.mark.parametrize("type", RuleType)
def test_al_22_the_example_has_method_headers_and_the_payload_of_the_type(
    method: WebhookMethod, type: RuleType
) -> None:
    body = payload(a_rule(type), [a_trigger()], sample_event(a_rule(type), NOON, LONDON), NAMES, test=True)
    found = example_request(replace(HOOK, method=method), body)
    assert (found.method, found.url, found.body) == (method.value, HOOK.url, body)
    assert found.headers == {
        "Content-Type": "application/json", "Authorization": f"Basic {MASK}", "X-Site": MASK,
    }  # fmt: skip


def test_al_22_the_example_of_a_get_has_the_payload_in_its_url() -> None:
    found = example_request(replace(HOOK, method=WebhookMethod.GET), {"test": True})
    assert (found.url, found.body) == (f"{HOOK.url}?test=true", None)
    assert "Content-Type" not in found.headers


@pytest.mark.parametrize("type", RuleType)
def test_what_a_webhook_gets_is_as_its_schema_says(type: RuleType) -> None:
    schema = payload_schema(type)
    jsonschema_rs.meta.validate(schema)
    judge, dice = jsonschema_rs.validator_for(schema, validate_formats=True), random.Random(7)
    for _ in range(50):
        rule = a_rule(type, random_trigger(dice, type, "t1"))
        event = sample_event(rule, NOON, LONDON)
        sent = payload(rule, rule.triggers, event, NAMES, test=True)
        assert not list(judge.iter_errors(sent)), sent
        (about,) = sent.keys() - payload_schema(RuleType.CALL)["properties"].keys() | (sent.keys() & {"call"})
        assert sent[about].keys() <= schema["properties"][about]["properties"].keys()
        assert not judge.is_valid({**sent, "alertType": "fax"})
        assert not judge.is_valid({name: value for name, value in sent.items() if name != about})


def test_the_written_schemas_of_webhooks_are_those_of_the_code() -> None:
    assert {path.name: path.read_text() for path in WEBHOOKS.glob("*")} == webhook_files()
