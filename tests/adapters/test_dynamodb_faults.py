"""DynamoDB and S3 on a bad day: throttles, lost answers, transactions in each other's way."""

from __future__ import annotations

import random
import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError

from tests.contract.alert_path import ACME, KEY, NOON, AlertPath, an_acceptance, events, names
from tests.fakes.sealer import FakeSealer
from tocsin.adapters.dynamodb.alerts.alerts import DynamoDbAlertRepository
from tocsin.adapters.dynamodb.delivery.dispatch_progress import DynamoDbDispatchProgress
from tocsin.adapters.dynamodb.delivery.messages import DynamoDbMessageRows
from tocsin.adapters.dynamodb.responses.conversations import DynamoDbConversations
from tocsin.adapters.dynamodb.responses.responses import DynamoDbResponses
from tocsin.adapters.dynamodb.results.results import DynamoDbResultEvents
from tocsin.adapters.dynamodb.suppressions import DynamoDbSuppressions
from tocsin.adapters.dynamodb.table.client import Backoff, Cancelled, ConditionFailed, errors_mapped
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.alerts.domain.alert import ChunkKey
from tocsin.alerts.domain.link import Link, LinkKey
from tocsin.alerts.domain.response_kind import ResponseKind
from tocsin.alerts.ports.alerts import CapacityShort, Committed
from tocsin.contacts.domain.channel import Channel
from tocsin.contacts.domain.recipient import Recipient
from tocsin.delivery.domain.message import Message, MessageState, SendingTerms, accepted, claim_message
from tocsin.delivery.domain.progress import BatchProgress
from tocsin.delivery.ports.results import Publication
from tocsin.kernel.domain.errors import StorageUnavailable
from tocsin.kernel.domain.ids import AlertRef
from tocsin.responses.domain.attribution import Attribution, AttributionReason
from tocsin.responses.domain.reply_event import reply_event
from tocsin.responses.domain.response import Response
from tocsin.responses.domain.two_way import Said

CHUNK = ChunkKey(ACME, AlertRef("0192f3f0-0000-7000-8000-000000000001"), 0, 0)
TERMS = SendingTerms(NOON + timedelta(hours=4), cancelled=False, claim_for=timedelta(seconds=60))


def claims(count: int) -> list[Message]:
    found = [claim_message(None, position, NOON, TERMS) for position in range(count)]
    return [message for message in found if isinstance(message, Message)]


