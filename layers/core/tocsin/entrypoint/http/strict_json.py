r"""Strict JSON: the only parser of request bodies. It rejects input that `json.loads` accepts and a store cannot hold.

`json.loads` accepts NaN and Infinity, turns 1e999 into infinity, keeps the last of two equal keys, and accepts lone
surrogates and NUL; deep nesting and 5,000-digit numbers raise unusual exceptions. Here each of these is an
`InvalidRequest` with one fault.
"""

from __future__ import annotations

import base64
import binascii
import json
import math
import re
from collections.abc import Sequence
from typing import Any, NoReturn

from tocsin.kernel.domain.errors import Fault, InvalidRequest, RequestTooLarge
from tocsin.kernel.domain.plain_text import composed

MAX_BYTES = 1_048_576
"""Largest request body, in bytes (1 MiB)."""

MAX_DEPTH = 20
"""Deepest nesting of arrays and objects."""

MAX_DIGITS = 18
"""Longest whole number, in characters: it fits 64 bits."""

_BRACKETS = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)
_SUSPECT_ESCAPE = re.compile(r"\\u(?:0000|[dD][89a-fA-F])")
_FIELD_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}|[0-9]{1,2}[a-z]")  # or a span, like `15m`


def bytes_of(body: str | bytes | None, *, is_base64: bool) -> bytes:
    """Return the body of an API Gateway event as bytes.

    Raises:
        RequestTooLarge: it is over MAX_BYTES.
        InvalidRequest: it says it is base64 and is not, or holds half a surrogate pair.
    """
    if body is None:
        return b""
    if len(body) > MAX_BYTES * (4 / 3 if is_base64 else 1) + 4:
        raise RequestTooLarge(MAX_BYTES, "bytes")
    try:
        raw = body if isinstance(body, bytes) else body.encode("utf-8")
        if is_base64:
            raw = base64.b64decode(raw, validate=True)
    except (UnicodeEncodeError, binascii.Error):
        _refuse("BAD_ENCODING", "the body is not valid UTF-8 text")
    if len(raw) > MAX_BYTES:
        raise RequestTooLarge(MAX_BYTES, "bytes")
    return raw


def parse_object(raw: bytes) -> dict[str, Any]:
    """Parse a JSON object.

    Raises:
        RequestTooLarge: it is over MAX_BYTES.
        InvalidRequest: it is not strict JSON, or not an object.
    """
    value = parse_value(raw)
    if not isinstance(value, dict):
        _refuse("WRONG_TYPE", "the body must be a JSON object")
    return value


def parse_value(raw: bytes, wanted: str = "a JSON object") -> Any:
    """Parse any JSON value strictly. Raises as `parse_object`; `wanted` is what an empty body is told to be."""
    if len(raw) > MAX_BYTES:
        raise RequestTooLarge(MAX_BYTES, "bytes")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        _refuse("BAD_ENCODING", "the body is not valid UTF-8 text")
    if not text.strip():
        _refuse("EMPTY_BODY", f"the body is empty; send {wanted}")
    return parse_text(text)


def parse_text(text: str) -> Any:
    """Parse any JSON value strictly; its names and texts are composed (Unicode's form NFC).

    Raises:
        InvalidRequest: it is not strict JSON.
    """
    _check_depth(text)
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_no_constant,
            parse_int=_whole,
            parse_float=_fraction,
        )
    except json.JSONDecodeError as error:
        _refuse("NOT_JSON", f"the body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}")
    if _SUSPECT_ESCAPE.search(text):
        _check_text(value)
    return value if text.isascii() and "\\u" not in text else _composed(value)


def is_field_name(name: str) -> bool:
    """Whether `name` looks like a field's name and may be repeated in an answer; a value in its place may not."""
    return _FIELD_NAME.fullmatch(name) is not None


def _check_depth(text: str) -> None:
    if text.count("[") + text.count("{") <= MAX_DEPTH:
        return
    depth = 0
    for match in _BRACKETS.finditer(text):
        sign = match[0]
        if sign in "[{":
            depth += 1
            if depth > MAX_DEPTH:
                _refuse("TOO_DEEP", f"the body is nested more than {MAX_DEPTH} levels deep")
        elif sign in "]}":
            depth -= 1


def _composed(value: Any) -> Any:
    if isinstance(value, str):
        return composed(value)
    if isinstance(value, list):
        return [_composed(item) for item in value]
    if isinstance(value, dict):
        return _object([(composed(name), _composed(item)) for name, item in value.items()])
    return value


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                which = f"`{name}`" if is_field_name(name) else "a field"
                _refuse("DUPLICATE_FIELD", f"{which} appears twice in one object")
            seen.add(name)
    return result


def _no_constant(_: str) -> NoReturn:
    _refuse("NOT_JSON", "the body is not JSON: NaN and Infinity are not numbers")


def _whole(digits: str) -> int:
    if len(digits.lstrip("-")) > MAX_DIGITS:
        _refuse("NUMBER_TOO_LARGE", f"a number has more than {MAX_DIGITS} digits")
    return int(digits)


def _fraction(digits: str) -> float:
    value = float(digits)
    if not math.isfinite(value):
        _refuse("NUMBER_TOO_LARGE", "a number is too large")
    return value


def _check_text(value: Any) -> None:
    if isinstance(value, str):
        if "\0" in value:
            _refuse("BAD_CHARACTER", "a text holds the NUL character")
        try:
            value.encode("utf-8")
        except UnicodeEncodeError:
            _refuse("BAD_CHARACTER", "a text holds half a surrogate pair")
    elif isinstance(value, dict):
        for name, item in value.items():
            _check_text(name)
            _check_text(item)
    elif isinstance(value, list):
        for item in value:
            _check_text(item)


def _refuse(code: str, message: str) -> NoReturn:
    raise InvalidRequest([Fault("", code, message)]) from None
