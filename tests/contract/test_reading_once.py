"""A block in which a row is read once: what it saves, and when it reads again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.contract.cloud import Cloud, cloud
from tests.contract.partiql import MotoWithPartiQl
from tocsin.adapters.dynamodb.table.actions import delete, put, update
from tocsin.adapters.dynamodb.table.rows import key, number
from tocsin.adapters.dynamodb.table.table import Table

KEY = key("T#acme", "ROW")
OTHER = key("T#acme", "OTHER")


def row(value: int) -> dict[str, Any]:
    return KEY | {"n": number(value)}


def bump(condition: str | None = None) -> dict[str, Any]:
    return update(KEY, "SET n = n + :one", condition, {":one": number(1)})


class Counted(MotoWithPartiQl):
    """A client that counts its calls."""

    def __init__(self, moto: Any) -> None:
        super().__init__(moto)
        self.asked: Counter[str] = Counter()

    def __getattr__(self, name: str) -> Any:
        self.asked[name] += 1
        return super().__getattr__(name)


class World:
    """A table with one row, whose calls are counted."""

    def __init__(self, moto: Cloud) -> None:
        client = Counted(moto.dynamodb)
        self.asked = client.asked
        self.table = Table(client, moto.table_name)
        self.others = Table(MotoWithPartiQl(moto.dynamodb), moto.table_name)
        self.table.write(put(row(1)))
        self.asked.clear()

    def value(self) -> int | None:
        found = self.table.get(KEY)
        return None if found is None else int(found["n"]["N"])


@pytest.fixture(scope="module")
def moto() -> Iterator[Cloud]:
    with cloud("moto") as c:
        yield c


def test_a_row_is_read_once_within_the_block_and_again_outside(moto: Cloud) -> None:
    world = World(moto)

    with world.table.seen.reading_once():
        assert [world.value(), world.value()] == [1, 1]
        world.others.write(bump())
        assert world.value() == 1

    assert world.value() == 2
    assert world.asked.total() == 2


def test_a_row_that_is_not_there_is_looked_for_once(moto: Cloud) -> None:
    world = World(moto)

    with world.table.seen.reading_once():
        assert [world.table.get(OTHER), world.table.get(OTHER)] == [None, None]

    assert world.asked.total() == 1


def test_an_update_brings_the_row_as_it_is_then_with_what_others_have_written(moto: Cloud) -> None:
    world = World(moto)

    with world.table.seen.reading_once():
        world.value()
        world.others.write(update(KEY, "SET m = :one", None, {":one": number(1)}))
        assert world.table.write_or_find(bump()) is None

        assert world.table.get(KEY) == row(2) | {"m": number(1)}
    assert world.asked.total() == 2  # one read, one write


@pytest.mark.parametrize(
    ("write", "after"),
    [
        (lambda table: table.write(put(row(7))), 7),
        (lambda table: table.write(delete(KEY)), None),
        (lambda table: table.write_if(bump("n = :one")), 5),  # of another worker
        (lambda table: table.commit([put(row(7))]), 7),
        (lambda table: table.put_all([row(7)], "rows"), 7),
        (lambda table: table.run_some({0: table.insertion(row(7))}, ("DuplicateItem",)), 5),
    ],
    ids=["put", "delete", "refused update", "transaction", "batch", "statements"],
)
def test_every_other_write_makes_the_row_be_read_again(
    write: Callable[[Table], object], after: int | None, moto: Cloud
) -> None:
    world = World(moto)

    with world.table.seen.reading_once():
        world.value()
        world.others.write(put(row(5)))
        write(world.table)

        assert world.value() == after
