"""CloudEvents as they come in: the corpus, the limits, and that one event is the same in every mode."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.telephony.event_documents import INSTANTS, WORDS, document
from tocsin.kernel.domain.errors import FAULTS_LISTED, InvalidRequest
from tocsin.kernel.domain.warnings import WarningCode
from tocsin.telephony.domain.cloud_events import EventReader, ReceivedEvent, depth_of
from tocsin.telephony.domain.vocabulary import TYPES

CORPUS = Path(__file__).parent / "corpus"
NOW = datetime(2026, 11, 21, 10, 1, tzinfo=UTC)
READER = EventReader(NOW, "GB")
TRUNK = {
    "specversion": "1.0",
    "id": "t1",
    "source": "pbx-1",
    "type": "trunk.connected",
    "time": "2026-11-21T10:00:18Z",
    "data": {"trunk": "didww"},
}


def corpus(name: str) -> list[Any]:
    cases: list[Any] = json.loads((CORPUS / name).read_text())
    return [pytest.param(case, id=case["about"]) for case in cases]


def summary(item: ReceivedEvent) -> dict[str, Any]:
    """Return an item as the corpus describes one."""
    said: dict[str, Any] = {"id": item.id}
    if item.event:
        said |= {"source": item.event.source, "type": item.event.type}
    if item.extensions:
        said["extensions"] = item.extensions
    if item.warnings:
        said["warnings"] = [warned.code for warned in item.warnings]
    if item.faults:
        said["faults"] = [[fault.pointer, fault.code] for fault in item.faults]
    if item.repeated:
        said["repeated"] = True
    return said


@pytest.mark.parametrize("case", corpus("cloud_events.json"))
def test_calls_of_the_corpus_are_read(case: dict[str, Any]) -> None:
    read = READER.from_http(case["headers"], case["body"])

    assert [summary(item) for item in read] == case["events"]
    assert all(item.event.at == datetime(2026, 11, 21, 10, 0, 18, tzinfo=UTC) for item in read if item.event)
    assert all(item.event.received_at == NOW for item in read if item.event)


@pytest.mark.parametrize("case", corpus("event_bridge.json"))
def test_entries_of_the_corpus_are_read(case: dict[str, Any]) -> None:
    assert summary(READER.from_bus(case["delivered"])) == case["event"]


def one(**changes: Any) -> ReceivedEvent:
    (item,) = READER.from_http({}, TRUNK | changes)
    return item


@pytest.mark.parametrize(
    ("time", "late", "refused"),
    [
        (NOW + timedelta(minutes=5), False, False),
        (NOW + timedelta(minutes=5, seconds=1), False, True),
        (NOW - timedelta(hours=72), False, False),
        (NOW - timedelta(hours=72, seconds=1), True, False),
    ],
)
def test_an_event_is_of_the_last_72_hours_or_late_and_never_of_the_future(
    time: datetime, late: bool, refused: bool
) -> None:
    item = one(time=time.isoformat())

    assert item.late is late
    assert [fault.code for fault in item.faults] == ["TIME_IN_FUTURE"] * refused


@pytest.mark.parametrize("time", ["9999-12-31T23:59:59-01:00", "0001-01-01T00:00:00+01:00"])
def test_a_time_outside_of_the_calendar_is_a_fault(time: str) -> None:
    assert [(fault.pointer, fault.code) for fault in one(time=time).faults] == [("/time", "WRONG_FORM")]


def test_a_call_takes_500_events() -> None:
    assert len(READER.from_http({}, [TRUNK] * 500)) == 500
    with pytest.raises(InvalidRequest) as refused:
        READER.from_http({}, [TRUNK] * 501)
    assert [fault.code for fault in refused.value.faults] == ["TOO_MANY"]


@pytest.mark.parametrize("body", [None, "text", 7])
def test_a_body_is_an_object_or_a_list(body: Any) -> None:
    with pytest.raises(InvalidRequest) as refused:
        READER.from_http({"Content-Type": "application/cloudevents+json"}, body)
    assert [fault.code for fault in refused.value.faults] == ["WRONG_TYPE"]


def test_an_event_takes_64_kb_whatever_its_letters_take() -> None:
    room = 65_536 - len('[{"trunk":"didww","note":""},{}]')

    assert one(data={"trunk": "didww", "note": "x" * room}).faults == ()
    assert [fault.code for fault in one(data={"trunk": "didww", "note": "x" * (room + 1)}).faults] == ["TOO_LONG"]
    assert [fault.code for fault in one(data={"trunk": "didww", "note": "é" * (room // 2 + 1)}).faults] == ["TOO_LONG"]
    assert [fault.code for fault in one(note="x" * 65_536).faults] == ["TOO_LONG"]


def test_twenty_extensions_are_kept() -> None:
    item = one(**{f"x{n:02}": str(n) for n in range(21)})

    assert item.extensions == {f"x{n:02}": str(n) for n in range(20)}
    assert [warned.code for warned in item.warnings] == [WarningCode.DROPPED]


def test_an_unknown_type_is_accepted_and_the_nearest_is_named() -> None:
    item = one(type="tocsin.trunk.conected", data=None)

    assert item.event
    assert (item.event.type, item.event.data) == ("trunk.conected", {})
    assert "trunk.connected" in item.warnings[0].message


def test_the_faults_of_an_event_are_at_most_101() -> None:
    worst = {"groups": [{"type": 1, "name": 2}] * 20, "transfers": [{"at": 1}] * 20, "lines": [""] * 20}

    assert len(one(type="call.ended", time=None, data=worst).faults) == FAULTS_LISTED + 1


def test_what_the_vocabulary_does_not_know_is_kept_and_numbers_get_one_form() -> None:
    data = {
        "callId": "a1",
        "direction": "incoming",
        "status": "missed",
        "from": {"number": "07700 900123", "verstat": "passed"},
        "to": {"number": "2010"},
        "phoneNumber": "(020) 7946 0000",
        "transfers": [{"to": "00442079460001", "hint": "07700 900123"}],
        "durationSeconds": 18,
        "site": "London",
    }
    item = one(type="call.ended", data=data)

    assert item.event
    assert item.event.data == {
        **data,
        "from": {"number": "+447700900123", "verstat": "passed"},
        "phoneNumber": "+442079460000",
        "transfers": [{"to": "+442079460001", "hint": "07700 900123"}],
    }
    assert data["phoneNumber"] == "(020) 7946 0000"


ATTRIBUTE = WORDS.filter(bool).filter(lambda text: not any("\x7f" <= char <= "\x9f" for char in text))
EXTENSIONS = st.dictionaries(st.from_regex(r"x[a-z0-9]{0,5}", fullmatch=True), ATTRIBUTE, max_size=3)


@st.composite
def cloud_events(draw: st.DrawFn) -> dict[str, Any]:
    type = draw(st.sampled_from(sorted(TYPES)))
    return draw(EXTENSIONS) | {
        "specversion": "1.0",
        "id": draw(ATTRIBUTE),
        "source": draw(ATTRIBUTE),
        "type": draw(st.sampled_from(["", "tocsin."])) + type,
        "time": draw(INSTANTS),
        "data": draw(document(TYPES[type].data)),
    }


def in_headers(event: dict[str, Any], quoted: bool) -> dict[str, str]:
    """Return the attributes as headers: percent-encoded, as producers write them now or wrote them earlier."""
    headers = {"Content-Type": "application/json"}
    for name, value in event.items():
        if name != "data":
            plain = quote(value, safe="!#$&'()*+,/:;=?@[]~ ^`{|}" if quoted else "!#$&'()*+,/:;=?@[]~")
            headers[f"ce-{name}"] = f'"{plain}"' if quoted else plain
    return headers


@given(cloud_events(), st.booleans())
@settings(max_examples=40)
def test_json_binary_batch_and_bus_give_the_same_event(event: dict[str, Any], quoted: bool) -> None:
    reader = EventReader(datetime(2091, 1, 2, tzinfo=UTC), "GB")
    (structured,) = reader.from_http({"content-type": "application/cloudevents+json"}, event)
    (binary,) = reader.from_http(in_headers(event, quoted), event["data"])
    (plain,) = reader.from_http({"Content-Type": "application/json"}, event)
    batch = reader.from_http({"Content-Type": "application/cloudevents-batch+json"}, [event, event])
    bus = reader.from_bus({"id": "of the bus", "detail-type": event["type"], "detail": event})

    assert structured.event
    assert structured.faults == ()
    assert [binary, plain, batch[0], bus] == [structured] * 4
    assert (batch[1].event, batch[1].repeated) == (structured.event, True)


@pytest.mark.parametrize(
    ("headers", "depth"),
    [
        ({}, 0),
        ({"x-tocsin-depth": "2"}, 2),
        ({"X-TOCSIN-Depth": " 3 "}, 3),
        ({"X-Tocsin-Depth": "9"}, 4),
        ({"X-Tocsin-Depth": "12345678901"}, 4),
        ({"X-Tocsin-Depth": "-1"}, 4),
        ({"X-Tocsin-Depth": "²"}, 4),
        ({"X-Tocsin-Depth": ""}, 4),
    ],
)
def test_al_32_the_depth_of_events_is_read_from_the_request(headers: dict[str, str], depth: int) -> None:
    assert depth_of(headers) == depth
