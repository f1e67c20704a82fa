"""MessageRows: each message is moved by whoever saw its last version, and by nobody else, in a row or in a pack."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier

import pytest

from tests.contract.alert_path import ACME, NOON, OTHER, AlertPath, an_acceptance
from tocsin.adapters.dynamodb.delivery.message_row import ATTRIBUTES, from_row, to_values
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.delivery.domain.message import (
    Message,
    MessageState,
    Receipt,
    SendingTerms,
    accepted,
    apply_receipt,
    claim_message,
    rejected_permanently,
    rejected_temporarily,
)
from tocsin.delivery.domain.waves import Wave
from tocsin.kernel.domain.ids import AlertRef

CHUNK = ChunkKey(ACME, AlertRef("0192f3f0-0000-7000-8000-000000000001"), 0, 0)
"""A chunk of no alert: each of its messages has a row."""
TERMS = SendingTerms(NOON + timedelta(hours=4), cancelled=False, claim_for=timedelta(seconds=60))
SECOND = timedelta(seconds=1)


def claimed(position: int = 0) -> Message:
    message = claim_message(None, position, NOON, TERMS)
    assert isinstance(message, Message)
    return message


@pytest.fixture(params=["rows", "packs"])
def chunk(world: AlertPath, request: pytest.FixtureRequest) -> ChunkKey:
    """A chunk of 250 receivers whose messages have a row each, or are in packs."""
    if request.param == "rows":
        return CHUNK
    acceptance = an_acceptance(250)
    world.alerts.accept(acceptance)
    return next(acceptance.alert.chunks())


def test_a_message_without_a_row_is_not_loaded(world: AlertPath, chunk: ChunkKey) -> None:
    assert dict(world.messages.load(chunk, range(25))) == {}
    assert dict(world.messages.load(chunk, range(0))) == {}
    assert list(world.messages.save(chunk, [])) == []


def test_every_step_reads_back_as_it_was_saved(world: AlertPath, chunk: ChunkKey) -> None:
    # given a message that is refused for now, tried again, sent, and delivered
    first = claimed(7)
    waits = rejected_temporarily(first, "throttled", NOON + SECOND, timedelta(seconds=9))
    second = claim_message(waits, 7, NOON + 10 * SECOND, TERMS)
    assert isinstance(second, Message)
    sent = accepted(second, "pid-1", NOON + 11 * SECOND)
    delivered = apply_receipt(sent, Receipt(2, MessageState.DELIVERED, provider_id="pid-1"), NOON + 20 * SECOND)
    assert delivered is not None

    for step in (first, waits, second, sent, delivered):
        assert list(world.messages.save(chunk, [step])) == [True]
        assert world.messages.load(chunk, range(7, 8)) == {7: step}


def test_odd_values_read_back(world: AlertPath, chunk: ChunkKey) -> None:
    odd = replace(rejected_permanently(claimed(), "a; b:%41=c", NOON - SECOND), possible_duplicate=True, provider_id="")
    also = rejected_permanently(claimed(1), "", NOON)
    world.messages.save(chunk, [claimed(), claimed(1)])
    assert list(world.messages.save(chunk, [odd, also])) == [True, True]
    assert world.messages.load(chunk, range(2)) == {0: odd, 1: also}


def test_a_claim_in_waves_reads_back_and_a_later_step_is_in_none(world: AlertPath, chunk: ChunkKey) -> None:
    first = claim_message(None, 3, NOON, TERMS, Wave("a1b2", 1))
    assert isinstance(first, Message)
    waits = rejected_temporarily(first, "throttled", NOON + SECOND, SECOND)
    second = claim_message(waits, 3, NOON + 2 * SECOND, TERMS, Wave("c3d4", 0))
    assert isinstance(second, Message)

    for step in (first, waits, second):
        assert list(world.messages.save(chunk, [step])) == [True]
        assert world.messages.load(chunk, range(3, 4)) == {3: step}
    assert [step.wave for step in (first, waits, second)] == [Wave("a1b2", 1), None, Wave("c3d4", 0)]


def test_the_wave_of_an_earlier_try_does_not_count_if_an_earlier_version_claimed_again() -> None:
    # given a row whose later claim left the attribute as it was
    first = claim_message(None, 3, NOON, TERMS, Wave("a1b2", 1))
    assert isinstance(first, Message)
    row = {"sk": {"S": "003"}, **dict(zip(ATTRIBUTES, to_values(first, "mark"), strict=True))}
    assert from_row(row) == first

    assert from_row({**row, "n": {"N": "2"}}).wave is None
    del row["wv"]
    assert from_row(row).wave is None


def test_times_are_kept_to_the_millisecond(world: AlertPath, chunk: ChunkKey) -> None:
    micro = timedelta(microseconds=1999)
    message = claim_message(None, 0, NOON + micro, TERMS)
    assert isinstance(message, Message)
    world.messages.save(chunk, [message])
    (row,) = world.messages.load(chunk, range(1)).values()
    assert row.log[0].at == NOON + timedelta(milliseconds=1)
    assert row.due_at == NOON + TERMS.claim_for + timedelta(milliseconds=1)


def test_a_whole_chunk_is_saved_in_one_go(world: AlertPath, chunk: ChunkKey) -> None:
    messages = [claimed(position) for position in range(250)]
    assert list(world.messages.save(chunk, messages)) == [True] * 250
    assert world.messages.load(chunk, range(250)) == dict(enumerate(messages))


def test_a_load_brings_its_range_only(world: AlertPath, chunk: ChunkKey) -> None:
    world.messages.save(chunk, [claimed(position) for position in range(0, 60, 2)])
    assert sorted(world.messages.load(chunk, range(25, 50))) == list(range(26, 50, 2))


def test_chunks_alerts_and_tenants_are_apart(world: AlertPath, chunk: ChunkKey) -> None:
    world.messages.save(chunk, [claimed()])
    elsewhere = [
        replace(chunk, tenant=OTHER),
        replace(chunk, alert=AlertRef("0192f3f0-0000-7000-8000-000000000002")),
        replace(chunk, item=1),
        replace(chunk, chunk=1),
    ]
    for key in elsewhere:
        assert not world.messages.load(key, range(250))
        assert list(world.messages.save(key, [claimed()])) == [True]


def test_the_second_claim_of_a_message_is_refused_even_if_it_looks_the_same(world: AlertPath, chunk: ChunkKey) -> None:
    # two workers that hold the same order may look at the same millisecond
    assert list(world.messages.save(chunk, [claimed()])) == [True]
    assert list(world.messages.save(chunk, [claimed()])) == [False]


def test_a_save_on_an_old_version_is_refused_and_changes_nothing(world: AlertPath, chunk: ChunkKey) -> None:
    claim = claimed()
    sent = accepted(claim, "pid-1", NOON)
    world.messages.save(chunk, [claim])
    world.messages.save(chunk, [sent])

    assert list(world.messages.save(chunk, [rejected_permanently(claim, "invalid_number", NOON)])) == [False]

    assert world.messages.load(chunk, range(1)) == {0: sent}


def test_a_later_version_of_a_message_nobody_claimed_is_refused(world: AlertPath, chunk: ChunkKey) -> None:
    assert list(world.messages.save(chunk, [accepted(claimed(), "pid-1", NOON)])) == [False]
    assert not world.messages.load(chunk, range(1))


def test_messages_of_one_save_stand_or_fall_alone(world: AlertPath, chunk: ChunkKey) -> None:
    # given two of four claimed by somebody else, one of them gone on since
    world.messages.save(chunk, [claimed(1), claimed(3)])
    world.messages.save(chunk, [accepted(claimed(3), "pid-1", NOON)])

    moves = [claimed(0), claimed(1), claimed(2), accepted(claimed(3), "pid-2", NOON)]

    assert list(world.messages.save(chunk, moves)) == [True, False, True, False]


def test_ah_123_a_row_is_garbage_once_its_alert_is_over_and_not_before(real: AlertPath) -> None:
    ends = NOON + timedelta(days=30, milliseconds=1)
    real.messages.save(CHUNK, [claimed(0), claimed(1)], ends)
    real.messages.save(CHUNK, [claimed(2)], None)
    # a later step knows nothing of it and changes nothing of it
    real.messages.save(CHUNK, [accepted(claimed(1), "pid", NOON)])

    rows = real.dynamodb._client.scan(TableName=real.table_name)["Items"]
    ttls = {int(row["sk"]["S"]): row["ttl"] for row in rows}
    assert ttls[0] == ttls[1] == {"N": str(int(ends.timestamp()) + 1)}
    assert ttls[2] == {"NULL": True}


def test_of_two_writers_on_each_row_exactly_one_wins(world: AlertPath, chunk: ChunkKey) -> None:
    # given 50 messages and four workers who all claim, then all record on top of the claims
    claims = [claimed(position) for position in range(50)]
    records = [accepted(claim, "pid", NOON) for claim in claims]
    start = Barrier(4)

    def race(messages: list[Message]) -> list[bool]:
        start.wait()
        return list(world.messages.save(chunk, messages))

    with ThreadPoolExecutor(4) as pool:
        for messages in (claims, records):
            wins = list(pool.map(race, [messages] * 4))
            assert [sum(of_row) for of_row in zip(*wins, strict=True)] == [1] * 50


def test_messages_of_several_alerts_are_loaded_together(world: AlertPath) -> None:
    # given two small alerts, one of them with a message that was claimed, and one in chunks
    small, other, large = an_acceptance(1), an_acceptance(2), an_acceptance(30)
    for acceptance in (small, other, large):
        world.alerts.accept(acceptance)
    (mine,), (theirs,), (first, *_) = (list(each.alert.chunks()) for each in (small, other, large))
    message, late = claimed(), claimed(7)
    world.messages.save(mine, [message])
    world.messages.save(first, [late])

    found = world.messages.load_chunks({mine: 1, theirs: 2, first: 30})

    assert {chunk: dict(rows) for chunk, rows in found.items()} == {mine: {0: message}, theirs: {}, first: {7: late}}
    assert world.messages.load_chunks({}) == {}
