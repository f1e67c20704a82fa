"""What the deployed system refuses, and who may not see whose."""

from __future__ import annotations

import json

import pytest

from infra.local.api import Api
from tests.architecture.deployment import deployment, read_sources
from tests.stack.system import System, sms


def test_a_wrong_key_is_refused_without_a_reason(system: System) -> None:
    good = system.callers["live"].key
    wrong = Api(system.stack.api, good[:-1] + ("A" if good[-1] != "A" else "B"))

    for answer in (
        wrong.post(
            "/sendalert", {"version": "latest", "clientRef": "x", "alert": [{**sms(["+447700900999"]), "tag": "t"}]}
        ),
        wrong.post("/collectevents", {"version": "latest", "all": True}),
        wrong.get("/alerts"),
    ):
        assert answer.status == 401, answer.body
        assert good[:-6] not in str(answer.body)


def test_a_call_without_a_key_is_refused(system: System) -> None:
    nobody = Api(system.stack.api, "")

    assert nobody.post("/sendalert", {"version": "latest"}).status == 401
    assert nobody.get("/alerts").status == 401


def test_a_tenant_sees_nothing_of_another(system: System) -> None:
    # given an alert, its events and a store of one tenant
    ref = system.sent("live", sms(system.phones(1)))
    system.settled("live", ref)
    entry = {"contentType": "sms", "tag": "t", "content": "ours", "storeDetails": {"storeName": "ours"}}
    stored = system.callers["live"].post("/storecontent", {"version": "latest", "content": [entry]})
    store = stored.body["content"][0]["storeId"]
    rival = system.callers["rival"]

    # then the other finds none of it by any name
    assert rival.get(f"/alerts/{ref}").status == 404
    assert rival.get(f"/alerts/{ref}/recipients").status == 404
    assert rival.get("/alerts").body["items"] == []
    collected = rival.post("/collectevents", {"version": "latest", "alertId": ref}).body
    assert collected["events"] == []
    for name in (store, {"storeName": "ours"}):
        element = {"alertType": "sms", "sender": "Tocsin", "recipients": system.phones(1), "storedContent": name}
        assert system.send("rival", element).body["success"] is False
    deleted = rival.post("/deletecontent", {"version": "latest", "content": [{"storeId": store, "tag": "t"}]})
    assert deleted.body["content"][0]["success"] is False

    # and the owner still has it
    assert len(system.events("live", ref, 1)) == 1
    element = {"alertType": "sms", "sender": "Tocsin", "recipients": system.phones(1), "storedContent": store}
    assert system.sent("live", element)


def test_a_sandbox_key_does_not_see_live_alerts(system: System) -> None:
    ref = system.sent("live", sms(system.phones(1)))

    assert system.callers["sandbox"].get(f"/alerts/{ref}").status == 404


def test_a_body_over_a_megabyte_is_refused_with_413(system: System) -> None:
    answer = system.callers["live"].post("/sendalert", b'{"version": "' + b"x" * 1_100_000 + b'"}')

    assert answer.status == 413, answer.body


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"a": NaN}', b'{"version": "latest", "version": "v1"}', b"\xff\xfe"]
)
def test_a_body_that_is_no_json_object_is_refused_and_says_so(system: System, body: bytes) -> None:
    answer = system.callers["live"].post("/sendalert", body)

    assert answer.status == 400, answer.body
    assert answer.body["success"] is False
    assert answer.body["failureReason"]


def test_what_the_gateway_itself_refuses_it_refuses_in_the_words_of_the_template(system: System) -> None:
    (api,) = deployment(read_sources()).of("ApiGateway::RestApi")
    declared = api.properties["Body"]["x-amazon-apigateway-gateway-responses"]
    caller = system.callers["live"]

    for kind, answer in {
        "MISSING_AUTHENTICATION_TOKEN": caller.get("/there/is/nothing"),
        "UNAUTHORIZED": Api(system.stack.api, "tcs_live_nobody").get("/alerts"),
    }.items():
        response = declared[kind]
        told = json.loads(response["responseTemplates"]["application/json"])
        assert answer.status == int(response["statusCode"])
        assert {**answer.body, "instance": told["instance"]} == told
        assert answer.body["instance"] == answer.headers["x-amzn-requestid"]
        sent = {name.rpartition(".")[2].lower(): value for name, value in response["responseParameters"].items()}
        got = {name.lower(): f"'{value}'" for name, value in answer.headers.items()}
        assert {name: got.get(name) for name in sent} == sent
