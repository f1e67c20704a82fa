"""The scanner itself: one that finds nothing would let every other test pass."""

from __future__ import annotations

import base64
import gzip
import json
import urllib.parse
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.canaries import CANARIES, blobs_of, encodings, find_canaries

VALUES = pytest.mark.parametrize("name", CANARIES)


@VALUES
@pytest.mark.parametrize(
    "disguise",
    [
        str.encode,
        lambda value: value.encode("utf-16"),
        lambda value: value.upper().encode(),
        lambda value: value.encode().hex().encode(),
        lambda value: base64.b64encode(value.encode()),
        lambda value: base64.urlsafe_b64encode(b"x" + value.encode() + b"yz"),
        lambda value: base64.b64encode(b"xy" + value.encode() + b"z"),
        lambda value: base64.b64encode(value.encode("utf-16-le")),
        lambda value: urllib.parse.quote(value).encode(),
        lambda value: urllib.parse.quote_plus(value).encode(),
        lambda value: json.dumps({"a": value}).encode(),
        lambda value: zlib.compress(value.encode()),
        lambda value: gzip.compress(b"..." + value.encode() + b"..."),
    ],
)
def test_a_canary_is_found_in_any_clothes(name: str, disguise: object) -> None:
    blob = disguise(CANARIES[name])  # type: ignore[operator]

    assert any(f"{name}:" in hit for hit in find_canaries(blob))


@pytest.mark.parametrize("written", ["00447700900417", "07700900417".lstrip("0"), "tel:447700900417;x"])
def test_a_number_is_found_by_its_digits(written: str) -> None:
    assert find_canaries(written.encode())


@given(before=st.binary(max_size=7), after=st.binary(max_size=7))
def test_base64_hides_nothing_whatever_stands_around_it(before: bytes, after: bytes) -> None:
    for name, value in CANARIES.items():
        hits = find_canaries(base64.b64encode(before + value.encode() + after))
        assert any(hit.startswith(f"{name}:") for hit in hits)


@given(st.binary(max_size=5_000))
def test_noise_is_not_a_canary(noise: bytes) -> None:
    assert find_canaries(noise) == []


def test_no_canary_is_a_part_of_another() -> None:
    for name, value in CANARIES.items():
        others = {hit.split(":")[0] for hit in find_canaries(value.encode())}
        assert others == {name}


def test_no_disguise_is_so_short_that_it_turns_up_by_chance() -> None:
    assert min(len(disguise) for value in CANARIES.values() for disguise in encodings(value)) >= 9


def test_every_string_of_a_row_is_looked_at() -> None:
    row = {"pk": {"S": "a"}, "set": {"SS": ["b"]}, "map": {"M": {"key": {"B": b"c"}}}, "n": {"N": 7}}

    assert {b"a", b"b", b"c", b"key", b"7"} <= set(blobs_of(row))
