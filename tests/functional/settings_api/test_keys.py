"""API keys by API: what they are, what nobody can give them, and repeats."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.fakes.sealer import FakeSealer
from tests.functional.settings_api.conftest import ACME, NORTH, RIVAL, World
from tocsin.calendar.domain.repeat import Interval
from tocsin.identity.application.authenticate import Authenticate
from tocsin.identity.domain.api_key import ApiKey, KeyKind
from tocsin.identity.domain.permissions import Permission, SystemRole
from tocsin.kernel.domain.errors import Unauthorized
from tocsin.kernel.domain.ids import ApiKeyId, RoleId, StoreId
from tocsin.schedules.domain.schedule import Schedule, ScheduleId, ScheduleState
from tocsin.triggers.domain.trigger import Trigger

WANTED = {
    "name": "Boiler room", "kind": "live", "rights": ["canReadAlerts"], "role": "manager", "company": NORTH,
    "networks": ["203.0.113.7"], "capacity": {"sms": 5}, "owner_email": "Ana@People.example",
}  # fmt: skip


def key_of(world: World, token: str) -> ApiKey:
    return Authenticate(world.keys, FakeSealer(), world.clock)(token, "203.0.113.7")


def test_a_key_is_made_read_changed_disabled_and_enabled(world: World) -> None:
    made = world.call("POST", "/keys", WANTED)

    assert made.status == 201, made.text
    id = made.json["id"]
    key = key_of(world, made.json["token"])
    assert (key.id, key.role, key.company, key.kind) == (id, "manager", NORTH, KeyKind.LIVE)
    read = world.call("GET", f"/keys/{id}")
    assert read.json == {name: value for name, value in made.json.items() if name != "token"}
    assert read.json["capacity"] == {"sms": 5, "email": None, "call": None}
    assert read.json["networks"] == ["203.0.113.7/32"]
    assert world.call("GET", "/keys").json["items"] == [read.json]

    changed = world.call("PATCH", f"/keys/{id}", {"role": None, "name": "Boiler"}, If_Match=read.headers["ETag"])
    assert (changed.json["role"], changed.json["name"], changed.json["company"]) == (None, "Boiler", NORTH)
    assert world.call("PATCH", f"/keys/{id}", {"name": "x"}, If_Match=read.headers["ETag"]).status == 412
    assert world.call("POST", f"/keys/{id}/disable", {}).json["enabled"] is False
    with pytest.raises(Unauthorized):
        key_of(world, made.json["token"])
    assert world.call("POST", f"/keys/{id}/enable", {}).json["enabled"] is True
    actions = [entry.action for entry in world.trail.entries.values()]
    assert actions == ["api_key.created", "api_key.updated", "api_key.disabled", "api_key.enabled"]
    assert made.json["token"] not in str(world.trail.entries) + str(world.keys.keys)


def test_a_patch_that_changes_nothing_is_not_told(world: World) -> None:
    id = world.call("POST", "/keys", WANTED).json["id"]
    assert world.call("PATCH", f"/keys/{id}", {"name": "Boiler room"}).status == 200
    assert world.call("POST", f"/keys/{id}/enable", {}).status == 200
    assert len(world.trail.entries) == 1


def test_a_repeat_answers_the_same_key_and_token(world: World) -> None:
    first = world.call("POST", "/keys", WANTED, Idempotency_Key="a")
    assert world.call("POST", "/keys", WANTED, Idempotency_Key="a").json == first.json
    world.answers.kept.clear()  # the answer was lost before it was kept

    assert world.call("POST", "/keys", WANTED, Idempotency_Key="a").json["token"] == first.json["token"]
    assert world.call("POST", "/keys", WANTED, Idempotency_Key="b").json["id"] != first.json["id"]
    assert len(world.trail.entries) == 2


def test_a_rotation_ends_the_former_token_once(world: World) -> None:
    made = world.call("POST", "/keys", WANTED).json
    path = f"/keys/{made['id']}/rotate"
    first = world.call("POST", path, {}, Idempotency_Key="a").json["token"]
    world.answers.kept.clear()

    assert world.call("POST", path, {}, Idempotency_Key="a").json["token"] == first
    assert key_of(world, first).id == made["id"]
    assert key_of(world, made["token"]).id == made["id"]
    world.clock.advance(timedelta(hours=24))
    with pytest.raises(Unauthorized):
        key_of(world, made["token"])
    assert [entry.action for entry in world.trail.entries.values()] == ["api_key.created", "api_key.rotated"]


def test_a_rotation_may_end_the_former_token_at_once(world: World) -> None:
    made = world.call("POST", "/keys", WANTED).json
    path = f"/keys/{made['id']}/rotate"
    assert world.call("POST", path, {"overlap": "8d"}).status == 400
    assert world.call("POST", path, {"overlap": "soon"}).status == 400
    assert world.call("POST", path, {"overlap": "0s"}).status == 200
    with pytest.raises(Unauthorized):
        key_of(world, made["token"])


@pytest.mark.parametrize(
    ("change", "status", "codes"),
    [
        ({"name": " "}, 400, {"/name"}),
        ({"role": "nobody"}, 400, {"/role"}),
        ({"company": "nowhere"}, 400, {"/company"}),
        ({"networks": ["x"]}, 400, {"/networks/0"}),
        ({"rights": ["canAll"]}, 400, {"/rights/0"}),
        ({"kind": "gold"}, 400, {"/kind"}),
        ({"capacity": {"sms": -1}}, 400, {"/capacity/sms"}),
        ({"token": "x"}, 400, {"/token"}),
    ],
)
def test_what_a_key_cannot_be_is_told_at_its_field(
    world: World, change: dict[str, Any], status: int, codes: set[str]
) -> None:
    answer = world.call("POST", "/keys", {**WANTED, **change})

    assert answer.status == status, answer.text
    assert {error["detail"] for error in answer.json["errors"]} == codes


def holder(world: World, *permissions: Permission) -> None:
    """Let a holder of a custom role call."""
    role = world.custom_role("own", ACME, *permissions)
    world.directory.add(role)
    world.as_person(world.person("holder", "own"), role)


@pytest.mark.parametrize("given", [{"rights": ["canReadAlerts"]}, {"role": "admin"}, {"role": "account_owner"}])
def test_no_person_gives_a_key_more_than_they_have(world: World, given: dict[str, Any]) -> None:
    world.as_role(SystemRole.OWNER)
    standing = world.call("POST", "/keys", {"name": "Strong", "kind": "live", "role": "admin"}).json["id"]
    holder(world, Permission.KEYS)
    weak = world.call("POST", "/keys", {"name": "Weak", "kind": "live"}).json["id"]

    answers = [
        world.call("POST", "/keys", {"name": "x", "kind": "live", **given}),
        world.call("PATCH", f"/keys/{weak}", given),
        world.call("PATCH", f"/keys/{standing}", {"role": None}),
        world.call("POST", f"/keys/{standing}/rotate", {}),
    ]

    assert [(answer.status, answer.json["code"]) for answer in answers] == [(403, "EXCEEDS_YOURS")] * 4
    assert world.call("POST", f"/keys/{standing}/disable", {}).status == 200
    assert world.call("POST", f"/keys/{standing}/enable", {}).json["code"] == "EXCEEDS_YOURS"


def test_an_owner_gives_no_key_the_role_of_an_owner(world: World) -> None:
    assert world.call("POST", "/keys", {**WANTED, "role": "account_owner"}).json["code"] == "EXCEEDS_YOURS"


def test_the_account_key_and_keys_of_another_tenant_are_not_there(world: World) -> None:
    world.keys.add(ApiKey(RIVAL, ApiKeyId("k2"), KeyKind.LIVE, "Theirs", "", role=RoleId("admin")), {})
    for id in ("account", "k2", "none"):
        for method, path, body in (("GET", "", None), ("PATCH", "", {"name": "x"}), ("POST", "/rotate", {})):
            assert world.call(method, f"/keys/{id}{path}", body).status == 404, (id, method)
    assert world.call("GET", "/keys").json["items"] == []


def test_who_disables_a_key_is_told_what_waits_under_it(world: World) -> None:
    made = world.call("POST", "/keys", WANTED)
    key, now = ApiKeyId(made.json["id"]), world.clock()
    plain = Schedule(
        ACME, key, ScheduleId("s1"), StoreId("s"), None, "UTC", now, Interval(), None, ScheduleState.ACTIVE, 1, now, now
    )
    for schedule in (
        plain,
        replace(plain, id=ScheduleId("s2"), state=ScheduleState.FINISHED),
        replace(plain, id=ScheduleId("s3"), state=ScheduleState.CANCELLED),
        replace(plain, id=ScheduleId("s4"), key_id=ApiKeyId("another")),
    ):
        world.schedules.put(schedule)
    trigger = Trigger(ACME, key, StoreId("waits"), "a1", (), timedelta(0), 0, now, now + timedelta(days=1))
    for each in (trigger, replace(trigger, store_id=StoreId("over"), expires_at=now)):
        world.triggers.standing[each.tenant, each.key_id, each.store_id] = each

    told = world.call("POST", f"/keys/{key}/disable", {})

    assert told.json["waiting"] == {"schedules": ["s1"], "triggers": ["waits"]}
