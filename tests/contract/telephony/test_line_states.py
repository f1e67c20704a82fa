"""What every LineStates promises: one writer at a time moves a line, and what an event meant is remembered."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.contract.alert_path import ACME, NOON, OTHER, AlertPath
from tests.fakes.sealer import FakeSealer
from tests.fakes.telephony import FakeLineStates
from tocsin.adapters.dynamodb.telephony.line_states import DynamoDbLineStates
from tocsin.telephony.application.follow_line import FollowLine
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.line_state import LineChange
from tocsin.telephony.ports.line_states import EVENTS_REMEMBERED, KeptLine, LineStates


def seen(n: int, event: str = "registered", contact: str = "sip:2001@192.0.2.1") -> TelephonyEvent:
    data = {"line": "2001", "event": event, "contact": contact, "expiresSeconds": 300}
    at = NOON + timedelta(seconds=n, microseconds=n)
    return TelephonyEvent("pbx", f"e{n}", "sip.registration", at, at, data)


@pytest.fixture
def lines(world: AlertPath) -> LineStates:
    return FakeLineStates() if world.engine == "fake" else DynamoDbLineStates(world.table, FakeSealer())


def test_a_line_is_found_as_it_was_written_last(lines: LineStates) -> None:
    assert lines.find(ACME, "2001") == KeptLine()
    one, _, _ = KeptLine().after(seen(1))
    two, _, _ = one.after(seen(2, "unregistered", "sip:other"))
    assert lines.save(ACME, "2001", one)
    assert lines.save(ACME, "2001", two)
    assert lines.find(ACME, "2001") == two
    assert lines.find(ACME, "2002") == lines.find(OTHER, "2001") == KeptLine()


def test_the_second_of_two_writers_reads_again(lines: LineStates) -> None:
    first, second = KeptLine().after(seen(1))[0], KeptLine().after(seen(2))[0]
    assert lines.save(ACME, "2001", first)
    assert lines.save(ACME, "2001", first)  # the response was lost
    assert not lines.save(ACME, "2001", second)
    assert lines.find(ACME, "2001") == first


def test_al_events_the_second_look_at_an_event_says_what_the_first_said(lines: LineStates) -> None:
    """The worker dies after the line was written and before it acted: online must not become refreshed."""
    follow = FollowLine(lines)
    assert follow(ACME, seen(1), "2001")[0] is LineChange.REGISTERED
    assert follow(ACME, seen(2), "2001")[0] is LineChange.REFRESHED
    assert follow(ACME, seen(3, "unregistered"), "2001")[0] is LineChange.UNREGISTERED
    for again, event, change in (
        (1, "registered", LineChange.REGISTERED),
        (3, "unregistered", LineChange.UNREGISTERED),
    ):
        assert follow(ACME, seen(again, event), "2001")[0] is change
    assert lines.find(ACME, "2001").version == 3


def test_the_last_ten_events_are_remembered(lines: LineStates) -> None:
    follow = FollowLine(lines)
    for n in range(12):
        follow(ACME, seen(n), "2001")
    assert list(lines.find(ACME, "2001").meant) == [seen(n).name for n in range(12 - EVENTS_REMEMBERED, 12)]
