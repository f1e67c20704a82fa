"""The history of alert rules by API: records, filters in the query, and who may not read them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.functional.settings_api.conftest import ACME, RIVAL, World
from tests.functional.settings_api.rules_world import CALLS
from tocsin.alert_rules.domain.run import RuleRun, RuleRunState, run_id
from tocsin.identity.domain.permissions import SystemRole
from tocsin.webhooks.domain.callback import RuleOrigin
from tocsin.webhooks.domain.delivery import DeliveryKey
from tocsin.webhooks.domain.rule_delivery import rule_delivery

URL = "https://hooks.example.com/in"


def ran(world: World, **more: Any) -> str:
    """Return the id of a new rule that ran once, with a webhook."""
    made = world.call("POST", "/alert_rules", {**CALLS, **more})
    assert made.status == 201, made.text
    rule, now = made.json["id"], world.clock()
    id = run_id(rule, "e" * 32, now)
    hook = rule_delivery(
        ACME, RuleOrigin(rule, "n3"), id, endpoint_url=f"{URL}?key=canary", url=None, body="{}", now=now
    )
    world.deliveries.rows[DeliveryKey(ACME, hook.key.event_id)] = hook
    world.runs.add(
        RuleRun(
            tenant=ACME, rule=rule, id=id, at=now, state=RuleRunState.SENT, event="e" * 32, rule_version=1,
            trigger_ids=("t1",), entities=("Trigger 1",), deliveries=(hook.key.event_id,),
        )
    )  # fmt: skip
    found: str = rule
    return found


def test_al_33_and_36_a_record_says_what_was_sent_and_why_it_failed(world: World) -> None:
    rule = ran(world)

    answer = world.call("GET", f"/alert_rules/{rule}/history")

    assert answer.status == 200, answer.text
    (record,) = answer.json["items"]
    assert answer.json["next_cursor"] is None
    assert {name: record[name] for name in ("alert_rule", "notification_id", "channel", "recipient", "status")} == {
        "alert_rule": rule, "notification_id": "n3", "channel": "WEBHOOK", "recipient": URL, "status": "FAILED",
    }  # fmt: skip
    assert (record["reason"]["code"], record["reason"]["detail"]) == ("dropped", "url_too_long")
    assert (record["action"]["service"], record["action"]["operation"]) == ("https", "POST")
    assert "canary" not in answer.text
    assert world.call("GET", f"/alert_rules/{rule}/history/{record['id']}").json == record


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("channel=webhook&status=failed", 1), ("channel=SMS", 0), ("status=Pending", 0), (f"recipient={URL}", 1),
        ("entity=Trigger%201", 1), ("entity=Trigger", 0), ("to=2026-11-20T00:00:00Z", 0), ("test=x", 0),
    ],
)  # fmt: skip
def test_al_34_filters_stand_in_the_query(world: World, query: str, count: int) -> None:
    answer = world.call("GET", f"/alert_rules/{ran(world)}/history?{query}")
    assert (answer.status, len(answer.json["items"])) == (200, count), answer.text


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("channel=FAX", "/channel"), ("status=sent", "/status"), ("from=x", "/from"), ("who=x", "/who"),
        ("line=2001", "/line"), ("extension=2001", "/line"), ("line=1&extension=2", "/extension"), ("limit=0", "/limit"),
    ],
)  # fmt: skip
def test_al_35_a_query_that_cannot_be_is_told(world: World, query: str, pointer: str) -> None:
    answer = world.call("GET", f"/alert_rules/{ran(world)}/history?{query}")
    assert answer.status == 400, answer.text
    assert [error["detail"] for error in answer.json["errors"]] == [pointer]


def test_al_37_history_follows_the_right_to_see_the_rule(world: World) -> None:
    rule = ran(world)
    record = world.call("GET", f"/alert_rules/{rule}/history").json["items"][0]["id"]
    paths = [f"/alert_rules/{rule}/history", f"/alert_rules/{rule}/history/{record}"]
    for role in SystemRole:
        world.as_role(role)
        expected = 200 if role in (SystemRole.OWNER, SystemRole.ADMIN) else 403
        assert [world.call("GET", path).status for path in paths] == [expected] * 2, role
    world.as_role(SystemRole.OWNER, RIVAL)
    assert [world.call("GET", path).status for path in paths] == [404, 404]
    world.as_role(SystemRole.OWNER)
    assert world.call("GET", f"/alert_rules/{rule}/history/none").status == 404


def test_al_41_a_deleted_rule_has_its_history_still(world: World) -> None:
    rule = ran(world)
    assert world.call("DELETE", f"/alert_rules/{rule}").status == 204
    assert world.call("GET", f"/alert_rules/{rule}").status == 404
    assert len(world.call("GET", f"/alert_rules/{rule}/history").json["items"]) == 1
