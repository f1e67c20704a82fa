"""A small alert is one row, or the rows that earlier versions wrote: every repository reads and moves both alike."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest

from tests.contract.alert_path import ACME, NOON, AlertPath, an_acceptance
from tests.fakes.sealer import FakeSealer
from tocsin.adapters.dynamodb.alerts.alert_row import from_recipients
from tocsin.adapters.dynamodb.alerts.alerts import DynamoDbAlertRepository
from tocsin.adapters.dynamodb.alerts.keys import META, RECIPIENTS, alert_pk, chunk_sk
from tocsin.adapters.dynamodb.delivery.dispatch_progress import DynamoDbDispatchProgress, fresh_rows
from tocsin.adapters.dynamodb.delivery.messages import DynamoDbMessageRows
from tocsin.adapters.dynamodb.table.rows import key as row_key
from tocsin.adapters.dynamodb.table.sealing import seal
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.alerts.domain.alert import Batch
from tocsin.alerts.ports.alerts import Acceptance, Committed
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.domain.message import Message, MessageState, SendingTerms, accepted, claim_message
from tocsin.delivery.domain.message import rejected_permanently as rejected
from tocsin.delivery.domain.progress import SWEEP_AFTER, BatchProgress, WorkKey

TERMS = SendingTerms(NOON + timedelta(hours=4), cancelled=False, claim_for=timedelta(seconds=60))
A_YEAR = timedelta(days=365)
Write = Callable[[AlertPath, Acceptance], None]


def one_row(world: AlertPath, acceptance: Acceptance) -> None:
    world.alerts.accept(acceptance)
    assert {row["sk"]["S"] for row in rows_of(world, acceptance)} == {META, "ALERT"}


def earlier_rows(world: AlertPath, acceptance: Acceptance) -> None:
    """Write what the version before wrote: the alert without its recipients, a chunk and a work row."""
    world.alerts.accept(acceptance)
    alert, client = acceptance.alert, world.dynamodb
    place = row_key(alert_pk(alert.tenant, alert.ref), META)
    meta = client.get_item(TableName=world.table_name, Key=place)["Item"]
    inside = {RECIPIENTS, "t0", "due", "duesk"}
    client.put_item(TableName=world.table_name, Item={name: v for name, v in meta.items() if name not in inside})
    ((chunk, recipients),) = acceptance.chunks.items()
    row = row_key(alert_pk(alert.tenant, alert.ref), chunk_sk(chunk))
    row |= seal(FakeSealer(), alert.tenant, row, from_recipients(recipients))
    for each in (row, *fresh_rows(alert)):
        client.put_item(TableName=world.table_name, Item=each)


def rows_of(world: AlertPath, acceptance: Acceptance) -> list[dict[str, Any]]:
    rows = world.dynamodb._client.scan(TableName=world.table_name)["Items"]
    return [row for row in rows if acceptance.alert.ref in repr(row)]


LAYOUTS = pytest.mark.parametrize("write", [one_row, earlier_rows])


def claims(count: int) -> list[Message]:
    found = [claim_message(None, position, NOON, TERMS) for position in range(count)]
    return [message for message in found if isinstance(message, Message)]


def progress(batch: Batch, state: MessageState = MessageState.SENT) -> BatchProgress:
    return BatchProgress((2,) * batch.count, {state: batch.count})


@LAYOUTS
def test_every_part_of_an_alert_reads_back_from_either_layout(real: AlertPath, write: Write) -> None:
    acceptance = an_acceptance(3)
    write(real, acceptance)
    alert, (batch,) = acceptance.alert, acceptance.alert.batches()

    assert real.alerts.get(ACME, alert.ref) == alert
    for _ in range(2):  # the first may come with the alert
        assert tuple(real.alerts.recipients(batch.key)) == acceptance.chunks[batch.key]
    assert not real.alerts.recipients(replace(batch.key, chunk=1))
    assert not real.alerts.recipients(replace(batch.key, item=1))
    assert real.work.of_alert(ACME, alert.ref) == {0: BatchProgress.blank(3)}
    assert not real.messages.load(batch.key, batch.positions)


@LAYOUTS
def test_an_alert_of_either_layout_comes_to_rest(real: AlertPath, write: Write) -> None:
    acceptance = an_acceptance(3)
    write(real, acceptance)
    alert, (batch,) = acceptance.alert, acceptance.alert.batches()
    work = WorkKey.of(batch)
    due = NOON + SWEEP_AFTER
    assert not real.work.due(due - timedelta(milliseconds=1), 9)
    assert list(real.work.due(due, 9)) == [work]

    sent = [accepted(message, "pid", NOON) for message in claims(3)]
    assert list(real.messages.save(batch.key, claims(3), alert.expires_at)) == [True] * 3
    assert real.messages.load(batch.key, batch.positions) == dict(enumerate(claims(3)))
    assert list(real.messages.save(batch.key, sent, alert.expires_at)) == [True] * 3
    assert real.messages.load(batch.key, batch.positions) == dict(enumerate(sent))
    for _ in range(2):  # the second is a try whose response was lost
        assert real.work.record(batch, progress(batch), BatchProgress.blank(3)) == {0: progress(batch)}
    real.work.check_again(work, None)
    assert not real.work.due(NOON + A_YEAR, 9)

    # and what changes afterwards is recorded and checked as long as somebody asks for it
    failed = progress(batch, MessageState.FAILED)
    assert real.work.record(batch, failed, BatchProgress.blank(3)) is None
    real.work.check_again(work, NOON)
    assert list(real.work.due(NOON, 9)) == [work]
    real.work.check_again(work, None)
    assert not real.work.due(NOON + A_YEAR, 9)
    assert real.alerts.get(ACME, alert.ref) == alert


@LAYOUTS
def test_a_claim_is_given_once_whoever_knows_the_layout(real: AlertPath, write: Write) -> None:
    # given a worker whose process has read the alert, and one whose process knows nothing of it
    acceptance = an_acceptance(3)
    write(real, acceptance)
    (batch,) = acceptance.alert.batches()
    assert real.alerts.get(ACME, acceptance.alert.ref)
    stranger = DynamoDbMessageRows(real.table)

    assert list(real.messages.save(batch.key, claims(3)[:2])) == [True, True]
    assert list(stranger.save(batch.key, claims(3))) == [False, False, True]
    # a message that has moved on does not hold the others up, and one that has not been claimed is not recorded
    sent = [accepted(message, "pid", NOON) for message in claims(3)]
    assert list(stranger.save(batch.key, sent[:1])) == [True]
    later = [rejected(message, "invalid_number", NOON) for message in claims(3)]
    assert list(real.messages.save(batch.key, later)) == [False, True, True]
    assert real.messages.load(batch.key, batch.positions) == {0: sent[0], 1: later[1], 2: later[2]}
    assert list(DynamoDbDispatchProgress(real.table).due(NOON + A_YEAR, 9)) == [WorkKey.of(batch)]


@LAYOUTS
def test_of_two_writers_on_each_message_exactly_one_wins(real: AlertPath, write: Write) -> None:
    acceptance = an_acceptance(25)
    write(real, acceptance)
    (batch,) = acceptance.alert.batches()
    start = Barrier(4)

    def race(first: int) -> list[int]:
        start.wait()
        mine = [claims(25)[(first + n) % 25] for n in range(15)]
        written = real.messages.save(batch.key, mine)
        return [message.position for message, won in zip(mine, written, strict=True) if won]

    with ThreadPoolExecutor(4) as pool:
        won = [position for positions in pool.map(race, (0, 6, 12, 18)) for position in positions]

    assert sorted(won) == list(range(25))


class AnswersGetLost:
    """A client whose updates are sent again after their first response was lost, as clients do."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._client, name)

        def twice(**asked: Any) -> Any:
            if name in {"update_item", "put_item"}:
                call(**asked)
            return call(**asked)

        return twice


