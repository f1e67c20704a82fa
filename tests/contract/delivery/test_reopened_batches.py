"""ReopenedBatches: messages that are sent again and the counts of their batch, all or none, for both layouts."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.contract.alert_path import NOON, AlertPath, an_acceptance
from tocsin.alerts.domain.alert import Batch
from tocsin.alerts.ports.alerts import Committed
from tocsin.delivery.domain.message import (
    Message,
    MessageState,
    SendingTerms,
    accepted,
    claim_message,
    rejected_permanently,
    resent,
)
from tocsin.delivery.domain.progress import BatchProgress, WorkKey

TERMS = SendingTerms(NOON + timedelta(hours=4), cancelled=False, claim_for=timedelta(seconds=60))
LATER = NOON + timedelta(minutes=5)
LAYOUTS = pytest.mark.parametrize("sizes", [(25,), (30,), (3, 2)], ids=["one row", "two batches", "two elements"])


def failed(world: AlertPath, sizes: tuple[int, ...]) -> tuple[Batch, dict[int, Message], BatchProgress]:
    """Return a batch that is closed: one message has been sent, and every other one has failed."""
    acceptance = an_acceptance(*sizes)
    assert world.alerts.accept(acceptance) == Committed()
    batch = next(acceptance.alert.batches())
    claimed = [claim_message(None, position, NOON, TERMS) for position in batch.positions]
    messages = [message for message in claimed if isinstance(message, Message)]
    assert all(world.messages.save(batch.key, messages))
    ends = [rejected_permanently(message, "handset_off", NOON) for message in messages]
    ends[1] = accepted(messages[1], "p-1", NOON)
    assert all(world.messages.save(batch.key, ends))
    rows = {message.position: message for message in ends}
    counts = BatchProgress.of(batch, rows)
    assert world.work.record(batch, counts, BatchProgress.blank(batch.count)) is not None
    world.work.check_again(WorkKey.of(batch), None)
    return batch, rows, counts


def again(rows: Mapping[int, Message]) -> list[Message]:
    return [message for row in rows.values() if (message := resent(row, LATER))]


@LAYOUTS
def test_messages_and_counts_are_written_together_and_the_sweeper_looks(
    world: AlertPath, sizes: tuple[int, ...]
) -> None:
    batch, rows, counts = failed(world, sizes)
    work, messages = WorkKey.of(batch), again(rows)
    assert len(messages) == batch.count - 1
    after = counts.reopened(len(messages))

    assert world.reopened.reopen(batch, messages, after, counts, LATER)

    assert world.messages.load(batch.key, batch.positions) == {**rows, **{m.position: m for m in messages}}
    stored = world.work.load(work)[batch.number]
    assert (stored.versions, stored.counts) == (counts.versions, after.counts)
    assert stored.counts == {MessageState.RETRY_WAIT: batch.count - 1, MessageState.SENT: 1}
    assert world.work.due(LATER, 9) == [work]
    assert world.work.due(LATER - timedelta(seconds=1), 9) == []
    # the next report goes on from there
    moved = BatchProgress.of(batch, world.messages.load(batch.key, batch.positions))
    assert world.work.record(batch, moved, stored) is not None


@LAYOUTS
def test_a_message_that_has_moved_stops_all(world: AlertPath, sizes: tuple[int, ...]) -> None:
    batch, rows, counts = failed(world, sizes)
    messages = again(rows)
    assert list(world.messages.save(batch.key, messages[:1])) == [True]
    assert not world.reopened.reopen(batch, messages, counts.reopened(9), counts, LATER)
    assert world.messages.load(batch.key, batch.positions) == {**rows, messages[0].position: messages[0]}
    assert world.work.load(WorkKey.of(batch))[batch.number] == counts
    assert WorkKey.of(batch) not in world.work.due(LATER, 9)


@LAYOUTS
def test_counts_that_have_changed_stop_all(world: AlertPath, sizes: tuple[int, ...]) -> None:
    batch, rows, counts = failed(world, sizes)
    other = counts.reopened(1)
    assert not world.reopened.reopen(batch, again(rows), counts.reopened(9), other, LATER)
    assert world.messages.load(batch.key, batch.positions) == rows
    assert world.work.load(WorkKey.of(batch))[batch.number] == counts


@LAYOUTS
def test_of_twenty_callers_at_once_one_reopens_the_batch(world: AlertPath, sizes: tuple[int, ...]) -> None:
    batch, rows, counts = failed(world, sizes)
    messages = again(rows)

    def call(_: int) -> bool:
        return world.reopened.reopen(batch, messages, counts.reopened(len(messages)), counts, LATER)

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(call, range(20))) == 1
    assert all(
        row.version == 3 or row.state is MessageState.SENT
        for row in world.messages.load(batch.key, batch.positions).values()
    )
