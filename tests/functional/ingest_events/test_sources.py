"""POST and OPTIONS /events/{id}: vendors' payloads, what vendors want to hear, and the handshake."""

from __future__ import annotations

import json
import logging
from base64 import b64encode
from dataclasses import replace
from urllib.parse import urlencode

import pytest

from tests.functional.gateway import Answer
from tests.functional.ingest_events.conftest import ACME, IngestWorld, event
from tocsin.limits.application.limit_calls import EVENT_CALLS
from tocsin.telephony.application.take_payload import secret_hash
from tocsin.telephony.domain.event_source import EventSource, Refreshes
from tocsin.telephony.domain.request_signatures import form_signature

ID = "acme-abcd1234"
SECRET = "canary-secret-of-a-source"
FORM = {"MessageSid": "SM1", "SmsStatus": "received", "From": "+447700900123", "To": "+447700900001", "Body": "hi"}
URL = f"https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com/live/events/{ID}"


def a_source(world: IngestWorld, kind: str = "native", **more: object) -> None:
    hashes = (secret_hash(world.sealer, ACME, ID, SECRET),)
    plain = EventSource(ACME, ID, "PBX", kind, secret_hashes=hashes)
    world.sources.kept[ACME, ID] = replace(plain, **more)  # type: ignore[arg-type]


def send(world: IngestWorld, body: object, headers: dict[str, str] | None = None, id: str = ID, **query: str) -> Answer:
    text = body if isinstance(body, str) else json.dumps(body)
    given = {"content-type": "application/json", **(headers or {})}
    world.gateway.authorizer = None  # no authorizer runs
    return world.gateway.call("POST", f"/events/{id}", text, given, {name: [value] for name, value in query.items()})


def basic(user: str, password: str) -> dict[str, str]:
    return {"authorization": "Basic " + b64encode(f"{user}:{password}".encode()).decode()}


@pytest.mark.parametrize("how", ["token", "x-api-key", "basic"])
def test_a_source_proves_itself_by_its_secret(world: IngestWorld, how: str) -> None:
    a_source(world)
    headers = {"token": {}, "x-api-key": {"x-api-key": SECRET}, "basic": basic(ID, SECRET)}[how]
    answer = send(world, event("a"), headers, **({"token": SECRET} if how == "token" else {}))
    assert (answer.status, answer.json["accepted"], world.stored()) == (202, 1, ["a"])


def test_decided_3_18_an_unknown_source_a_disabled_one_and_a_wrong_secret_are_refused_alike(world: IngestWorld) -> None:
    unknown = send(world, event("a"), token=SECRET)
    a_source(world, enabled=False)
    disabled = send(world, event("a"), token=SECRET)
    a_source(world)
    wrong = [send(world, event("a"), token="wrong"), send(world, event("a")), send(world, event("a"), id="no-such")]

    def told(answer: Answer) -> object:
        return answer.status, {name: value for name, value in answer.json.items() if name != "instance"}

    assert told(unknown)[0] == 401  # type: ignore[index]
    assert [told(each) for each in (disabled, *wrong)] == [told(unknown)] * 4
    assert world.stored() == []


def test_decided_3_18_what_cannot_be_parsed_is_400_and_what_is_of_no_use_is_202_and_both_are_samples(
    world: IngestWorld,
) -> None:
    a_source(world, "yeastar")
    assert send(world, "{", token=SECRET).status == 400
    unused = send(world, {"type": 1, "sn": "x", "msg": "{}"}, token=SECRET)
    assert not world.pulses.writes, "a source that tells no event is not heard"
    assert (unused.status, unused.json) == (202, {"accepted": 0, "duplicates": 0, "refused": 0, "items": []})
    assert {sample.payload for sample in world.samples.last(ACME, ID, world.clock())} >= {"{"}
    assert len(world.samples.last(ACME, ID, world.clock())) == 2


