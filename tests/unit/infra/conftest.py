"""The simulated telephone network, fast, and its server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.outside.exchange import Exchange
from infra.local.outside.handsets import Handsets
from infra.local.outside.phones import Phones
from infra.local.telephone_server import TelephoneServer
from tests.unit.infra.network import FLOW, Deployed, Network


@pytest.fixture
def network(tmp_path: Path) -> Iterator[Network]:
    system, phones, failed = Deployed(), Phones(), list[str]()
    exchange = Exchange(FLOW, tmp_path / "calls.jsonl", Handsets(speed=50), phones, failed.append, faster=1e6)
    exchange.connect(system)
    yield Network(exchange, system, tmp_path / "calls.jsonl", phones, failed)
    exchange.connect(None)
    assert failed == []


@pytest.fixture
def server(network: Network, socket_enabled: None) -> Iterator[TelephoneServer]:
    server = TelephoneServer(network.exchange)
    server.start()
    yield server
    server.stop()
