"""What comes back from a send, and what a repeat gets."""

from __future__ import annotations

import json

import pytest

from tests.functional.alerts_api.conftest import Door, email, sms
from tocsin.contacts.domain.channel import Channel
from tocsin.identity.domain.api_key import Right
from tocsin.kernel.domain.ids import TenantId
from tocsin.limits.domain.sending_limits import SendingLimits

STORED = {"contentType": "alert", "tag": "a", "storeDetails": {"storeName": "drill"}}


def test_ah_20_every_element_has_an_entry_in_order(door: Door) -> None:
    answer = door.send(email(tag="mail"), sms(tag="text"))

    assert answer.status == answer.json["returnCode"] == 200
    assert [(a["alertType"], a["tag"]) for a in answer.json["alerts"]] == [("email", "mail"), ("sms", "text")]
    assert answer.json["alertRef"] == answer.json["alertId"]
    assert len(door.queue.orders) == 2


def test_ah_21_the_subject_reference_is_there_with_an_email_only(door: Door) -> None:
    assert "emailSubjectRef" not in door.send(sms()).json
    reference = door.send(email(subject="Hello")).json["emailSubjectRef"]
    alert = list(door.alerts.alerts.values())[-1]
    assert getattr(alert.items[0].content, "subject") == f"Hello {reference}"  # noqa: B009


def test_ah_23_what_is_left_of_the_capacity_is_said(door: Door) -> None:
    token = door.new_key("acme", "k2", capacities={Channel.SMS: 10})
    answer = door.send(sms(recipients=[f"+44770090000{n}" for n in range(4)]), email(), apiKey=token)

    assert [a["remainingCapacity"] for a in answer.json["alerts"]] == [6, None]


def test_ah_24_nothing_accepted_is_a_422_without_a_reference(door: Door) -> None:
    token = door.new_key("acme", "k2", capacities={Channel.SMS: 0})
    answer = door.send(apiKey=token)

    assert answer.status == answer.json["returnCode"] == 422
    assert answer.json["success"] is False
    assert answer.json["failureReason"]
    assert not {"alertRef", "alertId", "emailSubjectRef"} & answer.json.keys()
    assert answer.json["alerts"][0]["success"] is False
    assert answer.faults() == {"/alert/0": "NOTHING_ACCEPTED"}


def test_ah_18_a_fault_found_at_run_time_fails_its_element_only(door: Door) -> None:
    answer = door.send(sms(), sms(content=..., storedContent="019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90"))

    assert (answer.status, answer.json["success"]) == (200, True)
    assert [a["success"] for a in answer.json["alerts"]] == [True, False]
    assert answer.json["alerts"][1]["failureReason"]


def test_ah_122_a_key_that_may_not_set_a_lifetime_is_told(door: Door) -> None:
    token = door.new_key("acme", "k2", Right.READ_ALERTS)
    answer = door.send(apiKey=token, options={"lifetime": "1d"})

    assert answer.status == answer.json["returnCode"] == 403
    assert not door.alerts.alerts


def test_ten_thousand_and_one_receivers_are_too_many(door: Door) -> None:
    answer = door.send(sms(recipients=[f"+4477{n:08}" for n in range(10_001)]))

    assert answer.status == answer.json["returnCode"] == 413
    assert not door.alerts.alerts


def test_a_call_at_the_limits_is_accepted(door: Door) -> None:
    assert door.send(sms(recipients=[f"+4477{n:08}" for n in range(10_000)])).json["alerts"][0]["sentCount"] == 10_000


# --- Idempotency-Key (A1) -----------------------------------------------------------------------------------------


def test_a_repeat_gets_the_first_answer_and_sends_nothing(door: Door) -> None:
    first = door.send(Idempotency_Key="once")
    again = door.send(Idempotency_Key="once")

    assert first.status == again.status == 200
    assert first.json == again.json
    assert len(door.alerts.alerts) == 1


def test_the_spelling_of_the_body_and_the_place_of_the_key_are_no_matter(door: Door) -> None:
    first = door.send(Idempotency_Key="once")
    element = dict(reversed(sms().items()))
    again = door.send(element, apiKey=..., Authorization=f"Bearer {door.token}", Idempotency_Key="once")

    assert again.json["alertRef"] == first.json["alertRef"]


def test_another_request_under_the_same_key_is_a_422(door: Door) -> None:
    door.send(Idempotency_Key="once")
    answer = door.send(sms(content="other"), Idempotency_Key="once")

    assert answer.status == answer.json["returnCode"] == 422
    assert answer.faults() == {"": "IDEMPOTENCY_KEY_REUSED"}
    assert len(door.alerts.alerts) == 1


def test_another_key_s_claims_are_its_own(door: Door) -> None:
    token = door.new_key("acme", "k2")
    first = door.send(Idempotency_Key="once")

    assert door.send(apiKey=token, Idempotency_Key="once").json["alertRef"] != first.json["alertRef"]


def test_without_the_header_the_same_call_is_another_alert(door: Door) -> None:
    assert door.send().json["alertRef"] != door.send().json["alertRef"]