def test_twilio_signs_the_address_that_it_calls_and_hears_twiml(world: IngestWorld) -> None:
    a_source(world, "twilio", signature="twilio", signing_keys=("key",), secret_hashes=())
    signed = {
        "content-type": "application/x-www-form-urlencoded",
        "x-twilio-signature": form_signature("key", URL, {name: [value] for name, value in FORM.items()}),
    }
    answer = send(world, urlencode(FORM), signed)
    assert (answer.status, answer.text) == (200, "<Response/>")
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert [each.event.type for each in world.rows.kept.values()] == ["sms.received"]
    assert world.pulses.writes == 1, "the source is heard"
    assert send(world, urlencode({**FORM, "Body": "other"}), signed).status == 401


@pytest.mark.parametrize(
    ("refreshes", "asked_for", "kept"),
    [
        (Refreshes.AUTO, False, False),
        (Refreshes.AUTO, True, True),
        (Refreshes.KEEP, False, True),
        (Refreshes.DROP, True, False),
    ],
)
def test_refreshed_registrations_are_kept_as_the_source_says(
    world: IngestWorld, refreshes: Refreshes, asked_for: bool, kept: bool
) -> None:
    a_source(world, refreshes=refreshes)
    if asked_for:
        world.a_rule(type="sip", triggers=[{"filters": {"lines": ["l1"], "events": ["refreshed"]}}])
    sent = [event(each, "sip.registration", line="2001", event=each) for each in ("refreshed", "registered")]
    answer = send(world, sent, token=SECRET)
    assert [item["status"] for item in answer.json["items"]] == ["accepted" if kept else "ignored", "accepted"]
    assert world.stored() == ["refreshed"] * kept + ["registered"]


def test_a_source_calls_as_often_as_its_account_may(world: IngestWorld) -> None:
    a_source(world)
    for _ in range(EVENT_CALLS.count):
        send(world, "{", token="wrong")  # what proves nothing uses nothing up
    for _ in range(EVENT_CALLS.count):
        assert send(world, [], token=SECRET).status == 202
    assert send(world, event("a"), token=SECRET).status == 429


def test_neither_a_secret_nor_what_a_payload_says_is_logged(
    world: IngestWorld, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    a_source(world)
    send(world, event("a", note="canary-data"), token=SECRET)
    send(world, event("a", note="canary-data"), token="canary-wrong")
    send(world, "canary-unreadable", basic(ID, SECRET))
    world.rows.outage.failing = 1
    assert send(world, event("b", note="canary-data"), {"x-api-key": SECRET}).status == 503
    lines = capsys.readouterr()
    records = [record.getMessage() + str(vars(record)) for record in caplog.records]
    logged = lines.out + lines.err + "".join(records)
    assert "POST /events/{id}" in logged
    assert "canary" not in logged


def test_the_handshake_of_cloud_events_allows_the_origin_and_tells_nothing_of_sources(world: IngestWorld) -> None:
    world.gateway.authorizer = None
    asked = {"WebHook-Request-Origin": "eventemitter.example.com", "WebHook-Request-Rate": "120"}
    a_source(world)
    known, unknown = (world.gateway.call("OPTIONS", f"/events/{id}", None, asked) for id in (ID, "acme-00000000"))
    for answer in (known, unknown):
        assert (answer.status, answer.text) == (200, "")
        assert answer.headers["WebHook-Allowed-Origin"] == "eventemitter.example.com"
        assert answer.headers["WebHook-Allowed-Rate"] == "12000"
        assert "POST" in answer.headers["Allow"]
    assert "WebHook-Allowed-Origin" not in world.gateway.call("OPTIONS", f"/events/{ID}").headers
    assert world.gateway.call("OPTIONS", f"/events/{ID}", None, {"WebHook-Request-Origin": "a b"}).status == 400


def test_a_source_is_asked_to_repeat_while_the_store_is_out(world: IngestWorld) -> None:
    a_source(world)
    world.rows.outage.failing = 1
    assert send(world, event("a"), token=SECRET).status == 503
    assert send(world, event("a"), token=SECRET).json["accepted"] == 1
