"""Browsers that are pushed to, by API: a person's own, judged, never read again."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.functional.settings_api.conftest import ACME, RIVAL, World
from tocsin.browser_push.domain.encryption import is_point, point_of, private_key
from tocsin.browser_push.domain.vapid import base64url, bytes_of
from tocsin.identity.domain.permissions import SystemRole
from tocsin.kernel.domain.ids import RoleId, UserId

ME = UserId(f"user-{ACME}")
PATH = "/users/me/push_subscriptions"


def body(n: int = 1, **changes: Any) -> dict[str, Any]:
    """Return what a browser gives, and a name for it."""
    keys = {"p256dh": base64url(point_of(private_key(bytes([n]) * 32))), "auth": base64url(bytes([n]) * 16)}
    given = {"endpoint": f"https://push.example.net/send/{n}", "expirationTime": None, "keys": keys}
    return {**given, "device": f"Firefox {n}", **changes}


@pytest.fixture
def world(world: World) -> World:
    world.as_role(SystemRole.USER)
    return world


def test_a_browser_is_added_listed_and_removed(world: World) -> None:
    made = world.call("POST", PATH, body())

    assert (made.status, made.headers["Location"]) == (201, f"users/me/push_subscriptions/{made.json['id']}")
    assert {name: made.json[name] for name in ("service", "device", "details")} == {
        "service": "https://push.example.net", "device": "Firefox 1", "details": False,
    }  # fmt: skip
    (kept,) = world.browsers.kept[ACME, ME]
    assert (kept.endpoint, kept.auth) == ("https://push.example.net/send/1", b"\1" * 16)
    assert "send/1" not in made.text
    world.clock.advance(timedelta(seconds=1))
    second = world.call("POST", PATH, body(2, details=True)).json
    assert [each["id"] for each in world.call("GET", PATH).json["items"]] == [second["id"], made.json["id"]]
    assert world.call("DELETE", f"{PATH}/{made.json['id']}").status == 204
    assert world.call("DELETE", f"{PATH}/{made.json['id']}").status == 404
    assert world.call("DELETE", PATH, {"endpoint": body(2)["endpoint"]}).status == 204
    assert world.call("GET", PATH).json == {"items": [], "next_cursor": None}


def test_the_same_endpoint_again_replaces_what_is_known(world: World) -> None:
    world.call("POST", PATH, body())
    world.call("POST", PATH, body(details=True, device="  Firefox \n at home "))
    (found,) = world.call("GET", PATH).json["items"]
    assert (found["details"], found["device"]) == (True, "Firefox at home")


def test_the_push_key_is_the_accounts_own(world: World) -> None:
    key = bytes_of(world.call("GET", "/push_key").json["key"])
    assert is_point(key)
    world.as_role(SystemRole.ADMIN)
    assert bytes_of(world.call("GET", "/push_key").json["key"]) == key
    world.as_role(SystemRole.ADMIN, RIVAL)
    assert bytes_of(world.call("GET", "/push_key").json["key"]) != key


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.net/1", "https://127.0.0.1/1", "https://10.0.0.8/1", "https://push.example.net:22/1",
        "https://push.local/1", "ftp://push.example.net/1", "no address",
    ],
)  # fmt: skip
def test_pushes_go_to_public_https_addresses_only(world: World, endpoint: str) -> None:
    answer = world.call("POST", PATH, body(endpoint=endpoint))
    assert (answer.status, [each["detail"] for each in answer.json["errors"]]) == (400, ["/endpoint"])
    assert world.browsers.kept == {}


def test_all_that_is_wrong_is_named_at_once(world: World) -> None:
    bad = body(endpoint="https://10.0.0.8/", keys={"p256dh": "?", "auth": "AA"})
    assert {each["detail"] for each in world.call("POST", PATH, bad).json["errors"]} == {
        "/endpoint", "/keys/p256dh", "/keys/auth",
    }  # fmt: skip
    assert {each["detail"] for each in world.call("POST", PATH, {"key": 1}).json["errors"]} == {
        "/endpoint", "/keys", "/key",
    }  # fmt: skip


def test_a_person_sees_and_removes_their_own_browsers_only(world: World) -> None:
    made = world.call("POST", PATH, body()).json
    world.as_role(SystemRole.MANAGER)
    assert world.call("GET", PATH).json["items"] == []
    assert world.call("DELETE", f"{PATH}/{made['id']}").status == 404
    for role in SystemRole:
        world.as_role(role)
        assert world.call("POST", PATH, body()).status == 201


def test_an_api_key_has_no_browser_and_a_token_that_reads_adds_none(world: World) -> None:
    for role in (None, RoleId(SystemRole.OWNER.value)):
        world.as_key(role)
        for method, path in (("GET", PATH), ("POST", PATH), ("DELETE", f"{PATH}/x"), ("GET", "/push_key")):
            assert world.call(method, path, body() if method == "POST" else None).status == 403
    world.as_token(world.person("ana", "user"), read_only=True)
    assert world.call("GET", PATH).status == 200
    assert world.call("POST", PATH, body()).status == 403
    assert world.call("DELETE", f"{PATH}/x").status == 403


def test_a_deleted_person_has_no_browser(world: World) -> None:
    reporting = UserId(f"reporting-{ACME}")
    world.as_role(SystemRole.REPORTING)
    world.call("POST", PATH, body())
    world.as_role(SystemRole.OWNER)
    assert world.call("DELETE", f"/users/{reporting}").status == 204
    assert world.browsers.kept == {}
