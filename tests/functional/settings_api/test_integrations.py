"""Integrations by API: who may do what, reports, and what a mail says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.functional.settings_api.conftest import ACME, NORTH, RIVAL, SOUTH, World
from tocsin.identity.application.fresh_accounts import FRESH
from tocsin.identity.domain.api_key import ApiKey, KeyKind, Right
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.principal import Principal
from tocsin.identity.domain.tenant import BusTopic
from tocsin.identity.domain.user import User
from tocsin.integrations.ports import IntegrationChange
from tocsin.kernel.domain.ids import ApiKeyId, UserId
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.webhooks.domain.callback_order import DeliveryOrder

WANTED = {"name": "HubSpot", "kind": "crm", "company": NORTH}


def made(world: World, **more: Any) -> dict[str, Any]:
    answer = world.call("POST", "/integrations", {**WANTED, **more})
    assert answer.status == 201, answer.text
    found: dict[str, Any] = answer.json
    return found


def report(world: World, id: str, status: str, **more: Any) -> dict[str, Any]:
    answer = world.call("POST", f"/integrations/{id}/status", {"status": status, **more})
    assert answer.status == 200, answer.text
    found: dict[str, Any] = answer.json
    return found


def manager_of(world: World, *companies: Any) -> User:
    user = world.directory.user(ACME, UserId(f"manager-{ACME}"))
    assert user is not None
    moved = replace(user, companies=frozenset(companies))
    world.directory.things = {
        place: moved if thing is user else thing for place, thing in world.directory.things.items()
    }
    world.as_role(SystemRole.MANAGER)
    return moved


def as_key(world: World, *rights: Right, kind: KeyKind = KeyKind.LIVE) -> None:
    from tocsin.audit.domain.actor import Actor, ActorKind

    key = ApiKey(ACME, ApiKeyId("k1"), kind, "one", "", rights=frozenset(rights))
    world.caller = lambda call: Principal(ACME, Actor(ActorKind.KEY, "k1", "one"), None, key=key)


def test_an_integration_is_made_read_changed_and_deleted(world: World) -> None:
    answer = world.call("POST", "/integrations", WANTED)
    new = answer.json
    assert answer.headers["Location"] == f"integrations/{new['id']}"
    assert (new["status"], new["incident"], new["reported_at"]) == ("disabled", None, None)
    path = f"/integrations/{new['id']}"
    read = world.call("GET", path)
    assert read.json == new
    assert world.call("GET", "/integrations").json == {"items": [new], "next_cursor": None}
    match = read.headers["ETag"]
    changed = world.call("PATCH", path, {"name": "Hub"}, If_Match=match)
    assert (changed.json["name"], changed.json["kind"], changed.headers["ETag"]) == ("Hub", "crm", '"2"')
    assert world.call("PATCH", path, {"name": "x"}, If_Match=match).status == 412
    assert world.call("PATCH", path, {"company": SOUTH}).json["code"] == "IMMUTABLE"
    assert world.call("PATCH", path, {"company": NORTH, "kind": "sales"}).json["kind"] == "sales"
    assert world.call("PATCH", path, {"status": "active"}).status == 400
    assert world.call("DELETE", path, If_Match=match).status == 412
    assert world.call("DELETE", path).status == 204
    assert world.call("GET", path).status == 404


def test_decided_6_1_a_report_answers_the_integration_with_its_incident(world: World) -> None:
    id = made(world)["id"]
    told = report(world, id, "failed", reason="the token has expired")
    now = world.clock()
    assert (told["status"], told["reason"]) == ("failed", "the token has expired")
    assert told["incident"]["since"] == wire_time(now)
    assert told["incident"]["told"] == [{"stage": "told", "at": wire_time(now), "people": 0}]
    assert told["incident"]["next"] == {"stage": "day_7", "at": wire_time(now + timedelta(days=7))}
    assert report(world, id, "active")["incident"] is None
    assert world.call("POST", f"/integrations/{id}/status", {"status": "broken"}).status == 400
    assert world.call("POST", "/integrations/unknown/status", {"status": "failed"}).status == 404


def test_ia_01_a_report_by_api_is_mailed_with_the_page_of_the_console(world: World) -> None:
    id = made(world)["id"]
    report(world, id, "active")  # subscribes the owner
    report(world, id, "failed")
    [mail] = world.account_mails
    assert mail.to == (f"account_owner-{ACME}",)
    assert f"https://console.example/console/integrations/{id}" in mail.text


def test_a_report_is_repeated_under_its_key_and_judged_by_its_time(world: World) -> None:
    id = made(world)["id"]
    path, body = f"/integrations/{id}/status", {"status": "failed", "time": wire_time(world.clock())}
    first = world.call("POST", path, body, Idempotency_Key="a")
    world.answers.kept.clear()
    assert world.call("POST", path, body, Idempotency_Key="a").json == first.json
    older = wire_time(world.clock() - timedelta(hours=1))
    assert report(world, id, "active", time=older) == first.json
    assert world.call("POST", path, {"status": "active"}, If_Match='"1"').status == 412
    assert world.call("POST", path, {"status": "failed", "time": "yesterday"}).status == 400


def test_ia_16_who_activates_is_subscribed_and_ia_18_a_key_subscribes_no_one(world: World) -> None:
    id = made(world)["id"]
    report(world, id, "active")
    [alert] = world.call("GET", "/integration_alerts").json["items"]
    assert (alert["user"], alert["companies"], alert["activating"]) == (f"account_owner-{ACME}", "all", "HubSpot")
    world.call("DELETE", f"/integration_alerts/{alert['id']}")
    report(world, id, "disabled")
    as_key(world, Right.SEND_EVENTS)
    report(world, id, "active")
    assert world.integration_alerts.kept == {}


@pytest.mark.parametrize("role", SystemRole)
def test_each_role_may_do_what_the_table_says(world: World, role: SystemRole) -> None:
    id = made(world)["id"]
    world.as_role(role)
    if role is SystemRole.MANAGER:
        manager_of(world, NORTH)
    good = role in (SystemRole.OWNER, SystemRole.ADMIN, SystemRole.MANAGER)
    for method, path, body, status in (
        ("GET", "/integrations", None, 200),
        ("GET", f"/integrations/{id}", None, 200),
        ("POST", "/integrations", WANTED, 201),
        ("PATCH", f"/integrations/{id}", {"name": "Hub"}, 200),
        ("POST", f"/integrations/{id}/status", {"status": "pending"}, 200),
        ("DELETE", f"/integrations/{id}", None, 204),
    ):
        assert world.call(method, path, body).status == (status if good else 403), (role, method, path)


def test_a_manager_reaches_their_companies_only(world: World) -> None:
    norths, whole = made(world)["id"], made(world, company=None)["id"]
    manager_of(world, SOUTH)
    assert world.call("GET", "/integrations").json["items"] == []
    for id in (norths, whole):
        assert world.call("GET", f"/integrations/{id}").status == 403
        assert world.call("POST", f"/integrations/{id}/status", {"status": "active"}).status == 403
    assert made(world, company=None)["company"] == SOUTH
    assert world.call("POST", "/integrations", WANTED).status == 403


def test_a_key_reports_with_its_right_and_changes_nothing_else(world: World) -> None:
    id = made(world)["id"]
    as_key(world, Right.SEND_EVENTS)
    assert report(world, id, "failed")["status"] == "failed"
    assert world.call("POST", "/integrations", WANTED).status == 403
    assert world.call("DELETE", f"/integrations/{id}").status == 403
    as_key(world, Right.SEND_EVENTS, kind=KeyKind.SANDBOX)
    assert world.call("POST", f"/integrations/{id}/status", {"status": "active"}).status == 403
    as_key(world, Right.READ_ALERTS)
    assert world.call("POST", f"/integrations/{id}/status", {"status": "active"}).status == 403


def test_another_account_has_no_such_integration(world: World) -> None:
    id = made(world)["id"]
    world.as_role(SystemRole.OWNER, RIVAL)
    assert world.call("GET", f"/integrations/{id}").status == 404
    assert world.call("GET", "/integrations").json["items"] == []


def test_a_page_of_a_list_leads_to_the_next(world: World) -> None:
    ids = sorted(made(world, name=f"No. {n}")["id"] for n in range(3))
    first = world.call("GET", "/integrations?limit=2").json
    second = world.call("GET", f"/integrations?limit=2&cursor={first['next_cursor']}").json
    assert [each["id"] for each in first["items"] + second["items"]] == ids
    assert second["next_cursor"] is None
    assert world.call("GET", "/integrations?cursor=~~~").status == 400


def test_a_company_that_is_deleted_leaves_its_integrations_to_the_account(world: World) -> None:
    id = made(world)["id"]
    planned = world.call("DELETE", f"/companies/{NORTH}")
    assert planned.status == 409
    confirm = planned.json["confirm"]
    world.integrations.commit(
        IntegrationChange(before=None, after=replace(world.integrations.kept[ACME, id], id="two"))
    )
    assert world.call("DELETE", f"/companies/{NORTH}?confirm={confirm}").status == 204
    assert world.call("GET", f"/integrations/{id}").json["company"] is None


def test_events_2_8_reports_and_a_deletion_by_api_are_owed_to_the_bus_and_queued(world: World) -> None:
    new = made(world)
    report(world, new["id"], "failed")
    assert world.integrations.owed == []  # the account does not ask
    report(world, new["id"], "active")
    world.clock.advance(FRESH + timedelta(milliseconds=1))
    world.tenants.set_bus(ACME, {BusTopic.INCIDENTS})
    report(world, new["id"], "pending")
    assert world.call("DELETE", f"/integrations/{new['id']}").status == 204
    owed = world.integrations.owed
    assert [each.bus.kind for each in owed if each.bus] == ["tocsin.incident.opened", "tocsin.incident.closed"]
    queued = [id for order in world.callback_queue.orders if isinstance(order, DeliveryOrder) for id in order.event_ids]
    assert queued == [each.key.event_id for each in owed]
