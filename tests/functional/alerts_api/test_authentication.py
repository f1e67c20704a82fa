"""Who may call: the key in the body or in a header, and what a stranger learns (nothing)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from tests.builders import key_caller
from tests.functional.alerts_api.conftest import Door, sms
from tocsin.entrypoint.http.authorized import context_of
from tocsin.identity.domain.api_key import KeyKind, Right
from tocsin.kernel.domain.ids import ApiKeyId, TenantId

BODIES: dict[str, dict[str, Any]] = {
    "/sendalert": {"clientRef": "r", "alert": [sms()]},
    "/sendstoredalert": {"storeName": "x", "clientRef": "r"},
    "/storecontent": {"content": [{"contentType": "sms", "tag": "t", "content": "hello"}]},
    "/deletecontent": {"all": True},
    "/collectevents": {"all": True},
}


@pytest.mark.parametrize("verb", BODIES)
def test_the_key_may_stand_in_the_body_or_in_either_header(door: Door, verb: str) -> None:
    body = BODIES[verb]
    places: list[tuple[Any, dict[str, str]]] = [
        (door.token, {}),
        (..., {"Authorization": f"Bearer {door.token}"}),
        (..., {"authorization": f"bearer  {door.token} "}),
        (..., {"X-API-Key": door.token}),
        (door.token, {"X-API-Key": door.token}),
    ]
    for inside, headers in places:
        answer = door.post(verb, {**body, "apiKey": inside}, **headers)
        assert answer.status not in (400, 401, 403), answer.text


@pytest.mark.parametrize("verb", BODIES)
def test_a_key_in_the_body_and_another_in_a_header_are_refused(door: Door, verb: str) -> None:
    other = door.new_key("acme", "k2")
    answer = door.post(verb, BODIES[verb], X_API_Key=other)

    assert (answer.status, answer.faults()) == (400, {"/apiKey": "CONFLICT"})


@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.parametrize("verb", BODIES)
def test_two_headers_with_different_keys_are_refused(door: Door, verb: str, inside: bool) -> None:
    headers = {"Authorization": f"Bearer {door.token}", "X-API-Key": door.new_key("acme", "k2")}
    body = {**BODIES[verb], "apiKey": door.token if inside else ...}
    answer = door.post(verb, body, **headers)

    assert (answer.status, answer.faults()) == (400, {"": "CONFLICT"})


def test_two_headers_with_different_keys_are_refused_for_resources_too(door: Door) -> None:
    bearer, other = f"Bearer {door.token}", door.new_key("acme", "k2")

    assert door.gateway.get("/alerts", {"Authorization": bearer, "X-API-Key": other}).status == 401
    assert door.gateway.get("/alerts", {"Authorization": bearer, "X-API-Key": door.token}).status == 200


@pytest.mark.parametrize("verb", BODIES)
def test_a_stranger_gets_the_same_answer_whatever_is_wrong(door: Door, verb: str) -> None:
    disabled = door.new_key("acme", "k3")
    key = door.keys.keys[TenantId("acme"), ApiKeyId("k3")]
    door.keys.save(replace(key, enabled=False))
    wrong_secret = door.token[:-8] + ("A" * 8)
    unknown = Door().new_key("nobody", "k1")

    bodies = []
    for token in (..., "x", "", wrong_secret, unknown, disabled):
        answer = door.post(verb, {**BODIES[verb], "apiKey": token})
        assert answer.status == answer.json["returnCode"] == 401
        assert answer.headers["WWW-Authenticate"] == "Bearer"
        bodies.append({k: v for k, v in answer.json.items() if k != "requestId"})
    assert all(body == bodies[0] for body in bodies)


@pytest.mark.parametrize("token", [5, True, [], {}])
def test_a_key_that_is_no_text_is_refused(door: Door, token: Any) -> None:
    answer = door.send(apiKey=token)

    assert (answer.status, answer.faults()) == (400, {"/apiKey": "WRONG_TYPE"})


def test_who_calls_is_asked_before_what(door: Door) -> None:
    answer = door.gateway.post("/sendalert", {"apiKey": "x", "nonsense": 1})

    assert answer.status == 401


@pytest.mark.parametrize("path", ["/alerts", "/alerts/019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90"])
def test_a_resource_without_a_key_is_a_401_as_a_problem(door: Door, path: str) -> None:
    answer = door.gateway.get(path)

    assert (answer.status, answer.json["code"]) == (401, "UNAUTHORIZED")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["WWW-Authenticate"] == "Bearer"


def test_a_key_is_bound_to_its_networks(door: Door) -> None:
    token = door.new_key("acme", "k4", networks=("203.0.113.0/24",))

    assert door.send(apiKey=token).status == 403
    door.gateway.source_ip = "203.0.113.9"
    assert door.send(apiKey=token).status == 200


def test_the_forwarded_header_is_nobody_s_address(door: Door) -> None:
    token = door.new_key("acme", "k4", networks=("203.0.113.0/24",))

    assert door.post("/collectevents", {"all": True, "apiKey": token}, X_Forwarded_For="203.0.113.9").status == 403


def test_whom_the_authorizer_vouched_for_needs_no_second_look(door: Door) -> None:
    door.send()
    key = door.keys.keys[TenantId("acme"), ApiKeyId("k1")]
    door.gateway.authorizer = {"principalId": "acme.k1", "integrationLatency": 5, **context_of(key_caller(key))}
    door.keys.keys.clear()

    assert len(door.gateway.get("/alerts").json["items"]) == 1


def test_the_authorizer_s_word_goes_as_far_as_the_key_s_rights(door: Door) -> None:
    door.new_key("acme", "k5", Right.SET_LIFETIME)
    door.gateway.authorizer = context_of(key_caller(door.keys.keys[TenantId("acme"), ApiKeyId("k5")]))

    assert door.gateway.get("/alerts").status == 403


def test_a_context_without_a_key_is_nobody(door: Door) -> None:
    door.gateway.authorizer = {"principalId": "user", "tenant": "acme"}

    assert door.gateway.get("/alerts").status == 401


def test_the_authorizer_s_context_counts_for_nothing_on_a_verb(door: Door) -> None:
    door.gateway.authorizer = context_of(key_caller(door.keys.keys[TenantId("acme"), ApiKeyId("k1")]))

    assert door.send(apiKey=...).status == 401


def test_a_sandbox_key_sends_sandbox_alerts(door: Door) -> None:
    token = door.new_key("acme", "k6", kind=KeyKind.SANDBOX)
    door.send(apiKey=token)

    (alert,) = door.alerts.alerts.values()
    assert alert.sandbox
