"""The events of an hour become a pack: the same rows the same pack, and no row is lost."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.fakes.telephony import FakeEventPacks, FakeEventRows
from tests.fakes.time import NOON, VirtualClock
from tests.fakes.timers import FakeTimerQueue, FakeTimers
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import TenantId
from tocsin.telephony.application import pack_events
from tocsin.telephony.application.pack_events import FRESH, PAGE, ArmPack, PackEvents
from tocsin.telephony.domain.event import TelephonyEvent
from tocsin.telephony.domain.event_pack import PACK_AFTER, RECOUNT_AFTER, hour_name, hour_named, size_of
from tocsin.telephony.domain.stored_event import StoredEvent
from tocsin.timers.domain.timer import Timer, TimerKey, TimerKind

ACME = TenantId("acme")
SECOND = timedelta(seconds=1)


def stored(n: int, *, type: str = "trunk.connected", **data: Any) -> StoredEvent:
    at = NOON + n * timedelta(milliseconds=100)
    return StoredEvent.new(TelephonyEvent("pbx", f"e{n}", type, at, at, data or {"trunk": "t1"}), (), {})


class Packing:
    """An hour with so many events, and what packs it. A `lag` is how long a read takes."""

    def __init__(self, count: int, lag: timedelta = timedelta(0)) -> None:
        self.rows, self.packs, self.clock, self.lag = FakeEventRows(), FakeEventPacks(), VirtualClock(), lag
        self.clock.advance(PACK_AFTER)
        self.add(*map(stored, range(count)))
        self.pack = PackEvents(rows=self, packs=self.packs, kept_days=lambda tenant: 30, clock=self.clock)

    def add(self, *events: StoredEvent) -> None:
        self.rows.kept |= {(ACME, each.name): each for each in events}

    def of_hour(self, *args: Any) -> Sequence[StoredEvent]:
        self.clock.advance(self.lag)
        return self.rows.of_hour(*args)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.rows, name)

    def turn(self) -> datetime | None:
        timer = Timer(TimerKey(ACME, TimerKind.PACK, hour_name(NOON)), 1, NOON + PACK_AFTER)
        return self.pack(timer, self.clock())

    @property
    def packed(self) -> list[str]:
        parts = self.packs.parts(ACME, NOON, NOON, self.clock())
        return [each.event.id for part in reversed(parts) for each in self.packs.events(ACME, part)]


def test_an_hour_is_packed_oldest_first_and_once() -> None:
    packing = Packing(PAGE + 3)
    assert packing.turn() == packing.clock() + RECOUNT_AFTER
    assert packing.packed == [f"e{n}" for n in range(PAGE + 3)]
    kept = dict(packing.packs.kept)
    assert packing.turn() is None
    assert packing.packs.kept == kept


@pytest.mark.parametrize("count", [0, 1, PAGE, 2 * PAGE])
def test_no_number_of_events_is_a_special_case(count: int) -> None:
    packing = Packing(count)
    assert packing.turn() is not None
    assert packing.turn() is None
    assert packing.packed == [f"e{n}" for n in range(count)]


def test_the_same_rows_give_the_same_pack() -> None:
    one, other = Packing(40), Packing(0)
    other.add(*(stored(n) for n in reversed(range(40))))
    one.turn()
    other.turn()
    assert one.packs.kept == other.packs.kept


def test_a_row_that_the_index_showed_late_is_not_lost() -> None:
    packing = Packing(7)
    packing.turn()
    packing.add(stored(100))
    assert packing.turn() == packing.clock() + RECOUNT_AFTER
    assert packing.packed == [*(f"e{n}" for n in range(7)), "e100"]
    assert packing.turn() is None


def test_after_a_week_the_rows_are_gone_and_the_pack_stays() -> None:
    packing = Packing(7)
    packing.turn()
    packing.add(stored(100))
    packing.clock.advance(timedelta(days=7))
    assert packing.turn() is None
    assert packing.packed == [f"e{n}" for n in range(7)]


def test_a_big_hour_is_packed_in_parts_and_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pack_events, "PART_BYTES", 500 * size_of([stored(1).name] * 3))
    packing = Packing(6 * PAGE + 1, lag=8 * SECOND)
    turns = 1
    while packing.turn() == packing.clock():
        turns += 1
    assert turns > 1
    assert len(packing.packs.kept) > turns
    assert packing.packed == [f"e{n}" for n in range(6 * PAGE + 1)]
    parts = packing.packs.parts(ACME, NOON, NOON, packing.clock())
    assert [part.complete for part in parts] == [False] * (len(parts) - 1) + [True]


def test_decided_8_24_what_was_read_too_long_ago_is_not_written() -> None:
    """An erasure looks at packs a last time 30 s after it began: a pack must not bring back what it erased in rows."""
    packing = Packing(1, lag=FRESH)
    assert packing.turn() is not None
    slow = Packing(1, lag=FRESH + SECOND)
    with pytest.raises(StorageUnavailable):
        slow.turn()
    assert not slow.packs.kept


def test_passwords_are_not_packed_and_unknown_types_are_counted_as_one() -> None:
    packing = Packing(0)
    packing.add(stored(1, type="user.created", userId="u", userPassword="hunter2"), stored(2, type="private.words"))
    packing.turn()
    ((part, text, _),) = packing.packs.kept.values()
    assert "hunter2" not in text
    assert [(count.type, count.events) for count in part.contents.counts] == [("", 1), ("user.created", 1)]


def test_a_process_arms_an_hour_once() -> None:
    timers, queue, clock = FakeTimers(), FakeTimerQueue(), VirtualClock()
    calls: list[Timer] = []
    timers.arm = lambda timer, arm=timers.arm: calls.append(timer) or arm(timer)  # type: ignore[method-assign, misc, func-returns-value]
    arm = ArmPack(timers, queue, clock)
    for _ in range(3):
        arm(ACME, [stored(1), stored(2)])
    arm(ACME, [stored(36_000)])
    assert [(timer.key.subject, timer.due_at) for timer in calls] == [
        ("2026112312", NOON + PACK_AFTER),
        ("2026112313", NOON + timedelta(hours=1) + PACK_AFTER),
    ]
    assert len(queue.waiting) == 2
    assert hour_named("2026112312") == NOON


def test_events_of_an_hour_that_cannot_be_armed_are_not_taken_for_armed() -> None:
    timers, queue, clock = FakeTimers(), FakeTimerQueue(), VirtualClock()
    arm = ArmPack(timers, queue, clock)
    timers.outage.failing = 1
    with pytest.raises(StorageUnavailable):
        arm(ACME, [stored(1)])
    queue.outage.failing = 1
    arm(ACME, [stored(1)])  # the sweeper will order it
    assert timers.rows
