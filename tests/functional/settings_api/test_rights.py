"""Who may call what: every operation for every system role, made from the table of permissions; default deny."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NamedTuple

import pytest

from tests.functional.settings_api.conftest import ACME, NORTH, RIVAL, World
from tocsin.directory.domain.things import Kind
from tocsin.identity.domain.api_key import ApiKey, KeyKind
from tocsin.identity.domain.permissions import SYSTEM_ROLES, Permission, Reach, SystemRole
from tocsin.identity.domain.personal_token import PersonalToken
from tocsin.identity.domain.role import system_role
from tocsin.identity.domain.user import User, UserState
from tocsin.kernel.domain.ids import ApiKeyId, RoleId, UserId

SETTINGS = "notification_settings"
EMAIL = "new@people.example"
NEW: dict[Kind, dict[str, Any]] = {
    Kind.COMPANY: {"name": "West"},
    Kind.USER: {"email": EMAIL, "name": "New"},
    Kind.LINE: {"extension": "2999", "company": NORTH},
    Kind.PHONE_NUMBER: {"e164": "+447700900999", "company": NORTH},
    Kind.GROUP: {"kind": "hunt_group", "name": "Night", "company": NORTH},
    Kind.ROLE: {"name": "Nobody's"},
}


class Operation(NamedTuple):
    """A call, and what it needs."""

    method: str
    path: str
    needs: Permission
    least: Reach
    good: int
    body: Any = None


def operations() -> list[Operation]:
    """Return one call of each operation; `{id}` stands for a thing that may be read and changed."""
    found = [
        Operation("GET", "/users/me", Permission.SELF, Reach.OWN, 200),
        Operation("PATCH", "/users/me", Permission.SELF, Reach.OWN, 200, {"name": "Me"}),
        Operation("GET", "/users/me/tokens", Permission.SELF, Reach.OWN, 200),
        Operation("POST", "/users/me/tokens", Permission.SELF, Reach.OWN, 201, {"name": "Backup"}),
        Operation("DELETE", "/users/me/tokens/{token_id}", Permission.SELF, Reach.OWN, 204),
        Operation("GET", f"/users/me/{SETTINGS}", Permission.SELF, Reach.OWN, 200),
        Operation("PATCH", f"/users/me/{SETTINGS}", Permission.SELF, Reach.OWN, 200, {"high_sms": True}),
        Operation("GET", f"/users/me/{SETTINGS}/lines", Permission.SELF, Reach.OWN, 200),
        Operation("PUT", f"/users/me/{SETTINGS}/lines", Permission.SELF, Reach.OWN, 200, {"lines": []}),
        Operation("GET", f"/users/{{id}}/{SETTINGS}", Permission.SELF, Reach.ALL, 200),
        Operation("PATCH", f"/users/{{id}}/{SETTINGS}", Permission.SELF, Reach.ALL, 200, {"high_sms": True}),
        Operation("GET", f"/users/{{id}}/{SETTINGS}/lines", Permission.SELF, Reach.ALL, 200),
        Operation("PUT", f"/users/{{id}}/{SETTINGS}/lines", Permission.SELF, Reach.ALL, 200, {"lines": []}),
        Operation("GET", "/keys", Permission.KEYS, Reach.ALL, 200),
        Operation("POST", "/keys", Permission.KEYS, Reach.ALL, 201, {"name": "Boiler room", "kind": "live"}),
        Operation("GET", "/keys/{key_id}", Permission.KEYS, Reach.ALL, 200),
        Operation("PATCH", "/keys/{key_id}", Permission.KEYS, Reach.ALL, 200, {"name": "Boiler"}),
        Operation("POST", "/keys/{key_id}/disable", Permission.KEYS, Reach.ALL, 200, {}),
        Operation("POST", "/keys/{key_id}/enable", Permission.KEYS, Reach.ALL, 200, {}),
        Operation("POST", "/keys/{key_id}/rotate", Permission.KEYS, Reach.ALL, 200, {}),
        Operation("POST", "/users/me/notification_settings/sample", Permission.SELF, Reach.OWN, 202, {}),
        Operation("GET", "/account", Permission.ACCOUNT, Reach.ALL, 200),
        Operation("PATCH", "/account", Permission.ACCOUNT, Reach.ALL, 200, {"notice_sender": "Northwater"}),
        Operation("GET", "/roles/permissions", Permission.PEOPLE_READ, Reach.OWN, 200),
    ]
    for act in ("disable", "enable", "sessions/end"):
        found.append(Operation("POST", f"/users/{{id}}/{act}", Permission.PEOPLE_MANAGE, Reach.COMPANIES, 200, {}))
    found.append(Operation("POST", "/users/{id}/invite", Permission.PEOPLE_MANAGE, Reach.COMPANIES, 200, {}))
    found.append(Operation("POST", "/users/{id}/mfa/reset", Permission.PEOPLE_MANAGE, Reach.COMPANIES, 200, {}))
    to = {"to": f"reporting-{ACME}"}
    found.append(Operation("POST", "/users/{id}/hand_over", Permission.PEOPLE_MANAGE, Reach.COMPANIES, 200, to))
    lines = {"kind": "lines", "csv": "extension\n2999\n", "mode": "apply"}
    found.append(Operation("POST", "/directory/imports", Permission.DIRECTORY_MANAGE, Reach.COMPANIES, 200, lines))
    for kind in Kind:
        people = kind in (Kind.USER, Kind.ROLE)
        read = Permission.PEOPLE_READ if people else Permission.DIRECTORY_READ
        change = Permission.PEOPLE_MANAGE if people else Permission.DIRECTORY_MANAGE
        whole = Reach.ALL if kind in (Kind.COMPANY, Kind.ROLE) else Reach.COMPANIES
        path = f"/{kind.value}"
        found += [
            Operation("GET", path, read, Reach.OWN, 200),
            Operation("POST", path, change, whole, 201, NEW[kind]),
            Operation("GET", f"{path}/{{id}}", read, Reach.ALL, 200),
            Operation("PATCH", f"{path}/{{id}}", change, whole, 200, {}),
            Operation("DELETE", f"{path}/{{id}}", change, whole, 204),
        ]
        if kind is not Kind.ROLE:
            found.append(Operation("PUT", f"/directory/{kind.value}/external/x-1", change, whole, 201, NEW[kind]))
    return found


ELSEWHERE = (
    "/users/me/notifications",
    "/users/me/push_subscriptions",
    "/push_key",
    "/alert_rules",
    "/appointments",
    "/backtests",
    "/event_sources",
    "/integrations",
    "/integration_alerts",
    "/events",
    "/tenant/notification",
    "/default_email",
    "/custom_email",
)
"""Beginnings of paths whose rights have a test file of their own."""

OPERATIONS = operations()
NAMES = [f"{each.method} {each.path}" for each in OPERATIONS]


def ready(world: World, operation: Operation) -> str:
    """Return the path of a call that has all it needs but the right."""
    kind = operation.path.split("/")[1]
    invited = world.person("invited", "user", state=UserState.INVITED, sub=None)
    world.directory.add(world.custom_role("unused", ACME, Permission.ALERTS_READ))
    free = {"users": invited.id, "roles": "unused", "companies": "south", "groups": "free"}
    if kind == "groups":
        world.as_role(SystemRole.OWNER)
        free["groups"] = world.made(Kind.GROUP, kind="queue", name="Free")["id"]
    for person in world.directory.all(ACME, Kind.USER):
        token = PersonalToken(
            ACME, UserId(person.id), "t1", "", "Old", world.clock(), world.clock() + timedelta(days=1)
        )
        world.tokens.tokens[ACME, token.user, "t1"] = token
    world.keys.add(ApiKey(ACME, ApiKeyId("k9"), KeyKind.LIVE, "Old", ""), {})
    path = operation.path.replace("{key_id}", "k9")
    return path.replace("{id}", free.get(kind, f"{kind}-{ACME}")).replace("{token_id}", "t1")


def test_every_route_has_its_line(world: World) -> None:
    routes = {path: each for path, each in world.gateway.app.routes.items() if not path.startswith(ELSEWHERE)}
    served = {(method, path) for path, methods in routes.items() for method in methods}
    listed = {(each.method, each.path.replace("/external/x-1", "/external/{external_id+}")) for each in OPERATIONS}
    generic = {
        (method, "/directory/{kind}/external/{external_id+}" if "/external/" in path else path)
        for method, path in listed
    }
    assert served - {("POST", "/oauth/token")} == generic


@pytest.mark.parametrize("role", SystemRole)
@pytest.mark.parametrize("operation", OPERATIONS, ids=NAMES)
def test_each_role_may_do_what_the_table_says_and_nothing_else(
    world: World, operation: Operation, role: SystemRole
) -> None:
    path = ready(world, operation)
    world.as_role(role)
    allowed = SYSTEM_ROLES[role].get(operation.needs, Reach.NONE) >= operation.least

    answer = world.call(operation.method, path, operation.body)

    if operation.path.endswith("/{id}") and operation.method == "GET" and not allowed:
        # colleagues' lines, and what is one's own, can be read by everybody
        assert answer.status in (200, 403)
    else:
        assert answer.status == (operation.good if allowed else 403), answer.text


@pytest.mark.parametrize("operation", OPERATIONS, ids=NAMES)
def test_an_api_key_without_a_role_may_do_nothing(world: World, operation: Operation) -> None:
    path = ready(world, operation)
    world.as_key(None)

    assert world.call(operation.method, path, operation.body).status == 403


@pytest.mark.parametrize("operation", [each for each in OPERATIONS if "{id}" in each.path])
def test_what_belongs_to_another_tenant_does_not_exist(world: World, operation: Operation) -> None:
    kind = operation.path.split("/")[1]
    foreign = f"user-{RIVAL}" if kind == "users" else f"{kind}-{RIVAL}"
    assert (RIVAL, Kind(kind), foreign) in world.directory.things
    world.as_role(SystemRole.OWNER)

    answer = world.call(operation.method, operation.path.replace("{id}", foreign), operation.body)

    assert (answer.status, answer.json["code"]) == (404, "NOT_FOUND")


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.ROLE])
def test_lists_hold_nothing_of_another_tenant(world: World, kind: Kind) -> None:
    items = world.call("GET", f"/{kind.value}").json["items"]

    assert {item["id"] for item in items} == {
        id for tenant, each, id in world.directory.things if (tenant, each) == (ACME, kind)
    }


@pytest.mark.parametrize("role", SystemRole)
def test_a_key_with_a_role_may_do_what_its_role_may_but_for_what_is_a_persons(role: SystemRole) -> None:
    for operation in OPERATIONS:
        world = World()
        path = ready(world, operation)
        world.as_key(RoleId(role), NORTH)
        allowed = SYSTEM_ROLES[role].get(operation.needs, Reach.NONE) >= operation.least
        mine = operation.needs is Permission.SELF or (
            operation.method != "GET" and operation.path.split("/")[1] in ("roles", "keys")
        )

        answer = world.call(operation.method, path, operation.body)

        if operation.path.endswith("/{id}") and operation.method == "GET" and not allowed:
            assert answer.status in (200, 403)
        else:
            assert answer.status == (operation.good if allowed and not mine else 403), (operation, answer.text)


@pytest.mark.parametrize("role", SystemRole)
def test_a_personal_token_may_do_what_its_person_may_but_for_making_tokens(role: SystemRole) -> None:
    for operation in OPERATIONS:
        world = World()
        path = ready(world, operation)
        world.as_token(a_person(world, role), manages_people=True)
        allowed = SYSTEM_ROLES[role].get(operation.needs, Reach.NONE) >= operation.least

        answer = world.call(operation.method, path, operation.body)

        if operation.path == "/users/me/tokens" and operation.method == "POST":
            assert (answer.status, answer.json["code"]) == (403, "STEP_UP_REQUIRED")
        elif operation.path.endswith("/{id}") and operation.method == "GET" and not allowed:
            assert answer.status in (200, 403)
        else:
            assert answer.status == (operation.good if allowed else 403), (operation, answer.text)


def test_a_token_that_only_reads_changes_nothing() -> None:
    for operation in OPERATIONS:
        world = World()
        path = ready(world, operation)
        world.as_token(a_person(world, SystemRole.OWNER), read_only=True)

        answer = world.call(operation.method, path, operation.body)

        assert answer.status == (200 if operation.method == "GET" else 403), operation


def test_a_token_that_may_not_manage_people_manages_the_directory_only(world: World) -> None:
    world.as_token(a_person(world, SystemRole.OWNER))

    assert world.call("POST", "/users", NEW[Kind.USER]).status == 403
    assert world.call("POST", "/roles", NEW[Kind.ROLE]).status == 403
    assert world.call("POST", "/keys", {"name": "x", "kind": "live"}).status == 403
    assert world.call("POST", "/lines", NEW[Kind.LINE]).status == 201
    assert world.call("GET", "/users").status == 200


def test_an_access_token_with_an_old_proof_is_asked_for_a_new_one(world: World) -> None:
    owner = a_person(world, SystemRole.OWNER)
    world.as_person(owner, system_role(ACME, SystemRole.OWNER), manages_people=False)

    answer = world.call("POST", "/users", NEW[Kind.USER])

    assert (answer.status, answer.json["code"]) == (403, "STEP_UP_REQUIRED")
    assert world.call("POST", "/lines", NEW[Kind.LINE]).status == 201


def a_person(world: World, role: SystemRole) -> User:
    """Return a person whose id has the form of real ones, as tokens need it."""
    person = world.person("caller", role.value)
    own = PersonalToken(ACME, person.id, "t1", "", "Old", world.clock(), world.clock() + timedelta(days=1))
    world.tokens.tokens[ACME, person.id, "t1"] = own
    return person
