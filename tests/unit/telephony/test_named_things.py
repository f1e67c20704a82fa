"""Which lines, groups and numbers an event names."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.telephony.event_documents import document
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.named_things import NamedThings, named_things
from tocsin.telephony.domain.vocabulary import TYPES

NOW = datetime(2026, 11, 21, 10, 1, tzinfo=UTC)
CALL = {"from": {"number": "+447700900123"}, "to": {"number": "2010"}, "phoneNumber": "+442079460000"}


def named(type: str, data: dict[str, Any]) -> NamedThings:
    return named_things(TelephonyEvent("pbx-1", "a1", type, NOW, NOW, data))


@pytest.mark.parametrize(
    ("type", "data", "things"),
    [
        (
            "call.ended",
            CALL | {"line": "2010", "lines": ["2011", "2010"], "group": {"id": "q"}, "groups": [{"id": "q"}, {"id": "r"}]},
            NamedThings(("2010", "2011"), ("q", "r"), ("+447700900123", "2010", "+442079460000")),
        ),
        ("queue.call_lost", {"queue": {"id": "sales"}, "from": CALL["from"]}, NamedThings((), ("sales",), ("+447700900123",))),
        ("voicemail.received", {"mailbox": "2010", "from": CALL["from"]}, NamedThings(("2010",), ("2010",), ("+447700900123",))),
        ("trunk.connected", {"trunk": "didww"}, NamedThings()),
        ("made.up", {"line": {"odd": 1}, "group": "q", "from": 7}, NamedThings()),
    ],
)  # fmt: skip
def test_an_event_names_lines_groups_and_numbers(type: str, data: dict[str, Any], things: NamedThings) -> None:
    assert named(type, data) == things


def test_an_event_that_names_nothing_says_so() -> None:
    assert not named("trunk.connected", {"trunk": "didww"}).any
    for data in ({"line": "2010"}, {"group": {"id": "q"}}, {"phoneNumber": "2010"}):
        assert named("call.ended", data).any


@given(st.data())
@settings(max_examples=30)
def test_things_of_any_valid_event_are_found(data: st.DataObject) -> None:
    type = data.draw(st.sampled_from(sorted(TYPES)))
    made = data.draw(document(TYPES[type].data))
    things = named(type, made)

    assert set(made.get("lines", ())) <= set(things.lines)
    assert all(isinstance(name, str) for name in (*things.lines, *things.groups, *things.numbers))
