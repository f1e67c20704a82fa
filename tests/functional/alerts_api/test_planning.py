"""What a call would do, asked through the door."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from tests.functional.alerts_api.conftest import Door, email, sms
from tocsin.identity.domain.api_key import Right
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


# --- samples ------------------------------------------------------------------------------------------------------

NAMED = {
    "name": "crew",
    "contacts": [
        {"id": f"c{n}", "sms": f"+44770090000{n}", "email": f"c{n}@example.org", "lookups": {"first": f"Name{n}"}}
        for n in range(1, 6)
    ],
}
HELLO = {"content": "Hi {first}, {recipient}", "lookups": {"performLookups": True, "uniqueLookups": True}}


def samples(door: Door, *elements: dict[str, Any], **more: Any) -> list[list[dict[str, Any]]]:
    answer = door.send(*elements, mode="plan", **more)
    assert answer.status == 200, answer.text
    return [entry.get("samples", []) for entry in answer.json["steps"][0]["entries"]]


def test_a_plan_shows_what_the_first_three_receivers_of_each_entry_would_read(door: Door) -> None:
    crew = {"inlineContactGroup": NAMED}
    mail = to_crew(email(**HELLO, subject="For {first}"))

    texts, mails = samples(door, to_crew(sms(**HELLO)), mail, contactGroup=crew)

    assert texts == [
        {
            "recipient": f"c{n}",
            "text": f"Hi Name{n}, +44770090000{n}",
            "segments": 1,
            "truncated": False,
        }
        for n in (1, 2, 3)
    ]
    assert [(each["recipient"], each["text"], "segments" in each) for each in mails] == [
        (f"c{n}", f"Hi Name{n}, c{n}@example.org", False) for n in (1, 2, 3)
    ]
    assert mails[0]["subject"].startswith("For Name1")


def test_a_receiver_who_would_read_nothing_has_no_sample(door: Door) -> None:
    (step,) = door.send(to_crew(sms()), to_crew(email()), contactGroup=CREW, mode="plan").json["steps"]
    has_samples = {entry["outcome"]: "samples" in entry for entry in step["entries"]}
    assert has_samples == {"send": True, "held": True, "excluded": False}


def test_a_sample_has_four_kilobytes_at_most(door: Door) -> None:
    ((short,), (long,)) = samples(door, email(content="é" * 2048), email(content="a" + "é" * 2048))
    assert (len(short["text"]), short["truncated"]) == (2048, False)
    assert (long["text"], long["truncated"]) == ("a" + "é" * 2047, True)


def test_s_values_of_stores_are_shown_to_keys_that_may_read_stores_only(door: Door) -> None:
    contents = [
        {"contentType": "contactGroup", "tag": "g", "content": NAMED, "storeDetails": {"storeName": "crew"}},
        {"contentType": "sms", "tag": "t", "content": HELLO["content"], "storeDetails": {"storeName": "hello"}},
    ]
    blind = door.new_key("acme", "k2", *(set(Right) - {Right.READ_STORES}))
    stored_text = to_crew(sms(content=..., storedContent={"storeName": "hello"}, lookups=HELLO["lookups"]))
    group = {"storedContactGroup": {"storeName": "crew"}}

    def first(token: str) -> list[Any]:
        door.post("/storecontent", {"apiKey": token, "content": contents})
        found = samples(door, to_crew(sms(**HELLO)), stored_text, sms(**HELLO), contactGroup=group, apiKey=token)
        return [each[0]["text"] for each in found]

    assert first(door.token) == ["Hi Name1, +447700900001"] * 2 + ["Hi , +447700900001"]
    assert first(blind) == ["Hi {first}, {recipient}", None, "Hi , +447700900001"]
    # what the call itself brings is shown
    texts = samples(door, to_crew(sms(**HELLO)), contactGroup={"inlineContactGroup": NAMED}, apiKey=blind)
    assert texts[0][0]["text"] == "Hi Name1, +447700900001"


def test_steps_of_an_escalation_have_samples_too(door: Door) -> None:
    escalation = {"stopWhen": "any", "steps": [{"after": "5m", "alert": [to_crew(sms(**HELLO))]}]}
    plan = door.send(
        to_crew(sms()), contactGroup={"inlineContactGroup": NAMED}, escalation=escalation, mode="plan"
    ).json
    assert plan["steps"][1]["entries"][0]["samples"][0]["text"] == "Hi Name1, +447700900001"


def test_a_plan_has_a_limited_number_of_samples(door: Door) -> None:
    # given 260 entries, because each receiver's quiet hours end at another minute
    many = [
        {"id": f"c{n}", "sms": f"+4477009{n:05}", "quietHours": {"from": "11:00", "to": f"{13 + n // 60}:{n % 60:02}"}}
        for n in range(260)
    ]
    found = samples(door, to_crew(sms()), contactGroup={"inlineContactGroup": {"contacts": many}})
    assert (len(found), sum(map(len, found))) == (260, 250)
