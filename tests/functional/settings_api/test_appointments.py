"""Appointments by API: made, read, listed, moved, given away and cancelled, and by whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.fakes.time import NOON
from tests.functional.gateway import Answer
from tests.functional.settings_api.conftest import ACME, NORTH, RIVAL, SOUTH, World
from tests.unit.reminders.appointment_world import an_appointment
from tocsin.identity.domain.permissions import SystemRole
from tocsin.identity.domain.role import system_role
from tocsin.kernel.domain.ids import CompanyId, RoleId, UserId
from tocsin.timers.domain.timer import TimerKind

OWNER, USER = f"account_owner-{ACME}", f"user-{ACME}"
WANTED: dict[str, Any] = {"title": "Fire drill", "starts_at": "2026-11-23T20:45:00+05:45", "note": "Back gate"}
START = "2026-11-23T15:00:00.000Z"


def made(world: World, **more: Any) -> dict[str, Any]:
    answer = world.call("POST", "/appointments", WANTED | more)
    assert answer.status == 201, answer.text
    found: dict[str, Any] = answer.json
    return found


def armed(world: World, id: str) -> set[str]:
    """Return the moments that have a timer."""
    keys = (key for key in world.appointments.timers.rows if key.kind is TimerKind.REMINDER)
    return {key.subject.partition(".")[2] for key in keys if key.subject.startswith(id)}


def test_decided_5_6_an_appointment_is_made_read_moved_and_cancelled(world: World) -> None:
    answer = world.call("POST", "/appointments", WANTED)
    assert answer.status == 201, answer.text
    new = answer.json
    assert answer.headers["Location"] == f"appointments/{new['id']}"
    assert {name: new[name] for name in ("title", "starts_at", "assignee", "note", "state", "created_by")} == {
        "title": "Fire drill", "starts_at": START, "assignee": OWNER, "note": "Back gate", "state": "planned",
        "created_by": OWNER,
    }  # fmt: skip
    assert [(each["moment"], each["past"]) for each in new["reminders"]] == [
        ("1d", True), ("1h", False), ("15m", False), ("1m", False),
    ]  # fmt: skip
    path, read = f"/appointments/{new['id']}", world.call("GET", f"/appointments/{new['id']}")
    assert (read.json, read.headers["ETag"]) == (new, '"1"')
    assert armed(world, new["id"]) == {"1h", "15m", "1m", "assigned"}

    moved = world.call("PATCH", path, {"starts_at": "2026-11-23T12:20:00Z", "note": None}, If_Match='"1"')
    assert (moved.status, moved.json["note"], moved.json["version"]) == (200, "", 2), moved.text
    assert armed(world, new["id"]) == {"15m", "1m", "assigned"}
    assert world.call("PATCH", path, {"title": "x"}, If_Match='"1"').status == 412
    assert world.call("DELETE", path, If_Match='"1"').status == 412

    assert world.call("DELETE", path).status == 204
    assert world.call("DELETE", path).status == 204
    gone = world.call("GET", path).json
    assert (gone["state"], gone["reminders"], gone["cancelled_at"]) == ("cancelled", [], "2026-11-23T12:00:00.000Z")
    again = world.call("PATCH", path, {"title": "x"})
    assert (again.status, again.json["code"]) == (409, "WRONG_STATE")
    actions = [entry.action for entry in world.appointments.entries]
    assert actions == ["appointment.created", "appointment.updated", "appointment.cancelled"]
    assert world.appointments.entries[1].after == {"starts_at": "2026-11-23T12:20:00.000Z", "note": "•••"}
    assert "Fire drill" not in str(world.appointments.entries)  # an entry outlives the appointment


def test_the_past_is_allowed_and_has_no_reminders(world: World) -> None:
    new = made(world, starts_at="2026-11-22T10:00:00Z")
    assert all(each["past"] for each in new["reminders"])
    assert armed(world, new["id"]) == set()


@pytest.mark.parametrize(
    ("given", "pointer", "code"),
    [
        ({"title": ""}, "/title", "TOO_SHORT"),
        ({"title": "x" * 201}, "/title", "TOO_LONG"),
        ({"title": "two\nlines"}, "/title", "WRONG_FORM"),
        ({"title": 7}, "/title", "WRONG_TYPE"),
        ({"starts_at": "2026-11-23T15:00:00"}, "/starts_at", "WRONG_FORM"),
        ({"starts_at": "tomorrow"}, "/starts_at", "WRONG_FORM"),
        ({"starts_at": "2300-01-01T00:00:00Z"}, "/starts_at", "OUT_OF_RANGE"),
        ({"assignee": "ghost"}, "/assignee", "NO_SUCH_THING"),
        ({"invitees": []}, "/invitees", "UNKNOWN_FIELD"),
    ],
)
def test_every_fault_is_named(world: World, given: dict[str, Any], pointer: str, code: str) -> None:
    answer = world.call("POST", "/appointments", WANTED | given)
    assert (answer.status, [(each["detail"], each["code"]) for each in answer.json["errors"]]) == (
        400,
        [(pointer, code)],
    )
    id = made(world)["id"]
    assert world.call("PATCH", f"/appointments/{id}", given).status == 400
    assert world.call("PATCH", f"/appointments/{id}", {"title": None}).status == 400


def test_a_repeat_under_an_idempotency_key_makes_one(world: World) -> None:
    answers = [world.call("POST", "/appointments", WANTED, Idempotency_Key="once-0000000001") for _ in range(2)]
    assert answers[0].json == answers[1].json
    assert len(world.appointments.kept) == 1


def test_lists_are_of_one_person_by_start_and_cut_by_time_and_state(world: World) -> None:
    ids = [made(world, starts_at=f"2026-11-{day}T10:00:00Z")["id"] for day in (26, 24, 25)]
    made(world, assignee=USER)
    world.call("DELETE", f"/appointments/{ids[2]}")

    def listed(query: str) -> list[str]:
        return [each["id"] for each in world.call("GET", f"/appointments{query}").json["items"]]

    assert listed("") == listed("?assignee=me") == listed(f"?assignee={OWNER}") == [ids[1], ids[2], ids[0]]
    assert listed("?state=cancelled") == [ids[2]]
    assert listed("?from=2026-11-25T10:00:00Z&to=2026-11-26T10:00:00Z") == [ids[2]]
    assert len(listed(f"?assignee={USER}")) == 1
    first = world.call("GET", "/appointments?limit=2").json
    assert listed(f"?limit=2&cursor={first['next_cursor']}") == [ids[0]]
    for bad in ("from=yesterday", "state=done", "limit=0", "who=me", "assignee=ghost"):
        assert world.call("GET", f"/appointments?{bad}").status == 400, bad


def test_up_7_another_assignee_is_told_and_has_it_in_their_list(world: World) -> None:
    id = made(world)["id"]
    given = world.call("PATCH", f"/appointments/{id}", {"assignee": USER})
    assert (given.status, given.json["assignee"]) == (200, USER)
    kept = world.appointments.kept[ACME, id]
    assert (kept.assigned_by, kept.created_at < kept.assigned_at) == (OWNER, True)
    world.as_role(SystemRole.USER)
    assert [each["id"] for each in world.call("GET", "/appointments").json["items"]] == [id]


# --- rights -----------------------------------------------------------------------------------------------------


def every_operation(world: World, id: str) -> list[Answer]:
    """Read, list, change and cancel an appointment of the plain user; make one for them."""
    path = f"/appointments/{id}"
    return [
        world.call("GET", path),
        world.call("GET", f"/appointments?assignee={USER}"),
        world.call("POST", "/appointments", WANTED | {"assignee": USER}),
        world.call("PATCH", path, {"title": "New"}),
        world.call("DELETE", path),
    ]


@pytest.mark.parametrize("role", SystemRole)
def test_decided_5_6_for_oneself_everybody_for_others_owner_and_admin(world: World, role: SystemRole) -> None:
    id = made(world, assignee=USER)["id"]
    world.as_role(role)
    found = {answer.status for answer in every_operation(world, id)}
    full = role in (SystemRole.OWNER, SystemRole.ADMIN, SystemRole.USER)
    assert found == ({200, 201, 204} if full else {403})
    mine = made(world)
    assert mine["assignee"] == f"{role.value}-{ACME}"
    assert world.call("DELETE", f"/appointments/{mine['id']}").status == 204


@pytest.mark.parametrize(("companies", "good"), [({NORTH}, True), ({SOUTH}, False), (set(), False)])
def test_decided_5_6_managers_have_those_of_people_of_their_companies(
    world: World, companies: set[CompanyId], good: bool
) -> None:
    user = world.directory.user(ACME, UserId(USER))
    assert user is not None
    world.directory.add(replace(user, companies=frozenset({NORTH})))
    id = made(world, assignee=USER)["id"]
    boss = world.person("boss", "manager", companies=frozenset(companies))
    world.as_person(boss, system_role(ACME, SystemRole.MANAGER))
    assert {answer.status for answer in every_operation(world, id)} == ({200, 201, 204} if good else {403})
    assert world.call("POST", "/appointments", WANTED | {"assignee": "ghost"}).status == 403


def test_decided_5_6_who_made_one_keeps_it_in_reach_and_a_plain_user_gives_none_away(world: World) -> None:
    world.as_role(SystemRole.USER)
    id = made(world)["id"]
    assert world.call("PATCH", f"/appointments/{id}", {"assignee": OWNER}).status == 403
    world.as_role(SystemRole.OWNER)
    assert world.call("PATCH", f"/appointments/{id}", {"assignee": OWNER}).status == 200
    world.as_role(SystemRole.USER)
    assert world.call("PATCH", f"/appointments/{id}", {"title": "Still mine to edit"}).status == 200


def test_keys_act_by_their_role_and_name_a_person(world: World) -> None:
    id = made(world, assignee=USER)["id"]
    for role, statuses in ((None, {403}), ("user", {403}), ("reporting", {403}), ("admin", {200, 201, 204})):
        world.as_key(None if role is None else RoleId(role))
        assert {answer.status for answer in every_operation(world, id)} == statuses, role
    unnamed = world.call("POST", "/appointments", WANTED)
    assert (unnamed.status, unnamed.json["errors"][0]["code"]) == (400, "REQUIRED")
    assert world.appointments.kept[ACME, id].by == OWNER
    by_key = world.call("POST", "/appointments", WANTED | {"assignee": USER}).json
    assert by_key["created_by"] is None


def test_a_token_that_only_reads_changes_nothing(world: World) -> None:
    id = made(world, assignee=USER)["id"]
    world.as_token(world.person("chief", "admin"), read_only=True)
    assert [answer.status for answer in every_operation(world, id)] == [200, 200, 403, 403, 403]


def test_what_belongs_to_another_tenant_or_to_no_person_does_not_exist(world: World) -> None:
    foreign = an_appointment(timedelta(hours=1), id="a9", tenant=RIVAL)
    unknown = an_appointment(timedelta(hours=1), id="a8", assignee=UserId(""))
    world.appointments.kept |= {(RIVAL, "a9"): foreign, (ACME, "a8"): unknown}
    for id in ("a9", "a8", "ghost"):
        for method, body in (("GET", None), ("PATCH", {"title": "x"}), ("DELETE", None)):
            assert world.call(method, f"/appointments/{id}", body).status == 404, (id, method)
    assert foreign.created_at == NOON


# --- people who leave ---------------------------------------------------------------------------------------------


def test_decided_2_17_a_transfer_gives_what_is_to_come_to_another_person_who_is_told(world: World) -> None:
    ids = [made(world, assignee=USER, starts_at=f"2026-11-{day}T10:00:00Z")["id"] for day in (22, 24, 25)]
    world.call("DELETE", f"/appointments/{ids[2]}")

    for _ in range(2):
        answer = world.call("POST", f"/users/{USER}/hand_over", {"to": f"manager-{ACME}"})
        assert answer.status == 200, answer.text

    assert [world.appointments.kept[ACME, id].assignee for id in ids] == [USER, f"manager-{ACME}", USER]
    assert armed(world, ids[1]) == {"1h", "15m", "1m", "assigned"}
    assert [entry.action for entry in world.appointments.entries].count("appointment.transferred") == 1


def test_decided_2_17_appointments_go_with_a_deleted_person(world: World) -> None:
    world.person("gone", "user")
    id = made(world, assignee="gone")["id"]
    other = made(world)["id"]
    assert world.call("DELETE", "/users/gone").status == 204
    assert world.call("GET", f"/appointments/{id}").status == 404
    assert (armed(world, id), len(armed(world, other))) == (set(), 4)
