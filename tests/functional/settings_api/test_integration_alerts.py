"""IA-11 to IA-15, IA-20, IA-22, IA-23 by API: subscriptions to alerts of integrations."""

from __future__ import annotations

from typing import Any

import pytest

from tests.functional.gateway import Answer
from tests.functional.settings_api.conftest import ACME, NORTH, RIVAL, SOUTH, World
from tests.functional.settings_api.test_integrations import as_key, manager_of
from tocsin.identity.domain.api_key import Right
from tocsin.identity.domain.permissions import Permission, SystemRole
from tocsin.identity.domain.user import UserState

OWNER, ADMIN, MANAGER = (f"{role}-{ACME}" for role in ("account_owner", "admin", "manager"))
PATH = "/integration_alerts"


def subscribe(world: World, user: str, **more: Any) -> Answer:
    return world.call("POST", PATH, {"user": user, **more})


def made(world: World, user: str, **more: Any) -> dict[str, Any]:
    answer = subscribe(world, user, **more)
    assert answer.status == 201, answer.text
    found: dict[str, Any] = answer.json
    return found


def test_ia_11_an_admin_subscribes_owners_admins_and_managers_and_nobody_else(world: World) -> None:
    world.as_role(SystemRole.ADMIN)
    answer = subscribe(world, MANAGER, companies=[NORTH])
    new = answer.json
    assert answer.status == 201
    assert answer.headers["Location"] == f"integration_alerts/{new['id']}"
    assert (new["email"], new["companies"], new["created_by"]) == (f"{MANAGER}@people.example", [NORTH], ADMIN)
    assert made(world, OWNER)["companies"] == made(world, ADMIN)["companies"] == "all"
    for role in ("reporting", "user", "queue_manager"):
        refused = subscribe(world, f"{role}-{ACME}")
        assert (refused.status, refused.json["code"]) == (422, "NOT_ELIGIBLE")
    off = world.person("off", "admin", state=UserState.DISABLED)
    assert subscribe(world, off.id).json["code"] == "NOT_ELIGIBLE"


def test_ia_12_a_manager_subscribes_themselves_and_managers_of_shared_companies(world: World) -> None:
    manager_of(world, NORTH)
    world.person("mia", "manager", companies=frozenset({NORTH, SOUTH}))
    world.person("wes", "manager", companies=frozenset({SOUTH}))
    assert made(world, MANAGER)["companies"] == "all"
    assert made(world, "mia")["companies"] == [NORTH]  # what both have now
    assert subscribe(world, ADMIN).status == 403
    assert subscribe(world, "wes").status == 403
    assert subscribe(world, MANAGER, companies=[SOUTH]).status == 403
    assert {each["user"] for each in world.call("GET", PATH).json["items"]} == {MANAGER, "mia"}


@pytest.mark.parametrize("role", ["reporting", "user", "queue_manager"])
def test_ia_14_others_neither_create_nor_list_nor_delete(world: World, role: str) -> None:
    id = made(world, ADMIN)["id"]
    world.as_role(SystemRole(role))
    assert subscribe(world, ADMIN).status == 403
    for method, path in (
        ("GET", PATH),
        ("GET", f"{PATH}/candidates"),
        ("GET", f"{PATH}/{id}"),
        ("DELETE", f"{PATH}/{id}"),
    ):
        assert world.call(method, path).status == 403


def test_custom_roles_and_keys_manage_none(world: World) -> None:
    cora = world.person("cora", "crm")
    world.as_person(cora, world.custom_role("crm", ACME, Permission.INTEGRATIONS))
    assert world.call("GET", PATH).status == 403
    as_key(world, Right.SEND_EVENTS)
    assert world.call("GET", PATH).status == 403


def test_ia_15_deleting_follows_the_matrix_and_an_unknown_id_is_404(world: World) -> None:
    admins, managers = made(world, ADMIN)["id"], made(world, MANAGER)["id"]
    manager_of(world, NORTH)
    assert world.call("DELETE", f"{PATH}/{admins}").status == 403
    assert world.call("DELETE", f"{PATH}/{managers}", If_Match='"9"').status == 412
    assert world.call("DELETE", f"{PATH}/{managers}").status == 204
    assert world.call("DELETE", f"{PATH}/{managers}").status == 404
    assert world.call("DELETE", f"{PATH}/unknown").status == 404
    world.as_role(SystemRole.OWNER, RIVAL)
    assert world.call("DELETE", f"{PATH}/{admins}").status == 404


