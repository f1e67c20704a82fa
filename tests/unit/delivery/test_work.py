from __future__ import annotations

import pytest

from tests.builders import an_acceptance, number, sms
from tests.unit.delivery.test_message import a_message
from tocsin.alerts.domain.alert import Batch, ChunkKey
from tocsin.delivery.domain.message import TERMINAL_STATES, Message, MessageState
from tocsin.delivery.domain.progress import WORK_SPAN, BatchProgress, WorkKey, total
from tocsin.kernel.domain.ids import AlertRef, TenantId

S = MessageState
KEY = ChunkKey(TenantId("acme"), AlertRef("a"), 0, 0)
BATCH = Batch(KEY, 21, first=25, count=3)


def rows(*states: MessageState) -> dict[int, Message]:
    return {25 + n: a_message(state) for n, state in enumerate(states)}


def test_a_count_counts_positions_without_a_row_as_queued() -> None:
    progress = BatchProgress.of(BATCH, rows(S.SENT))

    assert progress == BatchProgress((1, 0, 0), {S.SENT: 1, S.QUEUED: 2})
    assert BatchProgress.of(BATCH, {}) == BatchProgress.blank(3)


@pytest.mark.parametrize("state", MessageState)
def test_a_batch_is_settled_when_each_of_its_messages_is(state: MessageState) -> None:
    assert BatchProgress.of(BATCH, rows(S.SENT, S.FAILED, state)).terminal == (state in TERMINAL_STATES)


def test_a_count_covers_another_when_no_message_stands_at_an_older_version() -> None:
    older, newer, other = BatchProgress((1, 0), {}), BatchProgress((2, 0), {}), BatchProgress((0, 1), {})

    assert newer.covers(older)
    assert older.covers(older)
    assert not older.covers(newer)
    assert not newer.covers(other)
    assert not other.covers(newer)
    assert newer.newer_than(older)


def test_batches_share_work_rows_by_the_span() -> None:
    assert WorkKey.of(BATCH) == WorkKey(KEY.tenant, KEY.alert, 21 // WORK_SPAN)


def test_totals_add_up() -> None:
    progress_of_batches = [BatchProgress.of(BATCH, rows(S.SENT)), BatchProgress.of(BATCH, rows(S.SENT, S.FAILED))]

    assert total(progress_of_batches) == {S.SENT: 2, S.FAILED: 1, S.QUEUED: 3}


def test_every_position_is_in_exactly_one_batch_and_is_found_there() -> None:
    alert = an_acceptance(sms(*map(number, range(260))), sms(number(1))).alert

    batches = list(alert.batches())

    assert [batch.number for batch in batches] == list(range(12))
    for batch in batches:
        assert {alert.batch_at(batch.key, position) for position in batch.positions} == {batch}
    assert sum(batch.count for batch in batches) == alert.recipients == 261
    assert alert.batch_at(batches[0].key, 250) is None
    assert alert.batch_at(ChunkKey(alert.tenant, alert.ref, 2, 0), 0) is None
    assert alert.item(2) is None