def test_r2_a_writer_whose_answer_was_lost_knows_its_own_messages_in_the_row(real: AlertPath) -> None:
    acceptance = an_acceptance(3)
    table = Table(AnswersGetLost(real.dynamodb), real.table_name)
    assert DynamoDbAlertRepository(table, FakeSealer(), real.objects).accept(acceptance) == Committed()
    (batch,) = acceptance.alert.batches()
    rows = DynamoDbMessageRows(table)

    assert list(rows.save(batch.key, claims(3))) == [True] * 3
    # and an equal claim of somebody else is not taken for it
    assert list(rows.save(batch.key, claims(3))) == [False] * 3
    assert list(rows.save(batch.key, [accepted(message, "pid", NOON) for message in claims(3)])) == [True] * 3


@pytest.mark.parametrize(
    "acceptance",
    [an_acceptance(26), an_acceptance(1, 1), an_acceptance(1, text="".join(map(chr, range(0x4E00, 0x5200))))],
    ids=["two batches", "two elements", "a long text"],
)
def test_every_other_alert_has_rows_of_its_own(real: AlertPath, acceptance: Acceptance) -> None:
    real.alerts.accept(acceptance)
    kinds = {row["sk"]["S"].partition("#")[0] for row in rows_of(real, acceptance)}
    assert {META, "CHUNK", "WORK"} <= kinds


