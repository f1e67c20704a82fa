"""Stores read back, and stored contact groups changed one contact at a time."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.functional.alerts_api.conftest import WAV, Door, sms
from tests.functional.gateway import Answer
from tocsin.identity.domain.api_key import KeyKind, Right

ANA = {"id": "ana", "sms": "+447700900001", "lookups": {"firstname": "Ana"}}
BEN = {"id": "ben", "email": "ben@example.org", "quietHours": {"from": "22:00", "to": "07:00"}}
CREW = {"name": "crew", "contacts": [ANA, BEN], "sets": [{"name": "night", "ids": ["ben", "ana"]}]}
UNKNOWN = "019aa3c4-9f10-7b1e-8c55-0d3c6b5a4f21"


def stored(door: Door, kind: str = "contactGroup", content: Any = CREW, **more: Any) -> str:
    entry = {"contentType": kind, "tag": "t", "content": content, **more}
    answer = door.post("/storecontent", {"content": [entry]})
    assert answer.status == 200, answer.text
    store_id: str = answer.json["content"][0]["storeId"]
    return store_id


def call(door: Door, method: str, path: str, body: Any = None, token: str | None = None, **headers: str) -> Answer:
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    authorization = {"Authorization": f"Bearer {token or door.token}"}
    return door.gateway.call(method, path, None if body is None else json.dumps(body), authorization | headers)


def group(door: Door, store_id: str) -> Any:
    return door.get(f"/stores/{store_id}").json["content"]


def code(answer: Answer) -> tuple[int, str]:
    assert answer.headers["Content-Type"] == "application/problem+json", answer.text
    return answer.status, answer.json["code"]


# --- reading ------------------------------------------------------------------------------------------------------


def test_stores_are_listed_without_and_read_with_what_they_hold(door: Door) -> None:
    group_id = stored(door, storeDetails={"storeName": "crew"})
    text_id = stored(door, "sms", "hello")

    listed = [door.get("/stores", limit="1")]
    listed.append(door.get("/stores", limit="1", cursor=listed[0].json["next_cursor"]))
    assert [answer.json["items"][0]["store_id"] for answer in listed] == sorted([group_id, text_id])
    assert listed[1].json["next_cursor"] is None

    head = {"store_id": group_id, "name": "crew", "tag": "t", "content_type": "contactGroup"}
    assert {name: value for name, value in listed[group_id > text_id].json["items"][0].items() if name in head} == head
    one = door.get(f"/stores/{group_id}").json
    assert (one["content"], one["content_encoding"], one["name"]) == (CREW, "json", "crew")
    assert one["size"] == len(json.dumps(CREW, separators=(",", ":")))
    assert door.get(f"/stores/{text_id}").json["content"] == "hello"


def test_what_was_read_back_can_be_stored_again(door: Door) -> None:
    email = stored(door, "email", "<p>hi</p>", emailBodyContentType="text/html")
    voice = stored(door, "call", WAV, voiceFormat="wav", contentEncoding="base64")
    for store_id in (email, voice, stored(door), stored(door, "alert", {"clientRef": "a", "alert": [sms()]})):
        found = door.get(f"/stores/{store_id}").json
        entry = {"content": found["content"], "contentEncoding": found["content_encoding"], **found["fields"]}
        again = stored(door, found["content_type"], **entry)
        assert door.get(f"/stores/{again}").json["content"] == found["content"]


def test_content_over_a_megabyte_is_not_shown(door: Door) -> None:
    for size, shown in ((1_000_000, True), (1_000_001, False)):
        found = door.get(f"/stores/{stored(door, 'sms', 'x' * size)}").json
        assert (found["size"], found["content"] is not None) == (size, shown)


def test_contacts_are_walked_by_their_ids(door: Door) -> None:
    many = [{"id": f"c{n}", "sms": "+447700900001"} for n in (4, 1, 3, 0, 2)]
    store_id = stored(door, content={"name": "x", "contacts": many})

    first = door.get(f"/stores/{store_id}/contacts", limit="2").json
    # a contact that goes meanwhile makes none be skipped
    assert call(door, "DELETE", f"/stores/{store_id}/contacts/c0").status == 204
    rest = door.get(f"/stores/{store_id}/contacts", cursor=first["next_cursor"]).json

    assert [contact["id"] for contact in (*first["items"], *rest["items"])] == ["c0", "c1", "c2", "c3", "c4"]
    assert rest["next_cursor"] is None
    assert code(door.get(f"/stores/{stored(door)}/contacts", cursor=first["next_cursor"])) == (400, "VALIDATE_FAILED")


def test_reading_needs_its_right_and_changing_does_not(door: Door) -> None:
    token = door.new_key("acme", "k2", *(set(Right) - {Right.READ_STORES}))
    answer = door.post(
        "/storecontent", {"apiKey": token, "content": [{"contentType": "contactGroup", "tag": "t", "content": CREW}]}
    )
    store_id = answer.json["content"][0]["storeId"]

    for path in ("", f"/{store_id}", f"/{UNKNOWN}", f"/{store_id}/contacts", f"/{store_id}/contacts/ana"):
        refused = call(door, "GET", "/stores" + path, token=token)
        assert code(refused) == (403, "FORBIDDEN")
        assert "canReadStores" in refused.json["detail"]
    assert call(door, "PUT", f"/stores/{store_id}/contacts/ana", {"sms": "+447700900009"}, token).status == 200


@pytest.mark.parametrize("whose", ["another key's", "another tenant's", "a sandbox key's"])
def test_a_store_of_another_is_not_there(door: Door, whose: str) -> None:
    store_id = stored(door)
    token = {
        "another key's": lambda: door.new_key("acme", "k2"),
        "another tenant's": lambda: door.new_key("other", "k1"),
        "a sandbox key's": lambda: door.new_key("acme", "k3", kind=KeyKind.SANDBOX),
    }[whose]()

    assert call(door, "GET", "/stores", token=token).json["items"] == []
    for method, path, body in (
        ("GET", "", None),
        ("GET", "/contacts", None),
        ("GET", "/contacts/ana", None),
        ("PUT", "/contacts/ana", {}),
        ("DELETE", "/contacts/ana", None),
        ("PUT", "/sets/night", {"ids": []}),
        ("DELETE", "/sets/night", None),
    ):
        assert code(call(door, method, f"/stores/{store_id}{path}", body, token)) == (404, "NOT_FOUND")
    assert group(door, store_id) == CREW


# --- contacts -----------------------------------------------------------------------------------------------------


def test_a_contact_is_made_replaced_read_and_removed(door: Door) -> None:
    store_id = stored(door)
    at = f"/stores/{store_id}/contacts/cho"

    made = call(door, "PUT", at, {"sms": "+447700900003"})
    replaced = call(door, "PUT", at, {"id": "cho", "email": "cho@example.org", "sms": ""})

    assert (made.status, made.json) == (201, {"id": "cho", "sms": "+447700900003"})
    assert (replaced.status, replaced.json) == (200, {"id": "cho", "email": "cho@example.org"})
    read = call(door, "GET", at)
    assert (read.json, read.headers["ETag"]) == (replaced.json, replaced.headers["ETag"])
    assert [contact["id"] for contact in group(door, store_id)["contacts"]] == ["ana", "ben", "cho"]

    gone = call(door, "DELETE", f"/stores/{store_id}/contacts/ana")
    assert (gone.status, gone.text) == (204, "")
    assert group(door, store_id)["sets"] == [{"name": "night", "ids": ["ben"]}]
    assert code(call(door, "DELETE", f"/stores/{store_id}/contacts/ana")) == (404, "NOT_FOUND")


@pytest.mark.parametrize("contact_id", ["a/b", "a b", "größe", "50%", "~0.0.0"])
def test_a_contact_id_may_hold_what_a_path_cannot(door: Door, contact_id: str) -> None:
    store_id = stored(door)
    at = f"/stores/{store_id}/contacts/{quote(contact_id, safe='')}"
    assert call(door, "PUT", at, {"sms": "+447700900003"}).json["id"] == contact_id
    assert call(door, "GET", at).json["id"] == contact_id
    assert call(door, "DELETE", at).status == 204


def test_the_last_contact_stays(door: Door) -> None:
    store_id = stored(door, content={"name": "x", "contacts": [ANA]})
    assert code(call(door, "DELETE", f"/stores/{store_id}/contacts/ana")) == (409, "LAST_CONTACT")
    assert len(group(door, store_id)["contacts"]) == 1


def test_a_group_has_ten_thousand_contacts_at_most(door: Door) -> None:
    store_id = stored(door, content={"name": "x", "contacts": [{"id": f"c{n}"} for n in range(10_000)]})
    assert code(call(door, "PUT", f"/stores/{store_id}/contacts/one-more", {})) == (413, "REQUEST_TOO_LARGE")
    assert call(door, "PUT", f"/stores/{store_id}/contacts/c7", {"sms": "+447700900003"}).status == 200


@pytest.mark.parametrize(
    ("path", "body", "faults"),
    [
        ("contacts/cho", {"id": "ana"}, {"/id": "CONFLICT"}),
        ("contacts/cho", {"sms": 7, "lookups": {"type": "x"}}, {"/sms": "WRONG_TYPE", "/lookups/type": "RESERVED"}),
        ("contacts/cho", {"phone": "1"}, {"/phone": "UNKNOWN_FIELD"}),
        ("contacts/a%2Cb", {}, {"/id": "WRONG_FORM"}),
        ("sets/night", {"ids": ["zoe"]}, {"/ids/0": "UNKNOWN_CONTACT"}),
        ("sets/night", {}, {"/ids": "REQUIRED"}),
        ("sets/night", {"name": "day", "ids": []}, {"/name": "CONFLICT"}),
        ("sets/all", {"ids": ["ana"]}, {"/name": "RESERVED"}),
    ],
)
def test_what_cannot_be_put_is_told(door: Door, path: str, body: dict[str, Any], faults: dict[str, str]) -> None:
    store_id = stored(door)
    answer = call(door, "PUT", f"/stores/{store_id}/{path}", body)
    assert code(answer) == (400, "VALIDATE_FAILED")
    assert {fault["detail"]: fault["code"] for fault in answer.json["errors"]} == faults
    assert group(door, store_id) == CREW


def test_what_holds_no_contacts_has_none(door: Door) -> None:
    text = stored(door, "sms", "hello")
    for store_id in (text, UNKNOWN, "x"):
        for method, path, body in (
            ("GET", "contacts", None),
            ("GET", "contacts/ana", None),
            ("PUT", "contacts/ana", {"sms": 7}),
            ("DELETE", "sets/night", None),
        ):
            assert code(call(door, method, f"/stores/{store_id}/{path}", body)) == (404, "NOT_FOUND")


def test_another_version_than_if_match_names_is_left_alone(door: Door) -> None:
    store_id = stored(door)
    at = f"/stores/{store_id}/contacts/ana"
    version = call(door, "GET", at).headers["ETag"]
    changed = call(door, "PUT", at, {"sms": "+447700900009"}, If_Match=version)
    assert changed.status == 200

    for method, path, body in (
        ("PUT", "contacts/ana", {"sms": 7}),
        ("DELETE", "contacts/ana", None),
        ("PUT", "contacts/new", {}),
        ("PUT", "sets/night", {"ids": []}),
        ("DELETE", "sets/night", None),
    ):
        stale = call(door, method, f"/stores/{store_id}/{path}", body, If_Match=version)
        assert code(stale) == (412, "PRECONDITION_FAILED")
    assert call(door, "DELETE", at, If_Match=f'"x", {changed.headers["ETag"]}').status == 204
    assert call(door, "PUT", f"/stores/{store_id}/contacts/ben", {}, If_Match="*").status == 200


# --- sets ---------------------------------------------------------------------------------------------------------


def test_a_set_is_made_replaced_and_removed(door: Door) -> None:
    store_id = stored(door)

    made = call(door, "PUT", f"/stores/{store_id}/sets/day", {"ids": ["ana", "ana"]})
    replaced = call(door, "PUT", f"/stores/{store_id}/sets/night", {"name": "night", "ids": ["ana"]})

    assert (made.status, made.json) == (201, {"name": "day", "ids": ["ana"]})
    assert (replaced.status, replaced.json) == (200, {"name": "night", "ids": ["ana"]})
    assert call(door, "DELETE", f"/stores/{store_id}/sets/day").status == 204
    assert group(door, store_id)["sets"] == [{"name": "night", "ids": ["ana"]}]
    for name in ("day", "all"):
        assert code(call(door, "DELETE", f"/stores/{store_id}/sets/{name}")) == (404, "NOT_FOUND")


# --- what was accepted --------------------------------------------------------------------------------------------


def test_what_is_accepted_keeps_the_old_group_and_the_next_call_has_the_new_one(door: Door) -> None:
    store_id = stored(door)
    element = sms(recipients=..., contactSets=["night"])
    body = {"clientRef": "a", "alert": [element], "contactGroup": {"storedContactGroup": {"storeId": store_id}}}
    sent = door.post("/sendalert", body).json
    linked = {**body, "linkedAlerts": {"linkRef": "fire"}}
    master = door.post("/sendalert", linked).json

    call(door, "PUT", f"/stores/{store_id}/contacts/ana", {"sms": "+447700900099"})

    def reached(ref: str) -> list[str]:
        return [row["address"] for row in door.get(f"/alerts/{ref}/recipients").json["items"]]

    follower = door.post("/sendalert", {name: value for name, value in linked.items() if name != "contactGroup"}).json
    for answer in (sent, master, follower):
        assert reached(answer["alertRef"]) == ["+447700900001"]
    assert reached(door.post("/sendalert", body).json["alertRef"]) == ["+447700900099"]
