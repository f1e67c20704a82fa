"""The language of mappings: each step, each condition, and every fault that saving one tells."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.telephony.test_shipped_mappings import LONDON, MAPPINGS, RECEIVED, payloads, told
from tocsin.kernel.domain.errors import Fault, InvalidRequest
from tocsin.telephony.domain.mappings.compiler import compiled
from tocsin.telephony.domain.mappings.conversions import SourceSettings
from tocsin.telephony.domain.mappings.mapping import MappedPayload, NoEventReason


def fine(type: str, data: Mapping[str, Any]) -> Sequence[Fault]:
    return ()


def mapped(emit: dict[str, Any], payload: Any, source: SourceSettings = LONDON, **top: Any) -> MappedPayload:
    whole = {"type": "x", "id": "1", "data": {}} | emit
    return compiled({"emit": [whole], **top}, shipped=True).read(payload, source, RECEIVED, fine)


def value_of(written: object, payload: Any, source: SourceSettings = LONDON) -> Any:
    """Return what a value comes to; None if it is absent."""
    [event] = mapped({"data": {"v": written}}, payload, source).events
    return event.data.get("v")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ({"at": "a"}, "text"),
        ({"at": "deep.er.0.b"}, 7),
        ({"at": "deep.er.1.b"}, None),
        ({"at": ["none", "blank", "null", "a"]}, "text"),
        ({"at": "deep"}, None),
        ({"at": "yes"}, True),
        ({"at": "none", "else": "other"}, "other"),
        ({"at": "none", "else": {"at": "a"}}, "text"),
        ("constant", "constant"),
        (3, 3),
        (False, False),
        ({"at": "json", "json": "call.id"}, "c1"),
        ({"at": "a", "json": "call.id"}, None),
        ({"at": "channel", "regex": r"[A-Z]+/([0-9]+)"}, "2010"),
        ({"at": "channel", "regex": "PJSIP"}, "PJSIP"),
        ({"at": "channel", "regex": "nothing"}, None),
        ({"at": "long", "regex": "x"}, None),
        ({"at": "channel", "prefix": "PJSIP/"}, "2010-0001"),
        ({"at": "channel", "prefix": "SIP/"}, None),
        ({"at": "channel", "suffix": "-0001"}, "PJSIP/2010"),
        ({"at": "channel", "between": ["/", "-"]}, "2010"),
        ({"at": "channel", "between": ["", "/"]}, "PJSIP"),
        ({"at": "channel", "between": ["-", ""]}, "0001"),
        ({"at": "channel", "between": ["@", ""]}, None),
        ({"at": "a", "map": {"text": "mapped"}}, "mapped"),
        ({"at": "a", "map": {"*": 4}}, 4),
        ({"at": "a", "map": {"text": None, "*": 4}}, None),
        ({"at": "number", "map": {"18": "eighteen"}}, "eighteen"),
        ({"at": "yes", "map": {"true": "on"}}, "on"),
        ({"at": "channel", "prefix": "PJSIP/", "map": {"2010-0001": "12.5"}, "as": "seconds", "else": 1}, 12),
        ({"at": "epoch", "since": "earlier", "as": "epoch"}, 40),
        ({"at": "earlier", "since": "epoch", "as": "epoch"}, 0),
        ({"at": "epoch", "since": "none", "as": "epoch"}, None),
        ({"at": "epoch", "plus": "number", "as": "epoch"}, "2026-11-21T10:00:18.000Z"),
        ({"at": "epoch", "minus": "number", "as": "epoch"}, "2026-11-21T09:59:42.000Z"),
        ({"join": [{"at": "a"}, "and", {"at": "number"}]}, "text:and:18"),
        ({"join": [{"at": "a"}, {"at": "none"}]}, None),
        ({"join": [{"at": "a"}, "b"], "map": {"text:b": True}}, True),
        ([{"at": "a"}, {"at": "none"}, "c"], ["text", "c"]),
        ([{"at": "none"}], None),
        ({"inner": {"at": {"at": "a"}}}, {"inner": {"at": "text"}}),
        ({"inner": {"at": "none"}}, None),
    ],
)
def test_al_2_a_value_is_read_step_by_step(written: object, expected: object) -> None:
    payload = {
        "a": "text",
        "blank": "  ",
        "null": None,
        "yes": True,
        "number": "18",
        "deep": {"er": [{"b": 7}]},
        "json": '{"call": {"id": "c1"}}',
        "channel": "PJSIP/2010-0001",
        "long": "x" * 513,
        "epoch": "1795255200",
        "earlier": 1795255160,
    }
    assert value_of(written, payload) == expected


AT_TEN = "2026-11-21T10:00:00.000Z"
BERLIN = SourceSettings("DE", ZoneInfo("Europe/Berlin"), ("1XX", "7000"))


@pytest.mark.parametrize(
    ("kind", "given", "expected"),
    [
        ("rfc3339", "2026-11-21T11:00:00+01:00", AT_TEN),
        ("rfc3339", "2026-11-21T10:00:00Z", AT_TEN),
        ("rfc3339", "2026-11-21T10:00:00", None),
        ("rfc3339", "yesterday", None),
        ("rfc2822", "Sat, 21 Nov 2026 10:00:00 +0000", AT_TEN),
        ("rfc2822", "Sat, 21 Nov 2026 10:00:00 GMT", AT_TEN),
        ("rfc2822", "", None),
        ("rfc2822", "x", None),
        ("epoch", 1795255200, AT_TEN),
        ("epoch", "1795255200.25", "2026-11-21T10:00:00.250Z"),
        ("epoch", "0", None),
        ("epoch", 10**400, None),
        ("epoch", "inf", None),
        ("epoch", True, None),
        ("epoch_ms", "1795255200000", AT_TEN),
        ("epoch_us", 1795255200000000, AT_TEN),
        ("local", "2026-11-21 11:00:00", AT_TEN),
        ("local", "2026/11/21 11:00:00", AT_TEN),
        ("local", "2026-07-21 12:00:00", "2026-07-21T10:00:00.000Z"),
        ("local", "2026-11-21T10:00:00Z", AT_TEN),
        ("local", "2026-03-29 02:30:00", "2026-03-29T01:00:00.000Z"),  # skipped: the clocks go forward
        ("local", "0001-01-01 00:00:00", None),
        ("seconds", "18.9", 18),
        ("seconds", "0:01:05", 65),
        ("seconds", "2:05", 125),
        ("seconds", -1, None),
        ("seconds", 604_801, None),
        ("int", "-3", -3),
        ("int", "1e300", None),
        ("int", "three", None),
        ("bool", "Yes", True),
        ("bool", 0, False),
        ("bool", "perhaps", None),
        ("text", "  a ", "a"),
        ("text", 3.5, "3.5"),
        ("ref", " 2010 ", "2010"),
        ("ref", "two words", None),
        ("phone", "030 12345678", "+493012345678"),
        ("phone", "+44 20 7946 0018", "+442079460018"),
        ("phone", "0044 20 7946 0018", "+442079460018"),
        ("phone", "2010", "2010"),
        ("phone", "sip:2010@acme.example;transport=tls", "2010"),
        ("phone", "Restricted", "anonymous"),
        ("phone", "*97", "*97"),
        ("phone", "x" * 70, "x" * 64),
        ("place", "123", "internal"),
        ("place", "7000", "internal"),
        ("place", "200", "external"),
        ("place", "030 12345678", "external"),
        ("extension", "123", "123"),
        ("extension", "200", None),
    ],
)
def test_al_2_a_value_becomes_what_as_says(kind: str, given: object, expected: object) -> None:
    assert value_of({"at": "v", "as": kind}, {"v": given}, BERLIN) == expected


def test_without_a_region_a_national_number_stays_as_it_is() -> None:
    nowhere = SourceSettings(None, ZoneInfo("UTC"))

    assert value_of({"at": "v", "as": "phone"}, {"v": "030 12345678"}, nowhere) == "030 12345678"
    assert value_of({"at": "v", "as": "place"}, {"v": "201"}, nowhere) == "internal"


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ({"a": 3}, True),
        ({"a": "3"}, True),
        ({"a": [1, 3]}, True),
        ({"a": [1, 2]}, False),
        ({"a": {"not": 3}}, False),
        ({"a": {"not": [1, 2]}}, True),
        ({"none": {"not": 3}}, True),
        ({"none": 3}, False),
        ({"a": {"exists": True}}, True),
        ({"a": {"exists": False}}, False),
        ({"none": {"exists": False}}, True),
        ({"empty": {"exists": True}}, False),
        ({"list": {"exists": True}}, True),
        ({"a": {"gt": 2}}, True),
        ({"a": {"gt": 3}}, False),
        ({"none": {"gt": 3}}, False),
        ({"a": 3, "yes": False}, False),
        ({"yes": True}, True),
        ({"yes": 1}, False),
    ],
)
def test_al_2_an_emit_is_about_payloads_that_meet_all_conditions(when: dict[str, Any], holds: bool) -> None:
    result = mapped({"when": when}, {"a": "3", "empty": [], "list": [1], "yes": True})

    assert (len(result.events) == 1) is holds
    assert [one.reason for one in result.without] == ([] if holds else [NoEventReason.CONDITION])
    assert not any(one.refused for one in result.without)


def test_an_id_is_made_of_all_its_parts_or_there_is_no_event() -> None:
    parts = {"id": [{"at": "a"}, "b", {"at": "c"}]}

    [event] = mapped(parts, {"a": 1, "c": "x"}).events
    [refused] = mapped(parts, {"a": 1}).without
    [long] = mapped({"id": {"at": "a"}}, {"a": "x" * 300}).events

    assert event.id == "1:b:x"
    assert (refused.reason, refused.refused) == (NoEventReason.ID, True)
    assert len(long.id) == 64


def test_without_an_id_each_receipt_is_an_event_of_its_own() -> None:
    mapping = compiled({"emit": [{"type": "x", "data": {}}, {"type": "y", "data": {}}]})

    def ids(payload: Any, at: datetime) -> list[str]:
        return [one.id for one in mapping.read(payload, LONDON, at, fine).events]

    later = datetime(2026, 11, 21, 12, 0, 1, tzinfo=UTC)
    assert ids({"a": 1, "b": 2}, RECEIVED) == ids({"b": 2, "a": 1}, RECEIVED)
    assert len({*ids({"a": 1}, RECEIVED), *ids({"a": 1}, later), *ids({"a": 2}, RECEIVED)}) == 6


def test_a_time_that_cannot_be_read_is_no_time_of_the_receipt() -> None:
    at = {"at": "t", "as": "epoch"}

    [refused] = mapped({"time": at}, {"t": "soon"}).without
    [received] = mapped({"time": at | {"else": "received"}}, {}).events
    [none] = mapped({}, {}).events

    assert refused.reason is NoEventReason.TIME
    assert received.time == none.time == RECEIVED


def test_a_second_event_of_the_same_id_is_refused() -> None:
    emit = {"type": "x", "id": {"at": "a"}, "data": {}}

    result = compiled({"emit": [emit, emit]}).read({"a": "1"}, LONDON, RECEIVED, fine)

    assert len(result.events) == 1
    assert [(one.emit, one.reason) for one in result.without] == [(1, NoEventReason.DUPLICATE)]


def test_al_2_a_wrong_field_is_absent_and_a_required_one_that_is_missing_refuses() -> None:
    def judge(type: str, data: Mapping[str, Any]) -> list[Fault]:
        faults = [Fault("/from/name", "TOO_LONG", "")] if len(data.get("from", {}).get("name", "")) > 3 else []
        faults += [Fault("/tags/1", "TOO_LONG", "")] if "tags" in data else []
        return faults + ([] if "line" in data else [Fault("/line", "REQUIRED", "")])

    data = {"from": {"name": {"at": "n"}, "number": "1"}, "tags": ["a", "b"], "line": {"at": "l"}}
    mapping = compiled({"emit": [{"type": "x", "id": "1", "data": data}]})

    [event] = mapping.read({"n": "Anastasia", "l": "2010"}, LONDON, RECEIVED, judge).events
    [refused] = mapping.read({"n": "Ana"}, LONDON, RECEIVED, judge).without

    assert event.data == {"from": {"number": "1"}, "line": "2010"}
    assert (refused.reason, refused.field) == (NoEventReason.REQUIRED, "line")


def test_texts_that_hold_json_are_read_where_the_mapping_says_so() -> None:
    payload = {"outer": [{"msg": '{"a": [1, 2]}'}], "other": "{no json"}

    result = mapped({"data": {"v": {"at": "outer.0.msg.a.1"}}}, payload, parse=["outer.0.msg", "other", "none"])

    assert result.events[0].data == {"v": 2}
    assert payload["outer"] == [{"msg": '{"a": [1, 2]}'}]


A_VALUE = "/emit/0/data/v"


@pytest.mark.parametrize(
    ("written", "pointers"),
    [
        ([], [""]),
        ({}, ["/emit"]),
        ({"emit": [{"type": "x", "data": {}}] * 41}, ["/emit"]),
        ({"emit": [{"type": "x", "data": {"a": "x" * 33_000}}]}, [""]),
        ({"emit": [3], "code": "x"}, ["/code", "/emit/0", "/emit/0/type"]),
        ({"emit": [{"type": "x", "data": []}]}, ["/emit/0/data"]),
        ({"emit": [{"type": "x", "data": {"at": "a"}}]}, ["/emit/0/data"]),
        ({"emit": [{"type": "x", "data": {}}], "parse": [""] * 2}, ["/parse/0", "/parse/1"]),
        ({"emit": [{"type": "x", "data": {}}], "parse": "msg"}, ["/parse"]),
        ({"emit": [{"type": "x", "data": {}, "id": []}]}, ["/emit/0/id"]),
        ({"emit": [{"type": "x", "data": {}, "id": [None]}]}, ["/emit/0/id/0"]),
        ({"emit": [{"type": "x", "data": {}, "time": {"as": "local"}}]}, ["/emit/0/time"]),
        ({"emit": [{"type": "x", "data": {f"f{n}": 1 for n in range(41)}}]}, ["/emit/0/data"]),
        ({"emit": [{"type": "x", "data": {f"f{n}": {"at": "a", "json": "b"} for n in range(9)}}]}, ["/emit"]),
        ({"emit": [{"type": "x", "data": {}, "when": []}]}, ["/emit/0/when"]),
        ({"emit": [{"type": "x", "data": {}, "when": {"a": {"lt": 3}}}]}, ["/emit/0/when/a"]),
        ({"emit": [{"type": "x", "data": {}, "when": {"a": []}}]}, ["/emit/0/when/a"]),
        ({"emit": [{"type": "x", "data": {}, "when": {"a": {"exists": 1}}}]}, ["/emit/0/when/a"]),
        ({"emit": [{"type": "x", "data": {}, "when": {"a..b": 1}}]}, ["/emit/0/when/a..b"]),
    ],
)
def test_al_2_a_mapping_that_cannot_be_used_tells_all_its_faults(written: object, pointers: list[str]) -> None:
    with pytest.raises(InvalidRequest) as refused:
        compiled(written)
    assert sorted(fault.pointer for fault in refused.value.faults) == sorted(pointers)


@pytest.mark.parametrize(
    ("written", "pointers"),
    [
        (None, [A_VALUE]),
        ({"at": ""}, [f"{A_VALUE}/at"]),
        ({"at": "a.b.c.d.e.f.g"}, [f"{A_VALUE}/at"]),
        ({"at": [], "as": "mail"}, [f"{A_VALUE}/as", f"{A_VALUE}/at"]),
        ({"at": "a", "as": []}, [f"{A_VALUE}/as"]),
        ({"at": "a", "eval": "x", "regex": "(a+)+"}, [f"{A_VALUE}/eval", f"{A_VALUE}/regex"]),
        ({"at": "a", "prefix": "", "suffix": 3}, [f"{A_VALUE}/prefix", f"{A_VALUE}/suffix"]),
        ({"at": "a", "between": ["a"]}, [f"{A_VALUE}/between"]),
        ({"at": "a", "map": {}}, [f"{A_VALUE}/map"]),
        ({"at": "a", "map": {"a/b": []}}, [f"{A_VALUE}/map/a~1b"]),
        ({"at": "a", "since": "b"}, [f"{A_VALUE}/as"]),
        ({"at": "a", "since": "b", "as": "phone"}, [f"{A_VALUE}/as"]),
        ({"at": "a", "since": "b", "plus": "c", "as": "epoch"}, [f"{A_VALUE}/as"]),
        ({"at": "a", "else": []}, [f"{A_VALUE}/else"]),
        ({"at": "a", "json": 3}, [f"{A_VALUE}/json"]),
        ({"join": [{"at": "a"}]}, [f"{A_VALUE}/join"]),
        ({"join": [{"at": "a"}, None]}, [f"{A_VALUE}/join/1"]),
    ],
)
def test_al_2_a_value_that_cannot_be_used_tells_all_its_faults(written: object, pointers: list[str]) -> None:
    with pytest.raises(InvalidRequest) as refused:
        compiled({"emit": [{"type": "x", "data": {"v": written}}]})
    assert sorted(fault.pointer for fault in refused.value.faults) == sorted(pointers)


def test_values_and_data_have_a_depth() -> None:
    value: Any = {"at": "a"}
    data: Any = {"v": 1}
    for _ in range(6):
        value, data = {"at": "a", "else": value}, {"d": data}
    for written, depth in (({"v": value}, "/emit/0/data/v" + "/else" * 6), ({"d": data}, "/emit/0/data" + "/d" * 7)):
        with pytest.raises(InvalidRequest) as refused:
            compiled({"emit": [{"type": "x", "data": written}]})
        assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [(depth, "TOO_DEEP")]


_ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    10**400,
    0.5,
    float("nan"),
    float("inf"),
    [],
    {},
    {"a": {"0": []}},
    [[1]],
    "",
    " ",
    "0",
    "1e999",
]
_ODD += ["2010", "x" * 600, "\ud800", "{", "2026-02-30 25:61", "99999999999999999999", "\N{ARABIC-INDIC DIGIT ONE}" * 4]


def _mutated(payload: Any, chance: random.Random) -> Any:
    """Return the payload with one thing in it replaced, removed, or wrapped in a list."""
    if isinstance(payload, dict) and payload and chance.random() < 0.95:
        name = chance.choice(list(payload))
        rest = {key: value for key, value in payload.items() if key != name}
        return rest if chance.random() < 0.15 else rest | {name: _mutated(payload[name], chance)}
    if isinstance(payload, str) and payload.startswith('{"') and chance.random() < 0.8:
        return json.dumps(_mutated(json.loads(payload), chance))
    return chance.choice(_ODD) if chance.random() < 0.9 else [payload]


_PAYLOADS = [(kind, payload) for kind, _, payload in payloads()]


def _never_raises(times: int) -> None:
    chance = random.Random(11)
    for _ in range(times):
        kind, payload = chance.choice(_PAYLOADS)
        for _ in range(chance.randint(1, 4)):
            payload = _mutated(payload, chance)
        before = repr(payload)

        first = told(kind, payload)

        assert repr(payload) == before
        assert told(kind, payload) == first
        assert len(first.events) + len(first.without) == len(MAPPINGS[kind].emits)
        for event in first.events:
            json.dumps([event.id, event.data], allow_nan=False, ensure_ascii=False).encode()
            assert 1 <= len(event.id) <= 255


def test_al_2_no_payload_of_1_000_makes_a_mapping_raise_and_a_repeat_tells_the_same() -> None:
    _never_raises(1_000)


@pytest.mark.deep
def test_al_2_no_payload_of_10_000_makes_a_mapping_raise() -> None:
    _never_raises(10_000)


@pytest.mark.parametrize("payload", [None, [], "", 3, [[[]]], {"": {}}, {"msg": "[" * 60_000, "type": 30007}])
def test_what_is_no_payload_at_all_tells_nothing_or_little(payload: Any) -> None:
    for kind in MAPPINGS:
        assert len(told(kind, payload).events) <= 1


@settings(max_examples=60)
@given(
    st.recursive(
        st.sampled_from([None, True, 3, 0.5, "a", "a.b", "local", "*"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["emit", "type", "data", "at", "as", "map", "when", "else", "join", "id"]),
                inner,
                max_size=4,
            )
        ),
        max_leaves=20,
    )
)
def test_al_2_judging_a_mapping_never_raises_anything_but_its_faults(written: Any) -> None:
    for whole in (written, {"emit": [written]}, {"emit": [{"type": "x", "data": {"v": written}, "when": written}]}):
        try:
            compiled(whole)
        except InvalidRequest as refused:
            assert refused.faults  # noqa: PT017