def answered(code: str, status: int = 400) -> ClientError:
    return ClientError({"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}, "GetItem")  # type: ignore[typeddict-item]


class Interfering:
    """A client in which one method is replaced by `with_`, which gets the real one as its first argument."""

    def __init__(self, client: Any, method: str, with_: Callable[..., Any]) -> None:
        self._client, self._method, self._with = client, method, with_

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._client, name)
        return (lambda **request: self._with(real, **request)) if name == self._method else real


def sent_again_after_a_lost_answer(real: Callable[..., Any], **request: Any) -> Any:
    """What a client does that retries by itself: the first call works, nobody hears of it, the second is answered."""
    real(**request)
    return real(**request)


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def patient(waits: list[float]) -> Backoff:
    """Three tries; notes how long it would have waited."""
    return Backoff(tries=3, base=0.1, cap=0.3, sleep=waits.append, fraction=lambda: 1.0)


# --- lost answers ---------------------------------------------------------------------------------------------


def test_r2_a_worker_whose_answer_was_lost_knows_its_own_claim(real: AlertPath) -> None:
    # given one message that another worker holds, with a claim that looks just the same
    real.messages.save(CHUNK, claims(3)[1:2])
    client = Interfering(real.dynamodb, "batch_execute_statement", sent_again_after_a_lost_answer)
    rows = DynamoDbMessageRows(Table(client, real.table_name))

    assert list(rows.save(CHUNK, claims(3))) == [True, False, True]

    # and the same for an update
    sent = [accepted(message, "pid", NOON) for message in claims(3)]
    assert list(rows.save(CHUNK, sent)) == [True, True, True]
    assert rows.load(CHUNK, range(3)) == dict(enumerate(sent))


def test_a_count_whose_answer_was_lost_stands(real: AlertPath) -> None:
    acceptance = an_acceptance(25)
    real.alerts.accept(acceptance)
    batch = next(acceptance.alert.batches())
    done = BatchProgress((2,) * 25, {MessageState.SENT: 25})
    ledger = DynamoDbDispatchProgress(
        Table(Interfering(real.dynamodb, "update_item", sent_again_after_a_lost_answer), real.table_name)
    )
    assert ledger.record(batch, done, BatchProgress.blank(25))


def test_events_whose_collection_went_unanswered_are_not_lost(real: AlertPath) -> None:
    acceptance = an_acceptance(25)
    batch = next(acceptance.alert.batches())
    done = BatchProgress((2,) * 25, {MessageState.SENT: 25})
    steps = events(acceptance.alert, "a", "b", "c")
    for method in ("put_item", "update_item"):
        client = Interfering(real.dynamodb, method, sent_again_after_a_lost_answer)
        results = DynamoDbResultEvents(Table(client, real.table_name), FakeSealer())
        assert results.publish(batch, KEY, BatchProgress.blank(25), done, steps, None) == done
    assert names(results.collect(ACME, KEY, None, 2, NOON)) == ["a", "b"]
    assert names(results.collect(ACME, KEY, None, 2, NOON)) == ["c"]


def test_an_acceptance_whose_answer_was_lost_consumes_once(real: AlertPath) -> None:
    real.set_capacity(Channel.SMS, 10)
    alerts = DynamoDbAlertRepository(
        Table(Interfering(real.dynamodb, "transact_write_items", sent_again_after_a_lost_answer), real.table_name),
        FakeSealer(),
        real.objects,
    )
    assert alerts.accept(an_acceptance(4, consumption={Channel.SMS: 4})) == Committed()
    assert real.capacity(Channel.SMS) == 6


# --- throttles ------------------------------------------------------------------------------------------------


def turning_away(how_many: Iterator[int], code: str = "ThrottlingError") -> Callable[..., Any]:
    """Return a BatchExecuteStatement that turns away the first statements of each call."""

    def throttled(real: Callable[..., Any], Statements: list[Any]) -> Any:
        refused = next(how_many)
        answered = real(Statements=Statements[refused:])["Responses"] if Statements[refused:] else []
        return {"Responses": [{"Error": {"Code": code}}] * refused + answered}

    return throttled


def test_r10_only_the_throttled_statements_are_sent_again(
    real: AlertPath, patient: Backoff, waits: list[float]
) -> None:
    # given a table that turns away 20 of 25 statements, then 10 of the 20, then none
    client = Interfering(real.dynamodb, "batch_execute_statement", turning_away(iter([20, 10, 0])))

    assert list(DynamoDbMessageRows(Table(client, real.table_name, patient)).save(CHUNK, claims(25))) == [True] * 25

    assert waits == [0.2, 0.3]
    assert len(real.messages.load(CHUNK, range(25))) == 25


def test_r10_what_is_throttled_to_the_last_try_is_not_written_and_the_rest_is(
    real: AlertPath, patient: Backoff, waits: list[float]
) -> None:
    # given a table that keeps turning two of 25 away, and one of the others that somebody else claimed
    real.messages.save(CHUNK, claims(25)[7:8])
    client = Interfering(real.dynamodb, "batch_execute_statement", turning_away(iter([2, 2, 2])))
    written = DynamoDbMessageRows(Table(client, real.table_name, patient)).save(CHUNK, claims(25))
    assert [number for number, mine in enumerate(written) if not mine] == [0, 1, 7]
    assert len(waits) == 2
    assert sorted(real.messages.load(CHUNK, range(25))) == list(range(2, 25))


@pytest.mark.parametrize("taken", [0, 1])
def test_r10_a_batch_of_which_nothing_was_written_is_said(real: AlertPath, patient: Backoff, taken: int) -> None:
    real.messages.save(CHUNK, claims(25)[25 - taken :])
    client = Interfering(real.dynamodb, "batch_execute_statement", turning_away(iter([25 - taken] * 3)))
    with pytest.raises(StorageUnavailable):
        DynamoDbMessageRows(Table(client, real.table_name, patient)).save(CHUNK, claims(25))


def test_r10_only_the_throttled_packs_are_published_again(real: AlertPath, patient: Backoff) -> None:
    # given three slices, and a store that turns the second pack away once
    alert = an_acceptance(75).alert
    asked: list[int] = []

    def throttled(call: Callable[..., Any], Statements: list[Any]) -> Any:
        asked.append(len(Statements))
        if len(asked) > 1:
            return call(Statements=Statements)
        first, _, third = Statements
        taken = iter(call(Statements=[first, third])["Responses"])
        return {"Responses": [next(taken), {"Error": {"Code": "ThrottlingError"}}, next(taken)]}

    results = DynamoDbResultEvents(
        Table(Interfering(real.dynamodb, "batch_execute_statement", throttled), real.table_name, patient), FakeSealer()
    )
    wanted = [
        Publication(
            batch, BatchProgress.blank(25), BatchProgress((1,) * 25, {MessageState.SENT: 25}), events(alert, name)
        )
        for batch, name in zip(alert.batches(), "abc", strict=True)
    ]

    stands = results.publish_all(wanted, KEY, None)

    assert (asked, list(stands)) == ([3, 1], [publication.progress for publication in wanted])
    assert sorted(names(real.results.collect(ACME, KEY, alert.ref, 9, NOON))) == ["a", "b", "c"]


def test_r10_packs_throttled_to_the_last_try_are_said(real: AlertPath, patient: Backoff) -> None:
    batches = an_acceptance(50).alert.batches()

    def throttled(call: Callable[..., Any], Statements: list[Any]) -> Any:
        return {"Responses": [{"Error": {"Code": "ThrottlingError"}} for _ in Statements]}

    client = Interfering(real.dynamodb, "batch_execute_statement", throttled)
    results = DynamoDbResultEvents(Table(client, real.table_name, patient), FakeSealer())
    progress = BatchProgress((1,) * 25, {MessageState.SENT: 25})

    with pytest.raises(StorageUnavailable):
        results.publish_all([Publication(batch, BatchProgress.blank(25), progress, ()) for batch in batches], KEY, None)


def test_a_statement_refused_for_another_reason_is_a_mistake_of_ours(real: AlertPath, patient: Backoff) -> None:
    client = Interfering(real.dynamodb, "batch_execute_statement", turning_away(iter([1]), "ValidationError"))
    with pytest.raises(RuntimeError, match="ValidationError"):
        DynamoDbMessageRows(Table(client, real.table_name, patient)).save(CHUNK, claims(2))


def cancelling(reasons: Iterator[list[str]]) -> Callable[..., Any]:
    """Return a TransactWriteItems that is cancelled for these reasons, call after call, and then works."""

    def cancelled(real: Callable[..., Any], **request: Any) -> Any:
        codes = next(reasons, None)
        if codes is None:
            return real(**request)
        answer = {
            "Error": {"Code": "TransactionCanceledException"},
            "CancellationReasons": [{"Code": c} for c in codes],
        }
        raise ClientError(answer, "TransactWriteItems")  # type: ignore[arg-type]

    return cancelled


def test_a_transaction_in_anothers_way_waits_and_goes_again(
    real: AlertPath, patient: Backoff, waits: list[float]
) -> None:
    # given a conflict beside a failed condition: the twin that is still writing may be what decides
    reasons = [["None", "TransactionConflict", "ConditionalCheckFailed"], ["ThrottlingError", "None", "None"]]
    client = Interfering(real.dynamodb, "transact_write_items", cancelling(iter(reasons)))
    alerts = DynamoDbAlertRepository(Table(client, real.table_name, patient), FakeSealer(), real.objects)
    assert alerts.accept(an_acceptance()) == Committed()
    assert waits == [0.2, 0.3]


def test_a_transaction_always_in_anothers_way_is_given_up(real: AlertPath, patient: Backoff) -> None:
    client = Interfering(real.dynamodb, "transact_write_items", cancelling(iter([["TransactionConflict", "None"]] * 3)))
    acceptance = an_acceptance()
    with pytest.raises(StorageUnavailable):
        DynamoDbAlertRepository(Table(client, real.table_name, patient), FakeSealer(), real.objects).accept(acceptance)
    assert real.alerts.get(ACME, acceptance.alert.ref) is None


def test_an_answer_to_a_busy_escalation_waits_for_nobody_once_a_condition_failed(
    real: AlertPath, patient: Backoff, waits: list[float]
) -> None:
    # given a person who was counted before, and others who answer the same escalation at this moment
    reasons = [["None", "None", "None", "ConditionalCheckFailed", "TransactionConflict"]]
    client = Interfering(real.dynamodb, "transact_write_items", cancelling(iter(reasons)))
    responses = DynamoDbResponses(Table(client, real.table_name, patient), FakeSealer())
    link = Link(LinkKey(ACME, KEY, "escalation:1"), CHUNK.alert)
    answer = Response(CHUNK, 0, ResponseKind.SMS, "in-1", "+447700900123", "c1", NOON, "ok")
    assert responses.add(replace(answer, link=link, escalation=CHUNK.alert)).fresh
    assert waits == []


def test_a_transaction_cancelled_for_a_mistake_of_ours_says_so(real: AlertPath, patient: Backoff) -> None:
    client = Interfering(real.dynamodb, "transact_write_items", cancelling(iter([["None", "ValidationError"]])))
    alerts = DynamoDbAlertRepository(Table(client, real.table_name, patient), FakeSealer(), real.objects)
    with pytest.raises(Cancelled, match="ValidationError"):
        alerts.accept(an_acceptance())


def test_batches_that_are_answered_at_once_wait_for_nothing(
    real: AlertPath, patient: Backoff, waits: list[float]
) -> None:
    table, said = Table(real.dynamodb, real.table_name, patient), Said(CHUNK, 0, NOON)
    assert DynamoDbSuppressions(table).find(ACME, Channel.SMS, [b"a" * 32]) == {}
    DynamoDbConversations(table, FakeSealer()).remember(ACME, [("+447700900555", "+447700900123", said)])
    assert waits == []


# --- errors ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error",
    [
        answered("ProvisionedThroughputExceededException"),
        answered("ThrottlingException"),
        answered("RequestLimitExceeded"),
        answered("TransactionInProgressException"),
        answered("SlowDown", 503),
        answered("AnythingElse", 500),
        answered("InternalServerError", 500),
        ReadTimeoutError(endpoint_url="https://x"),
        ConnectTimeoutError(endpoint_url="https://x"),
        EndpointConnectionError(endpoint_url="https://x"),
        ConnectionResetError(),
        TimeoutError(),
    ],
    ids=str,
)
def test_what_may_pass_is_storage_unavailable(error: Exception) -> None:
    with pytest.raises(StorageUnavailable), errors_mapped():
        raise error


