"""Warnings: what was done and may not be what was meant, told in answers, plans and stores, and changing nothing."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.functional.alerts_api.conftest import Door, email, sms

GROUP = {"inlineContactGroup": {"contacts": [{"id": "c1", "sms": "+447700900001", "lookups": {"firstname": "Ana"}}]}}
LOOKUPS = {"performLookups": True, "uniqueLookups": True}


def codes(entry: dict[str, Any]) -> list[tuple[str, str]]:
    return [(warned["pointer"], warned["code"]) for warned in entry.get("warnings", [])]


def personal(door: Door, text: str, **more: Any) -> dict[str, Any]:
    element = sms(content=text, recipients=..., contacts=["c1"], lookups=LOOKUPS)
    answer = door.send(element, contactGroup=GROUP, **more)
    assert (answer.status, answer.json["success"]) == (200, True)
    entry: dict[str, Any] = answer.json["steps"][0]["alerts"][0] if more else answer.json["alerts"][0]
    return entry


@pytest.mark.parametrize(
    ("text", "many"), [("😀" * 330, False), ("😀" * 340, True), ("a" * 1530, False), ("a" * 1531, True)]
)
@pytest.mark.parametrize("mode", ["send", "plan"])
def test_more_than_ten_parts_are_told_in_answer_and_plan(door: Door, text: str, many: bool, mode: str) -> None:
    answer = door.send(email(), sms(content=text), mode=mode).json
    entry = (answer["alerts"] if mode == "send" else answer["steps"][0]["alerts"])[1]
    assert codes(entry) == ([("/alert/1/content", "MANY_SEGMENTS")] if many else [])
    assert entry["success"] is True


@pytest.mark.parametrize(
    ("lifetime", "short"), [("1s", True), ("59s", True), ("60s", False), ("1m", False), ("0d", False)]
)
@pytest.mark.parametrize("mode", ["send", "plan"])
def test_a_lifetime_shorter_than_the_way_to_the_carrier_is_told_of_each_element(
    door: Door, lifetime: str, short: bool, mode: str
) -> None:
    answer = door.send(email(), sms(), options={"lifetime": lifetime}, mode=mode).json
    for entry in answer["alerts"] if mode == "send" else answer["steps"][0]["alerts"]:
        assert codes(entry) == ([("/options/lifetime", "LIFETIME_SHORT")] if short else [])
        assert entry["success"] is True


def test_several_alerts_each_say_whose_lifetime_is_short(door: Door) -> None:
    short = {"clientRef": "r", "alert": [sms()], "options": {"lifetime": "5s"}}
    call = {"alerts": [{**short, "options": {}}, short]}
    for _ in range(2):  # a repeat answers the same
        answer = door.post("/sendalerts", call, Idempotency_Key="once").json
        assert [codes(each["alerts"][0]) for each in answer["results"]] == [
            [],
            [("/alerts/1/options/lifetime", "LIFETIME_SHORT")],
        ]


def test_a_text_of_many_parts_is_told_when_it_is_stored_too(door: Door) -> None:
    entry = {"contentType": "sms", "tag": "t", "content": "😀" * 800}
    answer = door.post("/storecontent", {"content": [{**entry, "content": "short"}, entry]})
    assert [codes(each) for each in answer.json["content"]] == [[], [("/content/1/content", "MANY_SEGMENTS")]]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["firstname", "recipient", "alertid", "sender"]), st.data())
def test_a_keyword_in_another_case_with_blanks_or_a_typo_is_told(door: Door, keyword: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(1, len(keyword) - 2))
    typo = keyword[:at] + keyword[at + 1 :]
    wrong = data.draw(st.sampled_from([keyword.title(), keyword.upper(), f" {keyword} ", f"{keyword} ", typo]))
    entry = personal(door, f"Hello {{{wrong}}}, {{{keyword}}}")
    assert codes(entry) == [("/alert/0/content", "UNKNOWN_PLACEHOLDER")]
    assert f"{{{keyword}}}" in entry["warnings"][0]["message"]
    assert codes(personal(door, f"Hello {{{keyword}}}")) == []


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{datetime--DD MMM YYYY}", "UNKNOWN_DATE_FORM"),
        ("{datetime-Europe/London-D/M/YYYY}", "UNKNOWN_DATE_FORM"),
        ("{datetime--hh:mm}", "UNKNOWN_DATE_FORM"),
        ("{datetime--YYYY-MM-DDTHH:mm:ss}", None),
        ("{datetime-Europe/Paris-HHhmm}", None),
        ("{surname}", "UNKNOWN_PLACEHOLDER"),
        ('{"json": 1}', None),
        ("{}", None),
        ("{color: red}", None),
    ],
)
def test_dates_and_braces(door: Door, text: str, code: str | None) -> None:
    assert codes(personal(door, text)) == ([("/alert/0/content", code)] if code else [])
    assert codes(personal(door, text, mode="plan")) == ([("/alert/0/content", code)] if code else [])


def test_braces_mean_nothing_where_no_lookups_are_asked_for(door: Door) -> None:
    assert codes(door.send(sms(content="{Firstname}")).json["alerts"][0]) == []


def test_a_subject_and_a_stored_text_are_looked_at_too(door: Door) -> None:
    stored = door.post("/storecontent", {"content": [{"contentType": "sms", "tag": "t", "content": "{Recipient}"}]})
    store_id = stored.json["content"][0]["storeId"]
    answer = door.send(
        email(subject="{Sender}", lookups=LOOKUPS), sms(content=..., storedContent=store_id, lookups=LOOKUPS)
    )
    found = [codes(entry) for entry in answer.json["alerts"]]
    assert found == [[("/alert/0/subject", "UNKNOWN_PLACEHOLDER")], [("/alert/1/storedContent", "UNKNOWN_PLACEHOLDER")]]


def test_of_several_alerts_the_pointer_names_the_one(door: Door) -> None:
    text = sms(content="😀" * 800)
    answer = door.post(
        "/sendalerts", {"alerts": [{"clientRef": "a", "alert": [sms()]}, {"clientRef": "b", "alert": [text]}]}
    )
    (entry,) = answer.json["results"][1]["alerts"]
    assert codes(entry) == [("/alerts/1/alert/0/content", "MANY_SEGMENTS")]


def test_a_repeat_under_the_same_key_hears_the_same_warnings(door: Door) -> None:
    first, again = (door.send(sms(content="😀" * 800), Idempotency_Key="k") for _ in range(2))
    assert first.json == again.json
    assert codes(first.json["alerts"][0])


@pytest.mark.parametrize("encoding", ["json", "utf8", "base64"])
def test_a_whole_call_is_stored_without_who_called(door: Door, encoding: str) -> None:
    call = {"version": "latest", "apiKey": door.token, "clientRef": "ref-7", "alert": [sms()]}
    text = json.dumps(call)
    content: Any = {"json": call, "utf8": text, "base64": base64.encodebytes(text.encode()).decode()}[encoding]
    entry = {"contentType": "alert", "tag": "t", "content": content, "contentEncoding": encoding}
    answer = door.post("/storecontent", {"content": [entry]})
    (stored,) = answer.json["content"]
    assert codes(stored) == [("/content/0/content/version", "DROPPED"), ("/content/0/content/apiKey", "DROPPED")]
    kept = [store for mine in door.stores.stores.values() for store in mine.values()]
    assert json.loads(kept[0].content) == {"clientRef": "ref-7", "alert": [sms()]}
    assert door.post("/sendstoredalert", {"storeId": stored["storeId"]}).status == 200


@pytest.mark.parametrize("line", [60, 64, 76])
@pytest.mark.parametrize("end", ["\n", "\r\n", " "])
def test_base64_may_be_broken_into_lines(door: Door, line: int, end: str) -> None:
    whole = base64.b64encode(("Füße 🔥 " * 40).encode()).decode()
    broken = end.join(whole[at : at + line] for at in range(0, len(whole), line)) + end
    answer = door.send(sms(content=broken, contentEncoding="base64"))
    assert answer.status == 200
    (alert,) = door.alerts.alerts.values()
    assert getattr(alert.items[0].content, "text", "") == "Füße 🔥 " * 40


@given(number=st.integers(0, 10**17) | st.decimals(0, 10**9, places=3).map(float))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_numbers_become_their_digits_where_ids_and_values_are_meant(door: Door, number: float) -> None:
    contact = {"id": number, "sms": "+447700900001", "lookups": {"room": number}}
    group = {"inlineContactGroup": {"contacts": [contact], "sets": [{"name": number, "ids": [number]}]}}
    for who in ({"contacts": [number]}, {"contactSets": [number]}, {"contactSets": ["all"]}):
        answer = door.send(sms(recipients=..., **who, content="room {room}", lookups=LOOKUPS), contactGroup=group)
        assert answer.json["alerts"][0]["sentCount"] == 1
    (who_got_it,) = list(door.alerts.chunks.values())[-1]
    written = who_got_it.contact_id or ""
    assert written == str(number) or float(written) == number
    assert dict(who_got_it.lookups) == {"room": written}
    assert not any(sign in written for sign in "eE")
    assert "." not in written or not written.endswith(("0", "."))


@pytest.mark.parametrize("value", [True, {}, []])
def test_what_is_no_number_stays_a_fault(door: Door, value: Any) -> None:
    group = {"inlineContactGroup": {"contacts": [{"id": value, "lookups": {"x": value}}]}}
    answer = door.send(sms(recipients=..., contacts=[value]), contactGroup=group)
    assert answer.status == 400
