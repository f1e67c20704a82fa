"""Companies, lines, numbers and groups by API; and how every call is judged."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.functional.settings_api.conftest import ACME, NORTH, SOUTH, World
from tocsin.directory.domain.things import MOST, Company, Group, Kind, Line, PhoneNumber
from tocsin.directory.ports import DirectoryChange
from tocsin.entrypoint.directory_body.operations import KINDS, OPERATIONS
from tocsin.entrypoint.http.operation import Operation
from tocsin.identity.domain.permissions import Permission, SystemRole
from tocsin.identity.domain.role import system_role
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.errors import StaleWrite
from tocsin.kernel.domain.ids import CompanyId, UserId

MEMBER = f"user-{ACME}"

DOCUMENT = Path(__file__).parents[3] / "docs" / "openapi.json"


def faults(answer: Any) -> dict[str, str]:
    return {each["detail"]: each["code"] for each in answer.json["errors"]}


@pytest.mark.parametrize(
    ("kind", "body", "field"),
    [
        (Kind.COMPANY, {"name": "NORTH"}, "name"),
        (Kind.LINE, {"extension": "9", "aliases": ["2001"]}, "extension"),
        (Kind.PHONE_NUMBER, {"e164": "+44 7700 900001"}, "e164"),
        (Kind.GROUP, {"kind": "queue", "name": "sales"}, "name"),
        (Kind.ROLE, {"name": f"ROLES-{ACME}"}, "name"),
        (Kind.USER, {"email": f"USER-{ACME}@people.example", "name": "x"}, "email"),
    ],
)
def test_names_are_unique_whatever_their_case(world: World, kind: Kind, body: dict[str, Any], field: str) -> None:
    answer = world.call("POST", f"/{kind.value}", body)

    assert (answer.status, answer.json["code"]) == (409, "ALREADY_EXISTS")
    assert field in answer.json["detail"]


def test_all_unknown_references_are_named_at_once(world: World) -> None:
    body = {"kind": "queue", "name": "Night", "members": ["m1", MEMBER, "m2"], "managers": ["m3"], "company": "c"}

    answer = world.call("POST", "/groups", body)

    assert answer.status == 400
    assert {each["detail"]: each["ids"] for each in answer.json["errors"]} == {
        "/members": ["m1", "m2"], "/managers": ["m3"], "/company": ["c"],
    }  # fmt: skip
    number = {"e164": "+447700900777", "target": {"kind": "line", "id": f"groups-{ACME}"}}
    assert faults(world.call("POST", "/phone_numbers", number)) == {"/target/id": "NO_SUCH_THING"}


def test_what_the_operator_decides_is_read_only(world: World) -> None:
    answer = world.call("PATCH", f"/phone_numbers/phone_numbers-{ACME}", {"sms_enabled": True})

    assert (answer.status, faults(answer)) == (400, {"/sms_enabled": "READ_ONLY"})


def test_a_merge_patch_is_deep_and_null_takes_away(world: World) -> None:
    path = f"/phone_numbers/phone_numbers-{ACME}"

    merged = world.call("PATCH", path, {"target": {"kind": "line", "id": f"lines-{ACME}"}, "label": "Front"})
    assert (merged.json["target"], merged.json["label"]) == ({"kind": "line", "id": f"lines-{ACME}"}, "Front")
    assert world.call("PATCH", path, {"target": None}).json["target"] is None
    assert faults(world.call("PATCH", path, {"e164": None})) == {"/e164": "REQUIRED"}


@pytest.mark.parametrize("kind", ["companies", "lines", "groups"])
def test_decided_1_what_others_name_is_deleted_after_their_list_was_confirmed(world: World, kind: str) -> None:
    number = f"phone_numbers-{ACME}"
    if kind == "lines":
        world.call("PATCH", f"/phone_numbers/{number}", {"target": {"kind": "line", "id": f"lines-{ACME}"}})
    path = f"/{kind}/{NORTH if kind == 'companies' else f'{kind}-{ACME}'}"

    refused = world.call("DELETE", path)
    assert (refused.status, refused.json["code"]) == (409, "IN_USE")
    assert number in [id for fault in refused.json["errors"] for id in fault["ids"]]
    other = world.gateway.call("DELETE", path, query={"confirm": ["x" * 32]})
    assert (other.status, other.json["confirm"]) == (409, refused.json["confirm"])
    assert world.trail.entries == {} or kind == "lines"

    done = world.gateway.call("DELETE", path, query={"confirm": [refused.json["confirm"]]})
    assert done.status == 204
    assert world.gateway.get(path).status == 404
    after = world.thing(Kind.PHONE_NUMBER, number)
    assert isinstance(after, PhoneNumber)
    assert after.company is None if kind == "companies" else after.target is None
    told = [entry.action for entry in world.trail.entries.values()]
    assert told.count("phone_number.updated") == 1 + (kind == "lines")


def test_decided_2_17_a_company_leaves_every_scope_but_the_last_one_of_a_custom_role(world: World) -> None:
    world.person("maya", "manager", companies=frozenset({SOUTH}))
    path = f"/companies/{SOUTH}"
    confirm = world.call("DELETE", path).json["confirm"]
    world.directory.add(world.custom_role("own", ACME, Permission.DIRECTORY_MANAGE))
    held = world.person("held", "own", companies=frozenset({SOUTH}))

    # without a company the role would reach the whole account
    refused = world.gateway.call("DELETE", path, query={"confirm": [confirm]})
    assert (refused.status, "confirm" in refused.json) == (409, False)
    world.directory.add(replace(held, companies=frozenset({NORTH, SOUTH})))
    confirm = world.call("DELETE", path).json["confirm"]
    assert world.gateway.call("DELETE", path, query={"confirm": [confirm]}).status == 204
    people = [world.thing(Kind.USER, id) for id in ("maya", "held")]
    assert [user.companies for user in people if isinstance(user, User)] == [frozenset(), frozenset({NORTH})]


def test_who_manages_no_people_takes_no_company_from_them(world: World) -> None:
    world.person("maya", "manager", companies=frozenset({SOUTH}))
    world.as_person(world.person("desk", "own"), world.custom_role("own", ACME, Permission.DIRECTORY_MANAGE))

    refused = world.call("DELETE", f"/companies/{SOUTH}")

    assert (refused.status, "confirm" in refused.json) == (409, False)


def test_pages_go_on_where_the_last_one_ended(world: World) -> None:
    for n in range(5):
        world.directory.add(Company(tenant=ACME, id=CompanyId(f"x{n}"), name=f"X{n}"))
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = world.gateway.get("/companies", None, limit="3", **cursor).json
        found += [item["id"] for item in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert found == sorted({NORTH, SOUTH, f"companies-{ACME}", *(f"x{n}" for n in range(5))})
    assert world.gateway.get("/companies", limit="0").status == 400
    assert world.gateway.get("/companies", color="red").json["errors"][0]["code"] == "UNKNOWN_FIELD"


def test_people_see_extensions_their_own_line_and_their_groups(world: World) -> None:
    world.directory.add(Line(tenant=ACME, id="mine", extension="2002", user=UserId(MEMBER), company=SOUTH))
    others = world.made(Kind.GROUP, kind="queue", name="Others")
    world.made(Kind.PHONE_NUMBER, e164="+447700900888", target={"kind": "group", "id": others["id"]})
    world.made(Kind.PHONE_NUMBER, e164="+447700900889")
    world.as_role(SystemRole.USER)

    lines = {item["id"]: set(item) for item in world.call("GET", "/lines").json["items"]}
    assert lines[f"lines-{ACME}"] == {"id", "extension", "label"}
    assert "company" in lines["mine"]
    assert set(world.call("GET", f"/lines/lines-{ACME}").json) == {"id", "extension", "label"}
    assert [item["id"] for item in world.call("GET", "/groups").json["items"]] == [f"groups-{ACME}"]
    assert [item["id"] for item in world.call("GET", "/phone_numbers").json["items"]] == [f"phone_numbers-{ACME}"]
    assert world.call("GET", "/companies").json["items"] == []


def test_managers_see_their_companies(world: World) -> None:
    manager = world.person("m", "manager", companies=frozenset({SOUTH}))
    world.directory.add(Line(tenant=ACME, id="south", extension="2002", company=SOUTH))
    world.as_person(manager, system_role(ACME, SystemRole.MANAGER))

    assert [item["id"] for item in world.call("GET", "/lines").json["items"]] == ["south"]
    assert [item["id"] for item in world.call("GET", "/companies").json["items"]] == [SOUTH]
    assert world.call("GET", f"/lines/lines-{ACME}").status == 403


def test_an_account_has_at_most_so_many(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MOST, Kind.LINE, 1)

    assert world.call("POST", "/lines", {"extension": "2002"}).json["code"] == "NOT_POSSIBLE"


def test_a_call_is_judged_in_one_order(world: World) -> None:
    """JSON, right, existence, reach, version, body."""
    role = world.custom_role("own", ACME, Permission.DIRECTORY_MANAGE)
    world.directory.add(role, Line(tenant=ACME, id="s", extension="2002", company=SOUTH))
    north = world.person("n", "own", companies=frozenset({NORTH}))
    mine, stale, bad = f"/lines/lines-{ACME}", {"If_Match": '"9"'}, {"extension": ""}

    world.as_role(SystemRole.USER)
    assert world.call("PATCH", "/lines/nothing", "{", **stale).status == 400
    assert world.call("PATCH", "/lines/nothing", bad, **stale).status == 403
    world.as_person(north, role)
    assert world.call("PATCH", "/lines/nothing", bad, **stale).status == 404
    assert world.call("PATCH", "/lines/s", bad, **stale).status == 403
    assert world.call("PATCH", mine, bad, **stale).status == 412
    assert world.call("PATCH", mine, bad).status == 400
    assert world.call("PATCH", mine, {"company": SOUTH}).json["code"] == "EXCEEDS_YOURS"
    assert world.call("PATCH", mine, {"label": "x"}, If_Match='"1"').status == 200
    assert world.call("DELETE", mine, **stale).status == 412


def test_a_lost_race_is_repeated_by_the_server_three_times(world: World) -> None:
    commit = world.directory.commit
    lost: list[int] = []

    def losing(changes: list[DirectoryChange]) -> None:
        if len(lost) < limit:
            lost.append(1)
            raise StaleWrite("another call changed this thing of the directory")
        commit(changes)

    world.directory.commit = losing  # type: ignore[method-assign, assignment]
    limit = 2
    assert world.call("PATCH", f"/lines/lines-{ACME}", {"label": "x"}).status == 200
    lost.clear()
    limit = 3
    answer = world.call("PATCH", f"/lines/lines-{ACME}", {"label": "y"})
    assert (answer.status, answer.json["code"], answer.headers["Retry-After"]) == (409, "STALE_WRITE", "1")


def test_a_repeat_under_an_idempotency_key_creates_once(world: World) -> None:
    first = world.call("POST", "/lines", {"extension": "3001"}, Idempotency_Key="k")
    again = world.call("POST", "/lines", {"extension": "3001"}, Idempotency_Key="k")

    assert (first.status, again.json, again.headers["Location"]) == (201, first.json, first.headers["Location"])
    assert world.call("POST", "/lines", {"extension": "3002"}, Idempotency_Key="k").status == 422
    world.as_role(SystemRole.ADMIN)  # another person, whose keys are their own
    assert world.call("POST", "/lines", {"extension": "3003"}, Idempotency_Key="k").status == 201


def test_a_repeat_after_a_lost_answer_creates_once(world: World) -> None:
    world.use.idempotent_call.store.keep = lambda *given: None  # type: ignore[method-assign]

    first = world.call("POST", "/lines", {"extension": "3001"}, Idempotency_Key="k")
    assert world.call("POST", "/lines", {"extension": "3001"}, Idempotency_Key="k").json == first.json


# --- upsert ---------------------------------------------------------------------------------------------------------


def put(world: World, kind: str, id: str, body: dict[str, Any], **headers: str) -> Any:
    return world.call("PUT", f"/directory/{kind}/external/{id}", body, **headers)


def test_a_push_makes_a_thing_once_and_then_replaces_it(world: World) -> None:
    made = put(world, "lines", "pbx%2F7", {"extension": "4001", "label": "Lab"})
    assert (made.status, made.json["external_id"], made.json["label"]) == (201, "pbx/7", "Lab")

    same = put(world, "lines", "pbx%2F7", {"extension": "4001", "label": "Lab"})
    assert (same.status, same.json) == (200, made.json)
    replaced = put(world, "lines", "pbx%2F7", {"extension": "4002"}, If_Match=made.headers["ETag"])
    assert (replaced.status, replaced.json["id"], replaced.json["label"]) == (200, made.json["id"], "")
    assert put(world, "lines", "pbx%2F7", {"extension": "4003"}, If_Match=made.headers["ETag"]).status == 412
    assert put(world, "lines", "new", {"extension": "4004"}, If_Match='"1"').status == 412


def test_a_push_takes_over_what_was_made_by_hand(world: World) -> None:
    answer = put(world, "lines", "pbx-1", {"extension": "2001"})

    assert (answer.status, answer.json["id"], answer.json["external_id"]) == (200, f"lines-{ACME}", "pbx-1")
    other = put(world, "lines", "pbx-2", {"extension": "2001"})
    assert (other.status, other.json["code"]) == (409, "ALREADY_EXISTS")


def test_decided_2_10_a_push_neither_makes_owners_nor_takes_over_people_with_a_higher_role(world: World) -> None:
    for body in (
        {"email": "o@people.example", "name": "O", "role": "account_owner"},
        {"email": f"account_owner-{ACME}@people.example", "name": "O", "role": "account_owner"},
        {"email": f"admin-{ACME}@people.example", "name": "A", "role": "admin"},
    ):
        assert put(world, "users", "u-1", body).status == 403
    member = put(world, "users", "u-1", {"email": f"{MEMBER}@people.example", "name": "U"})
    assert (member.status, member.json["id"]) == (200, MEMBER)


def test_a_push_of_an_unknown_kind_or_a_role_is_refused(world: World) -> None:
    assert put(world, "planets", "x", {}).status == 404
    assert put(world, "roles", "x", {"name": "R"}).json["code"] == "NOT_POSSIBLE"
    assert faults(put(world, "lines", "x" * 256, {"extension": "1"})) == {"/external_id": "TOO_LONG"}


def test_groups_keep_order_and_drop_repeats(world: World) -> None:
    admin = f"admin-{ACME}"
    made = world.made(Kind.GROUP, kind="hunt_group", name="Night", members=[MEMBER, admin, MEMBER])
    stored = world.thing(Kind.GROUP, made["id"])
    assert isinstance(stored, Group)
    assert stored.members == (MEMBER, admin)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: f"{operation.method} {operation.path}")
def test_every_example_of_the_document_is_a_call_that_works(world: World, operation: Operation) -> None:
    """The example's ids are put into the account, and its answer has the fields that the document shows."""
    company, user, line = (
        CompanyId(KINDS[Kind.COMPANY].only["id"]),
        KINDS[Kind.USER].only["id"],
        KINDS[Kind.LINE].only["id"],
    )
    kind = operation.path.split("/")[1]
    world.directory.add(Company(tenant=ACME, id=company, name="Example"))
    world.person(user, "user", state=UserState.INVITED if operation.name == "inviteUser" else UserState.ACTIVE)
    world.directory.add(Line(tenant=ACME, id=line, extension="7777"))
    own = {"users": MEMBER, "companies": SOUTH}.get(kind, f"{kind}-{ACME}")
    own = user if "/{id}/" in operation.path or operation.name == "deleteUser" else own
    world.directory.add(world.custom_role("unused", ACME))
    path = operation.path.replace("{id}", own).replace("{kind}", "lines").replace("{external_id}", "pbx-7")
    request = {"to": MEMBER} if operation.name == "transferThings" else operation.request
    if operation.name in ("deleteGroup", "deleteLine"):
        world.call("DELETE", f"/phone_numbers/phone_numbers-{ACME}")

    answer = world.call(operation.method, path, request if operation.bodies else None)

    assert answer.status in (200, 201, 204), answer.text
    if answer.status != 204 and "items" not in answer.json:
        assert answer.json.keys() == operation.response.keys()