@pytest.mark.parametrize("code", ["ValidationException", "ResourceNotFoundException", "AccessDeniedException"])
def test_a_mistake_of_ours_is_not_hidden(code: str) -> None:
    with pytest.raises(ClientError), errors_mapped():
        raise answered(code)


def test_a_failed_condition_brings_the_row() -> None:
    error = answered("ConditionalCheckFailedException")
    error.response["Item"] = {"v": {"N": "1"}}  # type: ignore[typeddict-unknown-key]
    with pytest.raises(ConditionFailed) as failed, errors_mapped():
        raise error
    assert failed.value.current == {"v": {"N": "1"}}


def test_the_waits_are_jittered_and_capped() -> None:
    slept: list[float] = []
    seeded = random.Random(7)
    backoff = Backoff(tries=200, base=0.025, cap=1.0, sleep=slept.append, fraction=seeded.random)
    assert list(backoff) == list(range(200))
    assert len(slept) == 199
    assert max(slept) <= 1.0
    assert min(slept[10:]) < 0.1 < 0.9 < max(slept[10:])


# --- big contents, and what may be read by whom ---------------------------------------------------------------


def objects(world: AlertPath) -> list[str]:
    return [found["Key"] for found in world.s3.list_objects_v2(Bucket=world.bucket).get("Contents", [])]


