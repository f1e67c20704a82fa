"""What every EventRows promises: an event is written once, with its first decision, and found by name and by hour."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.canaries import blobs_of
from tests.contract.alert_path import ACME, NOON, OTHER, AlertPath
from tests.fakes.sealer import FakeSealer
from tests.fakes.telephony import FakeEventRows
from tocsin.adapters.dynamodb.telephony.event_rows import DynamoDbEventRows
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.stored_event import EVENT_KEPT, ORDER_PATIENCE, StoredEvent
from tocsin.telephony.ports.event_rows import EventRows

MILLISECOND = timedelta(milliseconds=1)
ACTS: tuple[Any, ...] = (["rule", "r1", 7, ["t1", "t2"]], ["people", "missed_call", ["u1"]])


@pytest.fixture
def rows(world: AlertPath) -> EventRows:
    return FakeEventRows() if world.engine == "fake" else DynamoDbEventRows(world.table, FakeSealer())


def stored(id: str, after: timedelta = timedelta(0), acts: tuple[Any, ...] = ()) -> StoredEvent:
    data = {"from": {"number": "+447700900123", "name": "Zoë Müller"}, "durationSeconds": 18}
    at = NOON - timedelta(seconds=18, microseconds=1)
    event = TelephonyEvent("pbx-1", id, "call.ended", at, NOON + after, data, depth=len(acts))
    return StoredEvent.new(event, acts, {"traceparent": "00-1"})


def test_an_event_is_found_as_it_was_decided_on(rows: EventRows) -> None:
    owed, plain = stored("a1", acts=ACTS), stored("a2")
    assert not rows.insert(ACME, [owed, plain])
    assert rows.read(ACME, [owed.name, plain.name, "0" * 32], NOON) == {owed.name: owed, plain.name: plain}
    assert owed.owed
    assert not plain.owed


def test_decided_3_11_an_event_of_a_sandbox_key_stands_beside_the_real_one(rows: EventRows) -> None:
    real = stored("a1", acts=ACTS)
    tried = StoredEvent.new(replace(real.event, sandbox=True), ACTS, {})
    assert not rows.insert(ACME, [real])
    assert not rows.insert(ACME, [tried])
    found = rows.read(ACME, [real.name, tried.name], NOON)
    assert found == {real.name: real, tried.name: tried}
    assert [found[each.name].sandbox for each in (real, tried)] == [False, True]


def test_the_first_decision_stays_and_the_repeat_is_told(rows: EventRows) -> None:
    first = stored("a1", acts=ACTS)
    rows.insert(ACME, [first])
    again, new = stored("a1", timedelta(seconds=9), acts=(["rule", "r2", 1, []],)), stored("a3")
    assert set(rows.insert(ACME, [new, again])) == {first.name}
    assert rows.read(ACME, [first.name, new.name], NOON) == {first.name: first, new.name: new}


def test_s1_an_event_is_its_tenants_alone(rows: EventRows) -> None:
    mine = stored("a1", acts=ACTS)
    rows.insert(ACME, [mine])
    assert not rows.insert(OTHER, [replace(mine, acts=(), owed=False)])
    assert rows.read(OTHER, [mine.name], NOON)[mine.name].acts == ()
    assert not rows.done(OTHER, mine.name)
    assert [each.acts for each in rows.of_hour(OTHER, NOON, 9, NOON)] == [()]


def test_an_event_is_kept_for_a_week_by_the_clock(rows: EventRows) -> None:
    one = stored("a1")
    rows.insert(ACME, [one])
    last = NOON + EVENT_KEPT - MILLISECOND
    assert list(rows.read(ACME, [one.name], last)) == [one.name]
    assert rows.of_hour(ACME, NOON, 9, last) == [one]
    assert not rows.read(ACME, [one.name], NOON + EVENT_KEPT)
    assert not rows.of_hour(ACME, NOON, 9, NOON + EVENT_KEPT)


def test_an_hour_is_listed_newest_first_and_page_by_page(rows: EventRows) -> None:
    hour = timedelta(hours=1)
    times = [n * MILLISECOND for n in (0, 1, 1, 1, 5, 60_000, 60_001, 3_599_999)]
    events = [stored(f"a{n}", at) for n, at in enumerate(times)]
    others = [stored("before", -MILLISECOND), stored("after", hour)]
    rows.insert(ACME, [*others, *events])
    expected = sorted(events, key=lambda each: each.place, reverse=True)
    assert rows.of_hour(ACME, NOON + hour / 2, 50, NOON) == expected
    paged: list[StoredEvent] = []
    while page := rows.of_hour(ACME, NOON, 3, NOON, paged[-1].place if paged else None):
        assert len(page) == min(3, len(expected) - len(paged))
        paged += page
    assert paged == expected
    assert [each.event.id for each in rows.of_hour(ACME, NOON - hour, 9, NOON)] == ["before"]


def test_what_is_owed_is_found_until_it_is_done(rows: EventRows) -> None:
    events = [stored(f"a{n}", n * MILLISECOND, ACTS) for n in range(3)]
    rows.insert(ACME, [*reversed(events), stored("plain")])
    due = NOON + ORDER_PATIENCE
    assert not rows.owed(due - MILLISECOND, 9)
    assert rows.owed(due + 9 * MILLISECOND, 9) == [(ACME, each.name) for each in events]
    assert rows.owed(due + MILLISECOND, 9) == [(ACME, each.name) for each in events[:2]]
    assert rows.owed(due + 9 * MILLISECOND, 1) == [(ACME, events[0].name)]
    assert rows.done(ACME, events[0].name)
    assert not rows.done(ACME, events[0].name)
    assert not rows.done(ACME, stored("plain").name)
    assert not rows.done(ACME, stored("unknown").name)
    assert rows.owed(due + 9 * MILLISECOND, 9) == [(ACME, each.name) for each in events[1:]]
    assert rows.read(ACME, [events[0].name], NOON) == {events[0].name: replace(events[0], owed=False)}


def test_what_is_owed_can_be_deferred_and_what_is_done_cannot(rows: EventRows) -> None:
    first, second = stored("a1", acts=ACTS), stored("a2", MILLISECOND, ACTS)
    rows.insert(ACME, [first, second])
    later = NOON + 2 * ORDER_PATIENCE
    rows.defer(ACME, first.name, later)
    assert rows.owed(later - MILLISECOND, 9) == [(ACME, second.name)]
    assert rows.owed(later, 9) == [(ACME, second.name), (ACME, first.name)]
    rows.done(ACME, first.name)
    rows.defer(ACME, first.name, later)
    assert rows.owed(later, 9) == [(ACME, second.name)]


def test_a_row_shows_neither_number_nor_name_nor_source(real: AlertPath) -> None:
    one = stored("a1", acts=ACTS)
    DynamoDbEventRows(real.table, FakeSealer()).insert(ACME, [one])
    (row,) = real.table.beginning_with(f"T#{ACME}#EV#{one.name[:2]}", one.name)
    shown = b"\n".join(blobs_of(row))
    assert not [word for word in (b"7700900123", b"Zo", b"pbx-1", b"call.ended", b"u1") if word in shown]


def test_secrets_are_forgotten_and_all_else_stays(rows: EventRows) -> None:
    data = {"userId": "x-7", "userPassword": "hunter2", "voicemailPin": "4711"}
    event = TelephonyEvent("pbx-1", "a1", "user.created", NOON, NOON, data)
    made, plain = StoredEvent.new(event, (["mail", "USER_CREATION"],), {}), stored("a2", acts=ACTS)
    rows.insert(ACME, [made, plain])
    for name in (made.name, made.name, plain.name, "0" * 32):
        rows.forget_secrets(ACME, name)
    found = rows.read(ACME, [made.name, plain.name], NOON)
    assert found[made.name] == replace(made, event=replace(event, data={"userId": "x-7"}))
    assert found[plain.name] == plain
    assert rows.done(ACME, made.name)
    assert rows.read(ACME, [made.name], NOON)[made.name].event.data == {"userId": "x-7"}


def test_an_event_that_nothing_is_done_about_is_kept_without_secrets() -> None:
    event = TelephonyEvent("pbx-1", "a1", "user.created", NOON, NOON, {"userId": "x-7", "userPassword": "hunter2"})
    assert StoredEvent.new(event, (), {}).event.data == {"userId": "x-7"}
