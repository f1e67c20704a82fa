"""Documents of the vocabulary's shapes, valid ones and such with a fault or two, for hypothesis."""

from __future__ import annotations

import functools
from datetime import datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from tocsin.telephony.domain.event_data.shapes import (
    FlagShape,
    InstantShape,
    ListShape,
    NumericShape,
    OneOf,
    OrNull,
    RecordShape,
    TextShape,
    ValueShape,
)

OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
INSTANTS = st.datetimes(datetime(2000, 1, 2), datetime(2090, 1, 1), timezones=OFFSETS).map(lambda at: at.isoformat())
WORDS = st.text(st.characters(min_codepoint=0x20, max_codepoint=0x2FFF), max_size=12)

WELL_FORMED = (
    "2010",
    "sip:2010@acme",
    "!~",
    "x" * 128,
    "GBP",
    "a@b.example",
    "https://pbx.example/r/1?x=%20",
    "http://x",
)

ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 700_000),
    st.floats(-5, 5),
    WORDS,
    st.text("ab\n é", min_size=120, max_size=300),
    st.sampled_from(
        ["", "2026-02-30T10:00:00Z", "2026-11-21 10:00:00Z", "2026-11-21T10:00:00", "noon", "a\n", "@", "x:y"]
    ),
    st.lists(st.just("2010"), min_size=15, max_size=25),
    st.just({}),
    st.just({"number": 2010}),
)
"""Values that fit few fields, and each of them somewhere."""


@functools.cache
def document(shape: ValueShape) -> st.SearchStrategy[Any]:
    """Return values of a shape."""
    match shape:
        case TextShape() if shape.form is None:
            return WORDS.filter(bool) if shape.least else WORDS
        case TextShape():
            return st.sampled_from([text for text in WELL_FORMED if not shape.faults(text)])
        case InstantShape():
            return INSTANTS
        case OneOf():
            return st.sampled_from(shape.words)
        case NumericShape():
            return st.integers(shape.least or 0, shape.most or 10**9)
        case FlagShape():
            return st.booleans()
        case ListShape():
            return st.lists(document(shape.of), min_size=shape.least, max_size=3)
        case OrNull():
            return st.none() | document(shape.of)
        case RecordShape():
            fields = {field.name: document(field.shape) for field in shape.fields}
            required = {field.name: fields.pop(field.name) for field in shape.fields if field.required}
            return st.fixed_dictionaries(required, optional=fields)


@st.composite
def with_a_fault(draw: st.DrawFn, shape: RecordShape) -> Any:
    """Return a document in which one place, however deep, holds something odd, or nothing."""
    whole = {"data": draw(document(shape))}
    at: Any = whole
    step: Any = "data"
    while isinstance(at[step], dict | list) and at[step] and draw(st.booleans()):
        at = at[step]
        step = draw(st.sampled_from(sorted(at))) if isinstance(at, dict) else draw(st.integers(0, len(at) - 1))
    if isinstance(at, dict) and at is not whole and draw(st.booleans()):
        del at[step]
    else:
        at[step] = draw(ODD)
    return whole["data"]
