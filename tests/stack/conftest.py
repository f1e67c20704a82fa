"""One engine for the whole session: started here on a free port, deployed into, and gone at the end."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local.commands.keys import NewKey
from infra.local.engine import Engine
from infra.local.outside.world import Outside
from infra.local.places import ROOT, Places, free_port
from infra.local.stack import stand_up
from tests.fakes.certificate import self_signed
from tests.stack.system import System

RIGHTS = ("canSetLifetime", "canReadAlerts", "canReadStores")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.stack)


@pytest.fixture(scope="session")
def engine_python() -> Path:
    """Return the interpreter that has the engine."""
    python = Path(os.environ.get("TOCSIN_ENGINE_PYTHON", ROOT / ".venv-engine" / "bin" / "python"))
    if not python.exists():
        pytest.fail("the local engine is not installed: run `make stack`, or `make .venv-engine/made-from` once")
    return python


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory, engine_python: Path) -> Iterator[System]:
    """Yield a deployed system with two tenants: `acme` has a live and a sandbox key, its rival a live one."""
    places = Places(tmp_path_factory.mktemp("engine"))
    certificate = self_signed(places.home / "receiver.pem", "127.0.0.1")
    outside = Outside(places, print)
    outside.open()
    engine = Engine(places, free_port(), engine_python, outside.mail_server)
    system: System | None = None
    try:
        engine.start()
        system = System(engine, stand_up(engine, print, str(certificate)), outside, certificate)
        for tenant in ("acme", "rival"):
            system.operator.create_tenant(tenant, tenant.title(), "anywhere")
        for name, tenant, kind in (
            ("live", "acme", "live"),
            ("sandbox", "acme", "sandbox"),
            ("rival", "rival", "live"),
        ):
            system.add_key(name, NewKey(tenant, kind, name, RIGHTS))
        yield system
    finally:
        (system.engine if system else engine).stop()  # a test may have exchanged it
        outside.close()


@pytest.fixture
def lively(system: System) -> Iterator[System]:
    """Yield the system with the outside playing along: what is sent arrives, or not, and is reported."""
    with system.outside.playing_along(lambda: system.aws, system.stack.outputs):
        yield system


@pytest.fixture
def number(system: System) -> str:
    """Return a number of acme's live key: people can answer to it."""
    system.operator.give_number("acme", system.callers["live"].key, "+447700900060")
    return "+447700900060"
