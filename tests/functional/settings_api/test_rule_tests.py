"""AL-13: a test of an alert rule sends each enabled notification a sample, without any event."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from tests.functional.gateway import Answer
from tests.functional.settings_api.conftest import ACME, World
from tests.functional.settings_api.rules_world import HOOK, MAIL, TEXT, Rules
from tocsin.alerts.domain.cause import CauseKind
from tocsin.content.domain.content import EmailContent, SmsContent
from tocsin.identity.domain.api_key import KeyKind
from tocsin.identity.domain.tenant import BusTopic
from tocsin.kernel.domain.ids import RoleId
from tocsin.webhooks.domain.delivery import DeliveryState


@pytest.fixture
def rules(world: World) -> Rules:
    return Rules(world)


def sent_by(world: World, id: str, **headers: str) -> Answer:
    return world.call("POST", f"/alert_rules/{id}/test", {}, **headers)


def test_al_13_each_enabled_notification_gets_a_sample_marked_as_a_test(world: World, rules: Rules) -> None:
    off = MAIL | {"to": "off@example.com", "enabled": False}
    trigger = {"description": "Hall", "filters": {"lines": ["2001"], "statuses": ["busy"]}}
    made = rules.made("account_owner", triggers=[trigger], notifications=[MAIL, TEXT, HOOK, off])
    mail, text, hook, _ = (each["id"] for each in made["notifications"])

    answer = sent_by(world, made["id"])

    assert answer.status == 202, answer.text
    assert [(each["notification_id"], each["recipient"]) for each in answer.json["messages"]] == [
        (mail, MAIL["to"]), *((text, number) for number in TEXT["to"]), (hook, "https://hooks.example.com/in"),
    ]  # fmt: skip
    (alert,) = world.inside.alerts.values()
    assert (alert.cause.kind, alert.cause.parent, alert.urgent, alert.sandbox) == (
        CauseKind.RULE_TEST, made["id"], True, False,
    )  # fmt: skip
    mailed, texted = (message.content for message in alert.messages)
    assert [message.tag for message in alert.messages] == [mail, text]
    assert isinstance(mailed, EmailContent)
    assert mailed.subject == "TEST: Missed call"
    assert "TEST: Call to a busy line" in mailed.body
    assert isinstance(texted, SmsContent)
    assert texted.text.startswith("TEST: ")
    (delivery,) = world.inside.deliveries.values()
    assert '"test":true' in delivery.body
    assert dict(delivery.headers) == {"Authorization": "Bearer canary-token", "X-Tocsin-Depth": "1"}
    run = world.runs.runs[ACME, made["id"], answer.json["test"]]
    assert (run.test, run.alert, run.deliveries) == (True, alert.ref, (delivery.key.event_id,))
    assert run.entities == ("Hall",)


def test_al_13_a_disabled_rule_without_triggers_is_tested_and_one_without_notifications_is_not(
    world: World, rules: Rules
) -> None:
    made = rules.made(enabled=False, triggers=[], notifications=[HOOK])
    assert sent_by(world, made["id"]).status == 202
    assert world.inside.alerts == {}, "webhooks need no alert"
    assert len(world.inside.deliveries) == 1
    for notifications in ([], [MAIL | {"enabled": False}]):
        refused = sent_by(world, rules.made(notifications=notifications)["id"])
        assert (refused.status, refused.json["code"]) == (409, "NOTHING_ENABLED")


def test_al_13_a_sandbox_key_sends_to_the_faked_provider_and_posts_no_webhook(world: World, rules: Rules) -> None:
    made = rules.made("admin", notifications=[MAIL, HOOK])
    world.as_key(RoleId("admin"), kind=KeyKind.SANDBOX)
    assert sent_by(world, made["id"]).status == 202
    assert [alert.sandbox for alert in world.inside.alerts.values()] == [True]
    assert [delivery.state for delivery in world.inside.deliveries.values()] == [DeliveryState.SUCCEEDED]


def test_decided_3_12_a_person_tests_ten_times_a_minute(world: World, rules: Rules) -> None:
    made = rules.made("user", notifications=[MAIL])
    assert {sent_by(world, made["id"]).status for _ in range(10)} == {202}
    refused = sent_by(world, made["id"])
    assert (refused.status, refused.json["code"]) == (429, "TOO_MANY_REQUESTS")
    assert 0 < int(refused.headers["Retry-After"]) <= 60
    rules.as_("admin")
    assert sent_by(world, made["id"]).status == 202, "each person has a count"
    rules.as_("user")
    world.clock.advance(timedelta(minutes=1))
    assert sent_by(world, made["id"]).status == 202


def test_a_repeated_test_sends_once_also_if_the_answer_was_lost(world: World, rules: Rules) -> None:
    made = rules.made("user", notifications=[MAIL])
    first = sent_by(world, made["id"], Idempotency_Key="a")
    world.answers.kept.clear()
    world.clock.advance(timedelta(seconds=3))
    again = sent_by(world, made["id"], Idempotency_Key="a")
    assert (again.status, again.json) == (202, first.json)
    assert len(world.inside.alerts) == len(world.runs.runs) == 1
    assert sent_by(world, made["id"], Idempotency_Key="b").json["test"] != first.json["test"]


def test_nothing_is_tested_while_a_backup_is_restored(world: World, rules: Rules) -> None:
    made = rules.made("user", notifications=[MAIL])
    world.restoring = True
    refused = sent_by(world, made["id"])
    assert (refused.status, refused.json["code"]) == (503, "RESTORING")
    assert world.inside.alerts == {}


@pytest.mark.parametrize("sandbox", [False, True])
def test_events_2_8_a_test_is_on_the_bus_as_a_test_unless_a_sandbox_key_makes_it(
    world: World, rules: Rules, sandbox: bool
) -> None:
    world.tenants.set_bus(ACME, {BusTopic.RULES})
    made = rules.made("admin", notifications=[MAIL])
    if sandbox:
        world.as_key(RoleId("admin"), kind=KeyKind.SANDBOX)
    answer = sent_by(world, made["id"])
    told = [json.loads(delivery.body)["run"] for delivery in world.inside.deliveries.values() if delivery.bus]
    assert told == ([] if sandbox else [{"id": answer.json["test"], "state": "sent", "test": True}])
