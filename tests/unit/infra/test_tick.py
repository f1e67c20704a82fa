"""`make tick`: from due time to due time, in order, and never back."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from infra.local.clock import ahead, move, span_of
from infra.local.commands.tick import main
from infra.local.commands.tick_mover import Due, tick
from infra.local.complaint import Complaint
from infra.local.places import Places
from tests.fakes.time import NOON
from tocsin.kernel.domain.ids import TenantId
from tocsin.timers.domain.timer import Timer, TimerKey, TimerKind

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class FakeEngine:
    """An engine whose timers come again every `every`, and whose swept rows are done with their sweep.

    Attributes:
        log: what was asked for, with the time on the engine's clock.
    """

    def __init__(self, places: Places, *, every: timedelta | None = None) -> None:
        self.places = places
        self.every = every
        self.timers: list[Timer] = []
        self.messages: list[datetime] = []
        self.log: list[tuple[datetime, str]] = []
        self.stuck = False
        self.busy = False

    def now(self) -> datetime:
        return NOON + ahead(self.places)

    def add(self, subject: str, after: timedelta) -> None:
        self.timers.append(Timer(TimerKey(TenantId("acme"), TimerKind.SCHEDULE, subject), 1, NOON + after))

    def rest(self) -> None:
        if self.busy:
            raise Complaint("busy")

    def due(self) -> Sequence[Due]:
        timers = [Due(f"{timer}", timer.due_at, timer) for timer in self.timers]
        return timers + [Due(f"message {at}", at) for at in self.messages]

    def run(self, timers: Sequence[Timer]) -> None:
        for timer in timers:
            self.log.append((self.now(), timer.key.subject))
            if self.stuck:
                continue
            self.timers.remove(timer)
            if self.every:
                self.timers.append(timer.next(timer.due_at + self.every))

    def sweep(self) -> None:
        self.log.append((self.now(), "sweep"))
        self.messages = [at for at in self.messages if at > self.now()]


@pytest.fixture
def engine(tmp_path: Path) -> FakeEngine:
    return FakeEngine(Places(tmp_path))


def ticked(engine: FakeEngine, by: timedelta) -> list[str]:
    said: list[str] = []
    tick(engine, by, engine.places, said.append, real=lambda: NOON)
    return said


def test_what_is_due_happens_in_order_each_at_its_time(engine: FakeEngine) -> None:
    engine.add("second", 2 * HOUR)
    engine.add("first", HOUR)
    engine.messages = [NOON + 90 * MINUTE]
    engine.add("later", 2 * DAY)

    said = ticked(engine, DAY)

    assert engine.log == [
        (NOON + HOUR, "first"),
        (NOON + 90 * MINUTE, "sweep"),
        (NOON + 2 * HOUR, "second"),
        (NOON + DAY, "sweep"),
    ]
    assert ahead(engine.places) == DAY
    assert said[0].endswith("1 × schedule")


def test_what_comes_again_does_so_as_often_as_the_span_has_room(tmp_path: Path) -> None:
    engine = FakeEngine(Places(tmp_path), every=8 * HOUR)
    engine.add("shift", 8 * HOUR)

    ticked(engine, DAY)

    assert [at for at, what in engine.log if what == "shift"] == [NOON + n * 8 * HOUR for n in (1, 2, 3)]


def test_what_fails_is_tried_once_and_keeps_nothing_else_from_happening(engine: FakeEngine) -> None:
    engine.stuck = True
    engine.add("fails", HOUR)

    ticked(engine, DAY)

    assert [what for _, what in engine.log] == ["fails", "sweep"]
    assert ahead(engine.places) == DAY


def test_the_clock_stays_where_workers_stay_busy(engine: FakeEngine) -> None:
    engine.busy = True
    with pytest.raises(Complaint):
        ticked(engine, DAY)

    assert ahead(engine.places) == timedelta(0)


def test_a_second_tick_goes_on_from_the_first_and_run_json_says_what_time_it_is(engine: FakeEngine) -> None:
    engine.places.run.write_text('{"api": "http://127.0.0.1", "now": ""}')
    ticked(engine, DAY)
    ticked(engine, HOUR)

    assert ahead(engine.places) == DAY + HOUR
    noted = json.loads(engine.places.run.read_text())
    assert noted["api"] == "http://127.0.0.1"
    assert datetime.fromisoformat(noted["now"]) > NOON
    assert engine.places.run.stat().st_mode & 0o777 == 0o600


def test_the_clock_never_goes_back(engine: FakeEngine) -> None:
    move(engine.places, DAY)
    with pytest.raises(Complaint, match="never goes back"):
        move(engine.places, HOUR)

    assert ahead(engine.places) == DAY


def test_a_span_is_days_hours_minutes_and_seconds() -> None:
    assert span_of("7d") == 7 * DAY
    assert span_of("1d12h5m1s") == DAY + 12 * HOUR + 5 * MINUTE + timedelta(seconds=1)


@pytest.mark.parametrize("text", ["", "7", "d", "7 d", "1w", "0d", "-7d", "99999d", "1.5h"])
def test_any_other_span_is_refused_before_anything_is_asked(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([text]) == 1

    assert capsys.readouterr().err.startswith("tocsin: ")
