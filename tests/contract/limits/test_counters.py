"""Meters: never above their cap, whoever draws at the same time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from tests.contract.alert_path import ACME, NOON, OTHER, AlertPath
from tests.fakes.sending_limits import FakeCounters
from tocsin.adapters.dynamodb.limits import DynamoDbCounters
from tocsin.adapters.dynamodb.table.client import Backoff
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.limits.domain.sending_limits import Rate
from tocsin.limits.ports import Counters

LATER = NOON + timedelta(days=2)
RATE = Rate(5, timedelta(minutes=15))
ANA, BOB = b"a" * 32, b"b" * 32


@pytest.fixture
def counters(world: AlertPath) -> Counters:
    if world.engine == "fake":
        return FakeCounters()
    return DynamoDbCounters(Table(world.dynamodb, world.table_name, Backoff(tries=40, base=0.002, cap=0.05)))


def test_a_counter_tells_its_value_with_what_was_added(counters: Counters) -> None:
    assert counters.draw(ACME, "spend", [3, 3], 10, LATER) == (2, 6)
    assert counters.draw(ACME, "spend", [3, 3], 10, LATER) == (1, 9)
    assert counters.draw(ACME, "spend", [3], 10, LATER) == (0, None)


def test_costs_are_taken_from_the_first_on_as_far_as_the_cap_goes(counters: Counters) -> None:
    assert counters.consume(ACME, "spend", [3, 3, 3], 10, LATER) == 3
    assert counters.consume(ACME, "spend", [1, 1, 1], 10, LATER) == 1
    assert counters.consume(ACME, "spend", [1], 10, LATER) == 0
    assert counters.read(ACME, "spend") == 10
    # a cap that was raised leaves room again, one that was lowered leaves none
    assert counters.consume(ACME, "spend", [5], 20, LATER) == 1
    assert counters.consume(ACME, "spend", [1], 5, LATER) == 0


def test_a_first_consumption_above_the_cap_takes_what_fits_or_nothing(counters: Counters) -> None:
    assert counters.consume(ACME, "spend", [11], 10, LATER) == 0
    assert counters.read(ACME, "spend") == 0
    assert counters.consume(ACME, "spend", [6, 6], 10, LATER) == 1
    assert counters.consume(ACME, "spend", [], 10, LATER) == 0


def test_what_costs_nothing_is_taken_at_the_cap(counters: Counters) -> None:
    counters.consume(ACME, "spend", [10], 10, LATER)
    assert counters.consume(ACME, "spend", [0, 0, 1], 10, LATER) == 2


def test_counters_are_apart_by_name_and_tenant(counters: Counters) -> None:
    counters.consume(ACME, "spend", [10], 10, LATER)
    assert counters.add(ACME, "other", 2, LATER) == 2
    assert counters.add(ACME, "other", 3, LATER) == 5
    assert counters.read(OTHER, "spend") == 0
    assert counters.consume(OTHER, "spend", [10], 10, LATER) == 1


def test_s15_twenty_threads_never_pass_the_cap(counters: Counters) -> None:
    start = Barrier(20)

    def spend(_: int) -> int:
        start.wait()
        return sum(counters.consume(ACME, "spend", [7] * 5, 1000, LATER) for _ in range(3))

    with ThreadPoolExecutor(20) as pool:
        taken = sum(pool.map(spend, range(20)))

    # 2,100 were asked for, 142 sevens fit below 1,000
    assert counters.read(ACME, "spend") == 7 * taken <= 1000
    assert taken == 142


def test_a_receiver_has_five_tokens_in_each_window(counters: Counters) -> None:
    first = [counters.tokens(ACME, [ANA, BOB], RATE, NOON + timedelta(minutes=n)) for n in range(6)]
    assert [list(each) for each in first] == [[True, True]] * 5 + [[False, False]]
    assert list(counters.tokens(OTHER, [ANA], RATE, NOON)) == [True]
    assert list(counters.tokens(ACME, [ANA], RATE, NOON + timedelta(minutes=15))) == [True]


def test_many_receivers_at_once_each_have_their_own(counters: Counters) -> None:
    many = [bytes([n]) * 32 for n in range(60)]
    assert all(counters.tokens(ACME, many, RATE, NOON))
    assert list(counters.tokens(ACME, [many[3]] * 6, RATE, NOON)) == [True] * 4 + [False] * 2
    assert list(counters.tokens(ACME, many[:2], Rate(0, RATE.span), NOON)) == [False, False]


def test_a_token_that_is_given_back_can_be_taken_again(counters: Counters) -> None:
    assert list(counters.tokens(ACME, [ANA] * 6, RATE, NOON)) == [True] * 5 + [False]
    counters.give_back(ACME, [ANA, ANA, BOB], RATE, NOON + timedelta(minutes=14))
    assert list(counters.tokens(ACME, [ANA] * 3, RATE, NOON)) == [True, True, False]
    # where none was taken there is none more for it, in this window or another
    assert list(counters.tokens(ACME, [BOB] * 6, RATE, NOON)) == [True] * 5 + [False]
    counters.give_back(ACME, [ANA], RATE, NOON + timedelta(minutes=15))
    assert list(counters.tokens(ACME, [ANA], RATE, NOON)) == [False]


def test_tokens_are_taken_once_each_by_many_threads(counters: Counters) -> None:
    start = Barrier(10)

    def take(_: int) -> bool:
        start.wait()
        return counters.tokens(ACME, [ANA], RATE, NOON)[0]

    with ThreadPoolExecutor(10) as pool:
        assert sum(pool.map(take, range(10))) == 5
