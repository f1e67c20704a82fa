"""Personal tokens by API."""

from __future__ import annotations

from datetime import timedelta

from tests.functional.settings_api.conftest import World
from tocsin.identity.domain.permissions import SystemRole

WANTED = {"name": "Nightly backup", "days": 7, "read_only": True}


def test_a_token_is_shown_once_listed_and_deleted(world: World) -> None:
    world.as_role(SystemRole.USER)

    made = world.call("POST", "/users/me/tokens", WANTED)

    assert (made.status, made.headers["Location"]) == (201, f"users/me/tokens/{made.json['id']}")
    text = made.json["token"]
    assert text.startswith("tcp_acme_")
    (listed,) = world.call("GET", "/users/me/tokens").json["items"]
    assert listed == {name: value for name, value in made.json.items() if name != "token"}
    assert (listed["read_only"], listed["manages_people"], listed["used_at"]) == (True, False, None)
    assert world.call("DELETE", f"/users/me/tokens/{listed['id']}").status == 204
    assert world.call("GET", "/users/me/tokens").json["items"] == []
    assert world.call("DELETE", f"/users/me/tokens/{listed['id']}").status == 404
    assert [entry.action for entry in world.trail.entries.values()] == ["token.created", "token.deleted"]


def test_a_repeat_answers_the_same_token(world: World) -> None:
    first = world.call("POST", "/users/me/tokens", WANTED, Idempotency_Key="a")
    again = world.call("POST", "/users/me/tokens", WANTED, Idempotency_Key="a")

    assert (again.status, again.json) == (201, first.json)
    assert world.call("POST", "/users/me/tokens", {**WANTED, "days": 8}, Idempotency_Key="a").status == 422
    assert world.call("POST", "/users/me/tokens", WANTED, Idempotency_Key="b").json["token"] != first.json["token"]
    assert len(world.tokens.tokens) == 2


def test_a_lost_answer_does_not_cost_the_token(world: World) -> None:
    first = world.call("POST", "/users/me/tokens", WANTED, Idempotency_Key="a")
    world.answers.kept.clear()
    world.clock.advance(timedelta(seconds=3))

    again = world.call("POST", "/users/me/tokens", WANTED, Idempotency_Key="a")

    assert again.json == first.json
    assert len(world.trail.entries) == 1


def test_right_comes_before_proof_before_body(world: World) -> None:
    world.as_key(None)
    assert world.call("POST", "/users/me/tokens", {"days": 0}).json["code"] == "FORBIDDEN"
    world.as_token(world.person("ana", "user"))
    assert world.call("POST", "/users/me/tokens", {"days": 0}).json["code"] == "STEP_UP_REQUIRED"
    world.as_role(SystemRole.USER)
    answer = world.call("POST", "/users/me/tokens", {"days": 0, "lives": 3})
    assert answer.status == 400
    assert {error["detail"] for error in answer.json["errors"]} == {"/name", "/days", "/lives"}


def test_disabling_and_deleting_a_person_deletes_their_tokens(world: World) -> None:
    ana, ben = world.person("ana", "user"), world.person("ben", "user")
    for person in (ana, ben):
        world.as_token(person)
    world.as_role(SystemRole.OWNER)

    assert world.call("POST", f"/users/{ben.id}/disable", {}).status == 200
    assert {user for _, user, _ in world.tokens.tokens} == {ana.id}
    assert world.call("DELETE", f"/users/{ana.id}").status == 204
    assert world.tokens.tokens == {}
