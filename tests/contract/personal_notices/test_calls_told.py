"""What every CallsTold promises: one writer at a time notes who is told of a caller's calls."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.contract.alert_path import ACME, NOON, OTHER, AlertPath
from tests.fakes.sealer import FakeSealer
from tests.fakes.told import FakeCallsTold
from tests.unit.personal_notices.stories import call
from tocsin.adapters.dynamodb.personal_notices.calls_told import DynamoDbCallsTold
from tocsin.kernel.domain.ids import UserId
from tocsin.personal_notices.domain.concern import Concern
from tocsin.personal_notices.domain.notice import NoticeKind
from tocsin.personal_notices.domain.told_calls import (
    MOST_CALLS,
    MOST_TOLD,
    TOLD_KEPT,
    ToldCall,
    ToldCalls,
    ToldPart,
    telling,
)
from tocsin.personal_notices.ports import CallsTold

CALLER = "+447700900123"


def calls(version: int, *users: str) -> ToldCalls:
    parts = (ToldPart("e1", NoticeKind.CALL, NOON, tuple(map(UserId, users))),)
    told = ToldCall("c1", frozenset({"l1", "g1"}), NOON + timedelta(milliseconds=7), parts, "e2", voicemail=True)
    return ToldCalls(ACME, CALLER, (told, ToldCall("", frozenset(), NOON)), version)


@pytest.fixture
def told(world: AlertPath) -> CallsTold:
    return FakeCallsTold() if world.engine == "fake" else DynamoDbCallsTold(world.table, FakeSealer())


def test_calls_are_found_as_they_were_saved_last(told: CallsTold) -> None:
    assert told.find(ACME, CALLER, NOON) == ToldCalls(ACME, CALLER)
    assert told.save(calls(1, "ana"), NOON)
    assert told.save(calls(2, "ana", "bob"), NOON)
    assert told.find(ACME, CALLER, NOON) == calls(2, "ana", "bob")
    assert told.find(OTHER, CALLER, NOON) == ToldCalls(OTHER, CALLER)
    assert told.find(ACME, "2010", NOON) == ToldCalls(ACME, "2010")


def test_the_second_of_two_writers_reads_again(told: CallsTold) -> None:
    assert told.save(calls(1, "ana"), NOON)
    assert told.save(calls(1, "ana"), NOON)  # the response was lost
    assert not told.save(calls(1, "bob"), NOON)
    assert not told.save(calls(3, "bob"), NOON)
    assert told.find(ACME, CALLER, NOON) == calls(1, "ana")


def test_calls_are_forgotten_after_a_day_and_the_next_writer_goes_on(told: CallsTold) -> None:
    assert told.save(calls(1, "ana"), NOON)
    later = NOON + TOLD_KEPT
    assert told.find(ACME, CALLER, later - timedelta(seconds=1)) == calls(1, "ana")
    assert told.find(ACME, CALLER, later) == ToldCalls(ACME, CALLER, (), 1)
    assert told.save(calls(2, "bob"), later)


@pytest.mark.parametrize("people", [1, 100, 500])
def test_whatever_a_caller_does_to_a_group_of_any_size_fits_into_a_row(told: CallsTold, people: int) -> None:
    users = [UserId(f"{n:032}") for n in range(people)]
    things = frozenset(f"{n:032}" for n in range(40))
    for n in range(MOST_CALLS + 1):
        at = NOON + n * timedelta(minutes=10)
        known = told.find(ACME, CALLER, at)
        done = telling(known, call(f"e{n}", callId=f"c{n}"), Concern.CALL_ENDED, things, users)
        assert told.save(done.calls, at)
        assert done.part is not None
        assert len(done.part.users) == people
    kept = told.find(ACME, CALLER, NOON).calls
    assert len(kept) == min(MOST_CALLS, MOST_TOLD // people), "the newest are remembered"
