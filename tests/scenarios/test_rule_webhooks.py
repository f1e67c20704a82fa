"""Webhooks of alert rules on the machine of callbacks: methods, headers, retries, and what ends them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import TENANT
from tests.fakes.alert_rules import FakeAlertRules
from tests.scenarios.callback_world import URL, CallbackWorld
from tests.unit.alert_rules.worlds import a_rule
from tocsin.alert_rules.application.switch_off_webhook import SwitchOffWebhook
from tocsin.alert_rules.domain.actions import WebhookAction
from tocsin.alert_rules.domain.rule import AlertRule, deleted
from tocsin.alert_rules.domain.triggers import RuleType
from tocsin.audit.domain.actor import SYSTEM
from tocsin.identity.domain.account_key import INSIDE
from tocsin.webhooks.domain.callback import EndpointKey, RuleOrigin, WebhookMethod
from tocsin.webhooks.domain.delivery import Delivery, DeliveryState
from tocsin.webhooks.domain.endpoint import EndpointState
from tocsin.webhooks.domain.rule_delivery import rule_delivery
from tocsin.webhooks.domain.standard_webhooks import signed_headers
from tocsin.webhooks.ports.http import WebhookAnswer

BODY = '{"eventId":"e1","call":{"from":{"number":"+447700900123"}}}'
ENDPOINT = EndpointKey.of(TENANT, INSIDE, URL)


class RuleWorld(CallbackWorld):
    """A world of callbacks with one rule, whose action `hook` calls URL."""

    def __init__(self, seed: int = 1) -> None:
        super().__init__(seed, silent=True)
        self.rules = FakeAlertRules()
        hook = WebhookAction(id="hook", url=URL)
        self.rule: AlertRule = a_rule(RuleType.CALL, actions=(hook,))
        self.rules.rules[TENANT, "r1"] = self.rule
        self.rule_stands, self.gone = self.rules.stands, SwitchOffWebhook(self.rules, self.clock)

    def owe(self, run: str = "run1", **changes: Any) -> Delivery:
        """Write a delivery that no queue knows of: the sweeper finds it."""
        terms = {"endpoint_url": URL, "url": URL, "body": BODY, "now": self.clock(), **changes}
        delivery = rule_delivery(TENANT, RuleOrigin("r1", "hook"), run, **terms)
        assert self.deliveries.add(delivery) is None
        return delivery

    def state(self, delivery: Delivery) -> tuple[DeliveryState, list[tuple[int | None, str | None]]]:
        row = self.deliveries.rows[delivery.key]
        return row.state, [(attempt.status, attempt.reason) for attempt in row.attempts]


@pytest.fixture
def world() -> RuleWorld:
    return RuleWorld()


def delete_rule(world: RuleWorld) -> None:
    world.rules.rules[TENANT, "r1"] = deleted(world.rules.rules[TENANT, "r1"], world.clock())


@pytest.mark.parametrize("method", [WebhookMethod.POST, WebhookMethod.PUT])
def test_al_17_al_19_a_webhook_has_the_body_the_headers_and_a_signature(
    world: RuleWorld, method: WebhookMethod
) -> None:
    delivery = world.owe(method=method, headers=(("Authorization", "Bearer s3cret"), ("X-Desk", "7")))
    world.until_quiet()

    (call,) = world.calls
    assert (call.method, call.url, json.loads(call.body)) == (method, URL, json.loads(BODY))
    assert call.headers["Authorization"] == "Bearer s3cret"
    assert call.headers["X-Desk"] == "7"
    secret = world.endpoints.rows[ENDPOINT].secrets[0].value
    assert signed_headers(delivery.key.event_id, call.at, call.body, [secret]).items() <= call.headers.items()
    assert world.state(delivery) == (DeliveryState.SUCCEEDED, [(200, None)])


def test_al_18_a_get_has_its_data_in_the_query_and_no_body(world: RuleWorld) -> None:
    world.owe(method=WebhookMethod.GET, url=f"{URL}?call.from=1", body="")
    world.until_quiet()

    (call,) = world.calls
    assert (call.method, call.url, call.body) == (WebhookMethod.GET, f"{URL}?call.from=1", b"")
    assert "content-type" not in call.headers
    # and the endpoint is that of the rule's URL: its row has no data of the event
    assert world.endpoints.rows[ENDPOINT].url == URL


def test_a_header_of_a_rule_does_not_replace_the_signature(world: RuleWorld) -> None:
    delivery = world.owe(headers=(("webhook-id", "forged"),))
    world.until_quiet()
    assert world.calls[0].headers["webhook-id"] == delivery.key.event_id


def test_decided_3_17_a_webhook_that_fails_is_tried_as_callbacks_are(world: RuleWorld) -> None:
    world.hook.failing(URL, times=3)
    delivery = world.owe()
    world.until_quiet()
    state, attempts = world.state(delivery)
    assert state is DeliveryState.SUCCEEDED
    assert len(attempts) == 4
    assert {call.id for call in world.calls} == {delivery.key.event_id}


def test_decided_3_17_a_url_that_is_too_long_fails_at_once(world: RuleWorld) -> None:
    delivery = world.owe(method=WebhookMethod.GET, url=None, body="")
    world.until_quiet()
    assert world.state(delivery) == (DeliveryState.DROPPED, [(None, "url_too_long")])
    assert world.calls == []


def test_decided_3_11_a_webhook_of_a_sandbox_event_is_recorded_and_not_called(world: RuleWorld) -> None:
    delivery = world.owe(sandbox=True)
    world.until_quiet()
    assert world.state(delivery) == (DeliveryState.SUCCEEDED, [(None, "sandbox")])
    assert world.calls == []


def test_decided_3_17_410_switches_the_action_off_and_not_the_endpoint(world: RuleWorld) -> None:
    world.hook.failing(URL, times=1, answer=WebhookAnswer(410))
    delivery = world.owe()
    world.until_quiet()

    assert world.state(delivery) == (DeliveryState.DROPPED, [(410, None)])
    rule = world.rules.rules[TENANT, "r1"]
    assert [action.enabled for action in rule.actions] == [False]
    assert rule.version == world.rule.version + 1
    (entry,) = world.rules.trail.entries.values()
    assert (entry.who, entry.action, entry.request_id) == (SYSTEM, "alert_rule.updated", delivery.key.event_id)
    (notice,) = world.owner_heard
    assert (notice.key_id, notice.code) == (INSIDE, "callback_disabled")
    assert "Switch it on again in the rule" in notice.text
    # and when the owner switches it on again, the next event is delivered
    again = world.owe("run2")
    world.until_quiet()
    assert world.state(again) == (DeliveryState.SUCCEEDED, [(200, None)])


def test_five_days_of_failures_switch_the_action_off(world: RuleWorld) -> None:
    world.hook.failing(URL, times=1_000)
    for day in range(7):
        world.owe(f"run{day}")
        world.fast_forward(timedelta(days=1))
    world.until_quiet()
    assert [action.enabled for action in world.rules.rules[TENANT, "r1"].actions] == [False]
    assert world.endpoints.rows[ENDPOINT].state is not EndpointState.DISABLED
    assert {notice.key_id for notice in world.owner_heard} == {INSIDE}
    assert DeliveryState.PAUSED not in {row.state for row in world.deliveries.rows.values()}


def test_al_41_the_retries_of_a_deleted_rule_stop(world: RuleWorld) -> None:
    world.hook.failing(URL, times=1_000)
    delivery = world.owe()
    world.fast_forward(timedelta(minutes=10))
    made = len(world.calls)
    assert made >= 2

    delete_rule(world)
    world.until_quiet()

    assert len(world.calls) == made
    state, attempts = world.state(delivery)
    assert state is DeliveryState.DROPPED
    assert attempts[-1] == (None, "rule_deleted")


def test_a_disabled_rule_keeps_what_it_owes(world: RuleWorld) -> None:
    world.rules.rules[TENANT, "r1"] = replace(world.rule, enabled=False)
    delivery = world.owe()
    world.until_quiet()
    assert world.state(delivery) == (DeliveryState.SUCCEEDED, [(200, None)])


def test_rules_that_cannot_be_read_hold_a_webhook_up(world: RuleWorld) -> None:
    world.rules.outage.failing = 2
    delivery = world.owe()
    world.until_quiet()
    assert world.state(delivery) == (DeliveryState.SUCCEEDED, [(200, None)])
    assert len(world.calls) == 1


def test_a_delivery_shows_no_secret_in_logs() -> None:
    delivery = RuleWorld().owe(headers=(("Authorization", "Bearer s3cret"),))
    assert "s3cret" not in repr(delivery)
