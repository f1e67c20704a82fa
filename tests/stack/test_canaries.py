"""S7: nothing a tenant entrusts to us lies readable anywhere in the system."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from infra.local.api import Api
from infra.local.captured import Text
from infra.local.outside.answers import text_answer
from tests.canaries import CANARIES, find_canaries
from tests.stack.stored_everywhere import everything
from tests.stack.system import System, email, sms

C = CANARIES


def test_s_7_no_row_object_queue_or_log_gives_a_canary_away(system: System) -> None:
    # given canaries in every field that takes words of a tenant, waiting in the queues
    with _nobody_works(system):
        ref = _send_canaries(system)
        _fail_with_canaries(system)
        waiting = list(everything(system))
        queued = [blob for place, blob in waiting if "-urgent" in place and ref.encode() in blob]
        assert len(queued) == 2, "the alert should wait in two queues"
        assert _given_away(waiting) == Counter()

    # when everything has been sent, reported and logged
    assert {one["state"] for one in system.settled("live", ref)} == {"sent"}
    assert len(system.events("live", ref, 3)) == 3

    # then the canaries left by the providers only
    left = system.received([C["phone"], C["second phone"], C["email"]])
    assert sorted(message.text for message in left if message.channel == "sms") == [C["sms text"]] * 2
    assert [C["email subject"] in message.text for message in left if message.channel == "email"] == [True]

    # and nowhere else, in no disguise
    at_rest = list(everything(system))
    places = Counter(place.split(" ")[0] for place, _ in at_rest)
    assert len(at_rest) > 200, f"there is more in the system than this: {places}"
    assert any(ref in place for place, _ in at_rest)
    assert _given_away(at_rest) == Counter()


def test_the_search_finds_what_does_lie_there(system: System) -> None:
    table = system.stack.outputs["TableName"]
    row = {"pk": {"S": "T#acme"}, "sk": {"S": "CARELESS"}, "note": {"B": base64.b64encode(C["name"].encode())}}
    system.aws.client("dynamodb").put_item(TableName=table, Item=row)
    try:
        assert {place for place, _ in _given_away(list(everything(system)))} == {f"{table} T#acme CARELESS"}
    finally:
        system.aws.client("dynamodb").delete_item(TableName=table, Key={name: row[name] for name in ("pk", "sk")})


def test_s_7_what_people_answer_is_sealed_too(lively: System, number: str) -> None:
    # given a text and a mail that people have
    (phone,), (mailbox,) = lively.phones(1), lively.mailboxes(1)
    ref = lively.sent("live", sms([phone], sender=number), email([mailbox]))
    lively.states("live", ref, {phone: "delivered", mailbox: "delivered"})

    # when both answer, and one answer finds no alert
    lively.text_back(phone, C["reply by text"])
    lively.mail_back(mailbox, C["reply by mail"])
    stray = text_answer(Text("unknown", "+447700900999", phone, ""), C["reply by text"])
    lively.publish("SmsInboundTopicArn", stray)
    replies = [event["reply"] for event in lively.events("live", ref, 6) if event["event"] == "reply"]
    assert sorted(replies) == sorted([C["reply by text"], C["reply by mail"]])

    # then their words lie nowhere, not even in the mail itself: it is deleted once it is processed
    queues = ("-events", "-texts")
    lively.awaited(lambda: sum(_waiting(lively, queue) for queue in queues), lambda waiting: waiting == 0, 30)
    # The event of a mail's object is held for 30 s more if it comes before the mail service's record.
    lively.awaited(lambda: _waiting(lively, "-mails"), lambda waiting: waiting == 0, 60)
    assert not list(_given_away(list(everything(lively))))


def _waiting(system: System, queue: str) -> int:
    sqs = system.aws.client("sqs")
    url = system.stack.outputs["SmsUrgentQueueUrl"].replace("-sms-urgent", queue)
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    counted = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(counted[name]) for name in names)


def _send_canaries(system: System) -> str:
    """Use every verb that keeps words, and send them; returns the alert's reference."""
    live = system.callers["live"]
    contacts = [
        {"id": "c-1", "sms": C["phone"], "email": C["email"], "lookups": {"name": C["name"], "gate": C["lookup"]}},
        {"id": "c-2", "sms": C["second phone"]},
    ]
    stored = live.post(
        "/storecontent",
        {
            "version": "latest",
            "clientRef": C["client reference"],
            "content": [
                {
                    "contentType": "sms",
                    "tag": C["tag"],
                    "content": C["stored text"],
                    "storeDetails": {"storeName": C["store name"]},
                },
                {"contentType": "recipientList", "tag": C["tag"], "content": f"{C['phone']}, {C['second phone']}"},
                {
                    "contentType": "contactGroup",
                    "tag": C["tag"],
                    "content": {"name": C["group name"], "contacts": contacts},
                    "storeDetails": {"storeName": C["group name"]},
                },
            ],
        },
    )
    assert stored.status == 200, stored.body
    everybody = {"contactSets": ["all"], "tag": C["tag"]}
    answer = live.post(
        "/sendalert",
        {
            "version": "latest",
            "clientRef": C["client reference"],
            "contactGroup": {"inlineContactGroup": {"name": C["group name"], "contacts": contacts}},
            "alert": [
                {"alertType": "sms", "sender": "Tocsin", "content": C["sms text"], **everybody},
                {"alertType": "email", "subject": C["email subject"], "content": C["email body"], **everybody},
            ],
        },
        {"Idempotency-Key": C["client reference"]},
    )
    assert answer.status == 200, answer.body
    return str(answer.body["alertRef"])


