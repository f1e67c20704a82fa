"""What the body of a vendor's request holds."""

from __future__ import annotations

import json
from base64 import b64encode
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest

from tocsin.kernel.domain.errors import InvalidRequest, RequestTooLarge
from tocsin.telephony.domain.cloud_events import EventReader
from tocsin.telephony.domain.payload_body import payloads_of

FORM = "application/x-www-form-urlencoded; charset=utf-8"
RECORD = {"variables": {"uuid": "a b+c", "caller_id_name": "Zoë"}}
DEEP: Any = {}
for _ in range(20):
    DEEP = {"d": DEEP}


@pytest.mark.parametrize(
    ("content_type", "body", "payloads"),
    [
        ("application/json", '{"a": 1}', [{"a": 1}]),
        ("", '\ufeff {"a": 1}', [{"a": 1}]),
        ("application/cloudevents-batch+json", '[{"a": 1}, {"a": 2}]', [{"a": 1}, {"a": 2}]),
        ("application/json", '{"a": 1, "a": 2, "b": NaN}', [{"a": 2, "b": None}]),
        ("application/json", "[]", []),
        (
            FORM,
            "CallSid=CA1&From=%2B447700900123&Body=&CallSid=CA2",
            [{"CallSid": "CA1", "From": "+447700900123", "Body": ""}],
        ),
        (FORM, urlencode({"cdr": json.dumps(RECORD)}), [RECORD]),
        (FORM, urlencode({"cdr": b64encode(json.dumps(RECORD).encode())}), [RECORD]),
        (FORM, "cdr=" + b64encode(json.dumps(RECORD).encode()).decode(), [RECORD]),
        ("application/json", json.dumps(DEEP["d"]), [DEEP["d"]]),
    ],
)
def test_al_2_a_body_holds_payloads(content_type: str, body: str, payloads: list[Any]) -> None:
    assert payloads_of(content_type, body.encode()) == payloads


@pytest.mark.parametrize(
    ("content_type", "body", "code"),
    [
        ("application/json", b"", "EMPTY_BODY"),
        ("application/json", b"\xff{}", "BAD_ENCODING"),
        ("application/json", b"{", "NOT_JSON"),
        ("application/json", b"[" * 100_000, "NOT_JSON"),
        ("application/json", b'{"a": ' + b"1" * 5_000 + b"}", "NOT_JSON"),
        ("application/json", b"3", "WRONG_TYPE"),
        ("application/json", b"[{}, 3]", "WRONG_TYPE"),
        ("application/json", b"[" + b"{}," * 500 + b"{}]", "TOO_MANY"),
        ("application/json", json.dumps(DEEP).encode(), "TOO_DEEP"),
        (FORM, b"&".join(b"a=1" for _ in range(301)), "TOO_MANY"),
        (FORM, b"cdr=%%%", "NOT_JSON"),
        (FORM, b"cdr=gICA", "NOT_JSON"),
    ],
)
def test_al_2_a_body_that_cannot_be_read_says_why(content_type: str, body: bytes, code: str) -> None:
    with pytest.raises(InvalidRequest) as refused:
        payloads_of(content_type, body)
    assert [fault.code for fault in refused.value.faults] == [code]


def test_a_body_has_a_size() -> None:
    with pytest.raises(RequestTooLarge):
        payloads_of("application/json", b" " * 1_048_577)


UNREADABLE = (
    r'{"text":"cut\ud83d","half":"\ude00cut","whole":"\ud83d\ude00","nul":"a\u0000b","most":1e999,"\ud800":[-1e999]}'
)
READABLE = {
    "text": "cut\ufffd",
    "half": "\ufffdcut",
    "whole": "\U0001f600",
    "nul": "ab",
    "most": None,
    "\ufffd": [None],
}


def test_a_text_that_was_cut_in_an_emoji_and_a_number_without_end_come_in_so_that_everybody_can_read_them() -> None:
    assert payloads_of("application/json", UNREADABLE.encode()) == [READABLE]
    assert payloads_of(FORM, urlencode({"cdr": UNREADABLE}).encode()) == [READABLE]
    assert payloads_of(FORM, b"a=%00b") == [{"a": "b"}]

    detail = json.loads(UNREADABLE)
    entry = {"id": "1", "source": "pbx", "time": "2026-11-21T10:00:00Z", "detail-type": "x.y", "detail": detail}
    event = EventReader(datetime(2026, 11, 21, 10, tzinfo=UTC)).from_bus(entry).event
    assert event is not None
    assert event.data == READABLE