@pytest.fixture
def noise() -> str:
    """A text of 500 KB that does not deflate below 300 KB."""
    return secrets.token_hex(350_000)


def test_contents_too_big_for_a_row_lie_sealed_in_the_object_store(real: AlertPath, noise: str) -> None:
    before = set(objects(real))
    acceptance = an_acceptance(2, text=noise)
    key = ChunkKey(ACME, acceptance.alert.ref, 0, 0)
    big = (Recipient("+447700900001", None, {"map": noise}), Recipient("+447700900002"))

    assert real.alerts.accept(replace(acceptance, chunks={key: big})) == Committed()

    assert real.alerts.get(ACME, acceptance.alert.ref) == acceptance.alert
    assert tuple(real.alerts.recipients(key)) == big
    added = set(objects(real)) - before
    assert added == {f"sealed/keep-0030/acme/{acceptance.alert.ref}/{name}" for name in ("META", "CHUNK-00-000")}
    for name in added:
        body = real.s3.get_object(Bucket=real.bucket, Key=name)["Body"].read()
        assert noise[:40].encode() not in body


def test_a_transaction_too_big_in_sum_is_relieved(real: AlertPath) -> None:
    # given 20 chunks of 200 KB: each fits a row, all together do not fit a transaction
    acceptance = an_acceptance(*[1] * 20)
    chunks = {
        key: (Recipient("+447700900001", None, {"map": secrets.token_hex(170_000)}),) for key in acceptance.chunks
    }
    before = set(objects(real))
    assert real.alerts.accept(replace(acceptance, chunks=chunks)) == Committed()
    assert 0 < len(set(objects(real)) - before) < 20
    for key, recipients in chunks.items():
        assert tuple(real.alerts.recipients(key)) == recipients


