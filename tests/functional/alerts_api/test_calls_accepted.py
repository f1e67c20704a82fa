"""Calls through the door, where the voice channel is served: faults, warnings, stores and plans."""

from __future__ import annotations

from base64 import b64encode
from datetime import time, timedelta
from typing import Any

import pytest

from tests.fakes.audio import FakeDecodeAudio, a_sound
from tests.fakes.conversations import FakeTwoWayNumbers
from tests.functional.alerts_api.conftest import OURS, Door, call, inbound
from tocsin.calendar.domain.quiet_hours import QuietHours
from tocsin.contacts.domain.channel import Channel
from tocsin.identity.domain.tenant import Tenant
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.limits.domain.sending_limits import SendingLimits
from tocsin.responses.domain.two_way import TwoWayNumber
from tocsin.voice.domain.script import CHARACTERS_PER_SECOND

SOUND = {"content": a_sound(30_000), "contentEncoding": "base64", "voiceFormat": "mp3"}
MUST_PRESS = {"ivrControl": {"ivrRequireResponse": True}}


@pytest.fixture
def voice() -> Door:
    return Door(decode=FakeDecodeAudio(), numbers=FakeTwoWayNumbers(OURS))


def entry_of(door: Door, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = door.send(element, **more)
    assert answer.status == 200, answer.text
    (entry,) = answer.json["alerts"]
    return dict(entry)


def plan_of(door: Door, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = door.send(element, mode="plan", **more)
    assert answer.status == 200, answer.text
    return dict(answer.json)


def codes(warnings: list[dict[str, str]]) -> list[tuple[str, str]]:
    return [(each["pointer"], each["code"]) for each in warnings]


@pytest.mark.parametrize("make", [call, inbound])
def test_a_call_is_accepted_and_its_warnings_say_where(voice: Door, make: Any) -> None:
    spoken = make(tts={"language": "de-LI"}, recipients=["+447700900001"])
    entry = entry_of(voice, spoken)
    assert (entry["success"], entry["sentCount"]) == (True, 1)
    assert codes(entry["warnings"]) == [("/alert/0/tts/language", "OTHER_VOICE")]


def test_a_bad_recording_is_a_400_with_its_pointer_and_nothing_is_sent(voice: Door) -> None:
    answer = voice.send(call(**{**SOUND, "content": "bm8="}))
    assert answer.status == 400
    assert [(each["pointer"], each["code"]) for each in answer.json["errors"]] == [("/alert/0/content", "NOT_AUDIO")]
    assert voice.alerts.alerts == {}


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("/sendalert", lambda sound: {"clientRef": "r", "alert": [call(**sound)]}),
        ("/storecontent", lambda sound: {"content": [{"contentType": "call", "tag": "t", **sound}]}),
    ],
)
def test_a_recording_that_no_body_holds_is_told_the_limit_and_what_to_do(voice: Door, verb: str, body: Any) -> None:
    # given recordings in base64, one as large as a body can hold, and one of a megabyte
    fits, too_large = (
        {"content": b64encode(bytes(size)).decode(), "contentEncoding": "base64", "voiceFormat": "mp3"}
        for size in (785_000, 1_000_000)
    )

    # then the first is looked at, and the other is one clear answer
    assert "REQUEST_TOO_LARGE" not in voice.post(verb, body(fits)).text
    answer = voice.post(verb, body(too_large))
    assert (answer.status, answer.json["allowed"]) == (413, 1_048_576)
    (fault,) = answer.json["errors"]
    assert fault["code"] == "REQUEST_TOO_LARGE"
    for word in ("1048576 bytes", "store each recording", "mono mp3"):
        assert word in fault["message"]
    assert answer.json["failureReason"] == fault["message"]


def test_a_bad_recording_is_not_stored(voice: Door) -> None:
    entry = {"contentType": "call", "tag": "t", **SOUND, "content": "bm8="}
    answer = voice.post("/storecontent", {"content": [entry]})
    assert answer.status == 400
    assert [(each["pointer"], each["code"]) for each in answer.json["errors"]] == [("/content/0/content", "NOT_AUDIO")]


