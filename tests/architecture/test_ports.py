"""Every port has a fake and a contract suite."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from functools import cache
from pkgutil import walk_packages
from typing import Protocol

import pytest

import tocsin
from tests.architecture.deployment import ROOT

MODULES = [
    importlib.import_module(found.name)
    for found in walk_packages(tocsin.__path__, "tocsin.")
    if found.name.split(".")[2:3] == ["ports"]
]
PORTS = [
    name
    for module in MODULES
    for name, value in vars(module).items()
    if inspect.isclass(value) and Protocol in value.__bases__ and value.__module__ == module.__name__
]

WITHOUT_A_SUITE = {
    "AccessTokens": "a use case of this subject implements it, on the port TokenServers; tests/unit/tenant_mail has its tests",
    "TokenServers": "its tests talk to a server over sockets (tests/adapters/test_mail_api.py)",
    "CallLines": "a use case of the subject `calls` implements it, on the port LinePool; tests/unit/calls has its tests",
    "CallsUnderWay": "a use case of the subject `calls` implements it, on the port VoiceCaller; tests/unit/calls as well",
    "DirectoryWatch": "a use case of the subject `integrations` implements it; tests/unit/integrations has its tests",
    "Clock": "one function; the virtual clock is the fake, and the real one is the system's",
    "OwnServers": "its tests talk to mail servers, real and hostile ones, over sockets (tests/adapters/test_smtp_servers.py)",
    "PersonalData": "it walks what every other adapter wrote, so its tests stand on those (tests/adapters/test_erasure.py)",
    "WebhookSender": "its tests make every kind of receiver over real sockets (tests/adapters/test_webhook_sender.py)",
    "Randomness": "chance has no contract beyond its signature; the seeded one is the fake",
}

SAME_STORE = {
    "AnswerOverview": "Responses",
    "WaitingEvents": "ResultEvents",
    "People": "Directory",
    "PersonChanges": "Directory",
    "StandingRules": "AlertRules",
}
"""Two ports of one store: workers publish, clients collect; the directory changes people, authentication reads them;
people change rules, senders ask whether they stand."""


@cache
def _classes(folder: str) -> set[str]:
    found = set()
    for path in (ROOT / folder).glob("*.py"):
        found |= {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.ClassDef)}
    return found


@pytest.mark.parametrize("port", sorted(set(PORTS) - set(WITHOUT_A_SUITE)))
def test_a_port_has_a_fake_and_a_contract_suite(port: str) -> None:
    port = SAME_STORE.get(port, port)
    suite = "test_" + re.sub(r"(?<!^)(?=[A-Z])", "_", port).lower() + ".py"
    assert f"Fake{port}" in _classes("tests/fakes")
    assert list((ROOT / "tests" / "contract").rglob(suite))


def test_ports_without_a_suite_are_ports() -> None:
    assert set(WITHOUT_A_SUITE) <= set(PORTS)
    assert {"VirtualClock", "SeededRandomness"} <= _classes("tests/fakes")
