"""Time windows, quiet hours and urgency at the door, and what clients are told of them."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from typing import Any

import pytest

from tests.functional.alerts_api.conftest import Door, sms
from tocsin.calendar.domain.account_clock import AccountClock
from tocsin.calendar.domain.quiet_hours import QuietHours, Reachable
from tocsin.calendar.domain.time_window import parse_time_window
from tocsin.entrypoint.alert_body.alert import read_stored
from tocsin.identity.domain.tenant import Tenant
from tocsin.kernel.domain.ids import TenantId

ACME = TenantId("acme")
NIGHT = QuietHours(time(22), time(7))


def clock(door: Door, account: AccountClock) -> None:
    door.tenants.add(Tenant(ACME, "Acme", datetime(2026, 1, 1, tzinfo=UTC)))
    door.tenants.set_clock(ACME, account)


def group_with(quiet: object) -> dict[str, Any]:
    contact = {"id": "ana", "sms": "+447700900001", "quietHours": quiet}
    return {"contactGroup": {"inlineContactGroup": {"name": "crew", "contacts": [contact]}}}


def send_to_ana(door: Door, quiet: object) -> Any:
    element = sms(contacts=["ana"])
    del element["recipients"]
    return door.send(element, **group_with(quiet))


@pytest.mark.parametrize(
    ("window", "code"),
    [
        ("13;*;*;*;*", "OUT_OF_RANGE"),
        ("2;31;*;*;*", "NEVER"),
        ("*;20-10;*;*;*", "INVERTED"),
        ("*;*;*;09:00:00;09:00:00", "NEVER"),
        ("*;*;*;9am;*", "WRONG_FORM"),
        ("always", "WRONG_FORM"),
        (7, "WRONG_TYPE"),
        ("1," * 100 + "1;*;*;*;*", "TOO_LONG"),
    ],
)
def test_a_window_that_cannot_be_is_refused_where_it_stands(door: Door, window: object, code: str) -> None:
    answer = door.send(sms(), sms(timeWindows=["*;*;*;*;*", window]))

    assert (answer.status, answer.faults()) == (400, {"/alert/1/timeWindows/1": code})
    assert not door.alerts.alerts


def test_every_fault_of_a_window_is_named(door: Door) -> None:
    answer = door.send(sms(timeWindows=["13;32;9;*;*"]))

    assert [error["code"] for error in answer.json["errors"]] == ["OUT_OF_RANGE"] * 3


def test_an_element_outside_its_windows_fails_and_the_others_go_out(door: Door) -> None:
    answer = door.send(sms(tag="shut", timeWindows=["*;*;sat,sun;*;*"]), sms(tag="open", timeWindows=["*;*;mon;*;*"]))

    assert answer.status == 200
    shut, open_ = answer.json["alerts"]
    assert (shut["success"], shut["sentCount"], shut["failureReason"]) == (False, 0, "outside its time windows")
    assert (open_["success"], open_["sentCount"]) == (True, 1)


@pytest.mark.parametrize(
    ("quiet", "kept"),
    [
        (None, None),
        ("none", Reachable.ALWAYS),
        ({"from": "22:00", "to": "07:00"}, NIGHT),
        ({"from": "22:00", "to": "07:00", "zone": None}, NIGHT),
        ({"from": "13:00", "to": "15:30", "zone": "Asia/Tokyo"}, QuietHours(time(13), time(15, 30), zone="Asia/Tokyo")),
    ],
)
def test_quiet_hours_of_a_contact_go_with_the_recipient(door: Door, quiet: object, kept: object) -> None:
    assert send_to_ana(door, quiet).status == 200

    ((recipient,),) = door.alerts.chunks.values()
    assert recipient.quiet == kept


@pytest.mark.parametrize(
    ("quiet", "where", "code"),
    [
        ("off", "", "NOT_ALLOWED"),
        (True, "", "WRONG_TYPE"),
        ({}, "/from", "REQUIRED"),
        ({"from": "22:00"}, "/to", "REQUIRED"),
        ({"from": "24:00", "to": "07:00"}, "/from", "WRONG_FORM"),
        ({"from": "22:00", "to": 7}, "/to", "WRONG_TYPE"),
        ({"from": "22:00", "to": "22:00"}, "/to", "NEVER"),
        ({"from": "22:00", "to": "07:00", "zone": "Mars/Base"}, "/zone", "UNKNOWN_ZONE"),
        ({"from": "22:00", "to": "07:00", "zone": 1}, "/zone", "WRONG_TYPE"),
        ({"from": "22:00", "to": "07:00", "days": []}, "/days", "UNKNOWN_FIELD"),
    ],
)
def test_quiet_hours_that_cannot_be_are_refused_where_they_stand(
    door: Door, quiet: object, where: str, code: str
) -> None:
    answer = send_to_ana(door, quiet)

    place = f"/contactGroup/inlineContactGroup/contacts/0/quietHours{where}"
    assert answer.status == 400
    assert answer.faults()[place] == code


def test_urgent_is_an_option_of_the_call(door: Door) -> None:
    assert door.send(options={"urgent": True}).status == 200
    assert door.send(options={"urgent": "yes"}).faults() == {"/options/urgent": "WRONG_TYPE"}

    (alert,) = door.alerts.alerts.values()
    assert alert.urgent


def test_getinfo_shows_the_accounts_clock(door: Door) -> None:
    clock(door, AccountClock("Europe/London", QuietHours(time(22), time(7), frozenset({1, 2}))))

    told = door.post("/getinfo", {}).json["info"]

    assert told["timeZone"] == "Europe/London"
    assert told["quietHours"] == {"from": "22:00", "to": "07:00", "weekdays": [1, 2]}


def test_an_alert_of_a_stored_group_knows_who_sleeps(door: Door) -> None:
    stored = door.post(
        "/storecontent",
        {
            "content": [
                {
                    "contentType": "contactGroup",
                    "contentEncoding": "json",
                    "tag": "g",
                    "content": group_with({"from": "22:00", "to": "07:00"})["contactGroup"]["inlineContactGroup"],
                }
            ]
        },
    )
    store = stored.json["content"][0]["storeId"]
    element = sms(contactSets=["all"])
    del element["recipients"]

    assert door.send(element, contactGroup={"storedContactGroup": store}).status == 200

    ((recipient,),) = door.alerts.chunks.values()
    assert recipient.quiet == NIGHT


def test_the_windows_of_a_step_are_those_that_its_run_reads(door: Door) -> None:
    windows = ["*;*;1-5;09:00:00;17:00:00"]
    step = {"after": "1h", "alert": [sms(timeWindows=windows)]}
    asked = read_stored(json.dumps({"alert": [sms()], "escalation": {"steps": [step]}}), "r", door.clock())
    assert asked.escalation is not None
    later = asked.escalation.steps[0].alert

    assert read_stored(later.text, "r", door.clock()).elements[0].time_windows == later.elements[0].time_windows
    assert later.elements[0].time_windows == (parse_time_window(windows[0]),)
