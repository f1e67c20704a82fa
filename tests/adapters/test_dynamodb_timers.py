"""Timers in DynamoDB on a bad day."""

from __future__ import annotations

from datetime import timedelta

from tests.adapters.test_dynamodb_faults import Interfering, sent_again_after_a_lost_answer
from tests.contract.alert_path import NOON, AlertPath
from tests.contract.timers.test_timers import a_timer
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.adapters.dynamodb.timers import DynamoDbTimers, timer_put

HOUR = timedelta(hours=1)


def test_t2_a_mover_whose_answer_was_lost_knows_its_own(real: AlertPath) -> None:
    # given a client that repeats by itself what it got no answer to
    timers = DynamoDbTimers(
        Table(Interfering(real.dynamodb, "put_item", sent_again_after_a_lost_answer), real.table_name)
    )
    first = a_timer()
    second = first.next(NOON + 2 * HOUR)
    # then every write is told as what it was
    assert timers.arm(first)
    assert timers.move(first, second)
    assert timers.get(first.key) == second


def test_a_timer_of_a_kind_from_the_future_keeps_nobody_waiting(real: AlertPath) -> None:
    timers = DynamoDbTimers(real.table)
    timers.arm(a_timer("known"))
    row = timer_put(a_timer("unknown"))["Put"]["Item"] | {"sk": {"S": "dinner#unknown"}}
    real.dynamodb.put_item(TableName=real.table_name, Item=row)
    assert list(timers.due(NOON + 2 * HOUR, 10)) == [a_timer("known").key]
