"""The JSON door by itself; `tests/functional/alerts_api/test_bodies.py` has the corpus."""

from __future__ import annotations

import json
import unicodedata
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.entrypoint.http.strict_json import MAX_BYTES, bytes_of, parse_object, parse_text
from tocsin.kernel.domain.errors import InvalidRequest, RequestTooLarge

NUMBERS = st.integers(-(10**17), 10**17) | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
VALUES: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | NUMBERS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=15,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=4), st.booleans())
def test_whatever_json_can_say_comes_in_as_it_was_but_composed(value: dict[str, Any], ascii_only: bool) -> None:
    try:
        meant = composed(value)
    except ValueError:
        return  # two names of an object differ in their form only; see below
    assert parse_object(json.dumps(value, ensure_ascii=ascii_only).encode()) == meant


def composed(value: Any) -> Any:
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [composed(item) for item in value]
    if not isinstance(value, dict):
        return value
    found = {composed(name): composed(item) for name, item in value.items()}
    if len(found) < len(value):
        raise ValueError
    return found


@pytest.mark.parametrize("ascii_only", [True, False])
def test_two_names_that_only_differ_in_their_form_are_one_name(ascii_only: bool) -> None:
    body = json.dumps({"é": 1, "e\u0301": 2}, ensure_ascii=ascii_only).encode()
    with pytest.raises(InvalidRequest) as caught:
        parse_object(body)
    assert caught.value.faults[0].code == "DUPLICATE_FIELD"


@given(st.binary(max_size=200))
def test_whatever_bytes_come_nothing_but_our_errors_come_out(raw: bytes) -> None:
    with suppress(InvalidRequest):
        assert isinstance(parse_object(raw), dict)


@given(st.text(alphabet='[]{}",:\\ua0', max_size=80))
def test_whatever_text_of_brackets_and_escapes_comes_nothing_but_our_errors_come_out(text: str) -> None:
    with suppress(InvalidRequest):
        parse_text(text)


@given(st.integers(1, 40))
def test_twenty_levels_are_taken_and_no_more(depth: int) -> None:
    text = "[" * depth + '"]]]"' + "]" * depth + " " * 30
    if depth <= 20:
        assert parse_text(text)
    else:
        with pytest.raises(InvalidRequest):
            parse_text(text)


def test_a_name_that_looks_like_a_value_is_not_repeated() -> None:
    with pytest.raises(InvalidRequest) as raised:
        parse_text('{"+447911123456": 1, "+447911123456": 2}')
    assert "447911" not in str(raised.value)


@pytest.mark.parametrize("size", [MAX_BYTES - 3, MAX_BYTES])
def test_the_limit_counts_decoded_bytes(size: int) -> None:
    import base64

    assert len(bytes_of(base64.b64encode(b"x" * size), is_base64=True)) == size
    with pytest.raises(RequestTooLarge):
        bytes_of(base64.b64encode(b"x" * (MAX_BYTES + 1)), is_base64=True)
