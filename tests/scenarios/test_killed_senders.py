"""A sender is killed at any point of its batch: nobody is lost, few get it twice, and all is over within 15 minutes.

Unless a test says otherwise, the provider reports nothing, so only what the sender recorded is known, and each order
comes once: no duplicate mends by luck what the dead sender left undone.
"""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.builders import number, sms
from tests.scenarios.faults import Fault, Script
from tests.scenarios.invariants import check
from tests.scenarios.world import Cast, Crash, Disturbance, World, dispatcher_with
from tocsin.alerts.domain.alert import BATCH_SIZE, URGENT_LIMIT
from tocsin.delivery.application.batch_run import BatchRun
from tocsin.delivery.application.channels import Submit
from tocsin.delivery.application.claim import ClaimMessages
from tocsin.delivery.application.dispatch_batch import DispatchBatch
from tocsin.delivery.application.guards import Claimed
from tocsin.delivery.domain.message import MessageState
from tocsin.delivery.domain.outcome import Outcome
from tocsin.delivery.domain.waves import WAVE_SIZE

URGENT, BULK = BATCH_SIZE, URGENT_LIMIT + 1
"""Receivers of an alert of each lane."""

FINAL_WITHIN = timedelta(minutes=15)
KILLS = (Fault.BEFORE, Fault.AFTER)
ONCE = Disturbance(duplicates=(1, 1))


class Killing(Script):
    """Kills workers at numbered port calls, notes when, and lets each call of the provider take its time."""

    def __init__(self, plan: Mapping[int, Fault], takes: timedelta = timedelta(0)) -> None:
        super().__init__(plan)
        self.takes = takes
        self.killed_at: list[datetime] = []

    def call(self, name: str, method: Any, args: Any, kwargs: Any) -> Any:
        assert self.world is not None
        try:
            return super().call(name, method, args, kwargs)
        except Crash:
            self.killed_at.append(self.world.clock())
            raise
        finally:
            if name == "sender.send":
                self.world.clock.advance(self.takes)


def killed(
    plan: Mapping[int, Fault],
    receivers: int,
    *,
    silent: bool = True,
    takes: timedelta = timedelta(0),
    disturbance: Disturbance = ONCE,
    cast: Cast | None = None,
) -> tuple[World, Killing]:
    """Send one alert, kill its senders by the plan, and let the world come to rest."""
    script = Killing(plan, takes)
    world = World(7, script.wrap, silent=silent, disturbance=disturbance, cast=cast)
    script.world = world
    world.accept(sms(*map(number, range(receivers))))
    world.until_quiet()
    return world, script


def _calls_of_the_first_batch(receivers: int, cast: Cast | None = None) -> range:
    """Return the numbers of the port calls from the first claim to the report."""
    calls = killed({}, receivers, cast=cast)[1].calls
    return range(calls.index("rows.save"), calls.index("dispatch_progress.record") + 1)


def _twice(world: World) -> set[str]:
    return {phone for phone, copies in world.phones.items() if len(copies) > 1}


def _flagged(world: World) -> int:
    return sum(row.possible_duplicate for row in world.rows.rows.values())


def judge(world: World, script: Killing) -> None:
    """Raise AssertionError unless everybody was reached, and everything was final soon after the last kill."""
    check(world)
    (alert,) = world.accepted
    assert len(world.phones) == alert.recipients, "somebody was lost"
    for row in world.rows.rows.values():
        assert row.state in (MessageState.SENT, MessageState.DELIVERED), row.log
        assert row.log[-1].at - max(script.killed_at, default=alert.accepted_at) <= FINAL_WITHIN, row.log


