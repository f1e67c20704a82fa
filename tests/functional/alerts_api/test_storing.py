"""`/storecontent` and `/deletecontent` at the door."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from tests.functional.alerts_api.conftest import WAV, Door, sms
from tocsin.identity.domain.api_key import Right

GOOD: dict[str, dict[str, Any]] = {
    "sms": {"content": "hello"},
    "email": {"content": "<p>hello", "emailBodyContentType": "text/html; charset=utf-8"},
    "call": {"content": WAV, "contentEncoding": "base64", "voiceFormat": "wav"},
    "inboundCall": {"content": "hello", "voiceFormat": "tts", "tts": {"language": "de-DE"}},
    "recipientList": {"content": "+447700900001, a@example.org"},
    "contactList": {"content": "c1, c2"},
    "contactSetList": {"content": "all"},
    "contactGroup": {"content": {"name": "crew", "contacts": [{"id": "c1", "sms": "+447700900001"}]}},
    "alert": {"content": {"alert": [sms()]}, "contentEncoding": "json"},
}


def store(door: Door, *entries: dict[str, Any], **more: Any) -> Any:
    headers = {"Idempotency_Key": more.pop("Idempotency_Key")} if "Idempotency_Key" in more else {}
    content = [{"contentType": "sms", "tag": "t", **entry} for entry in entries]
    return door.post("/storecontent", {"content": content, **more}, **headers)


@pytest.mark.parametrize("kind", GOOD)
def test_every_type_of_content_is_kept(door: Door, kind: str) -> None:
    answer = store(door, {"contentType": kind, **GOOD[kind]})

    assert answer.status == 200, answer.text
    (entry,) = answer.json["content"]
    assert (entry["success"], entry["contentType"], entry["tag"], entry["expirationInDays"]) == (True, kind, "t", 30)
    ((kept,),) = [list(mine.values()) for mine in door.stores.stores.values()]
    assert kept.content


def test_entries_are_answered_in_order_with_their_names(door: Door) -> None:
    answer = store(door, {"content": "a", "tag": "x"}, {"content": "b", "tag": "y", "storeDetails": {"storeName": "n"}})

    assert [(e["tag"], e["storeName"]) for e in answer.json["content"]] == [("x", None), ("y", "n")]


def test_what_goes_with_the_content_is_kept_under_its_wire_name(door: Door) -> None:
    store(door, {"contentType": "email", **GOOD["email"]}, {"contentType": "inboundCall", **GOOD["inboundCall"]})
    mail, voice = next(iter(door.stores.stores.values())).values()

    assert mail.extras == {"emailBodyIsMultipart": False, "emailBodyContentType": "text/html; charset=utf-8"}
    assert voice.extras["voiceFormat"] == "tts"
    assert voice.extras["tts"]["language"] == "de-DE"


@pytest.mark.parametrize("form", ["object", "text", "base64"])
def test_an_object_may_come_as_itself_or_as_its_text(door: Door, form: str) -> None:
    group = GOOD["contactGroup"]["content"]
    text = json.dumps(group)
    content, encoding = {
        "object": (group, "json"),
        "text": (text, "utf8"),
        "base64": (base64.b64encode(text.encode()).decode(), "base64"),
    }[form]
    store(door, {"contentType": "contactGroup", "content": content, "contentEncoding": encoding})
    (kept,) = next(iter(door.stores.stores.values())).values()

    assert json.loads(kept.content) == group


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ({"contentType": "fax"}, {"/content/0/contentType": "NOT_ALLOWED"}),
        ({"content": " "}, {"/content/0/content": "EMPTY"}),
        ({"contentEncoding": "json"}, {"/content/0/contentEncoding": "NOT_ALLOWED"}),
        ({"contentEncoding": "base64", "content": "!"}, {"/content/0/content": "BAD_BASE64"}),
        ({"contentType": "call"}, {"/content/0/voiceFormat": "REQUIRED"}),
        ({"contentType": "email", "emailBodyIsMultipart": True}, {"/content/0/multipartBoundary": "REQUIRED"}),
        ({"contentType": "alert", "content": "{"}, {"/content/0/content": "NOT_JSON"}),
        ({"contentType": "alert", "content": "[]"}, {"/content/0/content": "WRONG_TYPE"}),
        ({"contentType": "alert", "content": {}}, {"/content/0/content/alert": "REQUIRED"}),
        (
            {"contentType": "alert", "content": {"alert": [sms()], "mode": "plan"}},
            {"/content/0/content/mode": "UNKNOWN_FIELD"},
        ),
        (
            {"contentType": "contactGroup", "content": {"contacts": [{"id": "a"}, {"id": "a"}]}},
            {"/content/0/content/contacts/1/id": "DUPLICATE"},
        ),
        ({"options": {"lifetime": "1x"}}, {"/content/0/options/lifetime": "WRONG_FORM"}),
        (
            {"options": {"lifetime": "1d", "expirationInDays": 1}},
            {"/content/0/options/expirationInDays": "CONFLICT"},
        ),
        ({"storeDetails": {"storeName": ""}}, {"/content/0/storeDetails/storeName": "TOO_SHORT"}),
        ({"sender": "Tocsin"}, {"/content/0/sender": "UNKNOWN_FIELD"}),
    ],
)
def test_content_that_could_never_be_used_is_refused(door: Door, entry: dict[str, Any], fault: dict[str, str]) -> None:
    answer = store(door, {"content": "hello", **entry})

    assert (answer.status, answer.faults()) == (400, fault)
    assert not door.stores.stores


def test_two_entries_cannot_have_one_name(door: Door) -> None:
    named = {"content": "x", "storeDetails": {"storeName": "n"}}

    assert store(door, named, named).faults() == {"/content/1/storeDetails/storeName": "DUPLICATE"}
    assert store(door, named, {**named, "contentType": "recipientList"}).status == 200


@pytest.mark.parametrize(
    ("options", "days"), [({"lifetime": "7d"}, 7), ({"expirationInDays": 7}, 7), ({"expirationInDays": 0}, 0), ({}, 30)]
)
def test_a_lifetime_may_be_said_in_two_ways_and_at_two_places(door: Door, options: dict[str, Any], days: int) -> None:
    inside = store(door, {"content": "x", "options": options})
    outside = store(door, {"content": "x"}, options=options)

    assert inside.json["content"][0]["expirationInDays"] == days
    assert outside.json["content"][0]["expirationInDays"] == days


def test_a_key_that_may_not_set_a_lifetime_is_told(door: Door) -> None:
    token = door.new_key("acme", "k2", Right.READ_ALERTS)

    assert store(door, {"content": "x", "options": {"lifetime": "7d"}}, apiKey=token).status == 403


def test_a_repeat_stores_nothing_a_second_time(door: Door) -> None:
    first = store(door, {"content": "x"}, {"content": "y"}, Idempotency_Key="once")
    again = store(door, {"content": "x"}, {"content": "y"}, Idempotency_Key="once")
    other = store(door, {"content": "z"}, Idempotency_Key="once")

    assert first.json == again.json
    assert len({entry["storeId"] for entry in first.json["content"]}) == 2
    assert (other.status, other.faults()) == (422, {"": "IDEMPOTENCY_KEY_REUSED"})
    assert len(next(iter(door.stores.stores.values()))) == 2


def test_a1_a_repeat_whose_first_answer_was_not_kept_makes_the_same_stores(door: Door) -> None:
    door.book.keeping.failing = 1
    first = store(door, {"content": "x"}, Idempotency_Key="once")
    assert (first.status, door.book.kept) == (200, {})

    again = store(door, {"content": "x"}, Idempotency_Key="once")

    assert again.json == first.json
    assert len(next(iter(door.stores.stores.values()))) == 1


def test_a1_a_repeated_deletion_says_what_the_first_said(door: Door) -> None:
    store_id = store(door, {"content": "x"}).json["content"][0]["storeId"]
    asked = {"content": [{"storeId": store_id, "tag": "t"}]}

    first = door.post("/deletecontent", asked, Idempotency_Key="once")
    again = door.post("/deletecontent", asked, Idempotency_Key="once")

    assert (first.status, again.status) == (200, 200)
    assert first.json == again.json
    assert door.post("/deletecontent", asked).status == 422
    assert door.post("/deletecontent", asked, Idempotency_Key="twice").status == 422
    other = door.post("/deletecontent", {"all": True}, Idempotency_Key="once")
    assert (other.status, other.faults()) == (422, {"": "IDEMPOTENCY_KEY_REUSED"})


def test_a1_a_deletion_that_found_nothing_is_decided_anew(door: Door) -> None:
    store_id = store(door, {"content": "x"}).json["content"][0]["storeId"]
    stranger = door.new_key("acme", "k2")
    asked = {"content": [{"storeId": store_id, "tag": "t"}], "apiKey": stranger}
    assert door.post("/deletecontent", asked, Idempotency_Key="once").status == 422
    assert door.book.kept == {}


def test_a1_a_twin_that_lost_the_race_gives_the_winners_answer(door: Door) -> None:
    store_id = store(door, {"content": "x"}).json["content"][0]["storeId"]
    asked = {"content": [{"storeId": store_id, "tag": "t"}]}
    delete, raced = door.stores.delete, list[Any]()

    def race(*args: Any) -> bool:
        if not raced:
            raced.append(True)
            raced.append(door.post("/deletecontent", asked, Idempotency_Key="once").json)
        return delete(*args)

    door.stores.delete = race  # type: ignore[method-assign,assignment]
    late = door.post("/deletecontent", asked, Idempotency_Key="once")

    assert (late.status, late.json) == (200, raced[1])


def test_a_store_is_deleted_by_its_id(door: Door) -> None:
    kept = store(door, {"content": "x"}).json["content"][0]["storeId"]
    answer = door.post("/deletecontent", {"content": [{"storeId": kept, "tag": "t"}]})

    assert answer.status == 200
    assert (answer.json["content"][0]["success"], answer.json["content"][0]["storeId"]) == (True, kept)
    assert not next(iter(door.stores.stores.values()))


def test_a_type_is_wiped_and_then_everything(door: Door) -> None:
    store(door, {"content": "x"}, {"content": "y"}, {"contentType": "recipientList", **GOOD["recipientList"]})

    by_type = door.post("/deletecontent", {"content": [{"storeId": "all", "contentType": "sms"}]})
    assert len(by_type.json["content"][0]["deletedStoreIds"]) == 2
    rest = door.post("/deletecontent", {"all": True})
    assert len(rest.json["content"][0]["deletedStoreIds"]) == 1


def test_deleting_what_is_not_there_is_a_422(door: Door) -> None:
    answer = door.post("/deletecontent", {"content": [{"storeId": "019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90", "tag": "t"}]})

    assert answer.status == answer.json["returnCode"] == 422
    assert answer.json["failureReason"]
    assert answer.faults() == {"/content/0": "NOTHING_DONE"}


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({}, {"/content": "REQUIRED"}),
        ({"all": False}, {"/content": "REQUIRED"}),
        ({"all": True, "content": [{"storeId": "all", "contentType": "sms"}]}, {"/content": "CONFLICT"}),
        ({"content": []}, {"/content": "TOO_FEW"}),
        ({"content": [{"storeId": "all"}]}, {"/content/0/contentType": "REQUIRED"}),
        ({"content": [{"storeId": "019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90"}]}, {"/content/0/tag": "REQUIRED"}),
        ({"content": [{"storeId": "x", "tag": "t"}]}, {"/content/0/storeId": "WRONG_FORM"}),
        ({"content": [{"tag": "t"}]}, {"/content/0/storeId": "REQUIRED"}),
    ],
)
def test_a_deletion_says_what_of(door: Door, body: dict[str, Any], fault: dict[str, str]) -> None:
    answer = door.post("/deletecontent", body)

    assert (answer.status, answer.faults()) == (400, fault)
