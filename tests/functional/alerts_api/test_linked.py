"""Linked alerts through the door: what a client asks for, and what it is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.functional.alerts_api.conftest import Door, email, sms
from tests.functional.gateway import Answer
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.kernel.domain.ids import AlertRef, TenantId
from tocsin.responses.domain.response import Response

ANA, BOB = "+447700900001", "+447700900002"
GROUP = {
    "inlineContactGroup": {
        "name": "crew",
        "contacts": [{"id": "ana", "sms": ANA, "email": "ana@example.org"}, {"id": "bob", "sms": BOB}],
    }
}
EVERYBODY = {"recipients": ..., "contactSets": ["all"]}


def linked(door: Door, *elements: dict[str, Any], link: dict[str, Any] | None = None, **more: Any) -> Answer:
    return door.send(*(elements or (sms(**EVERYBODY),)), linkedAlerts={"linkRef": "fire-7", **(link or {})}, **more)


def answers_by_sms(door: Door, sent: Answer, contact: str) -> None:
    alert = door.alerts.get(TenantId("acme"), AlertRef(sent.json["alertRef"]))
    assert alert is not None
    place = ChunkKey(alert.tenant, alert.ref, 0, 0)
    position = [who.contact_id for who in door.alerts.recipients(place)].index(contact)
    at = door.clock()
    door.responses.add(Response(place, position, ResponseKind.SMS, f"in-{contact}", ANA, contact, at, link=alert.link))


def except_responded(words: str, **more: Any) -> dict[str, Any]:
    return sms(**EVERYBODY, linkedAlertModifiers={"except": {"previouslySeen": words}}, **more)


def test_ah_50_ah_53_ah_57_an_escalation_asks_who_has_not_answered(door: Door) -> None:
    first = linked(door, contactGroup=GROUP)
    assert first.status == 200, first.text
    answers_by_sms(door, first, "ana")

    second = linked(door, except_responded("sms, call"))

    assert second.status == 200, second.text
    (entry,) = second.json["alerts"]
    assert (entry["success"], entry["requestedCount"], entry["sentCount"]) == (True, 2, 1)
    assert "failureReason" not in entry
    rows = door.get(f"/alerts/{second.json['alertRef']}/recipients").json["items"]
    assert [row["contact_id"] for row in rows] == ["bob"]


def test_an_element_of_which_everybody_has_answered_says_so(door: Door) -> None:
    first = linked(door, contactGroup=GROUP)
    answers_by_sms(door, first, "ana")
    answers_by_sms(door, first, "bob")

    answer = linked(door, except_responded("sms"), email(tag="report"))
    assert answer.status == 200
    assert [entry["success"] for entry in answer.json["alerts"]] == [False, True]
    assert answer.json["alerts"][0]["failureReason"] == "everybody has answered already"

    nobody = linked(door, except_responded("sms"))
    assert (nobody.status, nobody.faults()) == (422, {"/alert/0": "NOTHING_ACCEPTED"})


def test_ah_32_contacts_need_a_group_their_own_or_the_sets(door: Door) -> None:
    assert door.send(sms(**EVERYBODY)).faults() == {"/alert/0/contactSets": "CONTACT_GROUP_REQUIRED"}
    assert linked(door).faults() == {"/contactGroup": "CONTACT_GROUP_REQUIRED"}
    assert linked(door, contactGroup=GROUP).status == 200
    assert linked(door).status == 200
    assert linked(door, sms(recipients=..., contacts=["zoe"])).json["alerts"][0]["failureReason"] == (
        "not in the contact group: contact 'zoe'"
    )


def test_ah_51_ah_52_ah_55_what_a_link_needs_is_said(door: Door) -> None:
    must_exist = {"linkOnlyIfRefAlreadyExists": True}
    assert linked(door, sms()).faults() == {"/contactGroup": "CONTACT_GROUP_REQUIRED"}
    answer = linked(door, link=must_exist, contactGroup=GROUP)
    assert (answer.status, answer.faults()) == (400, {"/linkedAlerts/linkRef": "NO_SUCH_LINK"})

    assert linked(door, link={"lifetime": "1h"}, contactGroup=GROUP).status == 200
    door.clock.advance(timedelta(minutes=59))
    assert linked(door, link=must_exist).status == 200
    door.clock.advance(timedelta(minutes=2))
    assert linked(door, link=must_exist).faults() == {"/linkedAlerts/linkRef": "NO_SUCH_LINK"}
    assert linked(door).faults() == {"/contactGroup": "CONTACT_GROUP_REQUIRED"}


def test_a_link_needs_no_right_to_set_lifetimes_and_its_units_are_the_usual_ones(door: Door) -> None:
    plain = door.new_key("acme", "k2")
    assert linked(door, link={"lifetime": "2w"}, contactGroup=GROUP, apiKey=plain).status == 200
    assert linked(door, link={"lifetime": "0d"}, contactGroup=GROUP).status == 200
    assert linked(door, link={"lifetime": "0h"}).faults() == {"/linkedAlerts/lifetime": "WRONG_FORM"}


def test_ah_54_a_group_that_was_not_used_is_told_by_getinfo(door: Door) -> None:
    linked(door, contactGroup=GROUP)
    other = {"inlineContactGroup": {"contacts": [{"id": "zoe", "sms": BOB}]}}
    sent = linked(door, contactGroup=other)
    assert sent.json["alerts"][0]["sentCount"] == 2

    info = door.post("/getinfo", {"getMessages": True}).json["info"]

    (message,) = info["messages"]
    assert (message["severity"], message["category"]) == ("notice", "api")
    assert "contact group" in message["message"]


@pytest.mark.parametrize("words", ["sms,fax", "sms,", "SMS"])
def test_ah_64_a_word_that_is_no_way_of_answering_is_refused(door: Door, words: str) -> None:
    pointer = "/alert/0/linkedAlertModifiers/except/previouslySeen"
    assert linked(door, except_responded(words), contactGroup=GROUP).faults() == {pointer: "NOT_ALLOWED"}


def test_ah_67_a_link_is_cancelled_and_taken_up_again(door: Door) -> None:
    first = linked(door, contactGroup=GROUP)

    cancelled = door.post("/cancelalerts", {"cancel": [{"linkRef": "fire-7"}]})

    assert cancelled.status == 200
    (entry,) = cancelled.json["cancel"]
    assert (entry["success"], entry["linkRef"], entry["openCount"]) == (True, "fire-7", 2)
    assert door.get(f"/alerts/{first.json['alertRef']}").json["state"] == "cancelled"
    refused = linked(door)
    assert (refused.status, refused.json["returnCode"]) == (409, 409)
    assert "cancelCancellation" in refused.json["failureReason"]
    assert linked(door, link={"cancelCancellation": True}).status == 200
    assert linked(door).status == 200


def test_nobody_cancels_the_link_of_another_key(door: Door) -> None:
    linked(door, contactGroup=GROUP)
    token = door.new_key("acme", "k2")
    door.post("/cancelalerts", {"apiKey": token, "cancel": [{"linkRef": "fire-7"}]})
    assert linked(door).status == 200


def test_a_stored_alert_may_be_linked(door: Door) -> None:
    alert = {"clientRef": "r", "alert": [sms(**EVERYBODY)], "contactGroup": GROUP, "linkedAlerts": {"linkRef": "a"}}
    entry = {"contentType": "alert", "tag": "t", "content": alert, "storeDetails": {"storeName": "drill"}}
    assert door.post("/storecontent", {"content": [entry]}).status == 200

    assert door.post("/sendstoredalert", {"storeName": "drill"}).status == 200
    later = door.send(except_responded("sms"), linkedAlerts={"linkRef": "a"})
    assert later.json["alerts"][0]["sentCount"] == 2


def test_a_repeat_under_its_key_joins_once(door: Door) -> None:
    first = linked(door, contactGroup=GROUP, Idempotency_Key="once")
    again = linked(door, contactGroup=GROUP, Idempotency_Key="once")
    assert first.json == again.json
    assert len(door.alerts.alerts) == 1
