"""Packs: the messages of a batch of texts or mails are one row, and what every other alert has (ADR 0164)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.contract.alert_path import ACME, NOON, AlertPath, an_acceptance, chunks_of
from tests.fakes.sealer import FakeSealer
from tocsin.adapters.dynamodb.alerts.alert_row import _read
from tocsin.adapters.dynamodb.alerts.alerts import DynamoDbAlertRepository
from tocsin.adapters.dynamodb.alerts.keys import META, alert_pk
from tocsin.adapters.dynamodb.delivery.messages import DynamoDbMessageRows
from tocsin.adapters.dynamodb.table.bucket import Contents
from tocsin.adapters.dynamodb.table.client import Backoff
from tocsin.adapters.dynamodb.table.rows import key as row_key
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.alerts.ports.alerts import Acceptance
from tocsin.contacts.domain.channel import Channel
from tocsin.delivery.domain.message import Message, SendingTerms, accepted, claim_message
from tocsin.kernel.domain.errors import StorageUnavailable

TERMS = SendingTerms(NOON + timedelta(hours=4), cancelled=False, claim_for=timedelta(seconds=60))
PATIENT = Backoff(tries=3, base=0.1, cap=0.3, sleep=lambda _: None)


def claims(*positions: int) -> list[Message]:
    found = [claim_message(None, position, NOON, TERMS) for position in positions]
    return [message for message in found if isinstance(message, Message)]


def accepted_chunk(world: AlertPath, acceptance: Acceptance) -> ChunkKey:
    world.alerts.accept(acceptance)
    return next(acceptance.alert.chunks())


def message_rows(world: AlertPath, chunk: ChunkKey) -> list[str]:
    rows = world.dynamodb._client.scan(TableName=world.table_name)["Items"]
    return sorted(row["sk"]["S"] for row in rows if f"{chunk.alert}#M#" in row["pk"]["S"])


WRITES = {"batch_execute_statement", "put_item", "update_item"}


class Statements:
    """A client that counts statements and calls, and may answer a write in another way."""

    def __init__(self, client: Any, answer: Callable[..., Any] | None = None) -> None:
        self._client, self._answer = client, answer
        self.calls: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._client, name)

        def called(**request: Any) -> Any:
            self.calls[name] += 1
            self.calls["statements"] += len(request.get("Statements", ()))
            return self._answer(real, **request) if self._answer and name in WRITES else real(**request)

        return called


def test_the_texts_of_a_batch_are_one_row_and_one_statement_for_each_step(real: AlertPath) -> None:
    chunk = accepted_chunk(real, an_acceptance(250))
    client = Statements(real.dynamodb)
    rows = DynamoDbMessageRows(Table(client, real.table_name))
    mine = claims(*range(250))

    assert list(rows.save(chunk, mine)) == [True] * 250
    assert list(rows.save(chunk, [accepted(message, "pid", NOON) for message in mine[:60]])) == [True] * 60

    assert message_rows(real, chunk) == [f"PACK#{number:02}" for number in range(10)]
    # one read says where the messages are; then ten packs are made in a call, and three are changed in another
    assert client.calls == {"get_item": 1, "batch_execute_statement": 2, "statements": 13}


def test_a_single_pack_is_made_and_changed_without_a_statement(real: AlertPath) -> None:
    chunk = accepted_chunk(real, an_acceptance(60))
    client = Statements(real.dynamodb)
    rows = DynamoDbMessageRows(Table(client, real.table_name))
    mine = claims(*range(25, 50))
    sent = [accepted(message, "pid", NOON) for message in mine]

    assert list(rows.save(chunk, mine)) == [True] * 25
    assert list(rows.save(chunk, sent[:13])) == [True] * 13
    assert list(rows.save(chunk, sent[13:])) == [True] * 12

    assert client.calls == {"get_item": 1, "put_item": 1, "update_item": 2, "statements": 0}
    assert rows.load(chunk, range(60)) == {message.position: message for message in sent}


def test_a_pack_that_dynamodb_has_deleted_is_not_made_again_by_a_change(real: AlertPath) -> None:
    chunk = accepted_chunk(real, an_acceptance(60))
    (claim,) = claims(30)
    assert list(real.messages.save(chunk, [accepted(claim, "pid", NOON)])) == [False]
    assert message_rows(real, chunk) == []


@pytest.mark.parametrize(
    ("acceptance", "kinds"),
    [
        (an_acceptance(26), {"PACK#00"}),
        (an_acceptance(3, 2), {"PACK#00"}),
        (an_acceptance(25), set()),
    ],
    ids=["two batches", "texts and mails", "one row"],
)
def test_every_alert_of_several_batches_of_texts_and_mails_has_packs(
    real: AlertPath, acceptance: Acceptance, kinds: set[str]
) -> None:
    chunk = accepted_chunk(real, acceptance)
    assert list(real.messages.save(chunk, claims(0, 1))) == [True, True]
    assert set(message_rows(real, chunk)) == kinds


def test_calls_have_a_row_for_each_message(real: AlertPath) -> None:
    texts = an_acceptance(30).alert
    calls = replace(texts, items=tuple(replace(item, channel=Channel.CALL, content=None) for item in texts.items))
    chunk = accepted_chunk(real, Acceptance(calls, chunks_of(calls), {}, None, None))
    assert list(real.messages.save(chunk, claims(0, 1))) == [True, True]
    assert message_rows(real, chunk) == ["000", "001"]


@pytest.mark.parametrize("others", [(30,), ()], ids=["two packs", "one pack"])
def test_r2_a_worker_whose_answer_was_lost_knows_its_own_messages_in_the_pack(
    real: AlertPath, others: tuple[int, ...]
) -> None:
    # given one message that another worker holds, with a claim that looks just the same
    chunk = accepted_chunk(real, an_acceptance(60))
    real.messages.save(chunk, claims(1))

    def twice(call: Callable[..., Any], **request: Any) -> Any:
        call(**request)
        return call(**request)

    rows = DynamoDbMessageRows(Table(Statements(real.dynamodb, twice), real.table_name))
    places = (0, 1, 2, *others)

    assert list(rows.save(chunk, claims(*places))) == [place != 1 for place in places]
    assert list(rows.save(chunk, claims(*places))) == [False] * len(places)
    sent = [accepted(message, "pid", NOON) for message in claims(*places)]
    assert list(rows.save(chunk, sent)) == [True] * len(places)
    assert rows.load(chunk, range(60)) == {message.position: message for message in sent}


def test_r10_a_single_pack_that_is_throttled_is_not_written(real: AlertPath) -> None:
    chunk = accepted_chunk(real, an_acceptance(60))

    def throttled(call: Callable[..., Any], **_: Any) -> Any:
        raise ClientError({"Error": {"Code": "ThrottlingException", "Message": ""}}, "PutItem")

    with pytest.raises(StorageUnavailable):
        DynamoDbMessageRows(Table(Statements(real.dynamodb, throttled), real.table_name)).save(chunk, claims(3))
    assert message_rows(real, chunk) == []


def turning_away(how_many: Iterator[int]) -> Callable[..., Any]:
    """Return a BatchExecuteStatement that turns away the first statements of each call."""

    def throttled(real: Callable[..., Any], Statements: list[Any]) -> Any:
        refused = next(how_many)
        answered = real(Statements=Statements[refused:])["Responses"] if Statements[refused:] else []
        return {"Responses": [{"Error": {"Code": "ThrottlingError"}}] * refused + answered}

    return throttled


def test_r10_a_pack_that_is_throttled_to_the_last_try_is_not_written_and_the_others_are(real: AlertPath) -> None:
    chunk = accepted_chunk(real, an_acceptance(60))
    client = Statements(real.dynamodb, turning_away(iter([1, 1, 1])))
    rows = DynamoDbMessageRows(Table(client, real.table_name, PATIENT))

    assert list(rows.save(chunk, claims(3, 30, 50))) == [False, True, True]
    assert sorted(real.messages.load(chunk, range(60))) == [30, 50]


def test_r10_packs_of_which_nothing_was_written_are_said(real: AlertPath) -> None:
    chunk = accepted_chunk(real, an_acceptance(60))
    client = Statements(real.dynamodb, turning_away(iter([2, 2, 2])))
    with pytest.raises(StorageUnavailable):
        DynamoDbMessageRows(Table(client, real.table_name, PATIENT)).save(chunk, claims(3, 30))


def test_an_earlier_version_refuses_an_alert_with_packs_and_this_one_reads_it(real: AlertPath) -> None:
    # given the contents of an alert, as a version reads them that knows no packs
    acceptance = an_acceptance(26)
    accepted_chunk(real, acceptance)
    alert = acceptance.alert
    meta = real.table.get(row_key(alert_pk(ACME, alert.ref), META))
    assert meta is not None
    stored: Any = Contents(FakeSealer(), real.objects).unseal(ACME, meta)

    with pytest.raises(ValueError, match="does not know"):
        [_read(values) for values in stored]

    assert DynamoDbAlertRepository(real.table, FakeSealer(), real.objects).get(ACME, alert.ref) == alert
