"""The edges of every type in every field of every verb: understood or refused, never a failure of ours (issue 17.2)."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping
from typing import Any

import pytest

from tests.functional.alerts_api.conftest import Door, sms
from tests.functional.alerts_api.fields import Field, fields, fields_once
from tests.functional.gateway import Answer

INSTANTS = (
    "9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59+14:00",
    "9999-12-31T23:59:59-14:00",
    "9999-12-31T23:59:59",
    "0001-01-01T00:00:00Z",
    "0001-01-01T00:00:00+14:00",
    "0001-01-01T00:00:00-14:00",
    "0001-01-01T00:00:00",
    "1970-01-01T00:00:00Z",
)
SPANS = ("999999M", "999999w", "999999d", "999999s", "0d", "1s", "120000M")
TEXTS = (
    "\ud800",
    "a\udfffb",
    "\0",
    "a" + "\u0315\u0300" * 50_000,
    "",
    " ",
    "\u202e",
    "x" * 100_000,
    "9" * 400,
    "ı",
    "\U0010ffff",
    "=?utf-8?q?=0A?=",
)
NUMBERS = (10**18, 10**18 - 1, -(10**18) + 1, 2**63, 2**63 - 1, -(2**63), 2**31, -1, 0, -0.0, 1e308, 5e-324, 0.1, 1.0)


def nested(depth: int, kind: str) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value] if kind == "list" else {"a": value}
    return value


OTHERS: tuple[Any, ...] = (True, None, [], {}, nested(15, "list"), nested(15, "object"))

OF_A_TYPE: Mapping[str, tuple[Any, ...]] = {
    "string": (*INSTANTS, *SPANS, *TEXTS),
    "integer": NUMBERS,
    "boolean": (1, 0, "true", None),
    "array": ([], [None], [[]], nested(15, "list"), [""], ["\0"]),
    "object": ({}, {"": 1}, nested(15, "object"), {"a" * 10_000: 1}),
}
FIRST = {
    **OF_A_TYPE,
    "string": (*INSTANTS[:2], INSTANTS[7], SPANS[0], "\ud800", "\0", "a" + "\u0315\u0300" * 500, "9" * 400),
}
"""What is tried in each commit; the rest takes minutes."""

EVERYTHING = (*itertools.chain.from_iterable(OF_A_TYPE.values()), *OTHERS)

UNDERSTOOD = (200, 400, 401, 404, 413, 422)
"""401: the key itself is such a value. 404: an id that is well formed."""


def answer_to(door: Door, verb: str, body: Mapping[str, Any]) -> Answer:
    return door.gateway.call("POST", verb, json.dumps({"version": "latest", "apiKey": door.token, **body}))


def failures(tried: Iterable[tuple[Field, Any]]) -> list[tuple[str, str, int]]:
    door = Door()
    found = []
    for number, (field, value) in enumerate(tried):
        if number % 500 == 499:
            door = Door()  # stores and sets of the calls before
        answer = answer_to(door, field.verb, field.body(value))
        if answer.status not in UNDERSTOOD:
            found.append((field.name, repr(value)[:80], answer.status))
    return found


@pytest.mark.parametrize("verb", sorted({field.verb for field in fields_once()}))
def test_17_2_the_edges_of_a_fields_type_never_fail(verb: str) -> None:
    tried = [
        (field, value)
        for field in fields_once()
        if field.verb == verb
        for kind in sorted(field.types)
        for value in FIRST.get(kind, ())
    ]
    assert tried
    assert failures(tried) == []


@pytest.mark.deep
def test_17_2_the_edges_of_every_type_in_every_field_never_fail() -> None:
    assert failures((field, value) for field in fields() for value in EVERYTHING) == []


@pytest.mark.parametrize("start", ["now", *INSTANTS])
def test_17_2_the_edges_of_the_calendar_meet_in_a_schedule(door: Door, start: str) -> None:
    for end, delay, repeat in itertools.product(INSTANTS, ("0m", "1200M", *SPANS[:3]), (None, "1m", "1200M")):
        schedule = {"start": start, "delay": delay, **({"end": end, "repeat": repeat} if repeat else {})}
        for mode in ("plan", "send"):
            body = {"clientRef": "r", "alert": [sms()], "mode": mode, "options": {"schedule": schedule}}
            assert answer_to(door, "/sendalert", body).status in (200, 400, 422), (schedule, mode)


@pytest.mark.parametrize("name", ["limit", "cursor", "state", "channel"])
@pytest.mark.parametrize("value", [value for value in TEXTS if value.isprintable()] + ["\0", "²", "٣", "1e3", "-0"])
def test_17_2_so_do_query_parameters_and_paths(door: Door, name: str, value: str) -> None:
    for path in ("/alerts", "/alerts/x/recipients", "/alerts/019aa3c4-5d00-7c8f-9b3a-2f6d1e4c7a90/recipients"):
        assert door.get(path, **{name: value}).status in (200, 400, 404)