def test_objects_of_a_refused_acceptance_are_removed(real: AlertPath, noise: str) -> None:
    before = set(objects(real))
    assert real.alerts.accept(an_acceptance(2, text=noise, consumption={Channel.SMS: 2})) == CapacityShort()
    assert set(objects(real)) == before


def test_s7_nothing_personal_lies_in_clear(real: AlertPath) -> None:
    # given an alert with canaries in every field that people fill, accepted, answered and reported
    acceptance = an_acceptance(2, text="canary text", client_ref="canary ref")
    key = ChunkKey(ACME, acceptance.alert.ref, 0, 0)
    recipient = Recipient("+447700900123", "c1", {"canary name": "Müller canary"})
    real.alerts.accept(replace(acceptance, chunks={key: (recipient, recipient)}))
    (batch,) = acceptance.alert.batches()
    reported = [replace(e, alertee="+447700900123") for e in events(acceptance.alert, "a")]
    done = BatchProgress((2,) * 2, {MessageState.SENT: 2})
    real.results.publish(batch, KEY, BatchProgress.blank(2), done, reported, None)
    # and a person who answered
    said = Said(key, 0, NOON)
    real.conversations.remember(ACME, [("+447700900555", "+447700900123", said)])
    real.conversations.decide(ACME, "canary in-1", Attribution(AttributionReason.ONLY_OPEN, (said,)), NOON)
    answer = Response(key, 0, ResponseKind.SMS, "canary in-1", "+447700900123", "c1", NOON, "canary on my way")
    real.responses.add(answer)
    real.event_publisher.publish(acceptance.alert, reply_event(acceptance.alert, answer))

    behind_the_guard = real.dynamodb._client
    rows = behind_the_guard.scan(TableName=real.table_name)["Items"]
    assert len(rows) == 8
    dump = repr(rows)
    for canary in ("canary", "Müller", "447700900123", "tag 0", "on my way"):
        assert canary not in dump
