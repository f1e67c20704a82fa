"""What every store of attempts promises."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from tests.contract.cloud import DYNAMODB_LOCAL, cloud, tenants_guarded
from tests.fakes.attempts import FakeAttempts
from tests.fakes.tenant_guard import TenantGuard
from tests.fakes.time import NOON
from tocsin.adapters.dynamodb.sign_in import DynamoDbAttempts
from tocsin.adapters.dynamodb.table.table import Table
from tocsin.sign_in.domain.throttle import Limit
from tocsin.sign_in.ports.attempts import AttemptCount, Attempts

WINDOW = timedelta(minutes=15)
PAIR, SOURCE = Limit("pair#a#s", 2, WINDOW), Limit("source#s", 3, WINDOW)
LATER = NOON + timedelta(minutes=5)


@pytest.fixture(params=["fake", "moto", DYNAMODB_LOCAL])
def attempts(request: pytest.FixtureRequest) -> Iterator[Attempts]:
    if request.param == "fake":
        yield FakeAttempts()
        return
    with cloud(request.param) as c, tenants_guarded(c.dynamodb):
        yield DynamoDbAttempts(Table(TenantGuard(c.dynamodb), c.table_name))


def test_a_limit_that_is_reached_says_when_there_is_room_again(attempts: Attempts) -> None:
    assert attempts.take([PAIR, SOURCE], NOON) is None
    assert attempts.take([PAIR, SOURCE], LATER) is None
    assert attempts.take([PAIR, SOURCE], LATER) == NOON + WINDOW
    assert attempts.take([PAIR], NOON + WINDOW) is None


def test_what_one_limit_refuses_is_not_counted_against_the_others(attempts: Attempts) -> None:
    other = Limit("pair#b#s", 2, WINDOW)
    for _ in range(5):
        attempts.take([PAIR, SOURCE], NOON)
    assert attempts.take([other, SOURCE], NOON) is None
    assert attempts.take([other, SOURCE], NOON) == NOON + WINDOW


def test_an_attempt_that_was_no_failure_is_taken_back(attempts: Attempts) -> None:
    for _ in range(5):
        assert attempts.take([PAIR, SOURCE], NOON) is None
        attempts.give_back([PAIR, SOURCE], NOON)
    attempts.give_back([PAIR, Limit("nobody", 1, WINDOW)], NOON)
    assert [attempts.take([PAIR], NOON) is None for _ in range(3)] == [True, True, False]


def test_a_cleared_count_begins_anew(attempts: Attempts) -> None:
    for _ in range(2):
        attempts.take([PAIR], NOON)
    attempts.clear([PAIR.counter, "nobody"])
    assert attempts.take([PAIR], NOON) is None


def test_a_count_goes_on_above_its_limit_and_tells_what_a_window_came_to(attempts: Attempts) -> None:
    assert [attempts.add(PAIR, NOON) for _ in range(4)] == [
        AttemptCount(1),
        AttemptCount(2),
        AttemptCount(3),
        AttemptCount(4),
    ]
    assert attempts.add(PAIR, NOON + WINDOW) == AttemptCount(1, 4, NOON + WINDOW)
    assert attempts.add(PAIR, NOON + WINDOW) == AttemptCount(2)


def test_many_at_once_never_pass_a_limit(attempts: Attempts) -> None:
    with ThreadPoolExecutor(8) as pool:
        passed = list(pool.map(lambda _: attempts.take([SOURCE], NOON) is None, range(16)))
    assert 1 <= sum(passed) <= SOURCE.most
    assert attempts.take([Limit(SOURCE.counter, sum(passed), WINDOW)], NOON) is not None
