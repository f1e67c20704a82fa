"""Who was refused: every receiver that was asked for and not accepted is listed afterwards, with the reason."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest

from tests.functional.alerts_api.conftest import Door, call, email, sms
from tocsin.alerts.domain.cause import Cause, CauseKind
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.domain.message import MessageState
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.limits.domain.sending_limits import SendingLimits
from tocsin.results.domain.reasons import reason_text

CREW: dict[str, Any] = {
    "inlineContactGroup": {
        "contacts": [
            {"id": "c1", "sms": "+447700900001", "email": "c1@example.org"},
            {"id": "c2", "email": "c2@example.org"},
            {"id": "c3", "sms": "tomorrow", "email": "c3@example.org"},
        ]
    }
}
CREW_AT = "/contactGroup/inlineContactGroup/contacts"
NOBODY: dict[str, Any] = {"recipients": ...}


def refused(door: Door, ref: str, **query: str) -> list[dict[str, Any]]:
    """Return every excluded receiver, read page by page."""
    rows: list[dict[str, Any]] = []
    while True:
        page = door.get(f"/alerts/{ref}/recipients", state="excluded", **query).json
        rows += page["items"]
        if page["next_cursor"] is None:
            return rows
        query["cursor"] = page["next_cursor"]


def told(rows: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    return [(row["address"], row["reason"], row["pointer"]) for row in rows]


def test_plain_addresses_that_are_not_valid_are_listed_as_written(door: Door) -> None:
    long = "a" * 300 + "@example.org"
    mail = email(tag="mail", recipients=[...], recipientList=f"b@example.org, nobody,\n c@example.org\n{long}")
    mail.pop("recipients")
    ref = door.send(sms(recipients=["+447700900001", "07700 900002", "+44 7700 900001"]), mail).json["alertRef"]

    rows = refused(door, ref)

    assert told(rows) == [
        ("07700 900002", "phone:PHONE_NOT_INTERNATIONAL", "/alert/0/recipients/1"),
        ("nobody", "email:EMAIL_NOT_ONE_ADDRESS", "/alert/1/recipientList"),
        (long[:254], "email:EMAIL_TOO_LONG", "/alert/1/recipientList"),
    ]
    first = rows[0]
    assert first == {
        "recipient": None,
        "address": "07700 900002",
        "contact_id": None,
        "channel": "sms",
        "tag": "t",
        "state": "excluded",
        "reason": "phone:PHONE_NOT_INTERNATIONAL",
        "reason_text": reason_text("phone:PHONE_NOT_INTERNATIONAL"),
        "pointer": "/alert/0/recipients/1",
        "attempts": 0,
        "provider_id": None,
        "possible_duplicate": False,
        "updated_at": first["updated_at"],
        "segments": None,
        "responded_at": None,
        "held_until": None,
    }
    taken = door.get(f"/alerts/{ref}/recipients").json["items"]
    assert [row["address"] for row in taken] == ["+447700900001", "b@example.org", "c@example.org"]
    assert {row["pointer"] for row in taken} == {None}


def test_contacts_countries_and_capacity_are_listed_with_their_places(door: Door) -> None:
    door.sending_limits.books[TenantId("acme")] = SendingLimits(countries=frozenset({"GB"}))
    token = door.new_key("acme", "k2", capacities={Channel.SMS: 1})
    texts = sms(recipients=["+12025550123", "+447700900005", "+447700900006"], contactSets=["all"])

    ref = door.send(texts, contactGroup=CREW, apiKey=token).json["alertRef"]

    assert told(refused(door, ref)) == [
        ("", "no_address", f"{CREW_AT}/1"),
        ("tomorrow", "phone:PHONE_NOT_INTERNATIONAL", f"{CREW_AT}/2"),
        ("+12025550123", "country_not_allowed", "/alert/0/recipients/0"),
        ("+447700900006", "no_capacity", "/alert/0/recipients/2"),
        ("+447700900001", "no_capacity", f"{CREW_AT}/0"),
    ]
    assert [row["contact_id"] for row in refused(door, ref)] == ["c2", "c3", None, None, "c1"]


NEVER = "019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90"


@pytest.mark.parametrize(
    ("element", "reason"),
    [
        (call(sender="+442079460077"), "foreign_sender"),
        (sms(storedContent=NEVER), "store_unusable"),
        (sms(storedRecipients=NEVER), "store_unusable"),
        (sms(contacts=["c1", "zed"], recipients=["+447700900008"]), "unknown_contact"),
        (sms(contactSets=["noon"]), "unknown_set"),
        (sms(timeWindows=["1;*;*;*;*"]), "outside_time_windows"),
        (
            email(emailBodyIsMultipart=True, multipartBoundary="b", storedContent="body"),
            "unsafe_mail_boundary_not_found",
        ),
    ],
)
def test_of_an_element_that_fails_everybody_is_listed(door: Door, element: dict[str, Any], reason: str) -> None:
    if element.get("storedContent"):
        element = {name: value for name, value in element.items() if name != "content"}
    if element.get("storedContent") == "body":
        body = {"contentType": "email", "tag": "b", "content": "no part"}
        element["storedContent"] = door.post("/storecontent", {"content": [body]}).json["content"][0]["storeId"]
    sent = door.send(sms(tag="good", recipients=["+447700900009"]), element, contactGroup=CREW)
    assert sent.status == 200, sent.json

    rows = refused(door, sent.json["alertRef"])

    failed = sent.json["alerts"][1]
    assert failed["failureCode"] == reason
    assert {row["reason"] for row in rows} == {reason}
    assert len(rows) == failed["requestedCount"] >= 1
    assert element["recipients"][0] in [row["address"] for row in rows]
    if "contacts" in element:
        assert {row["contact_id"] for row in rows} == {None, "c1", "zed"}


def test_the_status_counts_them_outside_its_counts_and_duplicates_are_none(door: Door) -> None:
    twice = ["+447700900001", "+44 7700 900001", "x", "x", "y"]
    ref = door.send(sms(recipients=twice), email()).json["alertRef"]

    status = door.get(f"/alerts/{ref}").json

    assert (status["excluded_count"], len(refused(door, ref))) == (2, 2)
    assert set(status["counts"]) == {state.value for state in MessageState}
    assert sum(status["counts"].values()) == status["recipient_count"] == 2
    assert [(item["failure_code"], item["requested_count"]) for item in status["items"]] == [
        ("phone:PHONE_NOT_INTERNATIONAL", 3),
        (None, 1),
    ]


def test_an_alert_without_refusals_has_an_empty_list(door: Door) -> None:
    ref = door.send(sms()).json["alertRef"]
    assert refused(door, ref) == []
    assert door.get(f"/alerts/{ref}").json["excluded_count"] == 0


def test_pages_hold_each_once_and_a_channel_can_be_chosen(door: Door) -> None:
    bad = [f"x{number}" for number in range(250)]
    ref = door.send(sms(recipients=["+447700900001", *bad]), email(recipients=["a@example.org", *bad[:3]])).json[
        "alertRef"
    ]

    first = door.get(f"/alerts/{ref}/recipients", state="excluded").json
    assert len(first["items"]) == 100
    assert [row["address"] for row in refused(door, ref)] == [*bad, *bad[:3]]
    assert [row["address"] for row in refused(door, ref, channel="email")] == bad[:3]
    other = door.get(f"/alerts/{ref}/recipients", cursor=first["next_cursor"])
    assert (other.status, other.json["errors"][0]["code"]) == (400, "INVALID_CURSOR")


def test_another_word_than_a_state_is_refused_with_all_of_them(door: Door) -> None:
    ref = door.send(sms()).json["alertRef"]
    answer = door.get(f"/alerts/{ref}/recipients", state="refused")
    assert answer.status == 400
    assert "`excluded`" in answer.json["errors"][0]["message"]


def test_a_call_of_which_nothing_was_taken_names_the_first_hundred(door: Door) -> None:
    bad = [f"x{number}" for number in range(101)]

    answer = door.send(sms(recipients=bad, contacts=["c2"]), contactGroup=CREW)

    assert answer.status == 422
    named = answer.json["excluded"]
    assert len(named) == 100
    assert named[0] == {
        "pointer": f"{CREW_AT}/1",
        "address": "",
        "contactId": "c2",
        "alertType": "sms",
        "tag": "t",
        "reason": "no_address",
        "reasonText": reason_text("no_address"),
    }
    assert [entry["address"] for entry in named[1:]] == bad[:99]
    assert named[1]["pointer"] == "/alert/0/recipients/0"


def test_of_several_alerts_each_names_its_own(door: Door) -> None:
    alert = {"clientRef": "r", "alert": [sms(recipients=["x"])]}
    answer = door.post("/sendalerts", {"alerts": [alert, alert]})
    assert answer.status == 422
    pointers = [result["excluded"][0]["pointer"] for result in answer.json["results"]]
    assert pointers == ["/alerts/0/alert/0/recipients/0", "/alerts/1/alert/0/recipients/0"]


@pytest.mark.parametrize(
    ("address", "states"),
    [
        ("+447700900001", ["queued", "queued"]),
        ("+44 (0)7700 900001", ["queued", "queued"]),
        ("07700 900002", ["excluded"]),
        ("C1@Example.org", ["queued"]),
    ],
)
def test_an_address_is_explained_in_any_spelling(door: Door, address: str, states: list[str]) -> None:
    plain = sms(tag="plain", recipients=["+447700900001", "07700 900002"])
    by_contact = {**sms(tag="contact", contacts=["c1"]), **email(tag="mail", contacts=["c1"])}
    del by_contact["recipients"]
    texts = {k: v for k, v in sms(tag="contact", contacts=["c1"]).items() if k != "recipients"}
    mails = {k: v for k, v in email(tag="mail", contacts=["c1"]).items() if k != "recipients"}
    ref = door.send(plain, texts, mails, contactGroup=CREW).json["alertRef"]

    story = door.get(f"/alerts/{ref}/explain/{quote(address, safe='')}")

    assert story.status == 200, story.json
    assert [element["state"] for element in story.json["elements"]] == states
    assert story.json["contact_id"] == ("c1" if "excluded" not in states else None)


def test_an_address_that_was_not_asked_for_is_not_found(door: Door) -> None:
    ref = door.send(sms()).json["alertRef"]
    assert door.get(f"/alerts/{ref}/explain/%2B447700900077").status == 404


@pytest.mark.parametrize(
    ("kind", "run", "pointer"),
    [
        (CauseKind.ESCALATION, "2", "/escalation/steps/1/alert/0/recipients/1"),
        (CauseKind.ALL_CLEAR, "2", "/escalation/onStopped/alert/0/recipients/1"),
        (CauseKind.SCHEDULE, "2026-11-23T12:00:00Z", "/alert/0/recipients/1"),
    ],
)
def test_of_a_step_the_pointer_begins_at_the_call_of_the_first_alert(
    door: Door, kind: CauseKind, run: str, pointer: str
) -> None:
    ref = door.send(sms(recipients=["+447700900001", "x"])).json["alertRef"]
    place = TenantId("acme"), AlertRef(ref)
    alert = door.alerts.alerts[place]
    door.alerts.alerts[place] = replace(alert, cause=Cause(kind, ref, run, alert.accepted_at))

    assert [row["pointer"] for row in refused(door, ref)] == [pointer]
