"""What every EventPacks promises: parts are found in their order with what they hold, until their time is over."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.canaries import blobs_of
from tests.contract.alert_path import ACME, NOON, OTHER, AlertPath
from tests.fakes.sealer import FakeSealer
from tests.fakes.telephony import FakeEventPacks
from tocsin.adapters.dynamodb.telephony.event_packs import DynamoDbEventPacks
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.event_pack import (
    EventCount,
    PackContents,
    PackedEvent,
    PackPart,
    contents_of,
    packed,
)
from tocsin.telephony.domain.stored_event import StoredEvent
from tocsin.telephony.ports.event_packs import EventPacks

HOUR = timedelta(hours=1)
KEPT = timedelta(days=30)


@pytest.fixture
def packs(world: AlertPath) -> EventPacks:
    return FakeEventPacks() if world.engine == "fake" else DynamoDbEventPacks(world.table, FakeSealer(), world.objects)


def events(n: int = 2) -> list[StoredEvent]:
    data = {"direction": "incoming", "status": "missed", "line": "2001", "from": {"number": "+447700900123"}}
    at = NOON + timedelta(minutes=16, microseconds=1)
    return [
        StoredEvent.new(TelephonyEvent("pbx", f"e{i}", "call.ended", at, at + timedelta(seconds=i), data), (), {})
        for i in range(n)
    ]


def part(number: int = 0, hour: timedelta = timedelta(0), rows: int = 2) -> PackPart:
    contents = contents_of(each.event for each in events())
    return PackPart(NOON + hour, number, 2, rows, events()[0].place, number == 1, contents)


def test_a_part_is_found_as_it_was_kept(packs: EventPacks) -> None:
    packs.keep(ACME, part(), [packed(each) for each in events()], KEPT)
    assert packs.parts(ACME, NOON, NOON, NOON) == [part()]
    assert packs.events(ACME, part()) == [PackedEvent(each.name, each.event) for each in events()]
    quarter = NOON + timedelta(minutes=15)
    counts = (EventCount(quarter, "call.ended", "incoming", "missed", 2),)
    assert part().contents == PackContents(counts, ("2001",), ())


def test_s1_a_pack_is_its_tenants_alone(packs: EventPacks) -> None:
    packs.keep(ACME, part(), [packed(each) for each in events()], KEPT)
    assert not packs.parts(OTHER, NOON, NOON, NOON)
    assert not packs.events(OTHER, part())
    packs.drop(OTHER, NOON)
    assert packs.parts(ACME, NOON, NOON, NOON)


def test_parts_are_in_the_order_of_hours_and_numbers(packs: EventPacks) -> None:
    known = [part(number, n * HOUR) for n in range(4) for number in (0, 1)]
    for each in reversed(known):
        packs.keep(ACME, each, [], KEPT)
    assert packs.parts(ACME, NOON, NOON + 3 * HOUR, NOON) == known
    assert packs.parts(ACME, NOON + HOUR, NOON + 2 * HOUR, NOON) == known[2:6]


def test_a_part_that_is_kept_again_takes_the_place_of_the_earlier_one(packs: EventPacks) -> None:
    packs.keep(ACME, part(), [packed(each) for each in events()], KEPT)
    for kept_for in (KEPT, timedelta(days=366)):  # the second is an object of another class
        packs.keep(ACME, part(rows=3), [packed(each) for each in events(3)], kept_for)
        assert packs.parts(ACME, NOON, NOON, NOON) == [part(rows=3)]
        assert len(packs.events(ACME, part())) == 3


def test_a_dropped_hour_is_gone_and_others_stay(packs: EventPacks) -> None:
    for each in (part(0), part(1), part(0, HOUR)):
        packs.keep(ACME, each, [packed(stored) for stored in events()], KEPT)
    packs.drop(ACME, NOON)
    assert packs.parts(ACME, NOON, NOON + HOUR, NOON) == [part(0, HOUR)]
    assert not packs.events(ACME, part(1))
    packs.drop(ACME, NOON)


def test_retention_a_part_is_kept_as_long_as_was_said_when_it_was_written(packs: EventPacks) -> None:
    packs.keep(ACME, part(), [], KEPT)
    last = NOON + KEPT - timedelta(milliseconds=1)
    assert packs.parts(ACME, NOON, NOON, last)
    assert not packs.parts(ACME, NOON, NOON, NOON + KEPT)


def test_retention_the_object_is_of_the_class_that_keeps_it_long_enough(world: AlertPath) -> None:
    if world.engine == "fake":
        pytest.skip("the fake has no objects")
    packs = DynamoDbEventPacks(world.table, FakeSealer(), world.objects)
    for days, folder in ((30, "keep-0030"), (90, "keep-0090"), (91, "keep-0366"), (366, "keep-0366")):
        packs.keep(ACME, part(), [], timedelta(days=days))
        row = next(world.table.beginning_with("T#acme#PK", "20"))
        assert row["s3"]["S"] == f"sealed/{folder}/acme/events/2026112112-000"


def test_s4_nothing_that_a_sender_wrote_is_in_the_clear(world: AlertPath) -> None:
    if world.engine == "fake":
        pytest.skip("the fake seals nothing")
    packs = DynamoDbEventPacks(world.table, FakeSealer(), world.objects)
    one = replace(part(), contents=PackContents((), ("sip:2001@office",), ("support",)))
    packs.keep(ACME, one, [packed(each) for each in events()], KEPT)
    row = next(world.table.beginning_with("T#acme#PK", "20"))
    clear = b"\n".join([*blobs_of({name: value for name, value in row.items() if name != "head"})])
    for written in (b"+447700900123", b"sip:2001", b"support", b"pbx"):
        assert written not in clear
