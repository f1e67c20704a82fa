"""Bodies that are no requests at all: one clear fault, never a 5xx (reliability 5.5, A5)."""

from __future__ import annotations

import json

import pytest

from tests.functional.alerts_api.conftest import Door, sms

VERBS = ["/sendalert", "/sendstoredalert", "/storecontent", "/deletecontent", "/collectevents"]

MALFORMED: dict[str, tuple[str | bytes | None, str]] = {
    "nothing": (None, "EMPTY_BODY"),
    "empty": ("", "EMPTY_BODY"),
    "blank": (" \n", "EMPTY_BODY"),
    "not JSON": ("hello", "NOT_JSON"),
    "cut off": ('{"a": [1, 2', "NOT_JSON"),
    "trailing": ("{} {}", "NOT_JSON"),
    "comment": ("{/**/}", "NOT_JSON"),
    "single quotes": ("{'a': 1}", "NOT_JSON"),
    "array": ("[]", "WRONG_TYPE"),
    "string": ('"x"', "WRONG_TYPE"),
    "null": ("null", "WRONG_TYPE"),
    "number": ("5", "WRONG_TYPE"),
    "NaN": ('{"a": NaN}', "NOT_JSON"),
    "Infinity": ('{"a": -Infinity}', "NOT_JSON"),
    "overflow": ('{"a": 1e999}', "NUMBER_TOO_LARGE"),
    "5,000 digits": ('{"a": %s}' % ("9" * 5000), "NUMBER_TOO_LARGE"),
    "2,000 brackets": ("[" * 2000, "TOO_DEEP"),
    "2,000 objects": ('{"a":' * 2000 + "1" + "}" * 2000, "TOO_DEEP"),
    "21 levels": ("[" * 21 + "]" * 21, "TOO_DEEP"),
    "equal keys": ('{"a": 1, "a": 2}', "DUPLICATE_FIELD"),
    "equal keys, escaped": ('{"a": 1, "\\u0061": 2}', "DUPLICATE_FIELD"),
    "equal keys inside": ('{"x": [{"a": 1, "a": 2}]}', "DUPLICATE_FIELD"),
    "half a pair": ('{"a": "\\ud800"}', "BAD_CHARACTER"),
    "half a pair as key": ('{"\\udfff": 1}', "BAD_CHARACTER"),
    "NUL": ('{"a": "x\\u0000y"}', "BAD_CHARACTER"),
    "NUL inside": ('{"a": [{"b": "\\u0000"}]}', "BAD_CHARACTER"),
    "raw NUL": ('{"a": "\0"}', "NOT_JSON"),
    "raw line end": ('{"a": "\n"}', "NOT_JSON"),
    "latin-1": ('{"a": "é"}'.encode("latin-1"), "BAD_ENCODING"),
    "overlong": (b'{"a": "\xc0\xaf"}', "BAD_ENCODING"),
    "surrogate bytes": (b'{"a": "\xed\xa0\x80"}', "BAD_ENCODING"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "BAD_ENCODING"),
    "half a pair in the event": ('{"a": "\ud800"}', "BAD_ENCODING"),
}


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_body_is_one_fault(door: Door, verb: str, name: str) -> None:
    body, code = MALFORMED[name]
    answer = door.gateway.call("POST", verb, body)

    assert answer.status == answer.json["returnCode"] == 400
    assert answer.faults() == {"": code}


def test_nesting_up_to_the_limit_and_brackets_in_texts_are_no_matter(door: Door) -> None:
    assert door.send(sms(content="[" * 200 + '"\\' + "{" * 200)).status == 200


def test_backslashes_without_end_are_scanned_once(door: Door) -> None:
    answer = door.gateway.call("POST", "/sendalert", "[" * 30 + '"' + '\\"' * 300_000)

    assert answer.faults() == {"": "TOO_DEEP"}


def test_a_byte_order_mark_is_no_matter(door: Door) -> None:
    body = json.dumps({"version": "latest", "apiKey": door.token, "clientRef": "r", "alert": [sms()]})

    assert door.gateway.call("POST", "/sendalert", body.encode("utf-8-sig")).status == 200


def test_a_body_in_base64_is_read(door: Door) -> None:
    body = json.dumps({"version": "latest", "apiKey": door.token, "clientRef": "r", "alert": [sms()]})

    assert door.gateway.call("POST", "/sendalert", body.encode()).status == 200


@pytest.mark.parametrize("verb", VERBS)
def test_a_body_over_a_mebibyte_is_too_large(door: Door, verb: str) -> None:
    for body in ("x" * 1_048_577, b"x" * 1_048_577, "é" * 600_000):
        answer = door.gateway.call("POST", verb, body)
        assert answer.status == answer.json["returnCode"] == 413
        assert answer.faults() == {"": "REQUEST_TOO_LARGE"}


def test_a_body_of_a_mebibyte_is_read(door: Door) -> None:
    body = json.dumps({"version": "latest", "apiKey": door.token, "clientRef": "r", "alert": [sms()]})

    assert door.gateway.call("POST", "/sendalert", body.ljust(1_048_576)).status == 200


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "multipart/form-data", "application/x-www-form-urlencoded"]
)
def test_another_content_type_is_refused_in_our_shape(door: Door, kind: str) -> None:
    answer = door.gateway.call("POST", "/sendalert", "{}", {"Content-Type": kind})

    assert answer.status == answer.json["returnCode"] == 415
    assert answer.faults() == {"": "UNSUPPORTED_MEDIA_TYPE"}


@pytest.mark.parametrize(
    "headers", [{"Content-Type": "application/json; charset=utf-8"}, {"Content-Type": "APPLICATION/JSON"}]
)
def test_json_by_any_spelling_is_taken(door: Door, headers: dict[str, str]) -> None:
    assert door.gateway.call("POST", "/sendalert", "{}", headers).status == 401