def test_ia_20_the_same_again_is_409_and_a_repeat_of_the_call_is_not(world: World) -> None:
    body = {"user": ADMIN, "companies": [SOUTH, NORTH]}
    first = world.call("POST", PATH, body, Idempotency_Key="a")
    world.answers.kept.clear()
    assert world.call("POST", PATH, body, Idempotency_Key="a").json == first.json
    again = subscribe(world, ADMIN, companies=[NORTH, SOUTH])
    assert (again.status, again.json["code"]) == (409, "ALREADY_EXISTS")
    other = made(world, ADMIN)["id"]
    assert world.call("PATCH", f"{PATH}/{other}", {"companies": [NORTH, SOUTH]}).status == 409


def test_ia_23_person_and_companies_are_changed_under_the_same_matrix(world: World) -> None:
    id = made(world, ADMIN)["id"]
    read = world.call("GET", f"{PATH}/{id}")
    changed = world.call("PATCH", f"{PATH}/{id}", {"companies": [NORTH]}, If_Match=read.headers["ETag"])
    assert (changed.json["companies"], changed.json["version"]) == ([NORTH], 2)
    assert world.call("PATCH", f"{PATH}/{id}", {"companies": []}, If_Match='"2"').status == 400
    assert world.call("PATCH", f"{PATH}/{id}", {"user": MANAGER}).json["user"] == MANAGER
    assert world.call("PATCH", f"{PATH}/{id}", {"companies": None}).json["companies"] == "all"
    assert world.call("PATCH", f"{PATH}/{id}", {"user": f"reporting-{ACME}"}).status == 422
    assert world.call("PATCH", f"{PATH}/{id}", read.json | {"companies": [SOUTH]}).status == 400  # answers have more
    manager_of(world, NORTH)
    world.person("mia", "manager", companies=frozenset({NORTH, SOUTH}))
    assert world.call("PATCH", f"{PATH}/{id}", {"user": "mia", "companies": [SOUTH]}).status == 403
    assert world.call("PATCH", f"{PATH}/{id}", {"user": "mia", "companies": [NORTH]}).status == 200


def test_bad_bodies_are_told_with_all_faults(world: World) -> None:
    answer = subscribe(world, "unknown", companies=["unknown"])
    assert answer.status == 400
    assert {each["detail"] for each in answer.json["errors"]} == {"/user", "/companies"}
    assert subscribe(world, ADMIN, companies=[]).status == 400
    assert subscribe(world, ADMIN, email="x@example.org").status == 400
    assert world.call("POST", PATH, {}).status == 400


def test_an_id_of_a_person_names_no_company_and_an_id_of_a_company_no_person(world: World) -> None:
    for user, company, place in ((ADMIN, ADMIN, "/companies"), (NORTH, NORTH, "/user")):
        answer = subscribe(world, user, companies=[company])
        assert (answer.status, [each["detail"] for each in answer.json["errors"]]) == (400, [place])


def test_candidates_are_whom_the_caller_may_choose_and_why_others_are_missing(world: World) -> None:
    off = world.person("off", "admin", state=UserState.DISABLED)
    found = world.call("GET", f"{PATH}/candidates").json
    assert {each["id"] for each in found["items"]} == {OWNER, ADMIN, MANAGER}
    assert {each["reason"]: each["people"] for each in found["missing"]} == {"disabled": 1, "role": 3}
    assert off.id not in str(found)
    manager_of(world, NORTH)
    world.person("wes", "manager", companies=frozenset({SOUTH}))
    found = world.call("GET", f"{PATH}/candidates").json
    assert [each["id"] for each in found["items"]] == [MANAGER]
    assert {each["reason"]: each["people"] for each in found["missing"]} == {
        "administrator": 3, "no_shared_company": 1, "role": 3,
    }  # fmt: skip


def test_ia_22_who_is_demoted_or_deleted_loses_the_subscriptions(world: World) -> None:
    ana, ben = world.person("ana", "admin"), world.person("ben", "admin")
    for user in (ana, ben):
        made(world, user.id, companies=[NORTH])
    demoted = world.call("PATCH", f"/users/{ana.id}", {"role": "reporting"})
    assert demoted.status == 200, demoted.text
    assert world.call("DELETE", f"/users/{ben.id}").status == 204
    assert world.call("GET", PATH).json["items"] == []
    world.call("PATCH", f"/users/{ana.id}", {"role": "admin"})
    assert world.call("GET", PATH).json["items"] == []


def test_decided_6_4_an_admin_who_becomes_a_manager_keeps_their_companies(world: World) -> None:
    ana = world.person("ana", "admin")
    made(world, ana.id, companies=[NORTH, SOUTH])
    made(world, ana.id, companies=[NORTH])
    answer = world.call("PATCH", f"/users/{ana.id}", {"role": "manager", "companies": [SOUTH]})
    assert answer.status == 200, answer.text
    assert [each["companies"] for each in world.call("GET", PATH).json["items"]] == [[SOUTH]]
