"""Alert rules through the settings API: shapes, lists, order of judging, repeats, and who may do what."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from tests.functional.gateway import Answer
from tests.functional.settings_api.conftest import ACME, RIVAL, World
from tests.functional.settings_api.rules_world import CALLS, EDITOR, HOOK, MAIL, NEITHER, TEXT, VIEWER, Rules
from tocsin.identity.domain.permissions import SystemRole
from tocsin.kernel.domain.ids import RoleId


@pytest.fixture
def rules(world: World) -> Rules:
    return Rules(world)


# --- shapes -----------------------------------------------------------------------------------------------------------


def test_a_rule_is_created_whole_read_listed_changed_and_deleted(world: World, rules: Rules) -> None:
    made = world.call("POST", "/alert_rules", CALLS | {"description": "Desk", "notifications": [MAIL, TEXT]})
    assert made.status == 201, made.text
    id = made.json["id"]
    assert (made.headers["Location"], made.headers["ETag"]) == (f"alert_rules/{id}", '"1"')
    assert (made.json["owner"], made.json["created_by"]) == ("account_owner-acme", "account_owner-acme")
    assert [each["type"] for each in made.json["notifications"]] == ["email", "sms"]
    read = world.call("GET", f"/alert_rules/{id}")
    assert (read.json, read.headers["ETag"]) == (made.json, '"1"')

    item = world.call("GET", "/alert_rules").json["items"][0]
    assert {**made.json, **item}.items() >= item.items()
    assert (item["trigger_count"], item["notification_count"]) == (1, 2)
    assert "triggers" not in item

    patched = world.call("PATCH", f"/alert_rules/{id}", {"enabled": False, "options": {"urgent": True}}, If_Match='"1"')
    assert (patched.status, patched.headers["ETag"]) == (200, '"2"')
    assert (patched.json["enabled"], patched.json["options"]) == (False, {"max_age": "1h", "urgent": True})
    assert world.call("DELETE", f"/alert_rules/{id}", If_Match='"1"').status == 412
    assert world.call("DELETE", f"/alert_rules/{id}", If_Match='"2"').status == 204
    assert world.call("GET", f"/alert_rules/{id}").status == 404
    assert rules.listed() == []
    assert rules.listed("deleted") == [id]


def test_al_1_every_fault_of_a_new_rule_is_listed_and_nothing_is_created(world: World) -> None:
    answer = world.call("POST", "/alert_rules", {"description": 3, "nane": "x"})
    assert answer.status == 400
    found = {(error["detail"], error["code"]) for error in answer.json["errors"]}
    assert found == {
        ("/type", "REQUIRED"), ("/name", "REQUIRED"), ("/description", "WRONG_TYPE"),
    }  # fmt: skip
    whole = world.call("POST", "/alert_rules", CALLS | {"nane": "x", "owner": "?"})
    assert {error["detail"] for error in whole.json["errors"]} == {"/nane", "/owner"}
    assert world.rules.rules == {}


def test_al_2_and_14_types_never_change(world: World, rules: Rules) -> None:
    made = rules.made(notifications=[MAIL])
    id, mail = made["id"], made["notifications"][0]["id"]
    for path in (f"/alert_rules/{id}", f"/alert_rules/{id}/notifications/{mail}"):
        answer = world.call("PATCH", path, {"type": "sms"})
        assert (answer.status, answer.json["code"]) == (409, "IMMUTABLE")
    assert world.call("GET", f"/alert_rules/{id}").json == made


def test_a_repeated_call_creates_one_rule_also_if_the_answer_was_lost(world: World, rules: Rules) -> None:
    first = world.call("POST", "/alert_rules", CALLS, Idempotency_Key="a")
    world.answers.kept.clear()
    world.clock.advance(timedelta(seconds=3))
    again = world.call("POST", "/alert_rules", CALLS, Idempotency_Key="a")
    assert (again.status, again.json["id"]) == (201, first.json["id"])
    assert world.call("POST", "/alert_rules", CALLS | {"name": "B"}, Idempotency_Key="a").status == 422
    path = f"/alert_rules/{first.json['id']}"
    for below, body in (("/copy", {}), ("/triggers", {}), ("/notifications", MAIL)):
        one = world.call("POST", path + below, body, Idempotency_Key="b")
        assert world.call("POST", path + below, body, Idempotency_Key="b").json == one.json
    assert len(rules.listed()) == 2
    assert len(world.call("GET", path).json["notifications"]) == 1


def test_lists_are_filtered_and_paged_newest_first(world: World, rules: Rules) -> None:
    ids = []
    for name, type, filters in (
        ("Lobby", "call", {}),
        ("Phones", "sip", {"lines": ["2001"], "events": ["unregistered"]}),
        ("Lobby too", "sms", {}),
    ):
        world.clock.advance(timedelta(seconds=1))
        ids.append(rules.made(name=name, type=type, triggers=[{"filters": filters}])["id"])
    world.call("PATCH", f"/alert_rules/{ids[1]}", {"enabled": False})
    assert rules.listed() == ids[::-1]
    assert rules.listed(type="sip") == rules.listed(enabled="false") == [ids[1]]
    assert rules.listed(search="LOBBY") == rules.listed(enabled="true") == [ids[2], ids[0]]
    assert rules.listed("all", owner="user-acme") == []
    page = world.gateway.get("/alert_rules", limit="2").json
    rest = world.gateway.get("/alert_rules", limit="2", cursor=page["next_cursor"]).json
    assert [item["id"] for item in (*page["items"], *rest["items"])] == ids[::-1]
    assert rest["next_cursor"] is None
    for query, code in (
        ({"list": "mine"}, "NOT_ALLOWED"), ({"type": "fax"}, "NOT_ALLOWED"), ({"enabled": "1"}, "NOT_ALLOWED"),
        ({"limit": "0"}, "OUT_OF_RANGE"), ({"cursor": "x"}, "INVALID_CURSOR"), ({"mine": "1"}, "UNKNOWN_FIELD"),
    ):  # fmt: skip
        answer = world.gateway.get("/alert_rules", None, **query)
        assert (answer.status, answer.json["errors"][0]["code"]) == (400, code), query


def test_order_of_judging_right_then_existence_then_ownership_then_version_then_body_then_state(
    world: World, rules: Rules
) -> None:
    made = rules.made("admin")
    mine = rules.made("user")
    path, own, bad = f"/alert_rules/{made['id']}", f"/alert_rules/{mine['id']}", {"enabled": "yes"}
    rules.as_("reporting")
    assert world.call("PATCH", "/alert_rules/none?x=1", bad, If_Match='"9"').status == 403
    rules.as_("user")
    assert world.call("PATCH", "/alert_rules/none", bad, If_Match='"9"').status == 404
    assert world.call("PATCH", path, bad, If_Match='"9"').status == 403
    assert world.call("PATCH", own, bad, If_Match='"9"').status == 412
    assert world.call("PATCH", own, bad).status == 400
    for below in ("/notifications", "/owner", "/copy", "/share"):
        method = "PATCH" if below == "/notifications" else "POST"
        rules.as_(VIEWER)
        assert world.call(method, f"/alert_rules/none{below}", {"x": 1}).status == 404
        rules.as_(NEITHER)
        assert world.call(method, f"{path}{below}", {"x": 1}).status == 403
        rules.as_("admin")
        assert world.call(method, f"{path}{below}", {"x": 1}).status == 400
    assert world.call("POST", "/alert_rules", "{").status == 400


# --- parts ------------------------------------------------------------------------------------------------------------


def test_triggers_are_resources_with_the_etag_of_the_rule(world: World, rules: Rules) -> None:
    made = rules.made(notifications=[MAIL])
    path = f"/alert_rules/{made['id']}/triggers"
    new = world.call("POST", path, {"description": "Hall", "filters": {"lines": ["2001"]}})
    assert (new.status, new.headers["ETag"]) == (201, '"2"')
    assert new.headers["Location"] == f"{path}/{new.json['id']}".removeprefix("/")
    assert new.json["filters"] == {"lines": ["lines-acme"]}
    one = f"{path}/{new.json['id']}"
    assert world.call("GET", one).json == new.json
    changed = world.call("PATCH", one, {"filters": {"lines": None, "statuses": ["busy"]}}, If_Match='"2"')
    assert (changed.json["filters"], changed.headers["ETag"]) == ({"statuses": ["busy"]}, '"3"')
    listed = world.call("GET", path)
    assert [each["id"] for each in listed.json["items"]] == [made["triggers"][0]["id"], new.json["id"]]
    assert listed.json["next_cursor"] is None
    assert world.call("DELETE", one, If_Match='"2"').status == 412
    gone = world.call("DELETE", one)
    assert (gone.status, gone.headers["ETag"]) == (204, '"4"')
    assert world.call("DELETE", one).status == 404
    faults = world.call("POST", path, {"filters": {"lines": ["no", "2001", "nor"], "tags": []}})
    assert faults.status == 400
    unknown = world.call("POST", path, {"filters": {"lines": ["no", "2001", "nor"]}}).json["errors"]
    assert [(error["detail"], error["ids"]) for error in unknown] == [("/filters/lines", ["no", "nor"])]


def test_al_16_several_notifications_are_changed_together_or_not_at_all(world: World, rules: Rules) -> None:
    made = rules.made(notifications=[MAIL, TEXT, MAIL])
    path = f"/alert_rules/{made['id']}/notifications"
    first, second, third = (each["id"] for each in made["notifications"])
    off = world.call("PATCH", path, {"ids": [first, third], "enabled": False})
    assert (off.status, off.headers["ETag"]) == (200, '"2"')
    assert [each["enabled"] for each in off.json["items"]] == [False, True, False]
    missing = world.call("PATCH", path, {"ids": [second, "zz"], "enabled": False})
    assert missing.status == 404
    assert "zz" in missing.json["detail"]
    assert world.call("PATCH", path, {"ids": [], "enabled": True}).status == 400
    assert world.gateway.call("DELETE", path, query={"ids": [f"{first},zz"]}).status == 404
    assert world.gateway.call("DELETE", path).status == 400
    assert world.gateway.call("DELETE", path, query={"ids": [f"{first},{third}"]}).status == 204
    assert [each["id"] for each in world.call("GET", path).json["items"]] == [second]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"type": "email", "subject": "x"}, "/to"),  # AL-17
        ({"type": "email", "to": "a@example.com"}, "/subject"),
        (TEXT | {"from": "+447700900001"}, "/from"),  # AL-18: no texts from it
        (TEXT | {"from": "+12025550123"}, "/from"),
        (TEXT | {"to": []}, "/to"),
        (HOOK | {"method": "PATCH"}, "/method"),  # AL-21
        (HOOK | {"url": "https://10.0.0.1/"}, "/url"),
        (HOOK | {"headers": [{"preset": "custom", "name": "Host", "value": "x"}]}, "/headers/0/name"),  # AL-20
        ({"type": "fax"}, "/type"),
    ],
)
def test_al_17_to_21_what_cannot_be_sent_is_refused(
    world: World, rules: Rules, body: dict[str, object], pointer: str
) -> None:
    id = rules.made()["id"]
    answer = world.call("POST", f"/alert_rules/{id}/notifications", body)
    assert answer.status == 400, answer.text
    assert pointer in {error["detail"] for error in answer.json["errors"]}
    whole = world.call("POST", "/alert_rules", CALLS | {"notifications": [MAIL, body]})
    assert whole.status == 400
    assert f"/notifications/1{pointer}" in {error["detail"] for error in whole.json["errors"]}


def test_al_20_secrets_are_written_and_never_read(world: World, rules: Rules) -> None:
    made = rules.made("user", notifications=[HOOK], type="call")
    hook = made["notifications"][0]
    path = f"/alert_rules/{made['id']}/notifications/{hook['id']}"
    assert hook["headers"] == [{"preset": "bearer", "token": "•••", "set": True}]
    same = world.call("PATCH", path, {"headers": hook["headers"], "method": "PUT"})
    assert same.json == hook | {"method": "PUT"}
    moved = world.call("PATCH", path, {"url": "https://other.example.net/"})
    assert (moved.json["cleared"], moved.json["secret_missing"]) == (["Authorization"], ["Authorization"])
    assert moved.json["enabled"] is False
    bulk = f"/alert_rules/{made['id']}/notifications"
    refused = world.call("PATCH", bulk, {"ids": [hook["id"]], "enabled": True})
    assert (refused.status, refused.json["code"]) == (409, "WRONG_STATE")
    assert world.call("POST", bulk, HOOK | {"headers": [{"preset": "bearer", "token": "•••"}]}).status == 400


def test_al_20_who_may_not_edit_reads_no_query_value_and_copies_no_secret(world: World, rules: Rules) -> None:
    made = rules.made("admin", notifications=[HOOK, MAIL])
    path = f"/alert_rules/{made['id']}"
    example = f"{path}/notifications/{made['notifications'][0]['id']}/example_request"
    rules.as_(VIEWER)
    for each in (path, f"{path}/notifications", example):
        answer = world.call("GET", each)
        assert answer.status == 200
        assert "canary" not in answer.text
    copy = world.call("POST", f"{path}/copy", {})
    assert (copy.status, copy.json["secret_missing"]) == (200, ["Authorization", "url"])
    assert (copy.json["owner"], copy.json["notifications"][0]["enabled"]) == (rules.id_of(VIEWER), False)
    assert copy.json["id"] != made["id"]
    assert "canary" not in str(world.rules.rules[ACME, copy.json["id"]])
    rules.as_(EDITOR)
    assert "canary-query" in world.call("GET", path).text
    assert world.call("POST", f"{path}/copy", {}).json["secret_missing"] == []


@pytest.mark.parametrize("method", ["POST", "PUT", "GET"])
def test_al_22_the_example_request_is_as_method_headers_and_type_say(world: World, rules: Rules, method: str) -> None:
    lines = {"filters": {"lines": ["2001"], "events": ["unregistered"]}}
    made = rules.made(type="sip", triggers=[lines], notifications=[HOOK | {"method": method}, MAIL])
    path = f"/alert_rules/{made['id']}/notifications"
    hook, mail = (each["id"] for each in made["notifications"])
    found = world.call("GET", f"{path}/{hook}/example_request").json
    assert (found["method"], found["headers"]["Authorization"]) == (method, "Bearer •••")
    if method == "GET":
        assert found["body"] is None
        assert "registration.event=unregistered" in found["url"]
    else:
        assert found["url"] == HOOK["url"]
        assert (found["body"]["alertType"], found["body"]["test"]) == ("sip", True)
        assert found["body"]["registration"]["extension"] == "2001"
    assert world.call("GET", f"{path}/{mail}/example_request").status == 404


# --- owner, share -----------------------------------------------------------------------------------------------------


def test_al_11_switching_the_owner_moves_a_rule_between_lists_and_keeps_its_parts(world: World, rules: Rules) -> None:
    made = rules.made("admin", notifications=[MAIL])
    path = f"/alert_rules/{made['id']}"
    assert world.call("POST", f"{path}/owner", {"owner": "nobody"}).status == 400
    assert world.call("POST", f"{path}/owner", {"owner": "account_owner-rival"}).status == 400
    assert world.call("POST", f"{path}/owner", {"owner": "reporting-acme"}).status == 422
    given = world.call("POST", f"{path}/owner", {"owner": "manager-acme"}, If_Match='"1"')
    assert (given.status, given.headers["ETag"]) == (200, '"2"')
    assert given.json == {**made, "owner": "manager-acme", "version": 2}
    assert (rules.listed(), rules.listed("all")) == ([], [made["id"]])
    rules.as_("manager")
    assert rules.listed() == [made["id"]]


def test_al_10_a_rule_that_the_new_owner_may_not_see_through_is_given_after_a_list(world: World, rules: Rules) -> None:
    made = rules.made("admin", triggers=[{"filters": {"lines": ["2001"]}}, {"filters": {"statuses": ["busy"]}}])
    path, stops = f"/alert_rules/{made['id']}/owner", made["triggers"][0]["id"]
    first = world.call("POST", path, {"owner": "user-acme"})
    assert (first.status, first.json["code"]) == (409, "CONFIRM_REQUIRED")
    assert first.json["errors"][0]["ids"] == [stops]
    assert world.call("POST", path, {"owner": "user-acme", "confirm": "x"}).status == 409
    done = world.call("POST", path, {"owner": "user-acme", "confirm": first.json["confirm"]})
    assert [each["out_of_scope"] for each in done.json["triggers"]] == [True, False]
    rules.as_("user")
    assert world.gateway.get("/alert_rules").json["items"][0]["out_of_scope"] is True


def test_al_39_a_shared_address_is_that_of_the_page_and_needs_view(world: World, rules: Rules) -> None:
    made = rules.made("admin")
    before = dict(world.rules.rules)
    rules.as_(VIEWER)
    answer = world.call("POST", f"/alert_rules/{made['id']}/share", {})
    assert answer.json == {"url": f"https://console.example/console/rules/{made['id']}"}
    assert world.rules.rules == before
    rules.as_("user")
    assert world.call("POST", f"/alert_rules/{made['id']}/share", {}).status == 403


# --- who may ----------------------------------------------------------------------------------------------------------

OWNING = {"account_owner", "admin", "manager", "queue_manager", "user"}
BUT = {"all but users", "all but phone_numbers", "all but hunt_groups", "all but call_queues"}
SEES_ALL = {"account_owner", "admin", EDITOR, VIEWER, *BUT}
EDITS_ALL = {"account_owner", "admin", EDITOR}
OWNS = OWNING | {EDITOR, VIEWER, NEITHER, *BUT}

RULE = "/alert_rules/{id}"
TRIGGERS, NOTIFICATIONS = f"{RULE}/triggers", f"{RULE}/notifications"
TRIGGER, NOTIFICATION = f"{TRIGGERS}/{{trigger_id}}", f"{NOTIFICATIONS}/{{notification_id}}"
OF_ANOTHER: dict[tuple[str, str], tuple[set[str], object]] = {
    ("GET", RULE): (SEES_ALL, None),
    ("PATCH", RULE): (EDITS_ALL, {"name": "Other"}),
    ("DELETE", RULE): (SEES_ALL, None),
    ("POST", f"{RULE}/copy"): (SEES_ALL, {}),
    ("POST", f"{RULE}/owner"): (EDITS_ALL, {"owner": "manager-acme"}),
    ("POST", f"{RULE}/share"): (SEES_ALL, {}),
    ("GET", f"{RULE}/export"): (SEES_ALL, None),
    ("POST", f"{RULE}/test"): (EDITS_ALL, {}),
    ("GET", TRIGGERS): (SEES_ALL, None),
    ("POST", TRIGGERS): (EDITS_ALL, {}),
    ("GET", TRIGGER): (SEES_ALL, None),
    ("PATCH", TRIGGER): (EDITS_ALL, {"description": "x"}),
    ("DELETE", TRIGGER): (EDITS_ALL, None),
    ("GET", NOTIFICATIONS): (SEES_ALL, None),
    ("POST", NOTIFICATIONS): (EDITS_ALL, MAIL),
    ("PATCH", NOTIFICATIONS): (EDITS_ALL, {"ids": ["{notification_id}"], "enabled": False}),
    ("DELETE", NOTIFICATIONS): (EDITS_ALL, None),
    ("GET", NOTIFICATION): (SEES_ALL, None),
    ("PATCH", NOTIFICATION): (EDITS_ALL, {"method": "PUT"}),
    ("DELETE", NOTIFICATION): (EDITS_ALL, None),
    ("GET", f"{NOTIFICATION}/example_request"): (SEES_ALL, None),
    ("POST", f"{RULE}/backtest"): (SEES_ALL, {"from": "2026-11-22T00:00:00Z", "to": "2026-11-23T00:00:00Z"}),
}
"""What is done with the rule of another person, and by whom (AL-5 to AL-8, decided 3.2)."""


def done(world: World, operation: tuple[str, str], rule: Mapping[str, Any]) -> Answer:
    """Make the call of an operation about a rule that has a trigger and a webhook."""
    method, path = operation
    ids = {
        "{id}": rule["id"],
        "{trigger_id}": rule["triggers"][0]["id"],
        "{notification_id}": rule["notifications"][0]["id"],
    }
    body = OF_ANOTHER[operation][1]
    text = None if body is None else json.dumps(body)
    for name, id in ids.items():
        path, text = path.replace(name, id), text and text.replace(name, id)
    query = {"ids": [ids["{notification_id}"]]} if operation == ("DELETE", NOTIFICATIONS) else {}
    return world.gateway.call(method, path, text, query=query)


def test_every_route_of_rules_has_its_line(world: World) -> None:
    routes = world.gateway.app.routes.items()
    served = {(method, path) for path, methods in routes for method in methods if path.startswith("/alert_rules")}
    served -= {("GET", f"/alert_rules/{{id}}/{word}") for word in ("explain", "history", "history/{history_id}")}
    assert served == OF_ANOTHER.keys() | {("GET", "/alert_rules"), ("POST", "/alert_rules")}


@pytest.mark.parametrize("operation", OF_ANOTHER, ids=" ".join)
def test_al_5_to_8_who_may_do_what_with_the_rule_of_another(
    world: World, rules: Rules, operation: tuple[str, str]
) -> None:
    allowed, _ = OF_ANOTHER[operation]
    for caller in rules.callers:
        made = rules.made("admin" if caller == "account_owner" else "account_owner", notifications=[HOOK])
        rules.as_(caller)
        answer = done(world, operation, made)
        assert (answer.status < 300) == (caller in allowed), (caller, answer.text)
        assert answer.status < 300 or answer.status == 403, (caller, answer.text)


def test_al_9_and_10_who_may_do_what_with_their_own_and_for_others(world: World, rules: Rules) -> None:
    for caller in rules.callers:
        world.rules.rules.clear()  # each caller begins with an empty account, which is quicker
        rules.as_(caller)
        me = rules.id_of(caller)
        created = world.call("POST", "/alert_rules", CALLS)
        assert created.status == (201 if caller in OWNS else 403), caller
        assert world.gateway.get("/alert_rules", list="owned").status == (200 if caller in OWNS else 403), caller
        assert world.gateway.get("/alert_rules", list="all").status == (200 if caller in SEES_ALL else 403), caller
        for_other = world.call("POST", "/alert_rules", CALLS | {"owner": "manager-acme"})
        expected = 201 if caller in SEES_ALL or caller == "manager" else 403
        assert for_other.status == expected, (caller, for_other.text)
        if created.status != 201:
            continue
        path = f"/alert_rules/{created.json['id']}"
        assert world.call("PATCH", path, {"name": "Mine"}).status == 200, caller
        assert world.call("POST", f"{path}/copy", {}).json["owner"] == me
        given = world.call("POST", f"{path}/owner", {"owner": "admin-acme"})
        assert given.status == (200 if caller in SEES_ALL else 403), caller
        own = rules.made(caller)
        assert world.call("DELETE", f"/alert_rules/{own['id']}").status == 204, caller


def test_al_10_keys_name_an_owner_and_need_a_role(world: World, rules: Rules) -> None:
    for_user = CALLS | {"owner": "user-acme"}
    world.as_key(None)
    assert world.call("POST", "/alert_rules", for_user).status == 403
    assert world.call("GET", "/alert_rules").status == 403
    world.as_key(RoleId(SystemRole.USER.value))
    assert world.call("POST", "/alert_rules", for_user).status == 403
    world.as_key(RoleId(SystemRole.ADMIN.value))
    assert world.call("POST", "/alert_rules", CALLS).json["errors"][0]["detail"] == "/owner"
    made = world.call("POST", "/alert_rules", for_user)
    assert (made.status, made.json["owner"], made.json["created_by"]) == (201, "user-acme", None)


READS = {"GET"}
STORES_NOTHING = ("POST", f"{RULE}/share")


@pytest.mark.parametrize("operation", OF_ANOTHER, ids=" ".join)
def test_a_token_that_only_reads_changes_no_rule(world: World, rules: Rules, operation: tuple[str, str]) -> None:
    made = rules.made("admin", notifications=[HOOK])
    world.as_token(world.person("ana", "admin"), read_only=True)
    answer = done(world, operation, made)
    assert answer.status == (200 if operation[0] in READS or operation == STORES_NOTHING else 403), answer.text


@pytest.mark.parametrize("operation", OF_ANOTHER, ids=" ".join)
def test_the_rule_of_another_tenant_is_404_everywhere(world: World, rules: Rules, operation: tuple[str, str]) -> None:
    made = rules.made("admin", notifications=[HOOK])
    world.as_role(SystemRole.OWNER, RIVAL)
    assert done(world, operation, made).status == 404
    for list in ("owned", "all", "deleted"):
        assert rules.listed(list) == []


def test_decided_3_19_answers_about_texts_have_an_estimate_of_one_run(world: World, rules: Rules) -> None:
    """Three receivers in the United Kingdom, at 0.045 dollars a part."""
    made = rules.made(notifications=[MAIL])
    path = f"/alert_rules/{made['id']}/notifications"
    new = world.call("POST", path, TEXT)
    assert new.json["estimate"] == {"parts": 1, "price": {"currency": "USD", "amount": 0.135}}
    one = f"{path}/{new.json['id']}"
    assert world.call("GET", one).json == new.json

    long = world.call("PATCH", one, {"text": "%%CALLER_NAME%% " + "x" * 160, "to": TEXT["to"][:1]})

    assert long.json["estimate"] == {"parts": 2, "price": {"currency": "USD", "amount": 0.09}}
    items = world.call("GET", path).json["items"]
    assert [each.get("estimate") for each in items] == [None, long.json["estimate"]]
    assert world.call("PATCH", path, {"ids": [new.json["id"]], "enabled": False}).json["items"][1]["estimate"]
