"""Worlds for the suites of the alert path: fakes, moto, and DynamoDB Local where it listens."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.alert_path import AlertPath, in_dynamodb, in_memory
from tests.contract.cloud import DYNAMODB_LOCAL, Cloud, cloud
from tests.contract.core_table import fresh_table
from tests.contract.webhooks import callback_stores
from tests.contract.webhooks.callback_stores import CallbackStores


@pytest.fixture(scope="module", params=["moto", DYNAMODB_LOCAL])
def engine(request: pytest.FixtureRequest) -> Iterator[tuple[str, Cloud]]:
    """One engine and its clients for a whole module: making clients is what takes time."""
    with cloud(request.param) as clients:
        yield request.param, clients


@pytest.fixture(scope="module", params=["fake", "moto", DYNAMODB_LOCAL])
def make(request: pytest.FixtureRequest) -> Iterator[tuple[str, Cloud | None]]:
    """As `engine`, and the fakes."""
    if request.param == "fake":
        yield "fake", None
        return
    with cloud(request.param) as clients:
        yield request.param, clients


@pytest.fixture
def world(make: tuple[str, Cloud | None]) -> Iterator[AlertPath]:
    """A fresh world of every make."""
    name, clients = make
    if clients is None:
        yield in_memory()
        return
    yield from _fresh(name, clients)


@pytest.fixture
def callbacks(make: tuple[str, Cloud | None]) -> Iterator[CallbackStores]:
    """Fresh stores of callbacks of every make."""
    name, clients = make
    if clients is None:
        yield callback_stores.in_memory()
        return
    with fresh_table(clients) as table:
        yield callback_stores.in_dynamodb(name, clients, table)


@pytest.fixture
def real(engine: tuple[str, Cloud]) -> Iterator[AlertPath]:
    """A fresh world of the real adapters: for what only they have."""
    yield from _fresh(*engine)


def _fresh(name: str, clients: Cloud) -> Iterator[AlertPath]:
    with fresh_table(clients) as table:
        yield in_dynamodb(name, clients, table)
