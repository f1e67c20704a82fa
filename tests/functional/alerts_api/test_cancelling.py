"""`/cancelalerts` at the door."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.functional.alerts_api.conftest import Door, sms
from tocsin.kernel.domain.wire_time import wire_time

REF = "019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90"


def test_a_live_alert_is_cancelled_and_its_status_says_so(door: Door) -> None:
    # given an alert that nobody has begun with
    ref = door.send(sms(recipients=["+447700900001", "+447700900002"])).json["alertRef"]

    answer = door.post("/cancelalerts", {"clientRef": "c1", "cancel": [{"alertId": ref}]})

    assert (answer.status, answer.json["clientRef"]) == (200, "c1")
    (entry,) = answer.json["cancel"]
    assert entry == {
        "success": True,
        "alertId": ref,
        "alertRef": ref,
        "cancelledAt": wire_time(door.clock()),
        "stoppedCount": 2,
        "mayStillGoCount": 0,
        "openCount": 2,
    }
    status = door.get(f"/alerts/{ref}").json
    assert status["state"] == "cancelled"
    # and the sweeper has it on its list
    assert [key.alert for key in door.work.due(door.clock() + timedelta(seconds=1), 9)] == [ref]


def test_cancelling_twice_is_harmless_and_keeps_the_first_time(door: Door) -> None:
    ref = door.send(sms()).json["alertRef"]
    first = door.post("/cancelalerts", {"cancel": [{"alertRef": ref}]}).json["cancel"]
    door.clock.advance(timedelta(hours=1))

    assert door.post("/cancelalerts", {"cancel": [{"alertRef": ref}]}).json["cancel"] == first


def test_each_entry_has_its_own_result_and_what_is_not_there_yet_says_so(door: Door) -> None:
    ref = door.send(sms()).json["alertRef"]
    body = [
        {"alertId": REF},
        {"scheduledAlertId": REF},
        {"triggered": {"storeId": REF}},
        {"alertId": ref},
    ]

    answer = door.post("/cancelalerts", {"cancel": body})

    assert answer.status == 200
    assert [entry["success"] for entry in answer.json["cancel"]] == [False] * 3 + [True]
    assert [entry.get("failureReason") for entry in answer.json["cancel"][:3]] == [
        "there is no alert of this id",
        "there is no scheduled alert of this id",
        "there is no trigger of this stored alert",
    ]
    assert answer.json["cancel"][1]["scheduleId"] == REF


def test_nothing_cancelled_is_a_422_that_names_each_entry(door: Door) -> None:
    answer = door.post("/cancelalerts", {"cancel": [{"alertId": REF}, {"scheduleId": REF}]})

    assert (answer.status, answer.json["success"]) == (422, False)
    assert [error["pointer"] for error in answer.json["errors"]] == ["/cancel/0", "/cancel/1"]


@pytest.mark.parametrize("whose", ["another key", "another tenant"])
def test_nobody_cancels_what_is_not_theirs(door: Door, whose: str) -> None:
    ref = door.send(sms()).json["alertRef"]
    token = door.new_key("acme", "k2") if whose == "another key" else door.new_key("other", "k1")

    answer = door.post("/cancelalerts", {"apiKey": token, "cancel": [{"alertId": ref}]})

    assert answer.status == 422
    assert door.get(f"/alerts/{ref}").json["state"] != "cancelled"


def test_ah_123_an_alert_that_is_over_cannot_be_cancelled(door: Door) -> None:
    ref = door.send(sms(), options={"lifetime": "1h"}).json["alertRef"]
    door.clock.advance(timedelta(hours=1))

    assert door.post("/cancelalerts", {"cancel": [{"alertId": ref}]}).status == 422


@pytest.mark.parametrize(
    ("cancel", "pointer"),
    [
        ([], "/cancel"),
        ([{}], "/cancel/0/alertId"),
        ([{"alertId": "x"}], "/cancel/0/alertId"),
        ([{"alertId": REF, "linkRef": "x"}], "/cancel/0/linkRef"),
        ([{"alertId": REF, "alertRef": REF.replace("0", "1")}], "/cancel/0/alertRef"),
        ([{"triggered": {}}], "/cancel/0/triggered/storeId"),
        ([{"alertId": REF, "alert": REF}], "/cancel/0/alert"),
    ],
)
def test_a_wrong_request_is_told_where(door: Door, cancel: object, pointer: str) -> None:
    answer = door.post("/cancelalerts", {"cancel": cancel})

    assert answer.status == 400
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]
