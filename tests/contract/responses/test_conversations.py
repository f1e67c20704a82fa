"""Conversations: what was said to whom, and what an answer was taken to mean the first time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

from tests.contract.alert_path import ACME, NOON, OTHER, AlertPath, number
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.kernel.domain.ids import AlertRef
from tocsin.responses.domain.attribution import Attribution, AttributionReason
from tocsin.responses.domain.two_way import Said

OURS, ANA, BOB = number(1), number(2), number(3)
MINUTE = timedelta(minutes=1)
MONTH = NOON + timedelta(days=30)


def said(n: int, *, position: int = 3) -> Said:
    key = ChunkKey(ACME, AlertRef(f"0192f3f0-0000-7000-8000-{n:012}"), 24, 39)
    return Said(key, position, NOON + n * MINUTE, MONTH if n % 2 else None)


def test_a_conversation_comes_newest_first(world: AlertPath) -> None:
    for n in (2, 1, 3):
        world.conversations.remember(ACME, [(OURS, ANA, said(n))])
    assert list(world.conversations.newest(ACME, OURS, ANA, 10)) == [said(3), said(2), said(1)]
    assert list(world.conversations.newest(ACME, OURS, ANA, 2)) == [said(3), said(2)]


def test_a_batch_is_remembered_at_once_and_twice_is_once(world: AlertPath) -> None:
    batch_ = [(OURS, number(100 + n), said(1, position=n)) for n in range(25)]
    world.conversations.remember(ACME, batch_)
    world.conversations.remember(ACME, [*batch_[:24], batch_[0]])
    for _, theirs, one in batch_:
        assert list(world.conversations.newest(ACME, OURS, theirs, 10)) == [one]
    world.conversations.remember(ACME, [])


def test_s14_conversations_of_others_are_not_seen(world: AlertPath) -> None:
    world.conversations.remember(ACME, [(OURS, ANA, said(1))])
    assert not world.conversations.newest(ACME, OURS, BOB, 10)
    assert not world.conversations.newest(ACME, BOB, ANA, 10)
    assert not world.conversations.newest(ACME, ANA, OURS, 10)
    assert not world.conversations.newest(OTHER, OURS, ANA, 10)


def test_the_first_classification_about_an_answer_stands(world: AlertPath) -> None:
    first = Attribution(AttributionReason.AMBIGUOUS, (said(2), said(1)), late=True)
    assert world.conversations.decide(ACME, "in-1", first, MONTH) == first
    assert world.conversations.decide(ACME, "in-1", Attribution(AttributionReason.NOTHING_OPEN), MONTH) == first
    nothing = Attribution(AttributionReason.NOTHING_OPEN)
    assert world.conversations.decide(ACME, "in-2", nothing, MONTH) == nothing
    assert world.conversations.decide(OTHER, "in-1", nothing, MONTH) == nothing


def test_of_many_verdicts_at_once_all_hear_of_one(world: AlertPath) -> None:
    verdicts = [Attribution(AttributionReason.ONLY_OPEN, (replace(said(1), position=n),)) for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        stands = set(pool.map(lambda one: world.conversations.decide(ACME, "in-1", one, MONTH), verdicts))
    assert len(stands) == 1
