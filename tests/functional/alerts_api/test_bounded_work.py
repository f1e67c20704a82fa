"""However many faults a body has, judging stops at the first hundred: work is counted, and grows by little an entry."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.benchmarks.calibration import seconds_of
from tests.functional.alerts_api.conftest import Door, sms
from tests.functional.alerts_api.fields import STORE, Field, fields_once
from tests.functional.gateway import Answer
from tocsin.entrypoint.http.strict_json import MAX_BYTES
from tocsin.kernel.domain.errors import FAULTS_LISTED

FEW, MANY = 300, 900
CALLS_AN_ENTRY = 120
"""Calls of functions for one more entry. A contact that is right takes 50; a fault that is written down takes 150."""

_MARKS = "a" + "\u0315\u0300" * 7

FORMS: Mapping[str, Mapping[str, Callable[[int], Any]]] = {
    "array": {
        "numbers": lambda n: [1] * n,
        "empty objects": lambda n: [{}] * n,
        "empty arrays": lambda n: [[]] * n,
        "texts": lambda n: ["x"] * n,
        "objects of unknown fields": lambda n: [{"x": 1, "y": 2}] * n,
        "nulls": lambda n: [None] * n,
    },
    "object": {"unknown fields": lambda n: {f"x{number}": 1 for number in range(n)}},
    "string": {
        "one letter": lambda n: "x" * n * 10,
        "entries": lambda n: "1," * n,
        "lines": lambda n: "\n1" * n,
        "braces": lambda n: "{a}" * n,
        "marks": lambda n: _MARKS * n,
    },
}
"""By the JSON type that a field takes, what n of something wrong or huge is."""

CASES = [
    (field, name, form)
    for field in fields_once()
    for kind in sorted(field.types)
    for name, form in FORMS.get(kind, {}).items()
]


def calls_of(act: Callable[[], Answer]) -> tuple[int, Answer]:
    """Return how many calls of Python and C functions it makes."""
    counted = 0

    def count(_frame: Any, event: str, _arg: Any) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        answer = act()
    finally:
        sys.setprofile(None)
    return counted, answer


def as_said(answer: Answer) -> bool:
    """Whether it is an answer to a faulty request, with a hundred faults at most."""
    if answer.status not in (200, 400, 401, 404, 413, 422):
        return False
    return answer.status != 400 or len(answer.json["errors"]) <= FAULTS_LISTED


_VERBS = [
    pytest.param(
        verb, marks=[pytest.mark.deep] if verb == "/sendalert" else [], id=verb
    )  # most fields; others are like it
    for verb in sorted({field.verb for field, _, _ in CASES})
]


@pytest.mark.parametrize("verb", _VERBS)
def test_d7_more_faults_are_no_more_work(verb: str) -> None:
    door = Door()
    heavy = []
    for field, name, form in CASES:
        if field.verb != verb:
            continue
        few, _ = calls_of(lambda field=field, form=form: door.post(field.verb, field.body(form(FEW))))  # type: ignore[misc]
        many, answer = calls_of(lambda field=field, form=form: door.post(field.verb, field.body(form(MANY))))  # type: ignore[misc]
        assert as_said(answer), (field.pointer, name, answer.text[:500])
        # Making the body and reading it back as JSON is a part of both.
        if many - few > CALLS_AN_ENTRY * (MANY - FEW):
            heavy.append((field.pointer, name, (many - few) / (MANY - FEW)))
    assert heavy == []


@pytest.mark.parametrize(
    "wrong", [{"alert": [sms(recipients=[1] * 400)]}, {"alert": [1] * 400}, {f"x{n}": 1 for n in range(400)}]
)
def test_d7_a_hundred_faults_are_listed_and_ten_are_named(door: Door, wrong: dict[str, Any]) -> None:
    answer = door.post("/sendalert", {"clientRef": "r", "alert": [sms()], **wrong})

    assert answer.status == 400
    assert len(answer.json["errors"]) == FAULTS_LISTED
    assert answer.json["moreErrors"] is True
    assert answer.json["failureReason"].count("; and ") == 1
    assert len({error["pointer"] for error in answer.json["errors"]}) == FAULTS_LISTED


def test_d7_faults_behind_good_entries_are_found(door: Door) -> None:
    recipients: list[Any] = ["+447700900001"] * 5_000
    recipients[17] = recipients[4_990] = 5

    assert door.send(sms(recipients=recipients)).faults() == {
        "/alert/0/recipients/17": "WRONG_TYPE",
        "/alert/0/recipients/4990": "WRONG_TYPE",
    }


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(gaps=st.lists(st.sampled_from([1, 2, 1_000, 1_001, 1_002]) | st.integers(1, 1_500), min_size=2, max_size=60))
@example(gaps=[1, 1_001, 1])  # behind a window of a thousand good ones
def test_d7_each_bad_entry_is_found_wherever_the_others_are(door: Door, gaps: list[int]) -> None:
    bad = {end - 1 for end in accumulate(gaps) if end <= 3_501}
    recipients = [5 if number in bad else "+447700900001" for number in range(3_501)]

    assert door.send(sms(recipients=recipients)).faults() == {
        f"/alert/0/recipients/{number}": "WRONG_TYPE" for number in bad
    }


def test_a_list_that_is_too_long_is_one_fault_whatever_its_entries_are(door: Door) -> None:
    answer = door.post("/sendalert", {"clientRef": "r", "alert": [sms()], "escalation": {"steps": [{}] * 11}})

    assert answer.faults() == {"/escalation/steps": "TOO_MANY"}


@pytest.mark.parametrize("key", ["wrong", None])
def test_decided_1_who_has_no_key_learns_nothing_of_the_body_and_costs_no_judging(door: Door, key: str | None) -> None:
    def refused(entries: list[Any]) -> tuple[int, Answer]:
        return calls_of(lambda: door.post("/sendalert", {"alert": entries, "apiKey": key if key else ...}))

    many, answer = refused([{}] * 1_000)

    assert answer.faults() == {"/apiKey": "UNAUTHORIZED"}
    assert many - refused([])[0] < 4 * 1_000  # each entry is written and read as JSON


@pytest.mark.parametrize("text", ["{", "[1]", '{"a": NaN}', '{"a":' * 30])
def test_decided_1_what_is_no_json_is_told_before_the_key_is_looked_at(door: Door, text: str) -> None:
    assert door.gateway.call("POST", "/sendalert", text).status == 400


BODIES: Mapping[str, Callable[[], dict[str, Any]]] = {
    "texts of combining marks": lambda: {"alert": [sms(content="a" + "\u0315\u0300" * 200_000)]},
    "a list of the same entry": lambda: {"alert": [sms(recipientList="1," * 500_000)]},
    "a list of different entries": lambda: {"alert": [sms(recipientList=",".join(map(str, range(100_000, 240_000))))]},
    "a list of ligatures": lambda: {"alert": [sms(recipientList="\ufdfa," * 200_000)]},
    "receivers of marks": lambda: {"alert": [sms(recipients=["a" + "\u0315\u0300" * 150] * 800)]},
    "elements that are right": lambda: {"alert": [sms()] * 8_000},
    "an all-clear of numbers": lambda: {
        "alert": [sms()],
        "escalation": {"steps": [{"after": "1h", "alert": [sms()]}], "onStopped": {"alert": [1] * 300_000}},
    },
    "stores": lambda: {"storeDetails": {"storeId": STORE, **{f"x{n}": 1 for n in range(70_000)}}},
    "contacts": lambda: {
        "contactGroup": {"inlineContactGroup": {"contacts": [{"id": str(n)} for n in range(60_000)]}},
        "alert": [sms()],
    },
    "lookups": lambda: {
        "contactGroup": {
            "inlineContactGroup": {"contacts": [{"id": "a", "lookups": {f"k{n}": 1.1e300 for n in range(50_000)}}]}
        },
        "alert": [sms()],
    },
    "parts of a mail": lambda: {
        "alert": [
            {
                "alertType": "email",
                "tag": "t",
                "recipients": ["a@example.org"],
                "emailBodyIsMultipart": True,
                "multipartBoundary": "x",
                "lookups": {"performLookups": True},
                "content": "--x\r\n\r\n"
                + "".join(f"--x\r\ncontent-type: multipart/a; boundary=y{n}\r\n\r\n\r\n" for n in range(16_000)),
            }
        ]
    },
}
"""Bodies of about a megabyte that were slow, or hold what takes most work a byte."""


_MOST_WORK = frozenset({"numbers", "empty objects", "unknown fields", "marks"})
"""The forms that take most work a byte; with all of them the test takes eight minutes."""


def _megabytes() -> Iterator[tuple[str, Callable[[], tuple[str, dict[str, Any]]]]]:
    for name, make in BODIES.items():
        yield name, lambda make=make: ("/sendalert", {"clientRef": "r", **make()})  # type: ignore[misc]
    for field, name, form in CASES:
        if name not in _MOST_WORK:
            continue
        yield f"{field.name} {name}", lambda field=field, form=form: (field.verb, _filled(field, form))  # type: ignore[misc]


def _filled(field: Field, form: Callable[[int], Any]) -> dict[str, Any]:
    two, one = (len(json.dumps(form(n), ensure_ascii=False).encode()) for n in (2_000, 1_000))
    entry = (two - one) / 1_000
    return field.body(form(int(MAX_BYTES * 0.9 / max(entry, 3))))


@pytest.mark.deep
def test_d7_no_body_costs_over_a_second_of_cpu() -> None:
    door = Door()
    dear = []
    for name, make in _megabytes():
        verb, body = make()
        sent = json.dumps({"version": "latest", "apiKey": door.token, **body}, ensure_ascii=False).encode()
        assert len(sent) <= MAX_BYTES * 1.1
        answers: list[Answer] = []
        spent = seconds_of(lambda: answers.append(door.gateway.call("POST", verb, sent)), budget=1.0)  # noqa: B023
        assert all(map(as_said, answers)), answers[0].text[:500]
        if spent > 1.0:
            dear.append((name, round(spent, 2)))
    assert dear == []
