"""An engine for a session of tests, with the stack deployed into it. tests/stack and tests/browser each have one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from infra.local.commands.keys import NewKey
from infra.local.engine import Engine
from infra.local.outside.world import Outside
from infra.local.places import ROOT, Places, free_port
from infra.local.stack import stand_up
from tests.fakes.certificate import self_signed
from tests.stack.system import System

RIGHTS = ("canSetLifetime", "canReadAlerts", "canReadStores", "canUseBus", "canSendEvents")


@contextmanager
def deployed(folder: Path) -> Iterator[System]:
    """Yield a deployed system with two tenants: `acme` has a live and a sandbox key, its rival a live one.

    Args:
        folder: an empty one, for the engine's data.
    """
    places = Places(folder)
    certificate = self_signed(places.home / "receiver.pem", "127.0.0.1")
    outside = Outside(places, print)
    outside.open()
    trusted = outside.tenant_mail.authority.trusted_with(str(certificate), places.trusted)
    engine = Engine(places, free_port(), engine_python(), outside.mail_server)
    system: System | None = None
    try:
        engine.start()
        telephones, providers = outside.telephones.url, outside.mail_providers.url
        stack = stand_up(engine, print, str(trusted), connect=telephones, mail_providers=providers)
        system = System(engine, stack, outside, certificate)
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


def engine_python() -> Path:
    """Return the interpreter that has the engine."""
    python = Path(os.environ.get("TOCSIN_ENGINE_PYTHON", ROOT / ".venv-engine" / "bin" / "python"))
    if not python.exists():
        pytest.fail("the local engine is not installed: run `make stack`, or `make .venv-engine/made-from` once")
    return python