def test_a_pushed_person_is_invited_once_and_only_if_the_push_says_so(world: World) -> None:
    person = {"email": "new@people.example", "name": "New"}
    assert put(world, "users", "hr-7", person).status == 201
    assert world.outbox.mails == []

    for name in ("New", "Newer"):
        pushed = put(world, "users", "hr-7", {**person, "name": name, "invite": True})
        assert (pushed.status, pushed.json["name"]) == (200, name)
    assert [mail.to for mail in world.outbox.mails] == ["new@people.example"]
    assert faults(put(world, "lines", "x", {"extension": "1", "invite": True})) == {"/invite": "UNKNOWN_FIELD"}


CONFIRMED = [
    (method, path, parameter["schema"])
    for path, methods in json.loads(DOCUMENT.read_text())["paths"].items()
    for method, operation in methods.items()
    for parameter in operation.get("parameters", ())
    if parameter["name"] == "confirm"
]
"""Every call that may be confirmed by its query, and what the document says of `confirm`."""


@pytest.mark.parametrize(("method", "path", "schema"), CONFIRMED, ids=lambda value: str(value)[:50])
def test_confirm_is_as_the_document_says_whether_the_call_needs_it_or_not(
    world: World, method: str, path: str, schema: dict[str, Any]
) -> None:
    kind = next((each.value for each in Kind if path.startswith(f"/{each.value}/")), "groups")
    place = path.format(id=f"{kind}-{ACME}", kind=kind, external_id="e1")
    body = None if method == "delete" else '{"name": "Night", "kind": "queue"}'
    for confirm, code in {"": "TOO_SHORT", "x" * (schema["maxLength"] + 1): "TOO_LONG"}.items():
        answer = world.gateway.call(method.upper(), place, body, {}, {"confirm": [confirm]})
        assert (answer.status, faults(answer)) == (400, {"/confirm": code})