@pytest.mark.parametrize("key", ["", "x" * 256, "é", "a\tb"])
@pytest.mark.parametrize(
    "verb",
    [
        "/sendalert",
        "/sendstoredalert",
        "/storecontent",
        "/deletecontent",
        "/cancelalerts",
        "/setinfo",
        "/collectevents",
    ],
)
def test_a_malformed_idempotency_key_is_refused(door: Door, verb: str, key: str) -> None:
    answer = door.post(verb, {"clientRef": "r", "alert": [sms()]}, Idempotency_Key=key)

    assert answer.status == 400
    assert answer.json["errors"][0]["code"] == "BAD_IDEMPOTENCY_KEY"


def test_an_idempotency_key_of_255_characters_is_taken(door: Door) -> None:
    assert door.send(Idempotency_Key="x" * 255).status == 200


def test_a_store_that_is_down_is_a_503_that_says_when_to_try_again(door: Door) -> None:
    door.alerts.outage.failing = 1
    answer = door.send()

    assert answer.status == answer.json["returnCode"] == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "a test said so" not in answer.text
    assert door.send().status == 200


# --- stored alerts ------------------------------------------------------------------------------------------------


def test_a_stored_alert_is_sent_by_id_by_name_and_through_sendalert(door: Door) -> None:
    stored = door.post("/storecontent", {"content": [{**STORED, "content": {"alert": [sms()], "clientRef": "drill"}}]})
    store_id = stored.json["content"][0]["storeId"]

    by_id = door.post("/sendstoredalert", {"storeId": store_id})
    by_name = door.post("/sendstoredalert", {"storeName": "drill", "clientRef": "mine"})
    inside = door.post("/sendalert", {"clientRef": "inside", "storeDetails": {"storeName": "drill"}})

    assert [a.status for a in (by_id, by_name, inside)] == [200, 200, 200]
    assert [a.json["clientRef"] for a in (by_id, by_name, inside)] == ["drill", "mine", "inside"]
    assert len(door.alerts.alerts) == 3


def test_a_stored_alert_without_a_reference_needs_one(door: Door) -> None:
    door.post("/storecontent", {"content": [{**STORED, "content": {"alert": [sms()]}}]})
    answer = door.post("/sendstoredalert", {"storeName": "drill"})

    assert (answer.status, answer.faults()) == (400, {"/clientRef": "REQUIRED"})


def test_a_stored_alert_that_is_not_there_is_a_404(door: Door) -> None:
    answer = door.post("/sendstoredalert", {"storeName": "nothing", "clientRef": "r"})

    assert answer.status == answer.json["returnCode"] == 404


def test_a_stored_alert_of_another_key_is_not_there(door: Door) -> None:
    door.post("/storecontent", {"content": [{**STORED, "content": {"alert": [sms()]}}]})
    for token in (door.new_key("acme", "k2"), door.new_key("other", "k1")):
        answer = door.post("/sendstoredalert", {"storeName": "drill", "clientRef": "r", "apiKey": token})
        assert answer.status == 404


def test_a_stored_alert_is_sent_once_under_one_idempotency_key(door: Door) -> None:
    door.post("/storecontent", {"content": [{**STORED, "content": {"alert": [sms()]}}]})
    body = {"storeName": "drill", "clientRef": "r"}
    first = door.post("/sendstoredalert", body, Idempotency_Key="once")

    assert door.post("/sendstoredalert", body, Idempotency_Key="once").json == first.json
    assert len(door.alerts.alerts) == 1


def test_s15_what_a_limit_refuses_is_counted_by_reason_and_told(door: Door, capsys: pytest.CaptureFixture[str]) -> None:
    door.sending_limits.books[TenantId("acme")] = SendingLimits(countries=frozenset({"GB"}))

    door.send(sms(recipients=["+447700900001", "+33612345678", "+18765551234", "+449061234567"]))

    metrics = [json.loads(line) for line in capsys.readouterr().out.splitlines() if "LimitsExceeded" in line]
    assert [(line["service"], line["reason"], line["LimitsExceeded"]) for line in metrics] == [
        ("alerts_api", "country_not_allowed", [2.0]),
        ("alerts_api", "special_number", [1.0]),
    ]
    told = door.post("/getinfo", {"getMessages": True}).json["info"]["messages"]
    assert {message["code"] for message in told} == {"country_not_allowed", "special_number"}


@pytest.mark.parametrize("path", ["/sendalert", "/sendalerts", "/sendstoredalert", "/api/json/sendalert"])
def test_while_the_system_is_restored_every_send_is_refused_and_can_be_repeated(door: Door, path: str) -> None:
    door.sending = False

    answer = door.post(path, {"alert": [sms()]})

    assert (answer.status, answer.json["errors"][0]["code"]) == (503, "RESTORING")
    assert answer.headers["Retry-After"] == "60"
    assert door.alerts.alerts == {}


def test_while_the_system_is_restored_a_plan_is_made_all_the_same(door: Door) -> None:
    door.sending = False
    assert door.send(sms(), mode="plan").status == 200
