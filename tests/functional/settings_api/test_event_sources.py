"""Event sources by API: settings, secrets that are shown once, samples, payloads to try, and texts to paste."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.fakes.sealer import FakeSealer
from tests.functional.settings_api.conftest import ACME, RIVAL, World
from tocsin.entrypoint.telephony_body.sources import KindWord
from tocsin.identity.domain.permissions import SystemRole
from tocsin.kernel.domain.ids import RoleId
from tocsin.telephony.application.manage_sources import MOST_SOURCES
from tocsin.telephony.application.take_payload import secret_hash
from tocsin.telephony.domain.event_source import EventSource
from tocsin.telephony.domain.mappings.vendors.example import EXAMPLE
from tocsin.telephony.domain.set_up import NO_SECRET
from tocsin.telephony.ports.source_samples import SampledEvent, SourceSample

WANTED: dict[str, Any] = {
    "name": "Head office", "kind": "freeswitch", "region": "GB", "zone": "Europe/London", "internal": ["2XXX"],
    "settle_seconds": 12, "refreshes": "drop", "expect_every": "2h",
}  # fmt: skip
THEIRS = EventSource(RIVAL, "rival-00000001", "Theirs", "freeswitch")


def made(world: World, **more: Any) -> dict[str, Any]:
    answer = world.call("POST", "/event_sources", {**WANTED, **more})
    assert answer.status == 201, answer.text
    found: dict[str, Any] = answer.json
    return found


def is_live(world: World, id: str, secret: str) -> bool:
    return secret_hash(FakeSealer(), ACME, id, secret) in world.sources.kept[ACME, id].secret_hashes


def test_a_source_is_made_read_changed_and_deleted(world: World) -> None:
    answer = world.call("POST", "/event_sources", WANTED)

    assert answer.status == 201, answer.text
    new = answer.json
    assert answer.headers["Location"] == f"event_sources/{new['id']}"
    assert is_live(world, new["id"], new["secret"])
    assert new["secret"] in new["setup"]["text"]
    read = world.call("GET", f"/event_sources/{new['id']}")
    assert read.json == {name: value for name, value in new.items() if name not in ("secret", "setup")}
    assert {name: read.json[name] for name in WANTED} == WANTED
    assert world.call("GET", "/event_sources").json["items"] == [read.json]

    path, match = f"/event_sources/{new['id']}", read.headers["ETag"]
    changed = world.call("PATCH", path, {"name": "Office", "region": None}, If_Match=match)
    assert (changed.json["name"], changed.json["region"], changed.json["kind"]) == ("Office", None, "freeswitch")
    assert world.call("PATCH", path, {"name": "x"}, If_Match=match).status == 412
    assert world.call("DELETE", path, If_Match=match).status == 412
    assert world.call("DELETE", path).status == 204
    assert world.call("GET", path).status == 404
    actions = [entry.action for entry in world.trail.entries.values()]
    assert actions == ["event_source.created", "event_source.updated", "event_source.deleted"]
    assert new["secret"] not in str(world.trail.entries) + str(world.sources.kept)


def test_a_patch_that_changes_nothing_is_not_told(world: World) -> None:
    id = made(world)["id"]
    assert world.call("PATCH", f"/event_sources/{id}", {"name": "Head office"}).json["version"] == 1
    assert len(world.trail.entries) == 1


def test_a_source_s_kind_never_changes(world: World) -> None:
    id = made(world)["id"]
    answer = world.call("PATCH", f"/event_sources/{id}", {"kind": "asterisk"})
    assert (answer.status, answer.json["code"]) == (409, "IMMUTABLE")
    assert world.call("PATCH", f"/event_sources/{id}", {"kind": "freeswitch"}).status == 200


def test_a_repeat_answers_the_same_source_and_secret(world: World) -> None:
    first = world.call("POST", "/event_sources", WANTED, Idempotency_Key="a")
    assert world.call("POST", "/event_sources", WANTED, Idempotency_Key="a").json == first.json
    world.answers.kept.clear()  # the answer was lost before it was kept

    assert world.call("POST", "/event_sources", WANTED, Idempotency_Key="a").json == first.json
    assert world.call("POST", "/event_sources", WANTED, Idempotency_Key="b").json["id"] != first.json["id"]
    assert len(world.trail.entries) == 2


def test_a_third_secret_retires_the_oldest_and_a_repeat_answers_the_same_one(world: World) -> None:
    new = made(world)
    path, secrets = f"/event_sources/{new['id']}/secret", [new["secret"]]
    for key in "ab":
        first = world.call("POST", path, {}, Idempotency_Key=key)
        world.answers.kept.clear()
        assert world.call("POST", path, {}, Idempotency_Key=key).json["secret"] == first.json["secret"]
        secrets.append(first.json["secret"])

    assert [is_live(world, new["id"], secret) for secret in secrets] == [False, True, True]
    assert len(set(secrets)) == 3
    assert [entry.action for entry in world.trail.entries.values()][1:] == ["event_source.secret_given"] * 2


@pytest.mark.parametrize(
    ("change", "pointers"),
    [
        ({"name": " "}, {"/name"}),
        ({"kind": "telex"}, {"/kind"}),
        ({"region": "UK"}, {"/region"}),
        ({"zone": "Europe/Atlantis"}, {"/zone"}),
        ({"internal": ["2x"], "settle_seconds": 0}, {"/settle_seconds"}),
        ({"internal": ["ab"]}, {"/internal/0"}),
        ({"refreshes": "always"}, {"/refreshes"}),
        ({"expect_every": "5s"}, {"/expect_every"}),
        ({"expect_every": "32d"}, {"/expect_every"}),
        ({"expect_every": "never"}, {"/expect_every"}),
        ({"expect_every": None}, {"/expect_every"}),
        ({"mapping": EXAMPLE}, {"/mapping"}),
        ({"kind": "generic"}, {"/mapping"}),
        ({"signature": "didww"}, {"/signing_keys"}),
        ({"signing_keys": ["k"]}, {"/signing_keys"}),
        ({"signature": "didww", "signing_keys": ["•••"]}, {"/signing_keys/0"}),
        ({"kind": "generic", "mapping": {"emit": [{"type": "", "data": {}}, 7], "more": 1}},
         {"/mapping/more", "/mapping/emit/0/type", "/mapping/emit/1", "/mapping/emit/1/type"}),
        ({"secret": "x"}, {"/secret"}),
    ],
)  # fmt: skip
def test_what_a_source_cannot_be_is_told_at_its_field(world: World, change: dict[str, Any], pointers: set[str]) -> None:
    answer = world.call("POST", "/event_sources", {**WANTED, **change})

    assert answer.status == 400, answer.text
    assert {error["detail"] for error in answer.json["errors"]} == pointers


def test_signing_keys_are_written_and_never_read(world: World) -> None:
    id = made(world, kind="generic", mapping=EXAMPLE, signature="didww", signing_keys=["key-one"])["id"]
    path = f"/event_sources/{id}"

    assert world.call("GET", path).json["signing_keys"] == ["•••"]
    assert world.call("PATCH", path, {"name": "x"}).status == 200
    assert world.sources.kept[ACME, id].signing_keys == ("key-one",)
    assert world.call("PATCH", path, {"signing_keys": ["•••", "key-two"]}).status == 200
    assert world.sources.kept[ACME, id].signing_keys == ("key-one", "key-two")
    assert world.call("PATCH", path, {"signing_keys": ["key-three", "•••"]}).status == 200
    assert world.sources.kept[ACME, id].signing_keys == ("key-three", "key-two")
    assert [entry.after for entry in world.trail.entries.values()][-1] == {"signing_keys": ["•••", "•••"]}
    assert "key-two" not in str(world.trail.entries)


def test_an_account_has_a_hundred_sources(world: World) -> None:
    for n in range(MOST_SOURCES):
        world.sources.add(replace(THEIRS, tenant=ACME, id=f"acme-{n:08}"))
    answer = world.call("POST", "/event_sources", WANTED)
    assert (answer.status, answer.json["code"]) == (422, "NOT_POSSIBLE")


CALLS: list[tuple[str, str, Any]] = [
    ("GET", "", None), ("PATCH", "", {"name": "x"}), ("DELETE", "", None), ("POST", "/secret", {}),
    ("GET", "/samples", None), ("POST", "/try", {"payload": {}}), ("GET", "/setup", None),
]  # fmt: skip


def test_every_route_of_sources_has_its_line(world: World) -> None:
    routes = world.gateway.app.routes
    served = {(method, path) for path in routes for method in routes[path] if path.startswith("/event_sources")}
    listed = {(method, f"/event_sources/{{id}}{path}") for method, path, _ in CALLS}
    assert served == listed | {("GET", "/event_sources"), ("POST", "/event_sources")}


def test_al_sources_are_of_owners_and_admins(world: World) -> None:
    id = made(world)["id"]
    told = {}
    for role in SystemRole:
        world.as_role(role)
        calls = [("GET", "/event_sources", None), ("POST", "/event_sources", {**WANTED, "name": role.value})]
        calls += [(method, f"/event_sources/{id}{path}", body) for method, path, body in CALLS if method != "DELETE"]
        told[role] = {world.call(*call).status for call in calls}
    allowed = {SystemRole.OWNER, SystemRole.ADMIN}
    assert told == {role: {200, 201} if role in allowed else {403} for role in SystemRole}


def test_an_api_key_and_a_token_that_reads_only_change_no_source(world: World) -> None:
    id = made(world)["id"]
    world.as_key(RoleId("admin"))
    assert {world.call(method, f"/event_sources/{id}{path}", body).status for method, path, body in CALLS} == {403}
    user = world.person("reader", "admin")
    world.as_token(user, read_only=True)
    assert world.call("GET", f"/event_sources/{id}").status == 200
    assert world.call("PATCH", f"/event_sources/{id}", {"name": "x"}).status == 403


def test_a_source_of_another_tenant_is_not_there(world: World) -> None:
    world.sources.add(THEIRS)
    for method, path, body in CALLS:
        assert world.call(method, f"/event_sources/{THEIRS.id}{path}", body).status == 404, (method, path)
    assert world.call("GET", "/event_sources").json["items"] == []
    assert world.sources.kept[RIVAL, THEIRS.id] == THEIRS


def test_the_last_payloads_say_what_became_of_them(world: World) -> None:
    id, now = made(world)["id"], world.clock()
    refused = SourceSample("s1", now, '{"a": 1}', (), "time_missing")
    told = SourceSample("s2", now + timedelta(seconds=1), "{}", (SampledEvent("call.ended", "e" * 32, "accepted"),))
    world.samples.keep(ACME, id, [refused, told])

    items = world.call("GET", f"/event_sources/{id}/samples").json["items"]

    assert [(item["id"], item["reason"]) for item in items] == [("s2", None), ("s1", "time_missing")]
    assert items[0]["events"] == [{"type": "call.ended", "event_id": "e" * 32, "status": "accepted"}]
    assert (items[1]["payload"], items[1]["received_at"]) == ('{"a": 1}', "2026-11-23T12:00:00.000Z")


def test_a_payload_is_mapped_and_nothing_is_stored(world: World) -> None:
    id = made(world, kind="generic", mapping=EXAMPLE)["id"]
    form = "CallUUID=c1&CallStatus=busy&Direction=inbound&From=%2B447700900123&To=sip%3A2010%40acme&Duration=3"
    asked = {"body": form, "content_type": "application/x-www-form-urlencoded"}

    (item,) = world.call("POST", f"/event_sources/{id}/try", asked).json["items"]
    assert item["without"] == []
    (event,) = item["events"]
    assert (event["type"], event["id"], event["data"]["status"], event["data"]["line"]) == (
        "call.ended", "c1", "busy", "2010",
    )  # fmt: skip

    (item,) = world.call("POST", f"/event_sources/{id}/try", {"payload": {"CallStatus": "ringing"}}).json["items"]
    assert item["events"] == []
    assert item["without"] == [{"emit": 0, "type": "call.ended", "reason": "condition_not_met", "field": "CallStatus"}]
    mapping = {"emit": [{"type": "call.ended", "id": [{"at": "x"}], "data": {}}]}
    (item,) = world.call("POST", f"/event_sources/{id}/try", {"payload": {}, "mapping": mapping}).json["items"]
    assert item["without"][0]["reason"] == "id_missing"
    wrong: dict[str, Any]
    for wrong in ({}, {"payload": {}, "body": "{}"}, {"body": "{"}, {"payload": {}, "mapping": {"emit": []}}):
        assert world.call("POST", f"/event_sources/{id}/try", wrong).status == 400, wrong
    assert world.samples.kept == {}
    native = made(world, kind="native")["id"]
    assert world.call("POST", f"/event_sources/{native}/try", {"payload": {}}).status == 422


@pytest.mark.parametrize("kind", KindWord.__args__)  # type: ignore[attr-defined]
def test_each_kind_has_a_text_to_paste_with_the_secret_only_when_it_is_given(world: World, kind: str) -> None:
    new = made(world, kind=kind, mapping=EXAMPLE if kind == "generic" else None)
    text = new["setup"]["text"]
    assert new["url"] in text
    assert new["secret"] in text
    if new["setup"]["media_type"] == "application/xml":
        ElementTree.fromstring(text)
    later = world.call("GET", f"/event_sources/{new['id']}/setup").json
    assert later == {**new["setup"], "text": text.replace(new["secret"], NO_SECRET)}
    assert new["url"].endswith(f"/events/{new['id']}")
