"""`/deletecontent` of stores that a schedule or a trigger needs, and `/cancelalerts` of a linkRef that only those name."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.functional.alerts_api.conftest import Door, sms
from tests.functional.alerts_api.test_scheduling import SOON, work_off
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.responses.domain.two_way import TwoWayNumber

ANA = "+447700900001"


@pytest.fixture
def door() -> Door:
    door = Door()
    door.numbers.add(TwoWayNumber("+447700900050", TenantId("acme"), ApiKeyId("k1")))
    return door


def kept(door: Door, kind: str, content: Any, name: str, **more: Any) -> str:
    entry = {"contentType": kind, "tag": "t", "content": content, "storeDetails": {"storeName": name}, **more}
    (stored,) = door.post("/storecontent", {"content": [entry]}).json["content"]
    return str(stored["storeId"])


def deleted(door: Door, store: str, **more: Any) -> dict[str, Any]:
    answer = door.post("/deletecontent", {"content": [{"storeId": store, "tag": "t", **more}]})
    (entry,) = answer.json["content"]
    assert answer.status == (200 if entry["success"] else 422)
    return dict(entry)


def crew(door: Door) -> str:
    return kept(door, "recipientList", ANA, "crew")


def element(**more: Any) -> dict[str, Any]:
    return sms(recipients=..., storedRecipients={"storeName": "crew"}, **more)


def step(alert: dict[str, Any]) -> dict[str, Any]:
    return {"alert": [sms()], "escalation": {"steps": [{"after": "5m", "alert": [alert]}]}}


def test_a_store_that_a_schedule_needs_stays_and_its_entry_lists_the_schedule(door: Door) -> None:
    store = crew(door)
    made = door.send(element(), options={"schedule": SOON}).json

    for needed in (store, made["storeId"]):  # the list, and the alert itself
        entry = deleted(door, needed)
        assert (entry["success"], entry["failureCode"]) == (False, "IN_USE")
        assert entry["waiting"] == [{"kind": "schedule", "id": made["scheduleId"], "storeId": needed}]
    assert len(door.stores.list(TenantId("acme"), ApiKeyId("k1"), None, door.clock())) == 2
    refused = door.post("/deletecontent", {"content": [{"storeId": store, "tag": "t"}]})
    assert refused.faults() == {"/content/0": "IN_USE"}


@pytest.mark.parametrize("call", [step(element()), step(sms())])
def test_a_store_is_needed_by_what_refers_to_it_in_a_later_step_only_if_it_does(
    door: Door, call: dict[str, Any]
) -> None:
    store = crew(door)
    assert door.send(*call["alert"], escalation=call["escalation"], options={"schedule": SOON}).status == 200

    assert deleted(door, store)["success"] is ("crew" not in str(call))


def test_a_store_of_another_type_and_the_same_name_is_free(door: Door) -> None:
    crew(door)
    text = kept(door, "sms", "the gate", "crew")
    door.send(element(), options={"schedule": SOON})

    assert deleted(door, text)["success"]


@pytest.mark.parametrize("over", ["ran", "cancelled"])
def test_what_is_over_needs_nothing(door: Door, over: str) -> None:
    store = crew(door)
    made = door.send(element(), options={"schedule": SOON}).json
    if over == "ran":
        work_off(door, door.clock() + timedelta(hours=1))
    else:
        door.post("/cancelscheduledalert", {"scheduledAlertId": made["scheduledAlertId"]})

    assert deleted(door, store)["success"]


def test_a_paused_schedule_waits_too(door: Door) -> None:
    store = crew(door)
    door.send(element(), options={"schedule": {**SOON, "paused": True}})

    assert deleted(door, store)["failureCode"] == "IN_USE"


def test_a_store_that_a_trigger_needs_stays(door: Door) -> None:
    store = crew(door)
    words = {"triggers": [{"type": "sms", "keyword": "FIRE", "tag": "t"}]}
    alert = door.send(element(), trigger=words).json["storeId"]

    for needed in (store, alert):
        assert deleted(door, needed)["waiting"] == [{"kind": "trigger", "id": alert, "storeId": needed}]


@pytest.mark.parametrize("where", ["entry", "call"])
def test_end_waiting_cancels_what_waits_and_removes_the_store(door: Door, where: str) -> None:
    store = crew(door)
    made = door.send(element(), options={"schedule": SOON}).json
    words = {"triggers": [{"type": "sms", "keyword": "FIRE", "tag": "t"}]}
    door.send(element(), trigger=words)

    entry = {"storeId": store, "tag": "t", **({"endWaiting": True} if where == "entry" else {})}
    answer = door.post("/deletecontent", {"content": [entry], **({"endWaiting": True} if where == "call" else {})})

    assert answer.status == 200, answer.text
    info = door.post("/getinfo", {"getKeywordInfo": True, "getScheduledAlertInfo": True}).json["info"]
    assert (info["keywords"], info["scheduled"]) == ([], [])
    assert (
        door.post("/cancelscheduledalert", {"scheduledAlertId": made["scheduledAlertId"]}).json["state"] == "cancelled"
    )
    work_off(door, door.clock() + timedelta(hours=1))
    assert door.alerts.alerts == {}


def test_what_one_entry_ends_holds_no_other_entry_of_the_call(door: Door) -> None:
    store = crew(door)
    alert = door.send(element(), options={"schedule": SOON}).json["storeId"]

    entries = [{"storeId": store, "tag": "a", "endWaiting": True}, {"storeId": alert, "tag": "b"}]
    answer = door.post("/deletecontent", {"content": entries})

    assert [entry["success"] for entry in answer.json["content"]] == [True, True]


def test_all_removes_the_free_stores_and_lists_the_others(door: Door) -> None:
    store, free = crew(door), kept(door, "sms", "the gate", "text")
    made = door.send(element(), options={"schedule": SOON}).json

    (entry,) = door.post("/deletecontent", {"all": True}).json["content"]
    assert (entry["success"], entry["deletedStoreIds"]) == (True, [free])
    assert {each["storeId"] for each in entry["waiting"]} == {store, made["storeId"]}

    # when nothing is free, nothing is done
    lists = {"storeId": "all", "contentType": "recipientList"}
    assert door.post("/deletecontent", {"content": [lists]}).faults() == {"/content/0": "IN_USE"}
    (entry,) = door.post("/deletecontent", {"all": True, "endWaiting": True}).json["content"]
    assert (len(entry["deletedStoreIds"]), entry.get("waiting")) == (2, None)


# --- a linkRef ----------------------------------------------------------------------------------------------------


def cancelled(door: Door, ref: str) -> dict[str, Any]:
    answer = door.post("/cancelalerts", {"cancel": [{"linkRef": ref}]})
    (entry,) = answer.json["cancel"]
    assert answer.status == (200 if entry["success"] else 422)
    return dict(entry)


def test_a_link_ref_that_nothing_names_is_not_found(door: Door) -> None:
    group = {"inlineContactGroup": {"contacts": [{"id": "ana", "sms": ANA}]}}
    linked = {"contactGroup": group, "linkedAlerts": {"linkRef": "gate"}}
    text = sms(recipients=..., contacts=["ana"])

    entry = cancelled(door, "gate")
    assert (entry["success"], entry["failureCode"]) == (False, "NOT_FOUND")
    # and a later alert of that name is not stopped by it
    assert door.send(text, **linked).status == 200
    assert cancelled(door, "gate")["success"]
    assert cancelled(door, "gate")["success"]  # again


@pytest.mark.parametrize(
    ("more", "known"),
    [
        ({"options": {"schedule": SOON}}, True),
        ({"trigger": {"triggers": [{"type": "sms", "keyword": "FIRE", "tag": "t"}]}}, True),
        ({"deferral": {}}, False),
    ],
)
def test_a_link_ref_of_an_alert_that_waits_can_be_cancelled(door: Door, more: dict[str, Any], known: bool) -> None:
    group = {"inlineContactGroup": {"contacts": [{"id": "ana", "sms": ANA}]}}
    linked = {"contactGroup": group, "linkedAlerts": {"linkRef": "gate"}}
    assert door.send(sms(recipients=..., contacts=["ana"]), **linked, **more).status == 200

    assert cancelled(door, "gate")["success"] is known
    assert cancelled(door, "fire")["success"] is False