def _fail_with_canaries(system: System) -> None:
    """Call in every wrong way with canaries in hand: what is refused is logged too."""
    live = system.callers["live"]
    stranger = Api(live.base, C["callback secret"])
    call = {"version": "latest", "clientRef": C["client reference"]}
    element: dict[str, Any] = {"alertType": "sms", "tag": C["tag"], "sender": "Tocsin"}
    content = {"content": C["sms text"]}
    elsewhere = {"notification": "callback", "callbackURL": f"https://10.0.0.8/{C['callback secret']}"}

    refused = [
        live.post("/sendalert", {**call, C["lookup"]: C["name"], "alert": [{"alertType": C["name"]}]}),
        live.post("/sendalert", f'{{"version": "{C["name"]}", '.encode()),
        live.post("/sendalert", {**call, "alert": [{**element, **content, "recipients": [C["email"]]}]}),
        live.post(
            "/sendalert",
            {
                **call,
                "alert": [{**element, "recipients": [C["phone"]], "storedContent": {"storeName": C["group name"]}}],
            },
        ),
        live.post(
            "/sendalert",
            {**call, "alert": [{**element, **content, "recipients": [C["phone"]]}], "options": elsewhere},
        ),
        stranger.post("/collectevents", {**call, "all": True}),
        stranger.get("/alerts"),
        live.get(f"/alerts/{C['tag']}"),
        live.get(f"/alerts?limit=1&{C['tag']}={C['lookup']}"),
    ]
    assert [answer.status for answer in refused] == [400, 400, 422, 422, 400, 401, 401, 404, 400]


@contextmanager
def _nobody_works(system: System) -> Iterator[None]:
    """Keep the workers from the queues for a while."""
    functions = system.aws.client("lambda")
    mappings = [mapping["UUID"] for mapping in functions.list_event_source_mappings()["EventSourceMappings"]]
    for mapping in mappings:
        functions.update_event_source_mapping(UUID=mapping, Enabled=False)
    try:
        yield
    finally:
        for mapping in mappings:
            functions.update_event_source_mapping(UUID=mapping, Enabled=True)


def _given_away(found: list[tuple[str, bytes]]) -> Counter[tuple[str, str]]:
    return Counter((place, hit) for place, blob in found for hit in find_canaries(blob))
