"""The `escalation` block at the door: what it takes, what it refuses, and what is shown of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.functional.alerts_api.conftest import Door, email, sms
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.timers.domain.timer import TimerKind

GROUP = {"inlineContactGroup": {"contacts": [{"id": "ana", "sms": "+447700900001"}, {"id": "bob"}]}}
MINUTE = timedelta(minutes=1)


def step(after: str = "5m", *elements: dict[str, Any]) -> dict[str, Any]:
    return {"after": after, "alert": list(elements or (sms(recipients=["+447700900002"]),))}


def sms_to_nobody(**more: Any) -> dict[str, Any]:
    return {name: value for name, value in sms(**more).items() if name != "recipients"}


def faults(door: Door, escalation: dict[str, Any], **more: Any) -> dict[str, str]:
    """Return the codes of a refused call by their pointers, below `/escalation`."""
    answer = door.send(sms(recipients=["+447700900001"]), escalation=escalation, **more)
    assert answer.status == 400, answer.text
    assert door.alerts.alerts == {}
    return {fault["pointer"].removeprefix("/escalation"): fault["code"] for fault in answer.json["errors"]}


def test_an_escalation_begins_with_its_alert_and_is_shown(door: Door) -> None:
    escalation = {"steps": [step("5m"), step("1h", email())], "stopWhen": {"count": 2}}
    ref = door.send(sms(recipients=["+447700900001"]), escalation=escalation).json["alertRef"]

    shown = door.get(f"/alerts/{ref}").json
    assert shown["cause"] is None
    assert shown["escalation"] == {
        "first_alert_ref": ref,
        "state": "active",
        "step": 0,
        "steps": 2,
        "next_due_at": wire_time(door.clock() + 5 * MINUTE),
        "answered": 0,
        "needed": 2,
        "evidence": "confirmed",
        "step_alert_refs": [ref],
        "ended_at": None,
    }
    # and its timer is set and rung
    (timer,) = door.timers.rows.values()
    assert (timer.key.kind, timer.due_at) == (TimerKind.ESCALATION, door.clock() + 5 * MINUTE)
    assert door.timer_queue.take(door.clock() + 6 * MINUTE) == [timer]


@pytest.mark.parametrize(
    ("block", "options", "needed", "evidence"),
    [
        ({}, {}, 1, "confirmed"),
        ({"stopWhen": "all"}, {}, 2, "confirmed"),
        ({"stopWhen": {"count": "all"}}, {}, 2, "confirmed"),
        ({"stopWhen": {"count": 2, "evidence": "wrote"}}, {}, 2, "wrote"),
        ({"stopWhen": {"count": "any", "evidence": "pressed_in"}, "per": "contact"}, {}, 2, "pressed_in"),
        ({}, {"clickCounts": True}, 1, "opened"),
        ({"stopWhen": {"count": "any"}}, {"clickCounts": True}, 1, "opened"),
        ({"stopWhen": {"count": "any", "evidence": "opened"}}, {"clickCounts": True}, 1, "opened"),
        ({"stopWhen": {"count": "any", "evidence": "marked"}}, {"clickCounts": True}, 1, "marked"),
    ],
)
def test_decided_8_4_the_rule_says_how_many_and_how_sure(
    door: Door, block: dict[str, Any], options: dict[str, Any], needed: int, evidence: str
) -> None:
    two = sms(recipients=["+447700900001", "+447700900002"])
    answer = door.send(two, escalation={"steps": [step()], **block}, options=options)
    assert answer.status == 200, answer.text
    shown = door.get(f"/alerts/{answer.json['alertRef']}").json["escalation"]
    assert (shown["needed"], shown["evidence"]) == (needed, evidence)


def test_decided_8_4_opened_goes_only_where_visits_count_by_the_call_or_the_key(door: Door) -> None:
    escalation = {"steps": [step()], "stopWhen": {"count": "any", "evidence": "opened"}}
    assert faults(door, escalation) == {"/stopWhen/evidence": "CONFLICT"}
    assert door.post("/setinfo", {"clickCounts": True}).status == 200
    assert door.send(sms(), escalation=escalation).status == 200
    door.alerts.alerts.clear()
    assert faults(door, escalation, options={"clickCounts": False}) == {"/stopWhen/evidence": "CONFLICT"}


def test_an_alert_without_one_shows_none(door: Door) -> None:
    ref = door.send(sms()).json["alertRef"]
    assert door.get(f"/alerts/{ref}").json["escalation"] is None
    assert door.timers.rows == {}


def test_cancelling_its_first_alert_ends_it(door: Door) -> None:
    ref = door.send(sms(), escalation={"steps": [step()]}).json["alertRef"]
    door.post("/cancelalerts", {"cancel": [{"alertId": ref}]})
    shown = door.get(f"/alerts/{ref}").json["escalation"]
    assert (shown["state"], shown["next_due_at"]) == ("cancelled", None)
    (timer,) = door.timers.rows.values()
    assert timer.due_at == door.clock()  # what follows is left to it, now


def test_all_faults_of_the_block_come_at_once_each_with_its_place(door: Door) -> None:
    assert faults(
        door,
        {
            "steps": [
                step("59s", sms(contacts=["ana"], recipients=..., frobnicate=1)),
                step("31d", {"alertType": "fax"}),
                {"alert": []},
            ],
            "stopWhen": {"count": 0},
            "per": "contact",
            "onStopped": {"alert": [sms(recipients=["+447700900001"])]},
            "giveUpAfter": "31d",
        },
    ) == {
        "/steps/0/after": "OUT_OF_RANGE",
        "/steps/0/alert/0/frobnicate": "UNKNOWN_FIELD",
        "/steps/0/alert/0/contacts": "CONTACT_GROUP_REQUIRED",
        "/steps/1/after": "OUT_OF_RANGE",
        "/steps/1/alert/0/alertType": "NOT_ALLOWED",
        "/steps/2/after": "REQUIRED",
        "/steps/2/alert": "TOO_FEW",
        "/stopWhen": "CONFLICT",
        "/stopWhen/count": "OUT_OF_RANGE",
        "/onStopped/alert/0/recipients": "CONFLICT",
        "/giveUpAfter": "OUT_OF_RANGE",
    }


@pytest.mark.parametrize(
    ("escalation", "expected"),
    [
        ({"steps": []}, {"/steps": "TOO_FEW"}),
        ({"steps": [step()] * 11}, {"/steps": "TOO_MANY"}),
        ({"steps": [step()], "stopWhen": "some"}, {"/stopWhen": "NOT_ALLOWED"}),
        ({"steps": [step()], "stopWhen": 2}, {"/stopWhen": "WRONG_TYPE"}),
        ({"steps": [step()], "stopWhen": "all", "per": "contact"}, {"/stopWhen": "CONFLICT"}),
        ({"steps": [step()], "stopWhen": {"count": "all"}, "per": "contact"}, {"/stopWhen": "CONFLICT"}),
        ({"steps": [step()], "stopWhen": {"evidence": "wrote"}}, {"/stopWhen/count": "REQUIRED"}),
        ({"steps": [step()], "stopWhen": {"count": "some"}}, {"/stopWhen/count": "NOT_ALLOWED"}),
        ({"steps": [step()], "stopWhen": {"count": 1.5}}, {"/stopWhen/count": "WRONG_TYPE"}),
        ({"steps": [step()], "stopWhen": {"count": True}}, {"/stopWhen/count": "WRONG_TYPE"}),
        ({"steps": [step()], "stopWhen": {"count": 1, "evidence": "guessed"}}, {"/stopWhen/evidence": "NOT_ALLOWED"}),
        ({"steps": [step()], "stopWhen": {"count": 1, "evidence": 3}}, {"/stopWhen/evidence": "NOT_ALLOWED"}),
        ({"steps": [step("0d")]}, {"/steps/0/after": "WRONG_FORM"}),
        ({"steps": [step("1M")]}, {"/steps/0/after": "WRONG_FORM"}),
        ({"steps": [step()], "onStopped": {"alert": []}}, {"/onStopped/alert": "TOO_FEW"}),
        ({"steps": [step()], "onStopped": {"alert": [5]}}, {"/onStopped/alert/0": "WRONG_TYPE"}),
        ({"steps": [step()], "onStopped": []}, {"/onStopped": "WRONG_TYPE"}),
        # two persons in all cannot be three who answer
        ({"steps": [step()], "stopWhen": {"count": 3}}, {"/stopWhen/count": "OUT_OF_RANGE"}),
        # what is only sent when it is stopped must have somebody on its channel
        ({"steps": [step()], "onStopped": {"alert": [{**email(), "recipients": None}]}}, None),
        # a step is tried as it will be sent
        ({"steps": [step("5m", sms(recipients=["nobody"]))]}, {"/steps/0/alert/0": "UNSENDABLE"}),
        ({"steps": [step("5m", sms(content="{recipient}", lookups={"performLookups": True}))]}, None),
        # an answer after the alert's lifetime would stop nothing
        ({"steps": [step("20d"), step("20d")]}, {"/steps": "OUTLIVES_ALERT"}),
    ],
)
def test_e5_what_cannot_work_is_refused_before_anything_is_sent(
    door: Door, escalation: dict[str, Any], expected: dict[str, str] | None
) -> None:
    found = faults(door, escalation)
    assert found
    if expected is not None:
        assert found == expected


@pytest.mark.parametrize(("contact", "fine"), [("ana", True), ("bob", False), ("cy", False)])
def test_e5_contacts_of_a_step_must_be_in_the_group_and_have_an_address(door: Door, contact: str, fine: bool) -> None:
    element = sms_to_nobody(contacts=[contact])
    answer = door.send(sms(), escalation={"steps": [step("5m", element)]}, contactGroup=GROUP)
    assert (answer.status == 200) == fine
    if not fine:
        assert [fault["pointer"] for fault in answer.json["errors"]] == ["/escalation/steps/0/alert/0"]


def test_on_stopped_needs_somebody_who_is_contacted_on_its_channel(door: Door) -> None:
    mail = {name: value for name, value in email().items() if name != "recipients"}
    found = faults(door, {"steps": [step()], "onStopped": {"alert": [mail, sms_to_nobody()]}})
    assert found == {"/onStopped/alert/0/alertType": "CONFLICT"}


def test_a_stored_alert_keeps_its_escalation(door: Door) -> None:
    body = {"alert": [sms()], "escalation": {"steps": [step()]}}
    deferred = door.post("/sendalert", {"clientRef": "r1", **body, "deferral": {"storeName": "night"}})
    assert deferred.status == 200, deferred.text
    answer = door.post("/sendstoredalert", {"clientRef": "r2", "storeName": "night"})
    assert door.get(f"/alerts/{answer.json['alertRef']}").json["escalation"]["steps"] == 1
