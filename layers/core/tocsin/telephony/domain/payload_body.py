"""Bodies of vendors' requests become payloads: JSON, forms, and forms that hold JSON. All have limits.

A vendor is not asked for strict JSON as clients are: a PBX that writes a field twice must not fall silent.
"""

from __future__ import annotations

import base64
import json
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from tocsin.kernel.domain.errors import Fault, InvalidRequest, RequestTooLarge
from tocsin.kernel.domain.plain_text import readable

MOST_BYTES = 1_048_576
"""Of a body (1 MiB)."""

MOST_PAYLOADS = 500
"""In one body: a JSON array holds a payload an entry, as Event Streams and the PBX agent send them."""

MOST_FIELDS = 300
"""Of a form; Twilio sends fewer than 50."""

DEEPEST = 20
"""Nesting of objects and lists."""


def payloads_of(content_type: str, body: bytes) -> list[Any]:
    """Return the payloads of a body: one, or as many as a JSON array has.

    A form is an object of texts, in which the first value of a name counts. The field `cdr` of FreeSWITCH holds JSON,
    as it is or in base64, and is the payload then.

    Args:
        content_type: of the request, as it came. What is not called a form is JSON.

    Raises:
        RequestTooLarge: the body has more than MOST_BYTES.
        InvalidRequest: it is neither JSON nor a form, or is over a limit.
    """
    if len(body) > MOST_BYTES:
        raise RequestTooLarge(MOST_BYTES, "bytes", len(body))
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError:
        _refuse("BAD_ENCODING", "the body is not valid UTF-8 text")
    if not text.strip():
        _refuse("EMPTY_BODY", "the body is empty; send JSON or a form")
    is_form = content_type.partition(";")[0].strip().lower() == "application/x-www-form-urlencoded"
    payload = _form(text) if is_form else _json(text)
    payload = readable(payload)
    payloads = payload if isinstance(payload, list) else [payload]
    if len(payloads) > MOST_PAYLOADS:
        _refuse("TOO_MANY", f"at most {MOST_PAYLOADS} payloads may be in one body")
    if any(not isinstance(each, dict) for each in payloads):
        _refuse("WRONG_TYPE", "the body must be an object, a list of objects, or a form")
    return payloads


def _form(text: str) -> Any:
    try:
        fields = parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        _refuse("TOO_MANY", f"a form must have at most {MOST_FIELDS} fields")
    form = dict(reversed(fields))
    if "cdr" not in form:
        return form
    record = form["cdr"].strip()
    if not record.startswith("{"):
        try:
            record = base64.b64decode(record.replace(" ", "+"), validate=True).decode()
        except ValueError:
            _refuse("NOT_JSON", "the field `cdr` is neither JSON nor base64")
    return _json(record)


def _json(text: str) -> Any:
    try:
        found = json.loads(text, parse_constant=lambda name: None)
    except (ValueError, RecursionError):
        _refuse("NOT_JSON", "the body is not JSON")
    if _is_deeper(found):
        _refuse("TOO_DEEP", f"the body is nested more than {DEEPEST} levels deep")
    return found


def _is_deeper(found: Any) -> bool:
    level = [found]
    for _ in range(DEEPEST):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
    return any(isinstance(each, dict | list) for each in level)


def _refuse(code: str, message: str) -> NoReturn:
    raise InvalidRequest([Fault("", code, message)])
