"""What was suppressed before a claim is not sent, however a STOP falls among workers, duplicates and sweeps (R7)."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import number, sms
from tests.scenarios.invariants import check
from tests.scenarios.stage import Stage
from tests.scenarios.world import Cast, World
from tocsin.delivery.application.batch_run import BatchRun, TimeBudget
from tocsin.delivery.application.claim import ClaimMessages
from tocsin.delivery.application.dispatch_batch import DispatchBatch
from tocsin.delivery.application.guards import Claimed, Guard, Objection, ask
from tocsin.delivery.domain.message import Message, MessageState
from tocsin.kernel.ports import Clock
from tocsin.suppressions.domain.suppression import SuppressionReason

ANA, BOB = number(1), number(2)


class Noted:
    """Notes what is done to Ana's message (position 0), in the order in which it takes effect."""

    def __init__(self, name: str, port: Any, notes: list[str]) -> None:
        self._name, self._port, self._notes = name, port, notes

    def __getattr__(self, method: str) -> Any:
        real = getattr(self._port, method)

        def call(*args: Any, **named: Any) -> Any:
            result = real(*args, **named)
            match f"{self._name}.{method}":
                case "rows.save":
                    for message, won in zip(args[1], result, strict=True):
                        if won and message.position == 0 and message.state is MessageState.SENDING:
                            self._notes.append(f"claim {message.attempt}")
                case "suppressions.save" if result:
                    self._notes.append("stop")
                case "sender.send" if args[0].to == ANA:
                    self._notes.append(f"send {args[0].id.attempt}")
            return result

        return call


def play(seed: int, *, deaths: int, cast: Cast | None = None) -> tuple[World, list[str]]:
    """Send to Ana and Bob while Ana says STOP."""
    stage = Stage(seed, pause=timedelta(seconds=30), deaths=deaths)
    notes: list[str] = []
    world = World(seed, lambda name, port: stage.wrap(name, Noted(name, port, notes)), silent=True, cast=cast)
    alert = world.accept(sms(ANA, BOB))
    in_a_moment = timedelta(milliseconds=random.Random(seed).randrange(600))
    world.suppress(alert, ANA, SuppressionReason.STOP, in_a_moment)
    stage.play(world)
    return world, notes


def sent_against_her_will(notes: Sequence[str]) -> bool:
    """Whether a try was handed over although it was claimed after the STOP was committed."""
    stop = notes.index("stop") if "stop" in notes else len(notes)
    return any(f"send {note.split()[1]}" in notes for note in notes[stop:] if note.startswith("claim"))


@pytest.mark.parametrize("block", range(4))
def test_r7_what_was_suppressed_before_the_claim_is_not_sent(block: int) -> None:
    held_back = 0
    for seed in range(block * 50, block * 50 + 50):
        world, notes = play(seed, deaths=0)
        check(world)
        assert not sent_against_her_will(notes), f"{seed}: {notes}"
        assert len(world.phones[BOB]) == 1
        held_back += ANA not in world.phones
    assert 0 < held_back < 50, "the STOP always came too late, or always in time: nothing was interleaved"


def test_r7_nor_when_workers_die() -> None:
    for seed in range(100):
        world, notes = play(seed, deaths=2)
        assert not sent_against_her_will(notes), f"{seed}: {notes}"
        check(world)


class AsksBeforeItClaims(DispatchBatch):
    def __init__(self, *, guards: Sequence[Guard], clock: Clock, **parts: Any) -> None:
        answers: dict[int, Objection] = {}

        def asked_before(alert: Any, item: Any, claimed: Any) -> Mapping[int, Objection]:
            return answers

        class AskThenClaim(ClaimMessages):
            def __call__(self, batch: BatchRun, wanted: Sequence[int]) -> list[Claimed]:
                blank = [Claimed(Message(p, MessageState.QUEUED, 0, 0, ()), batch.recipients[p]) for p in wanted]
                answers.clear()
                answers.update(ask(guards, batch.alert, batch.item, blank)[1])
                return super().__call__(batch, wanted)

        super().__init__(guards=[asked_before], clock=clock, **parts)
        self._claim = AskThenClaim(clock, TimeBudget())


def test_r7_the_test_bites() -> None:
    cast = Cast(dispatcher=AsksBeforeItClaims)
    assert any(sent_against_her_will(play(seed, deaths=0, cast=cast)[1]) for seed in range(200))