def test_a_small_alert_that_consumes_capacity_is_one_row_in_a_transaction(real: AlertPath) -> None:
    real.set_capacity(Channel.SMS, 1)
    first, second = (an_acceptance(1, consumption={Channel.SMS: 1}) for _ in range(2))
    real.alerts.accept(first)
    real.alerts.accept(second)

    assert real.capacity(Channel.SMS) == 0
    assert real.alerts.get(ACME, first.alert.ref) == first.alert
    assert real.alerts.get(ACME, second.alert.ref) is None
    assert real.work.of_alert(ACME, first.alert.ref) == {0: BatchProgress.blank(1)}


def test_messages_never_bring_back_an_alert_that_dynamodb_has_deleted(real: AlertPath) -> None:
    acceptance = an_acceptance(1)
    real.alerts.accept(acceptance)
    alert, (batch,) = acceptance.alert, acceptance.alert.batches()
    assert not real.messages.load(batch.key, batch.positions)  # a worker has begun
    real.dynamodb.delete_item(TableName=real.table_name, Key=row_key(alert_pk(ACME, alert.ref), META))

    assert list(real.messages.save(batch.key, claims(1))) == [False]
    assert real.alerts.get(ACME, alert.ref) is None


@LAYOUTS
def test_a_claim_of_an_alert_that_is_one_row_fails_once_it_is_cancelled(real: AlertPath, write: Write) -> None:
    # given a message that was claimed before the cancellation
    acceptance = an_acceptance(3)
    write(real, acceptance)
    alert, (batch,) = acceptance.alert, acceptance.alert.batches()
    assert real.alerts.get(ACME, alert.ref) == alert
    first, second, third = claims(3)
    assert list(real.messages.save(batch.key, [first], alert.expires_at)) == [True]
    real.alerts.cancel(ACME, alert.ref, NOON)

    # then its outcome is stored, and so is a cancelled message beside a claim that is refused
    refuses = write is one_row
    assert real.messages.refuses_cancelled(ACME, alert.ref) is refuses
    assert list(real.messages.save(batch.key, [accepted(first, "pid", NOON)], alert.expires_at)) == [True]
    closed = claim_message(None, 2, NOON, replace(TERMS, cancelled=True))
    assert isinstance(closed, Message)
    assert list(real.messages.save(batch.key, [second, closed], alert.expires_at)) == [not refuses, True]
    assert list(real.messages.save(batch.key, [third], alert.expires_at)) == [False]
    assert set(real.messages.load(batch.key, batch.positions)) == ({0, 2} if refuses else {0, 1, 2})
