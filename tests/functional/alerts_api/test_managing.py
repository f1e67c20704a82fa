"""`/getinfo` and `/setinfo` at the door."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pydantic.alias_generators import to_camel

from alerts_api.schemas.info import GetInfoBody
from tests.functional.alerts_api.conftest import Door, sms
from tocsin.contacts.domain.channel import Channel
from tocsin.egress.domain.callback_url import CallbackEncoding
from tocsin.identity.domain.api_key import KeyKind, Right
from tocsin.identity.domain.notification import NotificationMode
from tocsin.kernel.domain.ids import AlertRef, ApiKeyId, TenantId
from tocsin.kernel.domain.wire_time import wire_time
from tocsin.limits.application.read_limits import spent_today
from tocsin.limits.domain.sending_limits import Pause, Rate, SendingLimits
from tocsin.notices.domain.account_notice import Category, Severity, notice_about
from tocsin.webhooks.domain.callback import EndpointKey
from tocsin.webhooks.domain.callback_order import DeliveryOrder
from tocsin.webhooks.domain.delivery import Attempt, Delivery, DeliveryKey, DeliveryState

ACME, K1 = TenantId("acme"), ApiKeyId("k1")


def info(door: Door, **asked: Any) -> dict[str, Any]:
    answer = door.post("/getinfo", asked)
    assert answer.status == 200, answer.text
    found: dict[str, Any] = answer.json["info"]
    return found


def tell(door: Door, n: int, severity: Severity = Severity.ERROR, key_id: str = "k1") -> None:
    at = door.clock() + timedelta(seconds=n)
    ref = AlertRef("019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90")
    message = notice_about(
        ACME, ApiKeyId(key_id), f"e{n}", at, severity, Category.CALLBACK, "gone", f"event {n}", alert=ref
    )
    door.told.notify(message)


# --- getinfo --------------------------------------------------------------------------------------------------


def test_settings_alone_when_nothing_is_asked(door: Door) -> None:
    answer = door.post("/getinfo", {"clientRef": "mine"})

    assert (answer.status, answer.json["clientRef"]) == (200, "mine")
    assert answer.json["info"] == {
        "apiKeyFriendlyName": "k1",
        "sandboxed": False,
        "defaultNotification": "poll",
        "defaultNotificationFormat": "json",
        "defaultCallbackUrl": None,
        "transliterate": False,
        "clickCounts": False,
        "ownerEmail": None,
        "timeZone": "UTC",
        "quietHours": None,
    }


def test_capacities_that_are_limited_have_a_number_and_the_others_none(door: Door) -> None:
    token = door.new_key("acme", "k2", capacities={Channel.SMS: 7, Channel.EMAIL: 0})

    assert info(door, apiKey=token, getCapacityInfo=True)["capacities"] == {"call": None, "email": 0, "sms": 7}
    assert info(door, getCapacityInfo=True)["capacities"] == {"call": None, "email": None, "sms": None}


def test_how_large_a_call_may_be_is_told_with_what_the_operator_allowed(door: Door) -> None:
    token = door.new_key("acme", "k2", personal_cap=2_000, mail_bytes=5_000_000)

    assert info(door, apiKey=token, getLimitInfo=True)["limits"] == {
        "recipients": 10_000,
        "personalRecipients": 2_000,
        "textCharacters": 1_600,
        "mailBytes": 5_000_000,
        "callBytes": 268_435_456,
        "bodyBytes": 1_048_576,
        "receiversInAllSteps": 50_000,
    }
    assert info(door, getLimitInfo=True)["limits"]["personalRecipients"] == 500
    assert "limits" not in info(door)


def test_a_sandbox_key_says_so(door: Door) -> None:
    assert info(door, apiKey=door.new_key("acme", "k2", kind=KeyKind.SANDBOX))["sandboxed"] is True


def test_stores_are_listed_with_their_time_and_without_content(door: Door) -> None:
    content = [{"contentType": "sms", "tag": "t", "content": "canary", "storeDetails": {"storeName": "hello"}}]
    store = door.post("/storecontent", {"content": content}).json["content"][0]

    (found,) = info(door, getStoredContentInfo=True)["stored"]

    assert found == {
        "storeId": store["storeId"],
        "storeName": "hello",
        "tag": "t",
        "type": "sms",
        "expiresUnlessUsed": wire_time(door.clock() + timedelta(days=30)),
    }
    assert info(door, apiKey=door.new_key("acme", "k2"), getStoredContentInfo=True)["stored"] == []


def test_schedules_and_keywords_are_empty_lists_until_there_are_any(door: Door) -> None:
    found = info(door, getScheduledAlertInfo=True, getKeywordInfo=True, getStats=True)
    assert (found["scheduled"], found["keywords"], found["stats"]) == ([], [], {"eventsWaiting": 0})


def test_s15_limits_are_shown_with_what_is_spent_and_paused(door: Door) -> None:
    door.sending_limits.books[ACME] = SendingLimits(
        countries=frozenset({"GB", "+33"}), tenant_rate=Rate(100, timedelta(hours=1)), daily_spend=2_500_000
    )
    door.sending_limits.pause(ACME, Channel.EMAIL, Pause(door.clock(), "too_many_bounces"))
    door.counters.add(ACME, f"spend#{door.clock():%Y%m%d}", 90_000, door.clock())
    assert spent_today(door.counters, ACME, door.clock()) == 90_000

    assert info(door, getSendingLimitInfo=True)["sendingLimits"] == {
        "countries": ["+33", "GB"],
        "specialNumbers": False,
        "perReceiver": {"count": 5, "seconds": 900},
        "callsPerReceiver": {"count": 6, "seconds": 3600},
        "perAccount": {"count": 100, "seconds": 3600},
        "dailySpendLimitUsd": 2.5,
        "spentTodayUsd": 0.09,
        "paused": [{"channel": "email", "since": wire_time(door.clock()), "reason": "too_many_bounces"}],
    }


def test_ah_129_messages_can_be_picked_and_are_ten_unless_more_is_asked(door: Door) -> None:
    for n in range(12):
        tell(door, n, Severity.ERROR if n % 2 else Severity.NOTICE)
    tell(door, 99, key_id="k2")

    assert [m["message"] for m in info(door, getMessages=True)["messages"]] == [f"event {n}" for n in range(11, 1, -1)]
    options = {"earliestFirst": True, "severity": "error", "category": "callback", "maximumMessages": 2}
    first, second = info(door, getMessages=True, messageOptions=options)["messages"]
    assert (first["message"], second["message"]) == ("event 1", "event 3")
    assert first == {
        "messageId": first["messageId"],
        "whence": wire_time(door.clock() + timedelta(seconds=1)),
        "severity": "error",
        "category": "callback",
        "code": "gone",
        "message": "event 1",
        "alertId": "019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90",
    }
    assert info(door, getMessages=True, messageOptions={"category": "api"})["messages"] == []


def test_unreported_messages_that_are_marked_come_exactly_once(door: Door) -> None:
    for n in range(5):
        tell(door, n)
    once = {"unreportedOnly": True, "markReported": True, "maximumMessages": 3}

    pages = [info(door, getMessages=True, messageOptions=once)["messages"] for _ in range(3)]

    assert [len(page) for page in pages] == [3, 2, 0]
    assert len({m["messageId"] for page in pages for m in page}) == 5


def test_a_call_that_fails_over_another_piece_marks_no_message(door: Door) -> None:
    tell(door, 1)
    once = {"getMessages": True, "messageOptions": {"unreportedOnly": True, "markReported": True}}
    door.endpoints.outage.failing = 1

    assert door.post("/getinfo", {**once, "getCallbackInfo": True}).status == 503
    assert len(info(door, **once)["messages"]) == 1


def test_every_word_that_asks_for_a_piece_has_a_reader(door: Door) -> None:
    words = [name for name, field in GetInfoBody.model_fields.items() if field.annotation is bool]
    plain = info(door)

    assert len(words) == 9
    for word in words:
        assert info(door, **{to_camel(word): True}).keys() > plain.keys(), word


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"messageOptions": {}}, "/messageOptions"),
        ({"getMessages": True, "messageOptions": {"maximumMessages": 101}}, "/messageOptions/maximumMessages"),
        ({"getMessages": True, "messageOptions": {"severity": "fatal"}}, "/messageOptions/severity"),
        ({"getEverything": True}, "/getEverything"),
        ({"getMessages": "yes"}, "/getMessages"),
    ],
)
def test_a_question_that_makes_no_sense_is_told_where(door: Door, body: dict[str, Any], pointer: str) -> None:
    answer = door.post("/getinfo", body)
    assert answer.status == 400
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]


# --- setinfo --------------------------------------------------------------------------------------------------


def test_what_is_set_is_what_is_there_and_the_rest_stays(door: Door) -> None:
    before = door.keys.keys[ACME, K1]

    answer = door.post("/setinfo", {"apiKeyFriendlyName": " Day shift ", "transliterate": True})

    assert answer.status == 200
    assert answer.json["info"]["apiKeyFriendlyName"] == "Day shift"
    assert door.keys.keys[ACME, K1] == replace(before, name="Day shift", transliterate=True)
    assert info(door)["transliterate"] is True


def test_callbacks_become_the_default_and_can_be_taken_back(door: Door) -> None:
    url = "https://hooks.example.org/alerts?token=x"
    body = {"defaultNotification": "callback", "defaultCallbackUrl": url, "defaultNotificationFormat": "form"}
    assert door.post("/setinfo", body).json["info"]["defaultCallbackUrl"] == url
    key = door.keys.keys[ACME, K1]
    assert (key.notification, key.callback_url, key.callback_encoding) == (NotificationMode.CALLBACK, url, "form")

    refused = door.post("/setinfo", {"defaultCallbackUrl": None})
    assert (refused.status, refused.json["errors"][0]["pointer"]) == (400, "/defaultCallbackUrl")

    assert door.post("/setinfo", {"defaultCallbackUrl": None, "defaultNotification": "poll"}).status == 200
    assert door.keys.keys[ACME, K1].callback_url is None


def test_the_bus_becomes_the_default_of_a_key_with_the_right_only(door: Door) -> None:
    body = {"defaultNotification": "bus"}
    answer = door.post("/setinfo", {**body, "apiKey": door.new_key("acme", "k2", Right.USE_BUS)})
    assert (answer.status, answer.json["info"]["defaultNotification"]) == (200, "bus")

    refused = door.post("/setinfo", {**body, "apiKey": door.new_key("acme", "k3", Right.SET_LIFETIME)})
    assert refused.status == 403
    assert "canUseBus" in str(refused.json)


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, ""),
        ({"defaultNotification": "callback"}, "/defaultCallbackUrl"),
        ({"defaultCallbackUrl": "http://hooks.example.org/"}, "/defaultCallbackUrl"),
        ({"defaultCallbackUrl": "https://127.0.0.1/"}, "/defaultCallbackUrl"),
        ({"defaultCallbackUrl": "https://localhost/"}, "/defaultCallbackUrl"),
        ({"apiKeyFriendlyName": ""}, ""),  # nothing is to be changed
        ({"ownerEmail": "ana@"}, "/ownerEmail"),
        ({"ownerEmail": "ana@example.org, bob@example.org"}, "/ownerEmail"),
        ({"ownerEmail": ""}, ""),
        ({"ownerEmail": "a" * 250 + "@example.org"}, "/ownerEmail"),
        ({"defaultNotification": "sms"}, "/defaultNotification"),
        # what a key may do is not its own to change
        ({"transliterate": True, "rights": ["canReadAlerts"]}, "/rights"),
        ({"transliterate": True, "capacities": {"sms": 9}}, "/capacities"),
        ({"transliterate": True, "enabled": True}, "/enabled"),
    ],
)
def test_s3_what_cannot_be_set_is_refused_and_nothing_changes(door: Door, body: dict[str, Any], pointer: str) -> None:
    before = door.keys.keys[ACME, K1]
    answer = door.post("/setinfo", body)
    assert answer.status == 400
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]
    assert door.keys.keys[ACME, K1] == before


def owners_mailed(door: Door) -> list[tuple[str, ...]]:
    return [tuple(who.address for who in to) for key, to in door.alerts.chunks.items() if door.alert_of(key).system]


def test_an_owner_can_be_named_changed_and_removed_and_the_one_before_hears_of_it_once_a_day(door: Door) -> None:
    assert door.post("/setinfo", {"ownerEmail": "Ana@OWNER.example"}).json["info"]["ownerEmail"] == "Ana@owner.example"
    assert info(door)["ownerEmail"] == "Ana@owner.example"
    door.post("/setinfo", {"ownerEmail": "Ana@owner.example", "transliterate": True})
    assert owners_mailed(door) == []

    door.post("/setinfo", {"ownerEmail": "eve@elsewhere.example"})
    assert door.post("/setinfo", {"ownerEmail": None}).json["info"]["ownerEmail"] is None
    assert owners_mailed(door) == [("Ana@owner.example",)]

    door.clock.advance(timedelta(days=1))
    door.post("/setinfo", {"ownerEmail": "bob@owner.example"})
    door.post("/setinfo", {"ownerEmail": None})
    assert owners_mailed(door) == [("Ana@owner.example",), ("bob@owner.example",)]


def test_what_speaks_of_no_owner_leaves_the_owner(door: Door) -> None:
    door.post("/setinfo", {"ownerEmail": "ana@owner.example"})
    door.post("/setinfo", {"transliterate": True})
    assert door.keys.keys[ACME, K1].owner_email == "ana@owner.example"


def test_a_send_goes_by_the_default_that_was_set(door: Door) -> None:
    door.post("/setinfo", {"defaultNotification": "none"})
    ref = door.send(sms()).json["alertRef"]
    assert door.alerts.alerts[ACME, AlertRef(ref)].notification is NotificationMode.NONE


# --- callbacks ------------------------------------------------------------------------------------------------

HOOK = "https://hooks.example.org/in?token=1"


def a_failed_delivery(door: Door, endpoint: EndpointKey, n: int = 1) -> Delivery:
    delivery = Delivery(
        key=DeliveryKey(ACME, f"evt_{n:032x}"),
        endpoint=endpoint,
        alert=AlertRef("019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90"),
        url=HOOK,
        encoding=CallbackEncoding.JSON,
        body="{}",
        created_at=door.clock() - timedelta(hours=1),
        expires_at=door.clock() + timedelta(days=30),
        state=DeliveryState.EXHAUSTED,
        attempts=(Attempt(1, door.clock() - timedelta(minutes=59), 500, None, 12),),
    )
    door.deliveries.add(delivery)
    return delivery


def change(door: Door, token: str | None = None, **asked: Any) -> dict[str, Any]:
    answer = door.post("/setinfo", {"callback": asked} | ({"apiKey": token} if token else {}))
    assert answer.status == 200, answer.text
    found: dict[str, Any] = answer.json["callback"]
    return found


def test_w1_a_signing_secret_is_shown_by_the_call_that_made_it_and_never_again(door: Door) -> None:
    first = change(door, callbackUrl=HOOK, rotateSecret=True)
    second = change(door, endpointId=first["endpoint"]["endpointId"], rotateSecret=True)

    kept = door.endpoints.rows[EndpointKey.of(ACME, K1, HOOK)]
    assert [one.value for one in kept.secrets] == [second["secret"], first["secret"]]
    seen = door.post("/getinfo", {"getCallbackInfo": True}).text
    assert first["secret"] not in seen
    assert second["secret"] not in seen


@pytest.mark.parametrize("kept", [True, False])
def test_a1_a_rotation_that_is_repeated_gives_the_same_secret_and_makes_no_third(door: Door, kept: bool) -> None:
    first = change(door, callbackUrl=HOOK, rotateSecret=True)
    asked = {"callback": {"callbackUrl": HOOK, "rotateSecret": True}}
    door.book.keeping.failing = 0 if kept else 1  # as if the worker had died after the rotation

    second = door.post("/setinfo", asked, Idempotency_Key="once").json["callback"]
    again = door.post("/setinfo", asked, Idempotency_Key="once").json["callback"]

    assert again["secret"] == second["secret"] != first["secret"]
    secrets = [one.value for one in door.endpoints.rows[EndpointKey.of(ACME, K1, HOOK)].secrets]
    assert secrets == [second["secret"], first["secret"]]
    third = door.post("/setinfo", asked, Idempotency_Key="twice").json["callback"]
    assert third["secret"] not in secrets


def test_a1_the_same_idempotency_key_makes_another_secret_for_each_api_key_and_url(door: Door) -> None:
    k2 = door.new_key("acme", "k2")
    made = set()
    for token, url in ((door.token, HOOK), (k2, HOOK), (door.new_key("umbrella", "k1"), HOOK)):
        body = {"apiKey": token, "callback": {"callbackUrl": url, "rotateSecret": True}}
        made.add(door.post("/setinfo", body, Idempotency_Key="once").json["callback"]["secret"])
    assert len(made) == 3


def test_a1_another_change_under_the_same_key_is_a_422(door: Door) -> None:
    door.post("/setinfo", {"transliterate": True}, Idempotency_Key="once")
    answer = door.post("/setinfo", {"transliterate": False}, Idempotency_Key="once")
    assert (answer.status, answer.faults()) == (422, {"": "IDEMPOTENCY_KEY_REUSED"})
    assert door.keys.keys[ACME, K1].transliterate


def test_ah_129_how_callbacks_fare_is_told_and_what_failed_is_replayed(door: Door) -> None:
    endpoint = change(door, callbackUrl=HOOK, rotateSecret=True)["endpoint"]
    lost = a_failed_delivery(door, EndpointKey.of(ACME, K1, HOOK))

    told = info(door, getCallbackInfo=True, callbackOptions={"endpointId": endpoint["endpointId"]})["callbacks"]
    assert [(one["callbackUrl"], one["state"]) for one in told["endpoints"]] == [(HOOK, "enabled")]
    assert [(one["eventId"], one["state"], one["attempts"][0]["status"]) for one in told["deliveries"]] == [
        (lost.key.event_id, "exhausted", 500)
    ]

    assert change(door, endpointId=endpoint["endpointId"], replayFailed=True)["replayed"] == 1
    assert door.deliveries.rows[lost.key].state is DeliveryState.PENDING
    assert change(door, replayEventId=lost.key.event_id)["replayed"] == 1
    assert [order for order, _ in door.callback_queue.puts] == [DeliveryOrder(ACME, (lost.key.event_id,))]


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (b"no such tenant\n", r"no such tenant\n"),
        (b"\x1b[31mred\x00", r"\x1b[31mred\x00"),
        ("\u202egnp.exe größe".encode(), r"\u202egnp.exe größe"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b"<script>", "<script>"),
        (b"x" * 1024, "x" * 256),
        (b"\n" * 1024, r"\n" * 128),
    ],
)
def test_w7_what_a_receiver_said_to_a_failed_call_is_shown_short_and_harmless(
    door: Door, said: bytes, shown: str
) -> None:
    endpoint = change(door, callbackUrl=HOOK, rotateSecret=True)["endpoint"]
    lost = a_failed_delivery(door, EndpointKey.of(ACME, K1, HOOK))
    door.deliveries.keep_answer(lost.key, 1, said, door.clock() + timedelta(days=7))

    def attempt() -> dict[str, Any]:
        asked = {"endpointId": endpoint["endpointId"]}
        (found,) = info(door, getCallbackInfo=True, callbackOptions=asked)["callbacks"]["deliveries"][0]["attempts"]
        assert isinstance(found, dict)
        return found

    assert (attempt()["status"], attempt()["answer"]) == (500, shown)
    door.clock.advance(timedelta(days=7))
    assert "answer" not in attempt()


def test_an_endpoint_is_disabled_and_enabled_by_its_owner(door: Door) -> None:
    name = change(door, callbackUrl=HOOK, rotateSecret=True)["endpoint"]["endpointId"]
    assert change(door, endpointId=name, enabled=False)["endpoint"]["state"] == "disabled"
    assert change(door, callbackUrl=HOOK, enabled=True)["endpoint"]["state"] == "enabled"


def test_an_endpoint_is_tested_and_the_delivery_is_listed(door: Door) -> None:
    name = change(door, callbackUrl=HOOK, rotateSecret=True, enabled=False)["endpoint"]["endpointId"]
    made = door.endpoints.rows[EndpointKey.of(ACME, K1, HOOK)]

    told = change(door, endpointId=name, test=True)

    assert told["endpoint"]["state"] == "disabled"
    assert door.endpoints.rows[made.key] == made
    assert [order for order, _ in door.callback_queue.puts] == [DeliveryOrder(ACME, (told["testEventId"],))]
    asked = {"getCallbackInfo": True, "callbackOptions": {"endpointId": name}}
    (listed,) = info(door, **asked)["callbacks"]["deliveries"]
    assert (listed["eventId"], listed["state"], "alertId" in listed) == (told["testEventId"], "pending", False)
    # a test event is not replayed
    assert door.post("/setinfo", {"callback": {"replayEventId": told["testEventId"]}}).status == 404


def test_a_url_is_tested_by_its_name_and_ten_times_a_minute(door: Door) -> None:
    asked = {"callback": {"callbackUrl": HOOK, "test": True}}
    events = {door.post("/setinfo", asked).json["callback"]["testEventId"] for _ in range(10)}
    assert len(events) == 10

    refused = door.post("/setinfo", asked)
    assert (refused.status, refused.faults()) == (429, {"": "TOO_MANY_REQUESTS"})
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert change(door, door.new_key("acme", "k2"), **asked["callback"])["testEventId"] not in events


def test_a1_a_test_that_is_repeated_sends_one_event(door: Door) -> None:
    asked = {"callback": {"callbackUrl": HOOK, "test": True}}
    door.book.keeping.failing = 1  # as if the worker had died after the event was queued
    first, again, other = (
        door.post("/setinfo", asked, Idempotency_Key=name).json.get("callback", {}).get("testEventId")
        for name in ("once", "once", "twice")
    )
    assert len(door.deliveries.rows) == 2
    assert first in {None, again}
    assert again != other


def test_another_key_sees_and_changes_nothing_of_it(door: Door) -> None:
    name = change(door, callbackUrl=HOOK, rotateSecret=True)["endpoint"]["endpointId"]
    lost = a_failed_delivery(door, EndpointKey.of(ACME, K1, HOOK))
    other = door.new_key("acme", "k2")

    asked = {"getCallbackInfo": True, "callbackOptions": {"endpointId": name}}
    assert info(door, apiKey=other, **asked)["callbacks"] == {"endpoints": [], "deliveries": []}
    for body in (
        {"endpointId": name, "rotateSecret": True},
        {"endpointId": name, "enabled": False},
        {"endpointId": name, "replayFailed": True},
        {"endpointId": name, "test": True},
        {"replayEventId": lost.key.event_id},
    ):
        assert door.post("/setinfo", {"apiKey": other, "callback": body}).status == 404


@pytest.mark.parametrize(
    ("asked", "pointer"),
    [
        ({}, "/callback"),
        ({"callbackUrl": HOOK}, "/callback"),
        ({"rotateSecret": True}, "/callback/endpointId"),
        ({"callbackUrl": HOOK, "endpointId": "0" * 64, "enabled": True}, "/callback/callbackUrl"),
        ({"callbackUrl": "https://10.0.0.1/", "rotateSecret": True}, "/callback/callbackUrl"),
        ({"callbackUrl": "https://10.0.0.1/", "test": True}, "/callback/callbackUrl"),
        ({"test": True}, "/callback/endpointId"),
    ],
)
def test_what_cannot_be_done_to_callbacks(door: Door, asked: dict[str, Any], pointer: str) -> None:
    answer = door.post("/setinfo", {"callback": asked})
    assert answer.status == 400
    assert pointer in [fault["pointer"] for fault in answer.json["errors"]]


def test_options_of_callbacks_need_callbacks(door: Door) -> None:
    answer = door.post("/getinfo", {"callbackOptions": {"endpointId": "0" * 64}})
    assert [fault["pointer"] for fault in answer.json["errors"]] == ["/callbackOptions"]
