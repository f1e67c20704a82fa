"""Mail templates: the defaults, the account's own words, previews and samples."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.functional.settings_api.conftest import ACME, RIVAL, World
from tocsin.content.domain.content import EmailContent
from tocsin.identity.domain.permissions import SystemRole
from tocsin.kernel.domain.ids import RoleId
from tocsin.tenant_mail.domain.mail_variables import TEMPLATES

DEFAULTS, OWN = "/default_email_templates", "/custom_email_templates"
SLA = {"name": "QUEUE_SLA", "subject": "%%QUEUE_NAME%% is slow", "body": "<p>%%CALLER_NAME%% waits</p>"}
MANAGERS = (SystemRole.OWNER, SystemRole.ADMIN)


def made(world: World, **fields: Any) -> Any:
    answer = world.call("POST", OWN, {**SLA, **fields})
    assert answer.status == 201, answer.text
    return answer.json


def preview(world: World, name: str = "QUEUE_SLA", **fields: Any) -> Any:
    answer = world.call("POST", f"{OWN}/{name}/preview", fields)
    assert answer.status == 200, answer.text
    return answer.json


def test_pn_15_there_are_fourteen_defaults_which_nothing_changes(world: World) -> None:
    answer = world.call("GET", DEFAULTS)
    assert list(answer.json) == ["items"]
    assert [each["name"] for each in answer.json["items"]] == list(TEMPLATES)
    assert len(answer.json["items"]) == 14
    assert all(set(each) == {"name", "from", "subject", "body"} and all(each.values()) for each in answer.json["items"])
    assert world.call("POST", f"{DEFAULTS}/QUEUE_SLA", {"subject": "x"}).status in (404, 405)
    assert world.call("POST", DEFAULTS, SLA).status in (404, 405)


def test_pn_15_a_default_says_what_its_variables_mean(world: World) -> None:
    found = world.call("GET", f"{DEFAULTS}/QUEUE_SLA").json
    assert found["event_type"] == "queue.sla_breached"
    assert {each["name"] for each in found["variables"]} == TEMPLATES["QUEUE_SLA"].known
    assert all(each["about"] and each["sample"] for each in found["variables"])


@pytest.mark.parametrize("name", ["queue_sla", "NOPE", "QUEUE_SLA "])
def test_pn_16_an_unknown_name_is_not_found(world: World, name: str) -> None:
    for method, path, body in [
        ("GET", f"{DEFAULTS}/{name}", None), ("GET", f"{OWN}/{name}", None), ("POST", f"{OWN}/{name}", {"subject": 7}),
        ("POST", f"{OWN}/{name}/destroy", {}), ("POST", f"{OWN}/{name}/preview", {"subject": 7}),
        ("POST", f"{OWN}/{name}/test", {"recipient": "bob"}),
    ]:  # fmt: skip
        assert world.call(method, path, body).status == 404, path


def test_pn_17_a_template_is_created_once(world: World) -> None:
    answer = world.call("POST", OWN, SLA)
    assert (answer.status, answer.headers["Location"], answer.headers["ETag"]) == (
        201,
        "custom_email_templates/QUEUE_SLA",
        '"1"',
    )
    assert answer.json == {
        **SLA, "id": "QUEUE_SLA", "from": None, "warnings": [], "updated_at": "2026-11-23T12:00:00.000Z",
        "updated_by": f"account_owner-{ACME}", "version": 1,
    }  # fmt: skip
    again = world.call("POST", OWN, SLA)
    assert (again.status, again.json["code"]) == (409, "ALREADY_EXISTS")
    stored = {name: value for name, value in answer.json.items() if name != "id"}
    assert world.call("GET", OWN).json == {"items": [stored]}


def test_a_repeated_call_creates_one_template(world: World) -> None:
    first = world.call("POST", OWN, SLA, Idempotency_Key="a")
    assert world.call("POST", OWN, SLA, Idempotency_Key="a").json == first.json


@pytest.mark.parametrize(
    ("fields", "faults"),
    [
        ({"name": None}, {"/name": "NOT_ALLOWED"}),
        ({"name": "QUEUE_SLOW"}, {"/name": "NOT_ALLOWED"}),
        ({"from": "x" * 129}, {"/from": "TOO_LONG"}),
        ({"from": "ceo@bank.example"}, {"/from": "ADDRESS_IN_NAME"}),
        ({"from": "ceo\uff20bank.example"}, {"/from": "ADDRESS_IN_NAME"}),
        ({"subject": "x" * 256}, {"/subject": "TOO_LONG"}),
        ({"subject": "x\r\nBcc: all@example.org"}, {"/subject": "CONTROL_CHARACTER"}),
        ({"from": "x\u2028y"}, {"/from": "CONTROL_CHARACTER"}),
        ({"subject": "=?utf-8?q?x?="}, {"/subject": "ENCODED_WORD"}),
        ({"body": "ö" * 32_769}, {"/body": "TOO_LONG"}),
        ({"body": 7}, {"/body": "WRONG_TYPE"}),
        ({"sender": "x"}, {"/sender": "UNKNOWN_FIELD"}),
    ],
)  # fmt: skip
def test_pn_17_pn_27_what_is_wrong_is_named(world: World, fields: Any, faults: Any) -> None:
    answer = world.call("POST", OWN, {**SLA, **fields})
    assert answer.status == 400
    assert {error["detail"]: error["code"] for error in answer.json["errors"]} == faults


def test_pn_17_a_name_is_required(world: World) -> None:
    answer = world.call("POST", OWN, {"subject": "x"})
    assert [(error["detail"], error["code"]) for error in answer.json["errors"]] == [("/name", "REQUIRED")]


def test_pn_18_without_a_template_of_its_own_there_is_none(world: World) -> None:
    assert world.call("GET", f"{OWN}/QUEUE_SLA").status == 404
    assert world.call("POST", f"{OWN}/QUEUE_SLA", {"subject": "x"}).status == 404
    assert world.call("GET", OWN).json == {"items": []}


def test_pn_19_an_update_changes_what_it_gives(world: World) -> None:
    made(world)
    world.clock.advance(timedelta(minutes=1))
    answer = world.call("POST", f"{OWN}/QUEUE_SLA", {"subject": "New"})
    assert (answer.status, answer.json, answer.headers["ETag"]) == (200, {}, '"2"')
    found = world.call("GET", f"{OWN}/QUEUE_SLA").json
    assert (found["subject"], found["from"], found["body"]) == ("New", None, SLA["body"])
    assert found["updated_at"] == "2026-11-23T12:01:00.000Z"
    world.call("POST", f"{OWN}/QUEUE_SLA", {"body": None})
    assert world.call("GET", f"{OWN}/QUEUE_SLA").json["body"] is None
    assert preview(world)["text"].startswith("A caller has waited")


def test_pn_20_a_name_in_an_update_renames_nothing(world: World) -> None:
    found = {name: value for name, value in made(world).items() if name != "id"}
    assert world.call("POST", f"{OWN}/QUEUE_SLA", {**found, "name": "DISK_LOW", "subject": "New"}).status == 200
    assert [each["name"] for each in world.call("GET", OWN).json["items"]] == ["QUEUE_SLA"]


def test_a_stale_if_match_is_refused(world: World) -> None:
    made(world)
    assert world.call("POST", f"{OWN}/QUEUE_SLA", {"subject": 7}, If_Match='"9"').status == 412
    assert world.call("POST", f"{OWN}/QUEUE_SLA/destroy", {}, If_Match='"9"').status == 412
    assert world.call("POST", f"{OWN}/QUEUE_SLA", {"subject": "New"}, If_Match='"1"').headers["ETag"] == '"2"'


def test_pn_21_a_preview_shows_the_own_words_and_the_defaults(world: World) -> None:
    made(world)
    found = preview(world)
    assert found == {
        "from": "Northwater", "subject": "Support is slow", "text": "Ada Byron waits", "html": "<p>Ada Byron waits</p>",
        "unknown": [],
    }  # fmt: skip
    assert preview(world, subject="%%CALLER_NAME%% %%NOPE%%", body="x < 5", values={"CALLER_NAME": "Bob"}) == {
        "from": "Northwater", "subject": "Bob %%NOPE%%", "text": "x < 5", "html": None, "unknown": ["NOPE"],
    }  # fmt: skip
    assert preview(world, subject=None)["subject"] == "Queue Support keeps a caller waiting"


def test_a_preview_stores_nothing_and_needs_no_own_template(world: World) -> None:
    assert preview(world, "DISK_LOW", body="%%FREE_SIZE%%")["text"] == "1.0 GB"
    assert world.templates.kept == {}


def test_a_preview_shows_the_qr_code_without_a_mail(world: World) -> None:
    assert '<img src="data:image/png;base64,' in preview(world, "USER_CREATION")["html"]


def test_a_preview_that_is_too_large_or_has_unknown_values_is_refused(world: World) -> None:
    path = f"{OWN}/QUEUE_SLA/preview"
    large = world.call("POST", path, {"body": "%%CALLER_NAME%%" * 100, "values": {"CALLER_NAME": "x" * 9_000}})
    assert (large.status, large.json["code"]) == (413, "REQUEST_TOO_LARGE")
    unknown = world.call("POST", path, {"values": {"DATA_TIME": "x"}})
    assert [error["code"] for error in unknown.json["errors"]] == ["UNKNOWN_FIELD"]


def test_pn_26_unknown_variables_are_warned_about(world: World) -> None:
    found = made(world, subject="%%DATA_TIME%%", body="a\n%%REST_PASSWORD_LINK%%")
    assert found["warnings"] == [
        {"field": "subject", "line": 1, "variable": "DATA_TIME", "suggestion": "DATE_TIME"},
        {"field": "body", "line": 2, "variable": "REST_PASSWORD_LINK", "suggestion": None},
    ]
    assert world.call("GET", f"{OWN}/QUEUE_SLA").json["warnings"] == found["warnings"]


def test_pn_31_destroy_goes_back_to_the_default(world: World) -> None:
    made(world)
    assert (world.call("POST", f"{OWN}/QUEUE_SLA/destroy", {}).status, world.templates.kept) == (200, {})
    assert world.call("POST", f"{OWN}/QUEUE_SLA/destroy", {}).status == 404
    assert made(world)["version"] == 1
    actions = [entry.action for entry in world.trail.entries.values()]
    assert actions == ["mail_template.created", "mail_template.deleted", "mail_template.created"]


def test_a_sample_is_mailed_by_the_accounts_mail_server(world: World) -> None:
    made(world)
    assert world.call("POST", f"{OWN}/QUEUE_SLA/test", {"recipient": "bob@example.org"}).json == {"warnings": []}
    ((alert, _),) = world.mail_server.alerts.values()
    content = alert.messages[0].content
    assert isinstance(content, EmailContent)
    assert content.subject == "Sample: Support is slow"
    assert "Ada Byron waits" in content.body
    assert content.content_type.startswith("multipart/alternative")
    assert world.call("POST", f"{OWN}/QUEUE_SLA/test", {"recipient": "a@example.org,b@example.org"}).status == 400


CALLS: list[tuple[str, str, Any, int]] = [
    ("GET", DEFAULTS, None, 200), ("GET", f"{DEFAULTS}/DISK_LOW", None, 200), ("GET", OWN, None, 200),
    ("POST", OWN, {"name": "DISK_LOW"}, 201), ("GET", f"{OWN}/QUEUE_SLA", None, 200),
    ("POST", f"{OWN}/QUEUE_SLA", {"subject": "x"}, 200), ("POST", f"{OWN}/QUEUE_SLA/preview", {}, 200),
    ("POST", f"{OWN}/QUEUE_SLA/test", {"recipient": "bob@example.org"}, 200), ("POST", f"{OWN}/QUEUE_SLA/destroy", {}, 200),
]  # fmt: skip


@pytest.mark.parametrize("role", SystemRole)
@pytest.mark.parametrize(("method", "path", "body", "good"), CALLS)
def test_owners_and_admins_manage_templates(
    world: World, method: str, path: str, body: Any, good: int, role: SystemRole
) -> None:
    made(world)
    world.as_key(None)
    assert world.call(method, path, body).status == 403
    world.as_role(role)
    assert world.call(method, path, body).status == (good if role in MANAGERS else 403)


@pytest.mark.parametrize(("method", "path", "body", "good"), CALLS)
def test_a_key_with_a_role_may_do_what_its_role_may(world: World, method: str, path: str, body: Any, good: int) -> None:
    made(world)
    world.as_key(RoleId("manager"))
    assert world.call(method, path, body).status == 403
    world.as_key(RoleId("admin"))
    assert world.call(method, path, body).status == good


def test_pn_11_accounts_are_apart(world: World) -> None:
    made(world)
    world.as_role(SystemRole.OWNER, RIVAL)
    assert world.call("GET", OWN).json == {"items": []}
    assert world.call("GET", f"{OWN}/QUEUE_SLA").status == 404
    assert world.call("POST", f"{OWN}/QUEUE_SLA/destroy", {}).status == 404
    assert (ACME, "QUEUE_SLA") in world.templates.kept