def test_a_stored_recording_is_kept_as_calls_play_it(voice: Door) -> None:
    answer = voice.post("/storecontent", {"content": [{"contentType": "call", "tag": "t", **SOUND}]})
    (stored,) = answer.json["content"]
    kept = voice.get(f"/stores/{stored['storeId']}").json
    assert (kept["fields"], kept["seconds"]) == ({"voiceFormat": "wav"}, 30.0)
    entry = entry_of(voice, call(content=..., voiceFormat=..., storedContent=stored["storeId"], tts={}))
    assert codes(entry["warnings"])[0][1] == "IGNORED"


def test_decided_7_15_a_plan_says_how_long_a_call_lasts_and_what_it_costs(voice: Door) -> None:
    plan = plan_of(voice, call(**SOUND, ivrControl={"ivrAttempts": 3, "ivrRequireResponse": True}))
    (entry,) = plan["steps"][0]["entries"]
    assert (entry["outcome"], entry["estimatedSeconds"]) == ("send", 30.0)
    assert plan["estimatedCost"] > 0
    assert plan["estimatedCostMost"] == pytest.approx(3 * plan["estimatedCost"], rel=0.01)
    assert "warnings" not in plan["steps"][0]["alerts"][0]


def test_a_plan_of_a_text_says_how_long_it_is_spoken(voice: Door) -> None:
    plan = plan_of(voice, call(content="x" * 10 * CHARACTERS_PER_SECOND))
    assert plan["steps"][0]["entries"][0]["estimatedSeconds"] == 10.0
    assert plan["steps"][0]["entries"][0]["samples"][0]["text"] == "x" * 10 * CHARACTERS_PER_SECOND


def test_decided_7_14_a_plan_of_a_simple_call_without_a_key_says_that_voicemail_counts(voice: Door) -> None:
    (entry,) = plan_of(voice, call())["steps"][0]["alerts"]
    assert [code for _, code in codes(entry["warnings"])] == ["VOICEMAIL_COUNTS"]
    assert "warnings" not in plan_of(voice, call(**MUST_PRESS))["steps"][0]["alerts"][0]
    assert "warnings" not in entry_of(voice, call())  # only a plan warns of it


@pytest.mark.parametrize(
    ("attempts", "lifetime", "urgent", "warned"),
    [
        (3, "1d", False, False),
        (3, "4m", False, True),
        (10, "1h", False, True),
        (10, "1h", True, True),  # six calls an hour are the most for urgent ones too
        (10, "2h", True, False),
        (10, "2h", False, True),
        (1, "1m", False, False),
    ],
)
def test_decided_7_5_a_plan_warns_if_the_attempts_cannot_fit(
    voice: Door, attempts: int, lifetime: str, urgent: bool, warned: bool
) -> None:
    given = call(ivrControl={"ivrAttempts": attempts, "ivrRequireResponse": True})
    plan = plan_of(voice, given, options={"lifetime": lifetime, "urgent": urgent})
    warnings = plan["steps"][0]["alerts"][0].get("warnings", [])
    assert ("ATTEMPTS_CANNOT_FIT" in [code for _, code in codes(warnings)]) is warned


def test_where_the_channel_is_not_served_a_plan_has_no_figures_of_calls() -> None:
    plan = plan_of(Door(decode=None), call())
    assert "estimatedCostMost" not in plan
    assert plan["steps"][0]["entries"][0]["outcome"] == "excluded"


# --- whose number -----------------------------------------------------------------------------------------------------

THEIRS = "+442079460099"


def test_decided_7_4_a_call_from_a_number_of_somebody_else_is_a_422_that_names_it(door: Door) -> None:
    door.numbers.add(TwoWayNumber(THEIRS, TenantId("globex"), ApiKeyId("k9")))
    for elements in ([call(sender=THEIRS)], [call(sender=NOBODYS), inbound(telephoneNumber=THEIRS)]):
        answer = door.send(*elements)
        assert answer.status == 422, answer.text
        assert (answer.json["success"], door.alerts.alerts) == (False, {})
        assert all(number in answer.json["failureReason"] for each in elements for number in numbers_of(each))


NOBODYS = "+442079460077"


