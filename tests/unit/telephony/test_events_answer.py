"""The answer to a call with events."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tocsin.telephony.domain.cloud_events import EventReader, ReceivedEvent
from tocsin.telephony.domain.events_answer import answered

NOW = datetime(2026, 11, 21, 10, 1, tzinfo=UTC)


def read(*changes: dict[str, Any]) -> list[ReceivedEvent]:
    trunk = {"specversion": "1.0", "source": "pbx-1", "type": "trunk.connected", "time": "2026-11-21T10:00:18Z"}
    return EventReader(NOW).from_http({}, [{**trunk, "data": {"trunk": "didww"}, **change} for change in changes])


def name(item: ReceivedEvent) -> str:
    assert item.event
    return item.event.name


def test_each_event_has_a_line_and_the_numbers_add_up() -> None:
    items = read(
        {"id": "new"},
        {"id": "known"},
        {"id": "new"},
        {"id": "old", "time": "2026-11-01T10:00:18Z"},
        {"id": "refresh"},
        {"id": "odd", "type": "trunk.conected"},
        {"id": "wrong", "data": {}},
    )

    body = answered(items, known={name(items[1])}, ignored={name(items[4])}).body()

    assert (body["accepted"], body["duplicates"], body["refused"]) == (4, 2, 1)
    assert [(item["id"], item["status"]) for item in body["items"]] == [
        ("new", "accepted"),
        ("known", "duplicate"),
        ("new", "duplicate"),
        ("old", "late"),
        ("refresh", "ignored"),
        ("odd", "accepted"),
        ("wrong", "refused"),
    ]
    assert [item["event_id"] for item in body["items"]] == [*map(name, items[:6]), None]
    assert body["items"][2]["event_id"] == body["items"][0]["event_id"]
    assert body["items"][0].keys() == {"id", "event_id", "status"}
    assert [warned["code"] for warned in body["items"][5]["warnings"]] == ["UNKNOWN_TYPE"]
    assert body["items"][6]["errors"] == [
        {
            "code": "REQUIRED",
            "detail": "/data/trunk",
            "message": "is missing; give letters, digits and signs of ASCII without blanks, 1 to 128 characters",
        }
    ]


def test_a_late_event_that_was_accepted_before_is_a_duplicate() -> None:
    items = read({"id": "old", "time": "2026-11-01T10:00:18Z"})

    assert answered(items, known={name(items[0])}).body()["items"][0]["status"] == "duplicate"


def test_all_refused_is_another_answer_than_nothing_sent() -> None:
    assert answered(read({"id": "a", "data": {}}, {"id": ""})).all_refused
    assert not answered(read({"id": "a", "data": {}}, {"id": "b"})).all_refused
    assert not answered([]).all_refused
    assert answered([]).body() == {"accepted": 0, "duplicates": 0, "refused": 0, "items": []}


def test_a_hundred_faults_of_a_call_are_listed_and_the_first_of_each_event() -> None:
    many = {"type": "call.ended", "data": {"lines": [""] * 20, "tags": [""] * 20}}  # 46 faults
    items = answered(read(*({"id": str(n), **many} for n in range(4)), {"id": "", "source": ""})).body()["items"]

    assert [(len(item["errors"]), item.get("moreErrors")) for item in items] == [
        (46, None), (46, None), (8, True), (1, True), (1, True)
    ]  # fmt: skip