@pytest.mark.parametrize(
    ("receivers", "takes"), [(URGENT, timedelta(0)), (URGENT, timedelta(seconds=1)), (BULK, timedelta(0))]
)
def test_r1_r2_a_sender_killed_anywhere_leaves_one_wave_in_doubt_and_nothing_open_after_15_minutes(
    receivers: int, takes: timedelta
) -> None:
    twice = []
    for step in _calls_of_the_first_batch(receivers):
        for fault in KILLS:
            world, script = killed({step: fault}, receivers, takes=takes)
            assert len(script.killed_at) == 1
            judge(world, script)
            assert _flagged(world) <= WAVE_SIZE, "flagged although it was not submitted"
            twice.append(len(_twice(world)))
    assert max(twice) == WAVE_SIZE, "the enumerator saw no kill between the last call and its record"
    assert sum(twice) / len(twice) <= 10


def test_r2_a_provider_that_reports_leaves_nobody_with_two_copies() -> None:
    for step in _calls_of_the_first_batch(URGENT):
        world, script = killed({step: Fault.AFTER}, URGENT, silent=False)
        judge(world, script)
        assert not _twice(world)


@pytest.mark.parametrize("silent", [True, False])
def test_r1_r2_whatever_happens_to_one_of_many_senders_of_a_batch(silent: bool) -> None:
    # Copies of the order, workers that overtake or stand still: nobody takes a wave for left behind that was submitted.
    for step in _calls_of_the_first_batch(URGENT)[::3]:
        for fault in Fault:
            world, _ = killed({step: fault}, URGENT, silent=silent, disturbance=Disturbance())
            check(world)
            assert len(world.phones) == URGENT, "somebody was lost"


def test_r1_r2_two_senders_killed_one_after_the_other() -> None:
    for first in _calls_of_the_first_batch(URGENT)[::5]:
        _, script = killed({first: Fault.AFTER}, URGENT)
        for second in range(first + 1, len(script.calls), 5):
            world, script = killed({first: Fault.AFTER, second: Fault.BEFORE}, URGENT)
            # Who was in doubt at both kills ends as unconfirmed: nobody can know, and the client is told.
            check(world)
            given_up = [row for row in world.rows.rows.values() if row.state is MessageState.UNCONFIRMED]
            assert len(world.phones) + len(given_up) >= URGENT, "somebody was lost"
            assert len(given_up) <= WAVE_SIZE
            last = max(row.log[-1].at for row in world.rows.rows.values())
            assert last - script.killed_at[-1] <= FINAL_WITHIN


def test_d8_twenty_senders_killed_during_a_thousand_texts() -> None:
    # given that one in seventy calls of the dispatch is a sender's last
    steps = random.Random(8).sample(range(10, 1_400), 20)

    world, script = killed(dict.fromkeys(steps, Fault.BEFORE), 1_000)

    assert len(script.killed_at) == 20
    judge(world, script)
    assert max(len(copies) for copies in world.phones.values()) <= 2
    assert 0 < len(_twice(world)) <= 10 * 20
    assert _flagged(world) <= WAVE_SIZE * 20


class SubmitsAllWavesAtOnce(DispatchBatch):
    """Records the outcomes when every wave is out."""

    def _submit_in_waves(
        self, run: BatchRun, claimed: Sequence[Claimed], known: Mapping[int, Outcome], submit: Submit
    ) -> None:
        outcomes = self._submit(run, [one for one in claimed if one.position not in known], submit)
        self._record(run, claimed, {**known, **outcomes})


class ForgetsTheWaves(ClaimMessages):
    """Claims as if all messages were submitted at once."""

    def _waves(self, run: BatchRun, count: int) -> list[Any]:
        return [None] * count


@pytest.mark.parametrize("broken", [SubmitsAllWavesAtOnce, dispatcher_with(ForgetsTheWaves)])
def test_a_sender_without_waves_is_found_out(broken: type[DispatchBatch]) -> None:
    with pytest.raises(AssertionError):
        _go_through_every_kill(Cast(dispatcher=broken))


def _go_through_every_kill(cast: Cast) -> None:
    for step in _calls_of_the_first_batch(URGENT, cast):
        world, script = killed({step: Fault.BEFORE}, URGENT, cast=cast)
        judge(world, script)
        assert _flagged(world) <= WAVE_SIZE
