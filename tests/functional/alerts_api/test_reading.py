"""Sent alerts as resources, and what happened to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.functional.alerts_api.conftest import Door, email, sms
from tests.functional.gateway import Answer
from tocsin.alerts.domain.alert import Batch
from tocsin.alerts.domain.response_kind import Evidence, ResponseKind
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.domain.progress import BatchProgress
from tocsin.identity.domain.api_key import KeyKind, Right
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.responses.domain.response import Response
from tocsin.results.domain.result_event import ResultEvent

UNKNOWN = "019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90"


def problem(answer: Answer, status: int, code: str) -> None:
    assert answer.status == answer.json["status"] == status, answer.text
    assert answer.json["code"] == code
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json["type"] == "urn:tocsin:problem:" + code.lower().replace("_", "-")
    assert answer.json["instance"] == answer.headers["X-Request-Id"]
    assert answer.json["errors"]


def test_an_alert_and_its_receivers_can_be_read(door: Door) -> None:
    ref = door.send(sms(tag="text"), email(tag="mail")).json["alertRef"]

    status = door.get(f"/alerts/{ref}")
    assert status.status == 200
    assert (status.json["alert_ref"], status.json["alert_id"], status.json["state"]) == (ref, ref, "accepted")
    assert status.json["counts"]["queued"] == 2
    assert [item["tag"] for item in status.json["items"]] == ["text", "mail"]

    people = door.get(f"/alerts/{ref}/recipients").json["items"]
    assert [(p["address"], p["channel"], p["state"]) for p in people] == [
        ("+447700900001", "sms", "queued"),
        ("a@example.org", "email", "queued"),
    ]


def an_answer(door: Door, ref: str, natural_id: str = "in-1", **facts: Any) -> Response:
    alert = door.alerts.alerts[TenantId("acme"), AlertRef(ref)]
    key = next(alert.batches()).key
    response = replace(
        Response(key, 0, ResponseKind.SMS, natural_id, "+447700900001", None, door.clock(), "on my way"), **facts
    )
    door.responses.add(response)
    return response


def test_what_people_answered_can_be_read(door: Door) -> None:
    ref = door.send(sms(tag="text"), email(tag="mail")).json["alertRef"]
    assert door.get(f"/alerts/{ref}").json["responses"] == 0
    response = an_answer(door, ref, late=True, details={"truncated": True})

    assert door.get(f"/alerts/{ref}/responses").json == {
        "items": [
            {
                "kind": "sms",
                "address": "+447700900001",
                "contact_id": None,
                "channel": "sms",
                "tag": "text",
                "responded_at": wire_time(response.at),
                "reply": "on my way",
                "reply_encoding": "utf8",
                "late": True,
                "matched": True,
                "evidence": "wrote",
                "counted": True,
                "reason": None,
                "reason_text": None,
                "not_ok": False,
                "details": {"truncated": True},
            }
        ],
        "next_cursor": None,
    }
    assert door.get(f"/alerts/{ref}").json["responses"] == 1
    people = door.get(f"/alerts/{ref}/recipients").json["items"]
    assert [person["responded_at"] for person in people] == [wire_time(response.at), None]


def test_s14_an_unmatched_answer_is_shown_and_counts_for_nothing(door: Door) -> None:
    ref = door.send().json["alertRef"]
    an_answer(door, ref, matched=False)
    assert [one["matched"] for one in door.get(f"/alerts/{ref}/responses").json["items"]] == [False]
    assert door.get(f"/alerts/{ref}").json["responses"] == 0


def test_decided_8_3_an_answer_that_does_not_count_is_shown_with_its_reason(door: Door) -> None:
    ref = door.send().json["alertRef"]
    an_answer(door, ref, "in-1")
    an_answer(door, ref, "in-2", evidence=Evidence.OPENED, reason="evidence_too_weak")
    an_answer(door, ref, "in-3", matched=False)
    an_answer(door, ref, "in-4", kind=ResponseKind.CALL, evidence=Evidence.PRESSED, not_ok=True)

    shown = door.get(f"/alerts/{ref}/responses").json["items"]
    facts = {(one["evidence"], one["counted"], one["reason"], one["not_ok"]) for one in shown}
    assert facts == {
        ("wrote", True, None, False),
        ("opened", False, "evidence_too_weak", False),
        ("wrote", False, "unmatched", False),
        ("pressed", True, None, True),
    }
    assert all((one["reason_text"] is None) == one["counted"] for one in shown)
    status = door.get(f"/alerts/{ref}").json
    assert (status["responses"], status["uncounted_responses"]) == (2, 2)


def test_answers_are_walked_and_a_cursor_is_for_its_own_list(door: Door) -> None:
    ref, other = (door.send().json["alertRef"] for _ in range(2))
    for n in range(5):
        an_answer(door, ref, f"in-{n}", text=str(n))
        an_answer(door, other, f"in-{n}")

    seen: list[str] = []
    page = door.get(f"/alerts/{ref}/responses", limit="2").json
    first = page["next_cursor"]
    while True:
        seen += [one["reply"] for one in page["items"]]
        if page["next_cursor"] is None:
            break
        page = door.get(f"/alerts/{ref}/responses", limit="2", cursor=page["next_cursor"]).json

    assert sorted(seen) == ["0", "1", "2", "3", "4"]
    problem(door.get(f"/alerts/{other}/responses", cursor=first), 400, "VALIDATE_FAILED")


def test_the_list_is_walked_newest_first(door: Door) -> None:
    sent = []
    for _ in range(5):
        door.clock.advance(timedelta(seconds=1))
        sent.append(door.send().json["alertRef"])

    seen: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = door.get("/alerts", limit="2", **cursor).json
        seen += [alert["alert_ref"] for alert in page["items"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == sent[::-1]


def test_receivers_are_walked_and_filtered(door: Door) -> None:
    ref = door.send(sms(recipients=[f"+44770090000{n}" for n in range(5)]), email()).json["alertRef"]

    page = door.get(f"/alerts/{ref}/recipients", limit="3").json
    rest = door.get(f"/alerts/{ref}/recipients", limit="3", cursor=page["next_cursor"]).json
    assert len(page["items"]) == len(rest["items"]) == 3
    assert rest["next_cursor"] is None
    mails = door.get(f"/alerts/{ref}/recipients", channel="email", state="queued").json["items"]
    assert [p["address"] for p in mails] == ["a@example.org"]


@pytest.mark.parametrize("query", ["limit", "cursor", "state", "channel", "page"])
def test_a_query_that_makes_no_sense_is_refused(door: Door, query: str) -> None:
    ref = door.send().json["alertRef"]
    answer = door.get(f"/alerts/{ref}/recipients", **{query: "-1"})

    problem(answer, 400, "VALIDATE_FAILED")
    assert answer.json["errors"][0]["detail"] == f"/{query}"


def test_a_parameter_given_twice_is_refused(door: Door) -> None:
    answer = door.gateway.call("GET", "/alerts", None, {"Authorization": f"Bearer {door.token}"}, {"limit": ["1", "2"]})

    problem(answer, 400, "VALIDATE_FAILED")


@pytest.mark.parametrize("tail", ["", "/recipients", "/responses"])
@pytest.mark.parametrize("ref", [UNKNOWN, "x", UNKNOWN.upper(), "%00", "..", "é" * 300])
def test_an_alert_that_is_not_there_is_a_404(door: Door, ref: str, tail: str) -> None:
    answer = door.get(f"/alerts/{ref}{tail}")

    problem(answer, 404, "NOT_FOUND")
    assert ref not in answer.text


@pytest.mark.parametrize("tail", ["", "/recipients", "/responses"])
def test_somebody_else_s_alert_looks_like_none(door: Door, tail: str) -> None:
    ref = door.send().json["alertRef"]
    tokens = [door.new_key("other", "k1"), door.new_key("acme", "k2", kind=KeyKind.SANDBOX)]

    for token in tokens:
        theirs = door.gateway.get(f"/alerts/{ref}{tail}", {"Authorization": f"Bearer {token}"})
        nobody_s = door.gateway.get(f"/alerts/{UNKNOWN}{tail}", {"Authorization": f"Bearer {token}"})
        problem(theirs, 404, "NOT_FOUND")
        assert {**theirs.json, "instance": ""} == {**nobody_s.json, "instance": ""}
        assert door.gateway.get("/alerts", {"Authorization": f"Bearer {token}"}).json["items"] == []


def test_a_key_that_may_not_read_is_told(door: Door) -> None:
    ref = door.send().json["alertRef"]
    token = door.new_key("acme", "k2", Right.SET_LIFETIME)

    for path in ("/alerts", f"/alerts/{ref}", f"/alerts/{ref}/recipients"):
        problem(door.gateway.get(path, {"Authorization": f"Bearer {token}"}), 403, "FORBIDDEN")


def test_a_store_that_is_down_is_a_503_as_a_problem(door: Door) -> None:
    door.alerts.outage.failing = 1
    answer = door.get("/alerts")

    problem(answer, 503, "STORAGE_UNAVAILABLE")
    assert int(answer.headers["Retry-After"]) > 0


# --- /collectevents -----------------------------------------------------------------------------------------------


def an_event(door: Door, ref: str, n: int) -> ResultEvent:
    return ResultEvent(
        event_id=f"evt_{n}",
        client_ref="ref-1",
        alert=AlertRef(ref),
        channel=Channel.SMS,
        tag="t",
        event="failed",
        alertee="+447700900001",
        contact_id="c1",
        whence=door.clock(),
        reason="x",
        possible_duplicate=n > 0,
    )


def happened(door: Door, ref: str, count: int) -> None:
    (alert,) = (a for a in door.alerts.alerts.values() if a.ref == ref)
    batch: Batch = next(iter(alert.batches()))
    over = BatchProgress.blank(batch.count)
    events = [an_event(door, ref, n) for n in range(count)]
    door.results.publish(batch, alert.key_id, over, BatchProgress((1,) * batch.count, over.counts), events, None)


def test_ah_128_one_event_unless_more_are_asked_for(door: Door) -> None:
    ref = door.send().json["alertRef"]
    happened(door, ref, 5)

    first = door.post("/collectevents", {"alertId": ref})
    assert len(first.json["events"]) == 1
    assert "numEventsRemaining" not in first.json
    more = door.post(
        "/collectevents", {"alertRef": ref, "options": {"maximumItemsToReturn": 3, "returnNumRemaining": True}}
    )
    assert (len(more.json["events"]), more.json["numEventsRemaining"]) == (3, 1)
    assert len(door.post("/collectevents", {"all": True}).json["events"]) == 1
    assert door.post("/collectevents", {"all": True, "clientRef": "c"}).json == {
        "success": True,
        "returnCode": 200,
        "clientRef": "c",
        "events": [],
    }


def test_ah_130_every_event_says_whose_it_is(door: Door) -> None:
    ref = door.send().json["alertRef"]
    happened(door, ref, 2)
    first, second = door.post("/collectevents", {"all": True, "options": {"maximumItemsToReturn": 9}}).json["events"]

    assert first == {
        "eventId": "evt_0",
        "clientRef": "ref-1",
        "alertId": ref,
        "alertRef": ref,
        "type": "sms",
        "tag": "t",
        "event": "failed",
        "alertees": ["+447700900001"],
        "whence": "2026-11-23T12:00:00.000Z",
        "contactId": "c1",
        "reason": "x",
    }
    assert second["possibleDuplicate"] is True


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({}, {"/alertId": "REQUIRED"}),
        ({"all": True, "alertId": UNKNOWN}, {"/alertId": "CONFLICT"}),
        ({"alertId": UNKNOWN, "alertRef": UNKNOWN.replace("0", "1")}, {"/alertRef": "CONFLICT"}),
        ({"alertId": "x"}, {"/alertId": "WRONG_FORM"}),
        ({"all": True, "options": {"maximumItemsToReturn": 0}}, {"/options/maximumItemsToReturn": "OUT_OF_RANGE"}),
        ({"all": True, "options": {"maximumItemsToReturn": 1.0}}, {"/options/maximumItemsToReturn": "WRONG_TYPE"}),
        ({"all": True, "options": {"returnNumRemaining": 1}}, {"/options/returnNumRemaining": "WRONG_TYPE"}),
    ],
)
def test_a_collection_says_of_what(door: Door, body: dict[str, object], fault: dict[str, str]) -> None:
    answer = door.post("/collectevents", body)

    assert (answer.status, answer.faults()) == (400, fault)


def test_somebody_else_s_events_are_not_there(door: Door) -> None:
    ref = door.send().json["alertRef"]
    happened(door, ref, 1)

    for token in (door.new_key("acme", "k2"), door.new_key("other", "k1")):
        assert door.post("/collectevents", {"alertId": ref, "apiKey": token}).json["events"] == []
        assert door.post("/collectevents", {"all": True, "apiKey": token}).json["events"] == []


def test_a1_a_collection_whose_answer_was_lost_can_be_asked_for_again(door: Door) -> None:
    ref = door.send().json["alertRef"]
    asked = {"alertId": ref}
    assert door.post("/collectevents", asked, Idempotency_Key="once").json["events"] == []
    happened(door, ref, 3)

    first = door.post("/collectevents", asked, Idempotency_Key="once").json
    again = door.post("/collectevents", asked, Idempotency_Key="once").json
    other = door.post("/collectevents", asked, Idempotency_Key="twice").json

    assert len(first["events"]) == 1
    assert again == first
    assert other["events"] != first["events"]