def numbers_of(element: dict[str, Any]) -> list[str]:
    return [element[name] for name in ("sender", "telephoneNumber") if name in element]


def test_decided_7_4_one_element_with_such_a_number_leaves_the_others(door: Door) -> None:
    entries = door.send(call(sender=NOBODYS, tag="a"), call(tag="b")).json["alerts"]
    assert [(each["success"], each["sentCount"], each.get("failureCode")) for each in entries] == [
        (False, 0, "foreign_sender"),
        (True, 1, None),
    ]


# --- calls in ---------------------------------------------------------------------------------------------------------


def test_decided_7_1_a_call_in_without_receivers_is_open_and_says_so(door: Door) -> None:
    answer = door.send(inbound())
    (entry,) = answer.json["alerts"]
    assert (entry["success"], entry["requestedCount"], entry["sentCount"]) == (True, 0, 0)
    assert codes(entry["warnings"]) == [("/alert/0/telephoneNumber", "OPEN_TO_ANYBODY")]
    seen = door.get(f"/alerts/{answer.json['alertRef']}").json
    assert (seen["recipient_count"], seen["excluded_count"], seen["counts"]["queued"]) == (1, 0, 1)
    rows = door.get(f"/alerts/{answer.json['alertRef']}/recipients").json["items"]
    assert [row["address"] for row in rows] == ["anybody"]
    (warned,) = plan_of(door, inbound())["steps"][0]["alerts"]
    assert codes(warned["warnings"]) == [("/alert/0/telephoneNumber", "OPEN_TO_ANYBODY")]


def test_decided_7_1_a_call_in_waits_as_long_as_the_alert_lives_and_knows_no_quiet_hours(door: Door) -> None:
    door.tenants.add(Tenant(TenantId("acme"), "Acme", door.clock(), "UTC", QuietHours(time(11), time(14))))
    elements = [inbound(recipients=["+447700900001"]), call(**MUST_PRESS)]
    plan = door.send(*elements, mode="plan", options={"lifetime": "2d"}).json
    found = {each["alertType"]: (each["outcome"], each["sendBefore"]) for each in plan["steps"][0]["entries"]}
    assert found == {
        "inboundCall": ("send", wire_time(door.clock() + timedelta(days=2))),
        "call": ("held", wire_time(door.clock() + timedelta(hours=6))),
    }


@pytest.mark.parametrize("receivers", [{"recipients": []}, {"recipientList": " , "}])
def test_decided_7_1_receivers_that_name_nobody_are_a_fault(door: Door, receivers: dict[str, Any]) -> None:
    assert door.send(inbound(**receivers)).faults() == {"/alert/0": "NO_RECEIVERS"}
    assert door.send(inbound(recipientList="")).status == 200  # left out


def test_decided_7_1_a_call_in_takes_no_capacity_and_a_call_one_for_each_person(door: Door) -> None:
    token = door.new_key("acme", "k2", capacities={Channel.CALL: 3})
    door.numbers.add(TwoWayNumber(NOBODYS, TenantId("acme"), ApiKeyId("k2")))
    three = {"recipients": ["+447700900001", "+447700900002"], "ivrControl": {"ivrAttempts": 10}}
    answer = door.send(
        call(sender=NOBODYS, **three), inbound(telephoneNumber=NOBODYS, recipients=["+447700900001"]), apiKey=token
    )
    assert [each["remainingCapacity"] for each in answer.json["alerts"]] == [1, None]


# --- countries and special numbers ------------------------------------------------------------------------------------


def test_the_countries_of_an_account_and_premium_numbers_are_judged_for_calls_out(door: Door) -> None:
    door.sending_limits.set(TenantId("acme"), SendingLimits(countries=frozenset({"GB"})))
    abroad, premium = "+12025550123", "+449011234567"
    entry = entry_of(door, call(recipients=["+447700900001", abroad, premium]))
    assert entry["sentCount"] == 1
    assert "country_not_allowed" in entry["failureReason"]
    assert "special_number" in entry["failureReason"]
    assert entry_of(door, inbound(recipients=[abroad, premium]))["sentCount"] == 2
