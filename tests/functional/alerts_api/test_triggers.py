"""`trigger` of `/sendalert`, the keywords of `/getinfo`, and `triggered` of `/cancelalerts`, through the door."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.functional.alerts_api.conftest import Door, sms
from tocsin.kernel.domain.ids import ApiKeyId, TenantId
from tocsin.responses.domain.two_way import TwoWayNumber

OURS = "+447700900050"


@pytest.fixture
def door() -> Door:
    door = Door()
    door.numbers.add(TwoWayNumber(OURS, TenantId("acme"), ApiKeyId("k1")))
    return door


def word(keyword: str = "FIRE", kind: str = "sms", tag: str = "t") -> dict[str, str]:
    return {"type": kind, "keyword": keyword, "tag": tag}


def arm(door: Door, *words: dict[str, str], element: dict[str, Any] | None = None, **terms: Any) -> Any:
    return door.send(element or sms(), trigger={"triggers": list(words) or [word()], **terms})


def keywords(door: Door) -> list[dict[str, Any]]:
    answer = door.post("/getinfo", {"getKeywordInfo": True})
    found: list[dict[str, Any]] = answer.json["info"]["keywords"]
    return found


def test_a_call_with_a_trigger_is_answered_with_its_store_and_where_to_write(door: Door) -> None:
    answer = arm(door, word(), word(kind="email", tag="desk"), word("go-7", "shortlink"))

    assert answer.status == 200, answer.text
    body = answer.json
    assert set(body) == {"success", "returnCode", "clientRef", "storeId", "expirationInDays", "triggers"}
    assert body["success"] is True
    assert body["expirationInDays"] == 365
    first, second, third = body["triggers"]
    assert first == {"type": "sms", "keyword": "FIRE", "tag": "t", "where": [OURS]}
    assert second["where"][0].startswith("t+acme.k1.")
    assert third["where"] == []
    assert door.alerts.alerts == {}


def test_a_call_that_arms_a_stored_alert_is_sent_and_says_both(door: Door) -> None:
    stored = door.post(
        "/storecontent",
        {
            "content": [
                {
                    "contentType": "alert",
                    "contentEncoding": "json",
                    "content": {"clientRef": "drill", "alert": [sms()]},
                    "tag": "d",
                    "storeDetails": {"storeName": "drill"},
                }
            ]
        },
    ).json["content"][0]

    answer = arm(door, storeDetails={"storeName": "drill"})

    assert answer.status == 200, answer.text
    assert answer.json["storeId"] == stored["storeId"]
    assert answer.json["alertRef"] in {ref for _, ref in door.alerts.alerts}
    assert [each["keyword"] for each in answer.json["triggers"]] == ["FIRE"]


def test_getinfo_lists_keywords_and_where_they_are_written(door: Door) -> None:
    assert keywords(door) == []
    store = arm(door, minimumRepeatInterval="5m", maximumRepeats=3).json["storeId"]

    (entry,) = keywords(door)

    assert entry["storeId"] == store
    assert (entry["keyword"], entry["type"], entry["tag"], entry["where"]) == ("FIRE", "sms", "t", [OURS])
    assert (entry["minimumRepeatIntervalSeconds"], entry["maximumRepeats"], entry["firedCount"]) == (300, 3, 0)
    assert "lastFiredAt" not in entry
    info = door.post("/getinfo", {"getKeywordInfo": True}).json["info"]
    assert info["keywordPlaces"]["sms"] == [OURS]
    assert info["keywordPlaces"]["email"][0].startswith("t+acme.k1.")


def test_cancelling_ends_it_and_keeps_the_store(door: Door) -> None:
    store = arm(door).json["storeId"]

    answer = door.post("/cancelalerts", {"cancel": [{"triggered": {"storeId": store}}]})

    assert answer.status == 200
    (entry,) = answer.json["cancel"]
    assert entry["success"] is True
    assert entry["triggered"] == {"storeId": store}
    assert "cancelledAt" in entry
    assert keywords(door) == []
    stored = door.post("/getinfo", {"getStoredContentInfo": True}).json["info"]["stored"]
    assert [each["storeId"] for each in stored] == [store]


def test_a_repeat_with_the_same_idempotency_key_gets_the_same_answer(door: Door) -> None:
    body = {"alert": [sms()], "trigger": {"triggers": [word()]}, "clientRef": "r", "version": "latest"}
    first = door.post("/sendalert", body, **{"Idempotency-Key": "once"})
    again = door.post("/sendalert", body, **{"Idempotency-Key": "once"})
    assert first.status == again.status == 200
    assert first.json == again.json
    assert len(door.triggers.standing) == 1


@pytest.mark.parametrize(
    ("trigger", "pointer", "code"),
    [
        ({"triggers": []}, "/trigger/triggers", "TOO_FEW"),
        ({"triggers": [word("two words")]}, "/trigger/triggers/0/keyword", "WRONG_FORM"),
        ({"triggers": [word("x" * 41)]}, "/trigger/triggers/0/keyword", "TOO_LONG"),
        ({"triggers": [word("")]}, "/trigger/triggers/0/keyword", None),
        ({"triggers": [word(kind="call")]}, "/trigger/triggers/0/type", "NOT_ALLOWED"),
        ({"triggers": [word("STOP")]}, "/trigger/triggers/0/keyword", "RESERVED"),
        ({"triggers": [word(), word("fire")]}, "/trigger/triggers/1/keyword", "DUPLICATE"),
        ({"triggers": [word()], "maximumRepeats": -1}, "/trigger/maximumRepeats", None),
        ({"triggers": [word()], "minimumRepeatInterval": "0m"}, "/trigger/minimumRepeatInterval", None),
    ],
)
def test_what_is_wrong_with_a_trigger_is_pointed_at(
    door: Door, trigger: dict[str, Any], pointer: str, code: str | None
) -> None:
    answer = door.send(sms(), trigger=trigger)
    assert answer.status == 400, answer.text
    found = {error["pointer"]: error["code"] for error in answer.json["errors"]}
    assert pointer in found
    assert code in (None, found[pointer])


WAITS = {"triggers": [word()]}


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/sendalert", {"clientRef": "r", "alert": [sms()], "trigger": WAITS, "deferral": {"storeName": "x"}}),
        (
            "/sendalert",
            {"clientRef": "r", "alert": [sms()], "trigger": WAITS, "options": {"schedule": {"start": "now"}}},
        ),
        ("/sendalerts", {"alerts": [{"clientRef": "r", "alert": [sms()], "trigger": WAITS}]}),
    ],
)
def test_what_waits_for_a_keyword_is_never_sent_at_once_or_later(door: Door, path: str, body: dict[str, Any]) -> None:
    answer = door.post(path, body)
    assert answer.status == 400, answer.text
    assert any(error["pointer"].endswith("/trigger") for error in answer.json["errors"]), answer.text
    assert door.alerts.alerts == {}
    assert door.triggers.standing == {}


def test_a_stored_alert_with_a_trigger_of_its_own_is_not_sent_at_once(door: Door) -> None:
    content = {"clientRef": "drill", "alert": [sms()], "trigger": WAITS}
    entry = {"contentType": "alert", "contentEncoding": "json", "content": content, "tag": "d"}
    stored = door.post("/storecontent", {"content": [entry]}).json["content"][0]
    assert stored["success"], stored
    answer = door.post("/sendstoredalert", {"storeId": stored["storeId"]})
    assert answer.status == 400
    assert door.alerts.alerts == {}


def test_a_plan_of_an_alert_that_would_wait_arms_and_sends_nothing(door: Door) -> None:
    answer = door.send(sms(), trigger=WAITS, mode="plan")
    assert answer.status == 200, answer.text
    assert door.alerts.alerts == {}
    assert door.triggers.standing == {}


def test_a_keyword_in_use_is_refused_and_names_the_store(door: Door) -> None:
    store = arm(door).json["storeId"]
    answer = arm(door, word("fire"))
    assert answer.status == 400
    (error,) = answer.json["errors"]
    assert (error["pointer"], error["code"]) == ("/trigger/triggers/0/keyword", "KEYWORD_IN_USE")
    assert store in error["message"]


def test_an_alert_nobody_would_get_is_a_422_and_arms_nothing(door: Door) -> None:
    answer = arm(door, element=sms(recipients=["+999"]))
    assert (answer.status, answer.json["success"]) == (422, False)
    assert door.triggers.standing == {}


def test_s1_a_store_of_another_key_is_not_found(door: Door) -> None:
    store = arm(door).json["storeId"]
    stranger = door.new_key("other", "k9")
    asked = {"version": "latest", "cancel": [{"triggered": {"storeId": store}}]}
    answer = door.gateway.post("/cancelalerts", asked | {"apiKey": stranger})
    assert answer.status == 422
    assert len(keywords(door)) == 1


def test_s7_no_keyword_is_in_a_log(door: Door, capsys: pytest.CaptureFixture[str]) -> None:
    arm(door, word("Geheimwort"))
    arm(door, word("geheimwort"))
    said = capsys.readouterr()
    assert "geheimwort" not in (said.out + said.err).lower()
    assert json.dumps(OURS) not in said.out
