"""What a call would do, asked through the door."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.functional.alerts_api.conftest import Door, email, sms
from tocsin.kernel.domain.wire_time import wire_time

CREW: dict[str, Any] = {
    "inlineContactGroup": {
        "contacts": [
            {"id": "ana", "sms": "+447700900001", "quietHours": {"from": "11:00", "to": "13:00"}},
            {"id": "bob", "sms": "+447700900002", "email": "bob@example.org"},
        ]
    }
}


def to_crew(element: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in {**element, "contactSets": ["all"]}.items() if name != "recipients"}


def test_a_plan_says_who_gets_what_when_and_why_not_and_does_nothing(door: Door) -> None:
    answer = door.send(to_crew(sms(tag="text")), to_crew(email(tag="mail")), contactGroup=CREW, mode="plan")

    assert answer.status == 200, answer.text
    plan = answer.json
    assert (plan["mode"], plan["success"], plan["clientRef"]) == ("plan", True, "ref-1")
    (step,) = plan["steps"]
    at_once, asleep = wire_time(door.clock()), "2026-11-23T13:00:00.000Z"
    assert [(e["tag"], e["outcome"], e.get("reason"), e["at"], e["recipients"]) for e in step["entries"]] == [
        ("text", "send", None, at_once, ["bob"]),
        ("text", "held", "quiet_hours", asleep, ["ana"]),
        ("mail", "excluded", "no_address", at_once, ["ana"]),
        ("mail", "send", None, at_once, ["bob"]),
    ]
    assert [entry.get("segments") for entry in step["entries"][:2]] == [1, 1]
    assert plan["estimatedCost"] > 0
    assert [entry["sentCount"] for entry in step["alerts"]] == [2, 1]
    assert "alertRef" not in plan
    assert door.alerts.alerts == {}
    assert door.queue.orders == []


def test_a_plan_is_refused_as_the_call_would_be(door: Door) -> None:
    answer = door.send(to_crew(sms()), mode="plan")
    assert answer.status == 400
    assert answer.json["errors"][0]["code"] == "CONTACT_GROUP_REQUIRED"


def test_t3_a_plan_of_a_schedule_shows_its_first_runs_and_plans_the_first(door: Door) -> None:
    schedule = {"start": "now", "delay": "1d", "repeat": "1d", "end": "2026-12-24T12:00:00Z"}
    plan = door.send(sms(), options={"schedule": schedule}, mode="plan").json

    first = door.clock() + timedelta(days=1)
    assert plan["runs"] == [wire_time(first + timedelta(days=n)) for n in range(5)]
    assert plan["steps"][0]["at"] == plan["runs"][0]


def test_what_mode_is_not_known_is_refused(door: Door) -> None:
    answer = door.send(sms(), mode="rehearse")
    assert answer.status == 400
    assert answer.json["errors"][0]["pointer"] == "/mode"
